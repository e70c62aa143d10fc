"""WebSocket frames, built once and sent to many: the bytes on the wire depend on the message and the variant alone.

Law: a message is encoded once per format and deflated at most once per format and window, whatever the number of
clients. That is only possible when no deflate context is kept between messages (`server_no_context_takeover`), which
the transport negotiates.
"""

from __future__ import annotations

import struct
import zlib
from typing import NamedTuple

from townsquare_server.codec import Format, encode
from townsquare_server.wire import ServerMessage

WORTH_DEFLATING = 512
"""Smaller messages fit a packet anyway."""
_EMPTY_BLOCK = b"\x00\x00\xff\xff"  # ends a flush; the receiver puts it back (RFC 7692, section 7.2.1)
_FINAL, _DEFLATED, _TEXT, _BINARY = 0x80, 0x40, 0x1, 0x2


class Variant(NamedTuple):
    """What must be equal for two connections to get the same bytes; `window_bits` is 0 without compression."""

    format: Format
    window_bits: int


class Parcel:
    """One message on its way to any number of clients."""

    def __init__(self, message: ServerMessage) -> None:
        self.message = message
        self._payloads: dict[Format, bytes] = {}
        self._frames: dict[Variant, bytes] = {}

    def frame(self, variant: Variant) -> bytes:
        """Return the bytes to write for a variant."""
        found = self._frames.get(variant)
        if found is None:
            found = self._frames[variant] = self._build(variant)
        return found

    def _payload(self, format: Format) -> bytes:
        found = self._payloads.get(format)
        if found is None:
            found = self._payloads[format] = encode(format, self.message)
        return found

    def _build(self, variant: Variant) -> bytes:
        data = self._payload(variant.format)
        kind = _FINAL | (_TEXT if variant.format is Format.JSON else _BINARY)
        if variant.window_bits == 0 or len(data) < WORTH_DEFLATING:
            return _header(kind, len(data)) + data
        packer = zlib.compressobj(wbits=-variant.window_bits)
        packed = (packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH)).removesuffix(_EMPTY_BLOCK)
        return _header(kind | _DEFLATED, len(packed)) + packed


def _header(kind: int, length: int) -> bytes:
    """Return the head of an unmasked frame (RFC 6455, section 5.2)."""
    if length < 126:
        return struct.pack("!BB", kind, length)
    if length < 65_536:
        return struct.pack("!BBH", kind, 126, length)
    return struct.pack("!BBQ", kind, 127, length)
