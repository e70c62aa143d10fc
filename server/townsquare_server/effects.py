"""What a room asks the shell to do. A room does no I/O: it returns these, and the shell carries them out in order.

Law: nothing that stands after an `Append` may be carried out before that entry is durable (log before acknowledgement).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from townsquare_server.wire import ServerMessage

Audience: TypeAlias = str
"""Who shares one view: ``facilitator``, ``projector`` or ``team:<id>``."""


@dataclass(frozen=True, slots=True)
class Append:
    """Write one entry of the log; `entry` is already encoded (msgpack). `durable` asks for a full sync at once."""

    seq: int
    entry: bytes
    durable: bool


@dataclass(frozen=True, slots=True)
class Send:
    """Send a message to each open connection of one seat."""

    seat: str
    message: ServerMessage


@dataclass(frozen=True, slots=True)
class Publish:
    """Send the same bytes to each open connection of an audience: state deltas and node frames.

    A connection whose buffer is over the limit is skipped when `droppable` (it gets the newest state later); otherwise
    it is marked as behind and gets a snapshot when its buffer drains.
    """

    audience: Audience
    message: ServerMessage
    droppable: bool


@dataclass(frozen=True, slots=True)
class Compute:
    """Call ``room.compute()`` in the worker thread, where it may take seconds, then ``room.advance(now)``."""


@dataclass(frozen=True, slots=True)
class Disconnect:
    """Close the connections of a seat with a reason (a key of the client's texts)."""

    seat: str
    reason: str


Effect: TypeAlias = Append | Send | Publish | Compute | Disconnect
