"""Errors of the shell: each names the value, the place and the remedy, and is the user's to put right."""

from __future__ import annotations

from pathlib import Path

import pytest

from townsquare_agents.errors import TownsquareError
from townsquare_server.shell_errors import (
    DataFolderBusyError,
    DataFolderError,
    NotStoredError,
    PortError,
    SessionFileError,
    SettingsError,
    ShellError,
)


@pytest.mark.parametrize(
    ("error", "parts"),
    [
        (SettingsError("--port", "port", "99999 cannot be used"), ["--port", "99999"]),
        (DataFolderError(Path("d"), "cannot be made"), ["data folder d", "cannot be made", "--data"]),
        (DataFolderBusyError(Path("d"), "process 7"), ["in use by another server (process 7)", "--data"]),
        (PortError("127.0.0.1", 80, "permission denied"), ["127.0.0.1 port 80", "permission denied", "--port"]),
        (NotStoredError("the disk is full"), ["the disk is full"]),
        (SessionFileError(Path("f"), "is not whole"), ["f: is not whole"]),
    ],
)
def test_an_error_names_value_place_and_remedy(error: ShellError, parts: list[str]) -> None:
    assert isinstance(error, TownsquareError)
    for part in parts:
        assert part in str(error)
    assert not str(error)[0].isupper()
