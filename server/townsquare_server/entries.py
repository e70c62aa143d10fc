"""The entries of a room's log: what a room is a pure function of. The format of every session file.

Law: an entry is written once and never changed; a reader of format n reads all formats up to n. What depends on
anything outside the log (the clock, who is online, a drawn number) is decided once, by the room that appends, and
stands in the entry.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from townsquare_server.errors import BrokenEntryError, ReplayError
from townsquare_server.wire import (
    ClientCommand,
    ClientEditPlan,
    Driver,
    Language,
    PhaseName,
)

FORMAT = 3
"""3: `Shown`, `Restarted.lost`, `ClientRewind` and the commands after it, `Commanded.drivers`.
2: the facilitator's commands from `ClientStep` on, `Commanded.due`. All else reads as in format 1."""

Command: TypeAlias = ClientCommand


class Opened(msgspec.Struct, frozen=True):
    """The first entry: all that a game needs to be played again anywhere."""

    format: int
    version: str  # of the package that wrote it
    code: str
    scenario: bytes  # canonical JSON
    seed: int
    teams: list[str]  # vendors that guests may run
    language: Language
    policies: dict[str, str]  # vendor -> policy, where it is not the scenario's


class Joined(msgspec.Struct, frozen=True):
    """Somebody took a new seat."""

    nickname: str
    team: str


class PhaseBegan(msgspec.Struct, frozen=True):
    """The room entered a phase. `drivers` is set where a planning begins: who makes each open team's plan."""

    phase: PhaseName
    round: int
    drivers: dict[str, Driver] | None = None


class Shown(msgspec.Struct, frozen=True):
    """A tick of the running round was shown, the one that stands in the entry; the last is told by `RoundEnded`."""


class RoundEnded(msgspec.Struct, frozen=True):
    """All ticks of a round are published: the market's state proves itself by its digest."""

    round: int
    digest: str


class Restarted(msgspec.Struct, frozen=True, omit_defaults=True):
    """A server took the room up again after the previous one went away."""

    version: str
    lost: int = 0  # entries that followed and could not be read any more


class Due(msgspec.Struct, frozen=True):
    """The tick in which something happens."""

    round: int
    tick: int  # 1..ticks of a round


class Commanded(msgspec.Struct, frozen=True, omit_defaults=True):
    """A seat's command that was accepted.

    `due` is set for a `ClientInject`: what is computed ahead decides it. `drivers` is set for a `ClientRewind` to the
    planning of a round: who makes each open team's plan.
    """

    message: Command
    due: Due | None = None
    drivers: dict[str, Driver] | None = None


Data: TypeAlias = Opened | Joined | PhaseBegan | Shown | RoundEnded | Restarted | Commanded

KINDS: dict[str, type[Data]] = {
    "opened": Opened,
    "joined": Joined,
    "phase": PhaseBegan,
    "shown": Shown,
    "round": RoundEnded,
    "restarted": Restarted,
    "command": Commanded,
}
_NAMES = {kind: name for name, kind in KINDS.items()}


class Entry(msgspec.Struct, frozen=True):
    """One entry. `tick` is the last published tick of the running round (else 0): what the room had shown by then."""

    seq: int
    at: int
    tick: int
    seat: str | None
    data: Data


class _Stored(msgspec.Struct, frozen=True):
    seq: int
    at: int
    tick: int
    seat: str | None
    kind: str
    data: msgspec.Raw


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(_Stored)
_DATA = {name: msgspec.msgpack.Decoder(kind) for name, kind in KINDS.items()}


def encode(entry: Entry) -> bytes:
    """Return the bytes that the log keeps: {seq, at, tick, seat, kind, data} in msgpack."""
    data = msgspec.Raw(_ENCODER.encode(entry.data))
    return _ENCODER.encode(_Stored(entry.seq, entry.at, entry.tick, entry.seat, _NAMES[type(entry.data)], data))


def decode(blob: bytes, room: str, expected: int) -> Entry:
    """Return the entry in these bytes; `expected` is the number it must have."""
    try:
        stored = _DECODER.decode(blob)
        if stored.kind not in _DATA:
            raise ReplayError(
                f"the kind {stored.kind!r} is unknown; open it with a newer version", room=room, seq=expected
            )
        data = _DATA[stored.kind].decode(stored.data)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BrokenEntryError(
            f"not an entry of a log ({error}); restore it from a backup", room=room, seq=expected
        ) from error
    if stored.seq != expected:
        raise BrokenEntryError(
            f"entry {stored.seq} stands where {expected} belongs; one is missing", room=room, seq=expected
        )
    return Entry(stored.seq, stored.at, stored.tick, stored.seat, data)


def kind_of(blob: bytes) -> str | None:
    """Return the kind of an entry whatever its number; None when it is none."""
    try:
        return _DECODER.decode(blob).kind
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


def durable(data: Data) -> bool:
    """Whether an entry is synced at once: seats, phases and plans that were called done outlive even a power cut."""
    return not isinstance(data.message if isinstance(data, Commanded) else data, ClientEditPlan | Shown)
