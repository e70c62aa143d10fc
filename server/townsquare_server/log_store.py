"""Where a log may be kept: what each kind of store can do, and the changes that the writer hands it.

Law: a store commits changes all together or not at all, and keeps what it committed through the death of the process;
a durable change also through a power cut. A store has one writer, and refuses a second one in words. Its words never
hold a password.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from townsquare_server.shell_errors import NotStoredError

PROBE_BYTES = 131_072
"""What a probe writes: as much as an entry with a whole scenario may need."""


@dataclass(frozen=True, slots=True)
class Append:
    """Keep these (seq, entry) pairs of one room."""

    room: str
    entries: list[tuple[int, bytes]]
    durable: bool


@dataclass(frozen=True, slots=True)
class Close:
    """Mark a room as over: it is kept, and not taken up at the next start."""

    room: str
    durable: bool = True


@dataclass(frozen=True, slots=True)
class SetAside:
    """Move a room's entries from `seq` on to where they are kept and not read."""

    room: str
    seq: int
    why: str
    durable: bool = True


@dataclass(frozen=True, slots=True)
class Probe:
    """Write something large and take it back."""

    durable: bool = True


Change: TypeAlias = Append | Close | SetAside | Probe


@dataclass(frozen=True, slots=True)
class Kept:
    """A room of the log: whether it is over, and its newest entry."""

    room: str
    closed: bool
    newest: bytes | None


class Store(Protocol):
    """An open store. `commit` is called by one thread, all else by any."""

    @property
    def place(self) -> str:
        """Where the log is, for people; without a password."""

    def commit(self, changes: Sequence[Change]) -> None:
        """Keep all of these or none; raises `NotStoredError`."""

    def rooms(self, *, only_open: bool = False) -> list[str]:
        """Return the codes of the rooms; raises `LogUnreadableError`, as all that reads."""

    def read(self, room: str) -> list[bytes]:
        """Return the entries of a room in order."""

    def kept(self) -> list[Kept]:
        """Return every room with its newest entry."""

    def aside(self, room: str) -> list[tuple[int, bytes, str]]:
        """Return what was set aside of a room: number, entry and why."""

    def close(self) -> None:
        """Let go of the store."""


def check_order(append: Append, last: int) -> None:
    """Refuse entries that do not follow the last one that is kept."""
    for place, (seq, _) in enumerate(append.entries):
        if seq != last + 1 + place:
            raise NotStoredError(f"entry {seq} of room {append.room} does not follow entry {last + place}")
