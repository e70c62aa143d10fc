"""The log in a PostgreSQL database, for those who have one: `--database-url postgresql://user@host/database`.

Law: one server writes to one schema of a database; an advisory lock says which. A connection that was lost is opened
anew with the next write, and until then every write is refused: what was not confirmed by the database was not kept.
Every commit is synced, durable or not: the database may die while we live, and what was confirmed must outlive it too.
The driver runs in a thread with a loop of its own, so that anybody may call a store and wait.
"""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from townsquare_server.blotting import shown_address
from townsquare_server.log_store import PROBE_BYTES, Append, Change, Close, Kept, Probe, SetAside, check_order
from townsquare_server.shell_errors import DatabaseError, LogUnreadableError, NotStoredError, StoreGoneError

if TYPE_CHECKING:
    import asyncpg

T = TypeVar("T")
FORMAT = 1
CONNECT_SECONDS = 10.0
PATIENCE = {"timeout": CONNECT_SECONDS, "command_timeout": 10.0}
LOCK_TRIES, LOCK_SECONDS = 50, 0.1
ALIVE = {"tcp_keepalives_idle": "30", "tcp_keepalives_interval": "10", "tcp_keepalives_count": "3"}
"""Within a minute the database lets go of a server whose machine is gone."""
MOST_READERS = 4
_SCHEMA = """
CREATE TABLE IF NOT EXISTS townsquare_format (format integer NOT NULL);
CREATE TABLE IF NOT EXISTS townsquare_rooms (room text PRIMARY KEY, closed boolean NOT NULL DEFAULT false);
CREATE TABLE IF NOT EXISTS townsquare_entries (
    room text NOT NULL, seq integer NOT NULL, entry bytea NOT NULL, PRIMARY KEY (room, seq)
);
CREATE TABLE IF NOT EXISTS townsquare_set_aside (
    number bigserial PRIMARY KEY, room text NOT NULL, seq integer NOT NULL, entry bytea NOT NULL, why text NOT NULL
);
"""
_LOCK = "SELECT pg_try_advisory_lock(hashtext('townsquare'), hashtext(current_schema()))"
_HOLDER = """
SELECT concat(application_name, ' at ' || host(client_addr)) FROM pg_stat_activity JOIN pg_locks USING (pid)
WHERE locktype = 'advisory' AND granted AND application_name LIKE 'townsquare %'
AND objid = (hashtext(current_schema())::bigint & 4294967295)::oid LIMIT 1
"""
_OUR_LOST_ONES = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1 AND pid <> pg_backend_pid()
"""


class PostgresqlStore:
    """An open database."""

    def __init__(self, url: str) -> None:
        """Connect, make the tables if they are missing and take the lock; raises `DatabaseError`."""
        self.place = shown_address(url)
        self._url = url
        self._name = f"townsquare {secrets.token_hex(4)}"
        self._driver = _driver()
        self._writer: asyncpg.Connection | None = None
        self._readers: asyncpg.Pool | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="townsquare-database", daemon=True)
        self._thread.start()
        try:
            self._wait(self._open())
        except StoreGoneError as error:
            self.close()
            raise DatabaseError(self.place, error.problem) from error.__cause__
        except BaseException:
            self.close()
            raise

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _broken(self) -> tuple[type[Exception], ...]:
        """Return what the driver raises when the database does not do what it should."""
        return (self._driver.PostgresError, self._driver.InterfaceError, OSError, TimeoutError)

    # ------------------------------------------------------------------------------ connections

    async def _open(self) -> None:
        try:
            await self._connected()
            self._readers = await self._driver.create_pool(self._url, min_size=0, max_size=MOST_READERS, **PATIENCE)
        except ValueError as error:  # the driver's words may quote the address with its password
            raise DatabaseError(self.place, "is no address like postgresql://user@host:5432/database") from error

    async def _connected(self) -> asyncpg.Connection:
        """Return the writer's connection, opened anew if it was lost."""
        if self._writer is not None and not self._writer.is_closed():
            return self._writer
        try:
            writer = self._writer = await self._driver.connect(
                self._url, server_settings={"application_name": self._name, **ALIVE}, **PATIENCE
            )
            await writer.fetch(_OUR_LOST_ONES, self._name)
            await self._take_lock(writer)
            await self._check_format(writer)
        except self._broken() as error:
            self._lose_writer()
            raise StoreGoneError(f"the database {self.place} cannot be used ({_in_words(error)})") from error
        except BaseException:
            self._lose_writer()
            raise
        return writer

    async def _take_lock(self, writer: asyncpg.Connection) -> None:
        for _ in range(LOCK_TRIES):  # a server that died a moment ago may still hold it
            if await writer.fetchval(_LOCK):
                return
            await asyncio.sleep(LOCK_SECONDS)
        holder = await writer.fetchval(_HOLDER)
        raise StoreGoneError(
            f"the database {self.place} is in use by another server ({holder or 'of another user'}); "
            "give each its own database, or its own schema (?search_path=NAME)"
        )

    async def _check_format(self, writer: asyncpg.Connection) -> None:
        await writer.execute(_SCHEMA)
        found = await writer.fetchval("SELECT max(format) FROM townsquare_format")
        if found is None:
            await writer.execute("INSERT INTO townsquare_format VALUES ($1)", FORMAT)
        elif found != FORMAT:
            raise DatabaseError(self.place, f"has format {found}, this version reads {FORMAT}: update townsquare")

    def _lose_writer(self) -> None:
        if self._writer is not None:
            self._writer.terminate()
            self._writer = None

    def close(self) -> None:
        """Let go of the database."""
        self._wait(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _close(self) -> None:
        try:
            if self._writer is not None:
                await self._writer.close(timeout=CONNECT_SECONDS)
            if self._readers is not None:
                await asyncio.wait_for(self._readers.close(), CONNECT_SECONDS)
        except self._broken():
            self._lose_writer()
            if self._readers is not None:
                self._readers.terminate()

    # ------------------------------------------------------------------------------ writing

    def commit(self, changes: Sequence[Change]) -> None:
        """Keep all of these or none."""
        self._wait(self._commit(changes))

    async def _commit(self, changes: Sequence[Change]) -> None:
        writer = await self._connected()
        try:
            async with writer.transaction():
                for change in changes:
                    await self._apply(writer, change)
        except self._broken() as error:
            problem = f"the database {self.place} did not keep it ({_in_words(error)})"
            if writer.is_closed() or isinstance(error, OSError | TimeoutError | self._driver.InterfaceError):
                self._lose_writer()
                raise StoreGoneError(problem) from error
            raise NotStoredError(problem) from error

    async def _apply(self, writer: asyncpg.Connection, change: Change) -> None:
        run = writer.execute
        match change:
            case Append(room, entries):
                await run("INSERT INTO townsquare_rooms (room) VALUES ($1) ON CONFLICT DO NOTHING", room)
                last = await writer.fetchval("SELECT max(seq) FROM townsquare_entries WHERE room = $1", room)
                check_order(change, last or 0)
                rows = "SELECT $1, seq, entry FROM unnest($2::integer[], $3::bytea[]) AS new (seq, entry)"
                numbers, blobs = [seq for seq, _ in entries], [entry for _, entry in entries]
                await run(f"INSERT INTO townsquare_entries (room, seq, entry) {rows}", room, numbers, blobs)
            case Close(room):
                await run("UPDATE townsquare_rooms SET closed = true WHERE room = $1", room)
            case SetAside(room, seq, why):
                chosen = "DELETE FROM townsquare_entries WHERE room = $1 AND seq >= $2 RETURNING room, seq, entry"
                kept = "INSERT INTO townsquare_set_aside (room, seq, entry, why)"
                await run(f"WITH bad AS ({chosen}) {kept} SELECT *, $3 FROM bad ORDER BY seq", room, seq, why)
            case Probe():
                await run("CREATE TABLE townsquare_probe (filler bytea)")
                await run("INSERT INTO townsquare_probe VALUES ($1)", secrets.token_bytes(PROBE_BYTES))
                await run("DROP TABLE townsquare_probe")

    # ------------------------------------------------------------------------------ reading

    def rooms(self, *, only_open: bool = False) -> list[str]:
        """Return the codes of the rooms."""
        which = "WHERE NOT closed" if only_open else ""
        return [room for (room,) in self._rows(f"SELECT room FROM townsquare_rooms {which} ORDER BY room")]

    def read(self, room: str) -> list[bytes]:
        """Return the entries of a room in order."""
        query = "SELECT entry FROM townsquare_entries WHERE room = $1 ORDER BY seq"
        return [entry for (entry,) in self._rows(query, room)]

    def kept(self) -> list[Kept]:
        """Return every room with its newest entry."""
        newest = "(SELECT entry FROM townsquare_entries e WHERE e.room = r.room ORDER BY seq DESC LIMIT 1)"
        return [Kept(*row) for row in self._rows(f"SELECT room, closed, {newest} FROM townsquare_rooms r")]

    def aside(self, room: str) -> list[tuple[int, bytes, str]]:
        """Return what was set aside of a room."""
        query = "SELECT seq, entry, why FROM townsquare_set_aside WHERE room = $1 ORDER BY number"
        return [tuple(row) for row in self._rows(query, room)]

    def _rows(self, query: str, *values: str) -> list[Any]:
        return self._wait(self._fetch(query, *values))

    async def _fetch(self, query: str, *values: str) -> list[Any]:
        if self._readers is None:
            raise LogUnreadableError(self.place, "it is closed")
        try:
            return list(await self._readers.fetch(query, *values))
        except self._broken() as error:
            raise LogUnreadableError(self.place, _in_words(error)) from error


def _driver() -> Any:
    try:
        import asyncpg
    except ImportError as error:
        problem = "needs a driver that is not installed: pip install 'townsquare[postgresql]'"
        raise DatabaseError("postgresql://", problem) from error
    return asyncpg


def _in_words(error: Exception) -> str:
    text = str(error) or type(error).__name__
    if isinstance(error, TimeoutError):
        text = "no answer in time"
    if getattr(error, "sqlstate", None) == "53100":
        text = f"its disk is full: {text}"
    return text
