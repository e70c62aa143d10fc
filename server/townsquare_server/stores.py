"""Which store a server's log is kept in: a file of its data folder, or the database it was given.

Law: nobody but this file chooses, so that every other file knows one kind of log.
"""

from __future__ import annotations

from townsquare_server.data_folder import DataFolder
from townsquare_server.log_store import Store
from townsquare_server.settings import Settings
from townsquare_server.sqlite_store import SqliteStore


def open_store(folder: DataFolder, settings: Settings) -> Store:
    """Open the store that the settings ask for; raises `ShellError`."""
    if settings.database_url is None:
        return SqliteStore(folder.log_path, max_bytes=settings.log_quota_bytes)
    from townsquare_server.postgresql_store import PostgresqlStore

    return PostgresqlStore(settings.database_url)
