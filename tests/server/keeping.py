"""Helpers: a place where a log is kept, of either kind, that can be opened, spoiled and looked into."""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from postgresql import PostgresqlServer

from townsquare_server.event_log import EventLog
from townsquare_server.log_store import Store
from townsquare_server.postgresql_store import PostgresqlStore
from townsquare_server.sqlite_store import SqliteStore


@dataclass
class Keeping:
    """A data folder, and with PostgreSQL a database beside it."""

    folder: Path
    url: str | None = None
    server: PostgresqlServer | None = None

    def store(self) -> Store:
        return SqliteStore(self.folder / "log.sqlite") if self.url is None else PostgresqlStore(self.url)

    def open(self) -> contextlib.closing[EventLog]:
        """Open the log for a `with` block."""
        return contextlib.closing(EventLog(self.store()))

    @property
    def settings(self) -> dict[str, Any]:
        """What a whole server is told."""
        return {} if self.url is None else {"database_url": self.url}

    @property
    def flags(self) -> list[str]:
        """The same on a command line."""
        return [] if self.url is None else ["--database-url", self.url]

    def spoil(self, statement: str) -> None:
        """Change the tables behind the log's back; `entries` stands for the table's name, x'00' for bytes."""
        if self.url is None:
            with contextlib.closing(sqlite3.connect(self.folder / "log.sqlite")) as connection:
                connection.execute(statement)
                connection.commit()
        else:
            assert self.server is not None
            statement = statement.replace("entries", "townsquare_entries").replace("x'", "'\\x")
            self.server.sql(self.url, statement)
