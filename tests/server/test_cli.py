"""The command line: quick help, answers in the exit code, and one line for every mistake of its user."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from townsquare_agents.compiled import JIT_DISABLED
from townsquare_agents.paths import scenarios_folder
from townsquare_server import session_file
from townsquare_server.cli import main
from townsquare_server.event_log import EventLog


def small_scenario(folder: Path) -> Path:
    text = (scenarios_folder() / "first_market.toml").read_text(encoding="utf-8")
    for old, new in {
        "rounds = 8": "rounds = 1",
        "ticks_per_round = 28": "ticks_per_round = 3",
        "buyers = 2000": "buyers = 60",
    }.items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    path = folder / "small.toml"
    path.write_text(text, encoding="utf-8")
    return path


def townsquare(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "townsquare_server.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_help_is_there_at_once_and_loads_nothing_heavy() -> None:
    code = (
        "import sys; from townsquare_server.cli import build_parser; build_parser().format_help(); "
        "print([name for name in ('numpy', 'numba', 'mesa', 'pydantic', 'websockets', 'rich') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert found.stdout.strip() == "[]"
    best = 9.0
    for _ in range(3):
        begun = time.perf_counter()
        shown = townsquare("--help")
        best = min(best, time.perf_counter() - begun)
    assert shown.returncode == 0
    for command in ("serve", "play", "replay", "scenarios", "bots"):
        assert command in shown.stdout
    assert best < 0.3


def test_the_version_is_the_installed_ones(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert re.fullmatch(r"townsquare \S+\n", capsys.readouterr().out)


@pytest.mark.parametrize("arguments", [[], ["nothing"], ["serve", "--port", "x"], ["play"], ["scenarios", "no"]])
def test_an_unknown_command_line_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_scenarios_are_listed_shown_and_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scenarios", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert "first_market" in [one["id"] for one in listed]
    assert main(["scenarios", "list"]) == 0
    assert "first_market" in capsys.readouterr().out
    assert main(["scenarios", "show", "first_market"]) == 0
    assert json.loads(capsys.readouterr().out)["id"] == "first_market"
    assert main(["scenarios", "schema"]) == 0
    assert "vendors" in json.loads(capsys.readouterr().out)["properties"]
    good, bad = small_scenario(tmp_path), tmp_path / "bad.toml"
    bad.write_text(good.read_text(encoding="utf-8").replace("buyers = 60", "buyers = -1"), encoding="utf-8")
    assert main(["scenarios", "check", str(good)]) == 0
    assert main(["scenarios", "check", str(good), str(bad)]) == 1
    assert re.search(r"bad\.toml:\d+: .*buyers", capsys.readouterr().err)


@pytest.mark.skipif(JIT_DISABLED, reason="plays a game")
def test_a_game_is_played_the_same_each_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(small_scenario(tmp_path))
    command = ["play", path, "--seed", "7", "--policy", "A=campaign", "--policy", "B=relationship", "--json"]
    assert main(command) == 0
    first = json.loads(capsys.readouterr().out)
    assert set(first) == {"scenario", "seed", "digest", "rounds", "vendors"}
    assert [vendor["policy"] for vendor in first["vendors"]][:2] == ["campaign", "relationship"]
    assert {"name", "policy", "vanity", "value"} <= set(first["vendors"][0])
    assert json.loads(townsquare(*command, "--threads", "2").stdout) == first  # a fresh process, on two threads
    assert main(["play", path, "--seed", "7"]) == 0
    shown = capsys.readouterr().out
    assert "equity" in shown
    assert "Aurora" in shown


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["play", "no_such_scenario"], r"no_such_scenario\.toml: there is no such scenario file"),
        (["play", "first_market", "--policy", "A"], r"--policy: A: is not VENDOR=NAME"),
        (["play", "first_market", "--policy", "Q=campaign"], r"'Q'|Q"),
        (["play", "first_market", "--policy", "A=shout"], r"shout"),
        (["play", "first_market", "--threads", "0"], r"--threads: threads: 0 threads"),
        (["replay", "{tmp}/none.townsquare"], r"none\.townsquare: cannot be read"),
        (["replay", "{tmp}/text.townsquare"], r"text\.townsquare: is not a whole session file"),
        (["replay", "{tmp}/log.sqlite"], r"log\.sqlite: holds rooms AAAAAA, BBBBBB; name one with --room"),
        (["replay", "{tmp}/log.sqlite", "--room", "CCCCCC"], r"log\.sqlite: holds rooms AAAAAA, BBBBBB"),
        (["replay", "{tmp}/log.sqlite", "--room", "aaaaaa"], r"room AAAAAA, entry 1: not an entry of a log"),
        (["serve", "--port", "99999"], r"--port: port: 99999 cannot be used"),
        (["serve", "--config", "{tmp}/none.toml"], r"none\.toml: file: cannot be read"),
        (["serve", "--check", "--data", "{tmp}/text.townsquare"], r"data folder .*text\.townsquare: cannot be made"),
        (["serve", "--data", "{tmp}/data", "--port", "{taken}"], r"cannot listen on 127\.0\.0\.1 port \d+: .*--port"),
        (["bots", "http://127.0.0.1:1", "--room", "BCDFGH"], r"http://127\.0\.0\.1:1: cannot connect"),
    ],
)
def test_a_mistake_is_told_in_one_line(
    arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "text.townsquare").write_text("not a session")
    log = EventLog(tmp_path / "log.sqlite")
    for room in ("AAAAAA", "BBBBBB"):
        log.append(room, [(1, b"\xc1")], durable=True).result(10)
    log.close()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        filled = [text.format(tmp=tmp_path, taken=taken.getsockname()[1]) for text in arguments]
        assert main(filled) == 2
    error = capsys.readouterr().err
    assert error.startswith("townsquare: ")
    assert re.search(message, error)
    assert error.count("\n") == 1
    assert "Traceback" not in error


def test_settings_can_be_checked_without_serving(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--check", "--data", str(tmp_path / "data"), "--lan", "--port", "0"]) == 0
    shown = capsys.readouterr().out
    assert "lan = True" in shown
    assert "port = 0" in shown
    assert "0 open rooms" in shown


def test_a_session_file_of_a_later_format_is_told_in_words(tmp_path: Path) -> None:
    import zipfile

    path = tmp_path / "later.townsquare"
    manifest = session_file.Manifest(99, "9.9", "AAAAAA", "9.9", "0", 1, 1, [])
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("manifest.json", session_file.msgspec.json.encode(manifest))
    with pytest.raises(session_file.SessionFileError, match="has format 99, this version reads up to 1: update"):
        session_file.unpack(path)
