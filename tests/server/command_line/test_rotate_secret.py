"""`townsquare rotate-secret`: seats live on or die as asked for, and never under a running server."""

from __future__ import annotations

from pathlib import Path

import pytest

from townsquare_server.cli import main
from townsquare_server.data_folder import DataFolder


def keys(path: Path) -> tuple[bytes, ...]:
    folder = DataFolder(path)
    folder.close()
    return folder.secrets


def test_the_former_secret_is_believed_until_it_is_forgotten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = keys(tmp_path)
    assert main(["rotate-secret", "--data", str(tmp_path)]) == 0
    second = keys(tmp_path)
    assert second[1:] == first
    assert main(["rotate-secret", "--data", str(tmp_path), "--forget"]) == 0
    assert len(keys(tmp_path)) == 1
    assert keys(tmp_path)[0] not in second
    said = capsys.readouterr().out
    assert "seats live on" in said
    assert "no seat that was handed out before is known" in said


def test_a_server_at_work_keeps_its_secret(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = DataFolder(tmp_path, "process 77")
    assert main(["rotate-secret", "--data", str(tmp_path)]) == 2
    assert "in use by another server (process 77)" in capsys.readouterr().err
    folder.close()
    assert keys(tmp_path) == folder.secrets
