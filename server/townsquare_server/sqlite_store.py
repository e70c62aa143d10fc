"""The log in one SQLite file: the store that every server has.

Law: write-ahead logging, so that readers never wait for the writer; a durable commit is synced before it returns. A
file that ends in the middle of a commit is read to the commit before it.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from townsquare_server.log_store import PROBE_BYTES, Append, Change, Close, Kept, Probe, SetAside, check_order
from townsquare_server.shell_errors import DataFolderError, LogUnreadableError, NotStoredError

FORMAT = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS rooms (room TEXT PRIMARY KEY, closed INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS entries (
    room TEXT NOT NULL, seq INTEGER NOT NULL, entry BLOB NOT NULL, PRIMARY KEY (room, seq)
);
CREATE TABLE IF NOT EXISTS set_aside (room TEXT NOT NULL, seq INTEGER NOT NULL, entry BLOB NOT NULL, why TEXT NOT NULL);
"""


class SqliteStore:
    """An open SQLite file."""

    def __init__(self, path: Path, *, max_bytes: int | None = None) -> None:
        """Open or make the log at `path`; beyond the quota `max_bytes` entries are refused as on a full disk."""
        self.path = path
        try:
            self.connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            try:
                self._prepare(max_bytes)
            except BaseException:
                self.connection.close()
                raise
        except sqlite3.DatabaseError as error:
            raise DataFolderError(path.parent, f"{path.name} cannot be used ({error})") from error

    @property
    def place(self) -> str:
        """Where the log is."""
        return str(self.path)

    def _prepare(self, max_bytes: int | None) -> None:
        run = self.connection.execute
        run("PRAGMA journal_mode = WAL")
        run("PRAGMA fullfsync = 1")  # macOS: fsync alone does not reach the platter
        found: int = run("PRAGMA user_version").fetchone()[0]
        if found not in (0, FORMAT):
            raise DataFolderError(
                self.path.parent, f"{self.path.name} has format {found}, this version reads {FORMAT}: update townsquare"
            )
        self.connection.executescript(_SCHEMA)
        run(f"PRAGMA user_version = {FORMAT}")
        if max_bytes is not None:
            page: int = run("PRAGMA page_size").fetchone()[0]
            run(f"PRAGMA max_page_count = {max(1, max_bytes // page)}")

    # ------------------------------------------------------------------------------ writing

    def commit(self, changes: Sequence[Change]) -> None:
        """Keep all of these or none."""
        run = self.connection.execute
        try:
            # NORMAL leaves syncing to the next checkpoint; FULL syncs now, with all that went before
            run(f"PRAGMA synchronous = {'FULL' if any(change.durable for change in changes) else 'NORMAL'}")
            run("BEGIN IMMEDIATE")
            for change in changes:
                self._apply(change)
            run("COMMIT")
        except BaseException as error:
            with contextlib.suppress(sqlite3.Error):
                run("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                raise NotStoredError(_in_words(error)) from error
            raise

    def _apply(self, change: Change) -> None:
        run = self.connection.execute
        match change:
            case Append(room, entries):
                run("INSERT OR IGNORE INTO rooms (room) VALUES (?)", (room,))
                last = run("SELECT max(seq) FROM entries WHERE room = ?", (room,)).fetchone()[0]
                check_order(change, last or 0)
                rows = [(room, seq, entry) for seq, entry in entries]
                self.connection.executemany("INSERT INTO entries (room, seq, entry) VALUES (?, ?, ?)", rows)
            case Close(room):
                run("UPDATE rooms SET closed = 1 WHERE room = ?", (room,))
            case SetAside(room, seq, why):
                chosen = "FROM entries WHERE room = ? AND seq >= ?"
                run(f"INSERT INTO set_aside SELECT room, seq, entry, ? {chosen}", (why, room, seq))
                run(f"DELETE {chosen}", (room, seq))
            case Probe():
                run("CREATE TABLE probe (filler BLOB)")
                run("INSERT INTO probe VALUES (zeroblob(?))", (PROBE_BYTES,))
                run("DROP TABLE probe")

    # ------------------------------------------------------------------------------ reading

    def rooms(self, *, only_open: bool = False) -> list[str]:
        """Return the codes of the rooms."""
        which = "WHERE NOT closed" if only_open else ""
        return [room for (room,) in self._rows(f"SELECT room FROM rooms {which} ORDER BY room")]

    def read(self, room: str) -> list[bytes]:
        """Return the entries of a room in order."""
        return [entry for (entry,) in self._rows("SELECT entry FROM entries WHERE room = ? ORDER BY seq", room)]

    def kept(self) -> list[Kept]:
        """Return every room with its newest entry."""
        newest = "(SELECT entry FROM entries WHERE room = rooms.room ORDER BY seq DESC LIMIT 1)"
        rows = self._rows(f"SELECT room, closed, {newest} FROM rooms")
        return [Kept(room, bool(closed), entry) for room, closed, entry in rows]

    def aside(self, room: str) -> list[tuple[int, bytes, str]]:
        """Return what was set aside of a room."""
        return self._rows("SELECT seq, entry, why FROM set_aside WHERE room = ? ORDER BY rowid", room)

    def _rows(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        try:
            with open_for_reading(self.path) as connection:
                return connection.execute(query, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise LogUnreadableError(self.place, f"{error}; restore it from a backup") from error

    def close(self) -> None:
        """Close the file."""
        self.connection.close()


def _in_words(error: sqlite3.Error) -> str:
    if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
        return "the disk (or the log's quota) is full; free some space, or raise log_quota_bytes"
    return str(error)


@contextlib.contextmanager
def open_for_reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a log without writing to it, also while a server does."""
    with contextlib.closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        yield connection


def back_up(source: Path, target: Path) -> list[str]:
    """Copy a log as it is at one moment, also while a server writes to it; return the codes of its rooms."""
    with open_for_reading(source) as connection, contextlib.closing(sqlite3.connect(target)) as copy:
        connection.backup(copy)
        damage = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
        if damage != "ok":
            raise sqlite3.DatabaseError("; ".join(damage.splitlines()))
        return [room for (room,) in copy.execute("SELECT room FROM rooms ORDER BY room")]
