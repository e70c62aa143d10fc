"""Bytes to messages and back: the one decoder, which returns a typed message or a typed refusal and never raises.

Law: whatever the bytes, `decode` answers; a message that it lets through has exactly the fields and types of `wire.py`.
"""

from __future__ import annotations

from enum import Enum

import msgspec

from townsquare_server.errors import Code, RefusalError
from townsquare_server.wire import MAX_MESSAGE_BYTES, SUBPROTOCOLS, ClientAny, ServerMessage, ServerRefusal, Whole


class Format(Enum):
    """How messages travel: the suffix of the WebSocket subprotocol."""

    MSGPACK = "msgpack"
    JSON = "json"


class _Numbered(msgspec.Struct):
    """Any message that at least has a number, so that its refusal can carry it."""

    id: Whole | None = None


_DECODERS: dict[Format, msgspec.json.Decoder[ClientAny] | msgspec.msgpack.Decoder[ClientAny]] = {
    Format.MSGPACK: msgspec.msgpack.Decoder(ClientAny),
    Format.JSON: msgspec.json.Decoder(ClientAny),
}
_NUMBERS: dict[Format, msgspec.json.Decoder[_Numbered] | msgspec.msgpack.Decoder[_Numbered]] = {
    Format.MSGPACK: msgspec.msgpack.Decoder(_Numbered),
    Format.JSON: msgspec.json.Decoder(_Numbered),
}
_ENCODERS: dict[Format, msgspec.json.Encoder | msgspec.msgpack.Encoder] = {
    Format.MSGPACK: msgspec.msgpack.Encoder(),
    Format.JSON: msgspec.json.Encoder(),
}
# msgspec's own errors, its guard against deep nesting, and what broken UTF-8 or an unhashable key raise inside it
_UNREADABLE = (msgspec.MsgspecError, RecursionError, ValueError, TypeError, OverflowError)


def format_of(subprotocol: str | None) -> Format:
    """Return the format that a negotiated subprotocol stands for; without one, msgpack."""
    if subprotocol is None:
        return Format.MSGPACK
    if subprotocol not in SUBPROTOCOLS:
        raise RefusalError(
            Code.BAD_MESSAGE, f"subprotocol {subprotocol!r} is not spoken here; use one of {SUBPROTOCOLS}"
        )
    return Format(subprotocol.rpartition(".")[2])


def decode(format: Format, data: bytes | str) -> ClientAny | ServerRefusal:
    """Return the message in one frame, or the refusal to answer it with."""
    size = len(data)
    if size > MAX_MESSAGE_BYTES:
        detail = f"the message has {size} bytes; at most {MAX_MESSAGE_BYTES} are read"
        return RefusalError(Code.TOO_LARGE, detail).message(None)
    if isinstance(data, str) and format is Format.MSGPACK:
        detail = "a text frame came where msgpack travels in binary frames; ask for the json subprotocol to send text"
        return RefusalError(Code.BAD_MESSAGE, detail).message(None)
    try:
        return _DECODERS[format].decode(data)  # type: ignore[arg-type]
    except _UNREADABLE as error:
        return RefusalError(Code.BAD_MESSAGE, _reason(error)).message(_number(format, data))


def encode(format: Format, message: ServerMessage) -> bytes:
    """Return the bytes of one message to a client."""
    return _ENCODERS[format].encode(message)


def _reason(error: Exception) -> str:
    text = str(error) or type(error).__name__
    text = "".join(c if c.isprintable() else "?" for c in text[:300])
    return f"{text[0].lower()}{text[1:]}; see docs/protocol.md"


def _number(format: Format, data: bytes | str) -> int | None:
    try:
        return _NUMBERS[format].decode(data).id  # type: ignore[arg-type]
    except _UNREADABLE:
        return None
