"""The tree of errors of the server's shell: what the person who starts a server or opens a file can put right.

Every message begins in lower case, names the offending value and says what would be right.
"""

from __future__ import annotations

from pathlib import Path

from townsquare_agents.errors import TownsquareError


class ShellError(TownsquareError):
    """Something around the server (a folder, a port, a file, a setting) is not as it must be."""


class SettingsError(ShellError):
    """A setting cannot be used; `source` says where it came from (a flag, a variable, a file)."""

    def __init__(self, source: str, key: str, problem: str) -> None:
        self.source = source
        self.key = key
        super().__init__(f"{source}: {key}: {problem}")


class DataFolderError(ShellError):
    """The data folder cannot be made, read or written."""

    def __init__(self, folder: Path, problem: str) -> None:
        self.folder = folder
        super().__init__(f"data folder {folder}: {problem}; choose another with --data")


class DataFolderBusyError(DataFolderError):
    """Another server works on this data folder: two would each lose what the other writes."""

    def __init__(self, folder: Path, holder: str) -> None:
        super().__init__(folder, f"in use by another server{f' ({holder})' if holder else ''}")


class PortError(ShellError):
    """The address cannot be listened on."""

    def __init__(self, host: str, port: int, problem: str) -> None:
        super().__init__(
            f"cannot listen on {host} port {port}: {problem}; choose another with --port (0: any free one)"
        )


class NotStoredError(ShellError):
    """An entry was not written: nothing that depends on it may be acknowledged."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(f"the log cannot be written: {problem}")


class StoreGoneError(NotStoredError):
    """The store as a whole cannot be reached: no other write would fare better."""


class LogUnreadableError(ShellError):
    """What the log holds cannot be read."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(f"the log {place} cannot be read: {problem}")


class DatabaseError(ShellError):
    """The database that a server was told to use cannot be used; `place` holds no password."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(f"database {place}: {problem}")


class SessionFileError(ShellError):
    """A session file cannot be read, or does not replay to what it says."""

    def __init__(self, path: Path, problem: str) -> None:
        self.path = path
        super().__init__(f"{path}: {problem}")
