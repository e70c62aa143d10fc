"""`serve --check`: all settings with their sources, everything that is wrong, and an exit code."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from townsquare_server.cli import main
from townsquare_server.data_folder import DataFolder
from townsquare_server.settings import FIELDS


def test_settings_and_their_sources_are_shown_and_all_is_well(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOWNSQUARE_METRICS_TOKEN", "correct horse battery")
    config = tmp_path / "server.toml"
    config.write_text('message_burst = 7\nscenarios = ["first_market"]\n')
    data = tmp_path / "data"
    assert main(["serve", "--check", "--config", str(config), "--data", str(data), "--lan", "--port", "0"]) == 0
    shown = capsys.readouterr().out
    told = dict(line.split("  # ", 1) for line in shown.splitlines() if "  # " in line)
    sources = {line.split(" = ")[0]: (line.split(" = ")[1].strip(), source) for line, source in told.items()}
    assert list(sources) == list(FIELDS)
    assert sources["lan"] == ("True", "--lan")
    assert sources["message_burst"] == ("7", str(config))
    assert sources["metrics_token"] == ("(secret)", "TOWNSQUARE_METRICS_TOKEN")
    assert sources["host"] == ("'127.0.0.1'", "default")
    assert "horse" not in shown
    assert "ok: scenario first_market: 'first_market' loads" in shown
    assert f"0 open rooms in {data / 'log.sqlite'}" in shown
    assert "ok: port 0: free on 0.0.0.0" in shown


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = DataFolder(tmp_path / "data", "process 1234")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        missing = str(tmp_path / "none.toml")
        arguments = ["serve", "--check", "--data", str(folder.path), "--port", port, "--scenario", missing]
        assert main(arguments) == 2
    folder.close()
    wrong = [line for line in capsys.readouterr().out.splitlines() if line.startswith("NOT ok: ")]
    assert len(wrong) == 3
    assert "none.toml" in wrong[0]
    assert "in use by another server (process 1234)" in wrong[1]
    assert f"cannot listen on 127.0.0.1 port {port}" in wrong[2]


def test_a_mistyped_setting_is_refused_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--check", "--set", "message_brust=3"]) == 2
    assert "did you mean message_burst?" in capsys.readouterr().err
