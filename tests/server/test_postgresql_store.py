"""The log in a database: what is particular to PostgreSQL - one server, lost connections, schemas, secrets."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

import pytest

from townsquare_server.event_log import EventLog
from townsquare_server.postgresql_store import PostgresqlStore
from townsquare_server.shell_errors import DatabaseError, LogUnreadableError, NotStoredError

sys.path.insert(0, str(Path(__file__).parent))
from postgresql import PostgresqlServer


def opened(url: str) -> contextlib.closing[EventLog]:
    return contextlib.closing(EventLog(PostgresqlStore(url)))


def test_a_second_server_on_the_database_is_refused_until_the_first_is_gone(postgresql: PostgresqlServer) -> None:
    url = postgresql.database()
    with opened(url), pytest.raises(DatabaseError, match=r"in use by another server \(townsquare \w+\); give each"):
        PostgresqlStore(url)
    with opened(url) as log:
        log.append("A", [(1, b"a")], durable=True).result(10)


def test_servers_may_share_a_database_each_in_its_schema(postgresql: PostgresqlServer) -> None:
    url = postgresql.database()
    for name in ("east", "west"):
        postgresql.sql(url, f"CREATE SCHEMA {name}")
    with opened(f"{url}&search_path=east") as east, opened(f"{url}&search_path=west") as west:
        east.append("A", [(1, b"east")], durable=True).result(10)
        west.append("A", [(1, b"west")], durable=True).result(10)
        assert (east.read("A"), west.read("A")) == ([b"east"], [b"west"])


def test_a_lost_connection_is_told_and_opened_again_by_the_next_write(postgresql: PostgresqlServer) -> None:
    url = postgresql.database()
    with opened(url) as log:
        for seq in range(1, 6):
            log.append("A", [(seq, b"a")], durable=seq % 2 == 0).result(10)
            postgresql.sql(url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
            with contextlib.suppress(NotStoredError):  # the loss may be noticed before, or by the write itself
                log.probe().result(10)
        assert len(log.read("A")) == 5


def test_while_the_database_is_down_writes_are_refused_and_nothing_is_lost(postgresql: PostgresqlServer) -> None:
    with opened(postgresql.database()) as log:
        log.append("A", [(1, b"a")], durable=True).result(10)
        postgresql.stop()
        try:
            writes = [log.append("A", [(2, b"b")], durable=True) for _ in range(3)]
            for write in writes:
                with pytest.raises(NotStoredError, match="the database postgresql://square@/square"):
                    write.result(30)
            with pytest.raises(LogUnreadableError, match="cannot be read"):
                log.read("A")
        finally:
            postgresql.start()
        log.probe().result(30)
        assert log.read("A") == [b"a"]
        log.append("A", [(2, b"b")], durable=True).result(10)


def test_no_message_holds_the_password(tmp_path: Path) -> None:
    for address in (
        f"postgresql://square:s3cret@/none?host={tmp_path}",
        "postgresql://square:s3cret@127.0.0.1:1/none?password=s3cret",
        "postgresql://square:s3cret@127.0.0.1:one/none",
        "postgresql://square:s3cret@127.0.0.1/none?sslmode=perhaps",
    ):
        with pytest.raises(DatabaseError) as caught:
            PostgresqlStore(address)
        assert "s3cret" not in str(caught.value)
        assert str(caught.value).startswith("database ")


def test_tables_of_a_later_format_are_told_in_words(postgresql: PostgresqlServer) -> None:
    url = postgresql.database()
    PostgresqlStore(url).close()
    postgresql.sql(url, "INSERT INTO townsquare_format VALUES (99)")
    with pytest.raises(DatabaseError, match="has format 99, this version reads 1: update townsquare"):
        PostgresqlStore(url)


def test_without_the_driver_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "asyncpg", None)  # as where it is not installed
    with pytest.raises(
        DatabaseError, match=r"needs a driver that is not installed: pip install 'townsquare\[postgresql\]'"
    ):
        PostgresqlStore("postgresql://square@db.example/town")
