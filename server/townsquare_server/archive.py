"""The rooms that the log keeps, and how one is read back from it into memory.

Law: a log whose end cannot be read is cut behind its last whole entry; what is cut off is kept beside the log with the
reason, and the room tells everybody. The end is what no change of phase follows: a broken entry before one is damage
in the middle, which no cut may hide, and that room alone stays closed.
"""

from __future__ import annotations

import logging
import math

import msgspec

from townsquare_server.entries import kind_of
from townsquare_server.errors import BrokenEntryError
from townsquare_server.event_log import EventLog
from townsquare_server.room import Room
from townsquare_server.room_settings import RoomSettings

logger = logging.getLogger("townsquare.archive")
MILESTONES = ("opened", "phase", "round")


class _Dated(msgspec.Struct):
    """All that an entry of any format says about its time."""

    at: float


class Archive:
    """What the log holds, as far as this server knows."""

    def __init__(self, log: EventLog) -> None:
        self.codes: set[str] = set()
        self._log = log
        self._closed: set[str] = set()

    def look(self, oldest: float) -> list[str]:
        """Take stock of the log; return the open rooms that were touched since `oldest`, most recent first."""
        kept = self._log.kept()
        self.codes |= {room.room for room in kept}
        self._closed |= {room.room for room in kept if room.closed}
        touched = {room.room: _time(room.newest) for room in kept if not room.closed}
        recent = [code for code, at in touched.items() if at >= oldest]
        if len(recent) < len(touched):
            words = "%d of the rooms were not touched for long: they stay in the log until somebody comes back to them"
            logger.warning(words, len(touched) - len(recent))
        return sorted(recent, key=lambda code: touched[code], reverse=True)

    def add(self, code: str) -> None:
        """Take note of a room that was opened."""
        self.codes.add(code)

    def close(self, code: str) -> None:
        """Take note, for good, that a room is over."""
        self._closed.add(code)
        self._log.close_room(code)

    def holds(self, code: str, *, also_closed: bool) -> bool:
        """Whether a room can be read back; one that is over only for those who were in it."""
        return code in self.codes and (also_closed or code not in self._closed)

    def read_back(self, code: str, now: int, settings: RoomSettings) -> Room:
        """Take a room from its log, which takes long; raises ReplayError, LogUnreadableError or NotStoredError."""
        entries = self._log.read(code)
        try:
            return Room.restore(code, entries, now, settings)
        except BrokenEntryError as broken:
            return self._read_cut(code, entries, broken, now, settings)

    def _read_cut(
        self, code: str, entries: list[bytes], broken: BrokenEntryError, now: int, settings: RoomSettings
    ) -> Room:
        """Take a room from its log before the first entry that cannot be read; raise it again in the log's middle."""
        whole = (broken.seq or 1) - 1
        cut = entries[whole:]
        if whole == 0 or any(kind_of(entry) in MILESTONES for entry in cut):
            raise broken
        room = Room.restore(code, entries[:whole], now, settings, lost=len(cut))
        self._log.set_aside(code, whole + 1, str(broken)).result()
        words = "%s: the log was cut to its last whole entry, %d; what followed (%d) is kept in the table set_aside"
        logger.error(words, broken, whole, len(cut))
        return room


def _time(entry: bytes | None) -> float:
    """Return when an entry was made; one that cannot be read counts as new, so that reading back tells of it."""
    try:
        return 0.0 if entry is None else msgspec.msgpack.decode(entry, type=_Dated).at
    except msgspec.MsgspecError:
        return math.inf
