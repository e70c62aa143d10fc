"""The folder that holds all a server keeps: its log, its secrets, and the lock that makes it the only server there.

Law: a folder belongs to one running server. The lock is SQLite's own, which every platform has and which the operating
system lets go of when the process dies, however it dies.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
from pathlib import Path

from townsquare_server import secret_keys
from townsquare_server.shell_errors import DataFolderBusyError, DataFolderError

LOG_NAME = "log.sqlite"
HOLDER_NAME = "holder.txt"


def default_folder() -> Path:
    """Return where this platform keeps a user's application data."""
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "townsquare"
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "townsquare"
    return Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "townsquare"


class DataFolder:
    """An opened and locked data folder."""

    def __init__(self, path: Path, holder: str = "") -> None:
        """Make the folder if it is missing and take its lock; `holder` is shown to a second server that tries."""
        self.path = path
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)  # names of people, and the secret
        except OSError as error:
            raise DataFolderError(path, f"cannot be made ({error.strerror or error})") from error
        self._lock = self._take_lock()
        self.killed = self._holder()
        """who worked here last, when that server did not end by itself"""
        self.name_holder(holder or f"process {os.getpid()}")
        try:
            self.secrets = secret_keys.load(path)
        except OSError as error:
            self._lock.close()
            raise DataFolderError(path, f"its secret cannot be read or made ({error.strerror or error})") from error

    def rotate_secret(self, *, forget: bool) -> None:
        """Sign with a new key from now on; `forget` ends what the former ones signed."""
        try:
            self.secrets = secret_keys.rotate(self.path, forget=forget)
        except OSError as error:
            raise DataFolderError(self.path, f"its secret cannot be replaced ({error.strerror or error})") from error

    @classmethod
    def of(cls, setting: str | None) -> DataFolder:
        """Open the folder that the settings name, or the platform's."""
        return cls(Path(setting) if setting else default_folder())

    @property
    def log_path(self) -> Path:
        """Return the path of the log."""
        return self.path / LOG_NAME

    def name_holder(self, holder: str) -> None:
        """Say who holds the folder, for the message that a second server prints; a full disk is no reason to end."""
        with contextlib.suppress(OSError):
            (self.path / HOLDER_NAME).write_text(holder, encoding="utf-8")

    def _take_lock(self) -> sqlite3.Connection:
        path = self.path / "lock.sqlite"
        try:
            lock = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
        except sqlite3.OperationalError as error:
            raise DataFolderError(self.path, f"cannot be written ({error})") from error
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            lock.close()
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                raise DataFolderBusyError(self.path, self._holder()) from None
            raise DataFolderError(self.path, f"cannot be written ({error})") from error
        return lock

    def _holder(self) -> str:
        try:
            return (self.path / HOLDER_NAME).read_text(encoding="utf-8").strip()
        except OSError:
            return ""

    def close(self) -> None:
        """Give the folder back."""
        with contextlib.suppress(OSError):
            (self.path / HOLDER_NAME).unlink()
        self._lock.close()
