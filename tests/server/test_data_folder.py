"""The data folder: one server at a time, a secret of its own, and trouble told in words."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from townsquare_server.data_folder import DataFolder, default_folder
from townsquare_server.shell_errors import DataFolderBusyError, DataFolderError


def test_a_second_server_on_the_same_folder_is_refused_with_the_name_of_the_first(tmp_path: Path) -> None:
    first = DataFolder(tmp_path, "process 77, http://127.0.0.1:8000")
    with pytest.raises(DataFolderBusyError, match=r"process 77, http://127.0.0.1:8000.*--data"):
        DataFolder(tmp_path)
    first.close()
    DataFolder(tmp_path).close()


def test_the_secret_is_made_once_and_belongs_to_its_owner(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "new" / "folder")
    secrets = folder.secrets
    folder.close()
    again = DataFolder(tmp_path / "new" / "folder")
    assert again.secrets == secrets
    if os.name == "posix":
        assert again.path.stat().st_mode & 0o777 == 0o700
        assert (again.path / "secret").stat().st_mode & 0o777 == 0o600
    again.close()


def test_a_file_in_place_of_the_folder_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("not a folder")
    with pytest.raises(DataFolderError, match=r"taken.*--data"):
        DataFolder(tmp_path / "taken")


def test_the_default_folder_is_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    assert default_folder().name == "townsquare"
    assert default_folder().is_absolute()


def test_a_folder_knows_whether_its_last_server_ended_by_itself(tmp_path: Path) -> None:
    first = DataFolder(tmp_path, "process 1")
    assert first.killed == ""
    first.close()
    second = DataFolder(tmp_path, "process 2")
    assert second.killed == ""
    (tmp_path / "holder.txt").rename(tmp_path / "kept")
    second.close()
    (tmp_path / "kept").rename(tmp_path / "holder.txt")  # as a killed server leaves it
    third = DataFolder(tmp_path)
    assert third.killed == "process 2"
    third.close()


def test_a_folder_in_which_the_holder_cannot_be_written_is_served_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "holder.txt").mkdir()
    folder = DataFolder(tmp_path)
    with pytest.raises(DataFolderBusyError, match="in use by another server"):
        DataFolder(tmp_path)
    folder.close()
    DataFolder(tmp_path).close()
