"""`townsquare backup`: copy the log and the secret of a data folder, also while a server works on it.

Law: the copy is a data folder itself, so that restoring is `townsquare serve --data COPY`. It is whole or it is not
there: the log gets its name when it is all copied and was read through. Nothing is ever overwritten.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
from pathlib import Path

from townsquare_server import secret_keys
from townsquare_server.blotting import shown_address
from townsquare_server.data_folder import LOG_NAME, default_folder
from townsquare_server.settings import configure
from townsquare_server.shell_errors import DataFolderError, ShellError
from townsquare_server.sqlite_store import back_up


def run(options: argparse.Namespace) -> int:
    """Copy; say what is in the copy."""
    settings = configure({"data": options.data}, os.environ, options.config).settings
    if settings.database_url is not None:
        address = shown_address(settings.database_url)
        raise ShellError(f"the log is in {address}: copy it with pg_dump, and the file {secret_keys.NAME} beside it")
    source = Path(settings.data) if settings.data else default_folder()
    if not (source / LOG_NAME).is_file():
        raise DataFolderError(source, f"holds no {LOG_NAME}: no server has worked there")
    rooms = _copy(source, options.folder)
    print(f"{len(rooms)} rooms and the secret are copied to {options.folder}: keep it as you keep the data folder")
    print(f"to go on from it: townsquare serve --data {options.folder}")
    return 0


def _copy(source: Path, target: Path) -> list[str]:
    if target.is_dir() and any(target.iterdir()):
        raise ShellError(f"{target}: is not empty; name a new folder for the copy")
    unfinished = target / f"{LOG_NAME}.unfinished"
    try:
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        secret_keys.copy(source, target)
        rooms = back_up(source / LOG_NAME, unfinished)
        unfinished.replace(target / LOG_NAME)
    except OSError as error:
        raise ShellError(f"{target}: cannot be written ({error.strerror or error})") from error
    except sqlite3.DatabaseError as error:
        raise DataFolderError(source, f"{LOG_NAME} cannot be copied ({error})") from error
    return rooms
