"""The log: every entry of every room, in one SQLite file, written by one thread.

Law: an entry whose future is done is on the disk (`durable`: synced, it outlives a power cut; else it outlives the
process). Entries that arrive while a commit runs share the next one. A room's entries are numbered from 1 without a
gap: when one could not be written, those that came after it are refused too. A failed write changes nothing.
"""

from __future__ import annotations

import contextlib
import queue
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

from townsquare_server.shell_errors import DataFolderError, NotStoredError

FORMAT = 1
PROBE_BYTES = 131_072
_SCHEMA = """
CREATE TABLE IF NOT EXISTS rooms (room TEXT PRIMARY KEY, closed INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS entries (
    room TEXT NOT NULL, seq INTEGER NOT NULL, entry BLOB NOT NULL, PRIMARY KEY (room, seq)
);
"""


@dataclass(frozen=True, slots=True)
class _Write:
    """Entries of one room, to be committed together."""

    room: str
    entries: list[tuple[int, bytes]]
    durable: bool
    closes: bool = False
    probes: bool = False
    done: Future[None] = field(default_factory=Future)


class EventLog:
    """An open log. `append` may be called from any thread; `read` and `open_rooms` too."""

    def __init__(self, path: Path, *, max_bytes: int | None = None) -> None:
        """Open or make the log at `path`; beyond the quota `max_bytes` entries are refused as on a full disk."""
        self.path = path
        self._queue: queue.SimpleQueue[_Write | None] = queue.SimpleQueue()
        try:
            self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            try:
                self._prepare(max_bytes)
            except BaseException:
                self._connection.close()
                raise
        except sqlite3.DatabaseError as error:
            raise DataFolderError(path.parent, f"{path.name} cannot be used ({error})") from error
        self._thread = threading.Thread(target=self._run, name="townsquare-log", daemon=True)
        self._thread.start()

    def _prepare(self, max_bytes: int | None) -> None:
        run = self._connection.execute
        run("PRAGMA journal_mode = WAL")
        run("PRAGMA fullfsync = 1")  # macOS: fsync alone does not reach the platter
        found: int = run("PRAGMA user_version").fetchone()[0]
        if found not in (0, FORMAT):
            raise DataFolderError(
                self.path.parent, f"{self.path.name} has format {found}, this version reads {FORMAT}: update townsquare"
            )
        self._connection.executescript(_SCHEMA)
        run(f"PRAGMA user_version = {FORMAT}")
        if max_bytes is not None:
            page: int = run("PRAGMA page_size").fetchone()[0]
            run(f"PRAGMA max_page_count = {max(1, max_bytes // page)}")

    def append(self, room: str, entries: list[tuple[int, bytes]], *, durable: bool) -> Future[None]:
        """Write (seq, entry) pairs of one room together; the future ends when they are kept, or fails."""
        return self._put(_Write(room, entries, durable))

    def close_room(self, room: str) -> Future[None]:
        """Mark a room as over: it is kept, and not restored at the next start."""
        return self._put(_Write(room, [], durable=True, closes=True))

    def probe(self) -> Future[None]:
        """Try whether the log takes writes: the future ends well when a commit does."""
        return self._put(_Write("", [], durable=True, probes=True))

    def _put(self, write: _Write) -> Future[None]:
        self._queue.put(write)
        return write.done

    def open_rooms(self) -> list[str]:
        """Return the codes of the rooms that are not over."""
        with self._reader() as connection:
            return [room for (room,) in connection.execute("SELECT room FROM rooms WHERE NOT closed ORDER BY room")]

    def rooms(self) -> list[str]:
        """Return the codes of all rooms, over or not."""
        with self._reader() as connection:
            return [room for (room,) in connection.execute("SELECT room FROM rooms ORDER BY room")]

    def read(self, room: str) -> Iterator[bytes]:
        """Yield the entries of a room in order."""
        with self._reader() as connection:
            for (entry,) in connection.execute("SELECT entry FROM entries WHERE room = ? ORDER BY seq", (room,)):
                yield entry

    def last(self, room: str) -> bytes | None:
        """Return the newest entry of a room."""
        with self._reader() as connection:
            query = "SELECT entry FROM entries WHERE room = ? ORDER BY seq DESC LIMIT 1"
            row = connection.execute(query, (room,)).fetchone()
        return None if row is None else bytes(row[0])

    def _reader(self) -> contextlib.closing[sqlite3.Connection]:
        return contextlib.closing(open_for_reading(self.path))

    def close(self) -> None:
        """Write what is queued, then close the file."""
        self._queue.put(None)
        self._thread.join()
        self._connection.close()

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
        run = self._connection.execute
        try:
            # NORMAL leaves syncing to the next checkpoint; FULL syncs now, with all that went before
            run(f"PRAGMA synchronous = {'FULL' if any(write.durable for write in batch) else 'NORMAL'}")
            run("BEGIN IMMEDIATE")
            for write in batch:
                self._insert(write)
            run("COMMIT")
        except Exception as error:  # whatever went wrong, the thread must live: every room writes through it
            with contextlib.suppress(sqlite3.Error):
                run("ROLLBACK")
            self._fail(batch, error)
        else:
            for write in batch:
                write.done.set_result(None)

    def _insert(self, write: _Write) -> None:
        run = self._connection.execute
        if write.probes:  # as much as an entry with a whole scenario may need
            run("CREATE TABLE probe (filler BLOB)")
            run("INSERT INTO probe VALUES (zeroblob(?))", (PROBE_BYTES,))
            run("DROP TABLE probe")
            return
        if write.closes:
            run("UPDATE rooms SET closed = 1 WHERE room = ?", (write.room,))
            return
        run("INSERT OR IGNORE INTO rooms (room) VALUES (?)", (write.room,))
        last: int = run("SELECT max(seq) FROM entries WHERE room = ?", (write.room,)).fetchone()[0] or 0
        for place, (seq, _) in enumerate(write.entries):
            if seq != last + 1 + place:
                raise NotStoredError(f"entry {seq} of room {write.room} does not follow entry {last + place}")
        rows = [(write.room, seq, entry) for seq, entry in write.entries]
        self._connection.executemany("INSERT INTO entries (room, seq, entry) VALUES (?, ?, ?)", rows)

    def _fail(self, batch: list[_Write], error: Exception) -> None:
        if len(batch) > 1:  # one write may be at fault: the others get a commit of their own
            for write in batch:
                self._commit([write])
            return
        batch[0].done.set_exception(error if isinstance(error, NotStoredError) else NotStoredError(_in_words(error)))


def _in_words(error: Exception) -> str:
    if isinstance(error, sqlite3.Error) and error.sqlite_errorcode == sqlite3.SQLITE_FULL:
        return "the disk (or the log's quota) is full; free some space"
    return str(error)


def open_for_reading(path: Path) -> sqlite3.Connection:
    """Open a log without writing to it, also while a server does."""
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
