"""The log: every entry of every room, in one store, written by one thread.

Law: an entry whose future is done is kept by the store (`durable`: it outlives a power cut; else it outlives the
process). Entries that arrive while a commit runs share the next one. A room's entries are numbered from 1 without a
gap: when one could not be written, those that came after it are refused too. A failed write changes nothing.
"""

from __future__ import annotations

import queue
import threading
from concurrent.futures import Future
from dataclasses import dataclass, field

from townsquare_server.log_store import Append, Change, Close, Kept, Probe, SetAside, Store
from townsquare_server.shell_errors import NotStoredError, StoreGoneError


@dataclass(frozen=True, slots=True)
class _Write:
    """A change that waits for its commit."""

    change: Change
    done: Future[None] = field(default_factory=Future)


class EventLog:
    """An open log. Its methods may be called from any thread."""

    def __init__(self, store: Store) -> None:
        """Write to an open store, which is closed with the log."""
        self.store = store
        self._queue: queue.SimpleQueue[_Write | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="townsquare-log", daemon=True)
        self._thread.start()

    def append(self, room: str, entries: list[tuple[int, bytes]], *, durable: bool) -> Future[None]:
        """Write (seq, entry) pairs of one room together; the future ends when they are kept, or fails."""
        return self._put(Append(room, entries, durable))

    def close_room(self, room: str) -> Future[None]:
        """Mark a room as over: it is kept, and not restored at the next start."""
        return self._put(Close(room))

    def set_aside(self, room: str, seq: int, why: str) -> Future[None]:
        """Take a room's entries from `seq` on out of the log; they are kept beside it."""
        return self._put(SetAside(room, seq, why))

    def probe(self) -> Future[None]:
        """Try whether the log takes writes: the future ends well when a commit does."""
        return self._put(Probe())

    def _put(self, change: Change) -> Future[None]:
        write = _Write(change)
        self._queue.put(write)
        return write.done

    def open_rooms(self) -> list[str]:
        """Return the codes of the rooms that are not over."""
        return self.store.rooms(only_open=True)

    def rooms(self) -> list[str]:
        """Return the codes of all rooms, over or not."""
        return self.store.rooms()

    def read(self, room: str) -> list[bytes]:
        """Return the entries of a room in order."""
        return self.store.read(room)

    def kept(self) -> list[Kept]:
        """Return every room with its newest entry."""
        return self.store.kept()

    def close(self) -> None:
        """Write what is queued, then close the store."""
        self._queue.put(None)
        self._thread.join()
        self.store.close()

    # ------------------------------------------------------------------------------ the writer thread

    def _run(self) -> None:
        while True:
            batch, over = self._take_batch()
            if batch:
                self._commit(batch)
            if over:
                return

    def _take_batch(self) -> tuple[list[_Write], bool]:
        batch: list[_Write] = []
        write = self._queue.get()
        while write is not None:
            if write.done.set_running_or_notify_cancel():  # from here on nobody can cancel it
                batch.append(write)
            try:
                write = self._queue.get_nowait()
            except queue.Empty:
                return batch, False
        return batch, True

    def _commit(self, batch: list[_Write]) -> None:
        try:
            self.store.commit([write.change for write in batch])
        except Exception as error:  # whatever went wrong, the thread must live: every room writes through it
            self._fail(batch, error)
        else:
            for write in batch:
                write.done.set_result(None)

    def _fail(self, batch: list[_Write], error: Exception) -> None:
        if len(batch) > 1 and not isinstance(error, StoreGoneError):
            for write in batch:  # one may be at fault: the others get a commit of their own
                self._commit([write])
            return
        for write in batch:
            write.done.set_exception(error if isinstance(error, NotStoredError) else NotStoredError(str(error)))
