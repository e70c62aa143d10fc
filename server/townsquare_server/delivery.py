"""An open WebSocket as the rest of the server sees it, and how one frame is delivered to many of them.

Law: writing never waits: what a client does not read stays in its buffer up to a limit, beyond which it gets no more
until it has read (`Client.behind`).
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from townsquare_server.codec import format_of
from townsquare_server.frames import Parcel, Variant
from townsquare_server.wire import ServerRefusal

if TYPE_CHECKING:
    from townsquare_server.transport import Connection

BUFFER_LIMIT = 65_536
"""Bytes a client may leave unread before it gets no more."""
BUFFER_CEILING = 4 * BUFFER_LIMIT
"""Bytes of answers on top of that before it is dropped."""


class Client:
    """An open WebSocket. `ready`: nothing keeps a frame from being written; whatever does takes it away and back."""

    __slots__ = (
        *("_buffered", "_connection", "_descriptor", "_traffic"),
        *("behind", "format", "peer", "ready", "variant"),
    )

    def __init__(self, connection: Connection, window_bits: int) -> None:
        self.ready = not connection.paused
        self._connection = connection
        self.peer = connection.peer
        self.format = format_of(connection.subprotocol)
        self.variant = Variant(self.format, window_bits)
        self._traffic = connection.gate.traffic
        self._descriptor = _descriptor(connection.transport)
        plain = self._descriptor >= 0
        self._buffered: Callable[[], int] = connection.transport.get_write_buffer_size if plain else lambda: 1
        self.behind = False
        """whether a message was held back because the client does not keep up"""

    @property
    def open(self) -> bool:
        """Return whether messages can still be sent."""
        return self._connection.open

    def send(self, parcel: Parcel) -> None:
        """Write an answer; a client that takes none of them is dropped."""
        connection = self._connection
        if not connection.open:
            return
        if connection.transport.get_write_buffer_size() > BUFFER_CEILING:
            connection.transport.abort()
            return
        frame = parcel.frame(self.variant)
        connection.transport.write(frame)
        traffic = self._traffic
        traffic.frames += 1
        traffic.bytes += len(frame)
        if isinstance(parcel.message, ServerRefusal):
            traffic.refusals[parcel.message.code] += 1

    def hand_over(self, rest: bytes) -> None:
        """Let the transport write what the system did not take, unless the line is over."""
        if self.open:
            self._connection.transport.write(rest)

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Say goodbye; the connection ends by itself."""
        self._connection.say_goodbye(code, reason)


def deliver(clients: Iterable[Client], frame: bytes, *, droppable: bool) -> None:
    """Write a frame to all who keep up; for others it is left out, or they are behind.

    Whoever has nothing waiting is written to past the transport, which takes over what the system did not take. The
    loop looks at one small object a client: with a thousand of them, what it looks at is never in the cache. Both
    together cost half of asking the connection, its protocol and its transport (`benchmarks/fan_out.py`).
    """
    size, write, delivered, skipped = len(frame), os.write, 0, 0
    client = None
    for client in clients:
        if not client.ready:
            client.behind = client.behind or not droppable
            skipped += 1
            continue
        delivered += 1
        if client._buffered():
            client.hand_over(frame)
            continue
        try:
            written = write(client._descriptor, frame)
        except OSError:  # the system's buffer is full, or the line is dead: the transport knows what to do
            written = 0
        if written < size:
            client.hand_over(frame[written:])
    if client is not None:
        client._traffic.delivered(delivered, size, skipped)


def _descriptor(transport: asyncio.Transport) -> int:
    """Return what `os.write` takes for a plain socket; -1 where that is not possible (Windows, TLS)."""
    plain = transport.get_extra_info("socket")
    if os.name == "nt" or plain is None or transport.get_extra_info("sslcontext") is not None:
        return -1
    return int(plain.fileno())
