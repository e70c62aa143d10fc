"""The command line: quick help, and one line for every mistake of its user."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from townsquare_server.cli import main
from townsquare_server.event_log import EventLog
from townsquare_server.sqlite_store import SqliteStore


def townsquare(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "townsquare_server.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from townsquare_server.cli import build_parser; build_parser().format_help(); "
        "print([name for name in ('numpy', 'numba', 'mesa', 'pydantic', 'websockets', 'rich') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert found.stdout.strip() == "[]"
    shown = townsquare("--help")
    assert shown.returncode == 0
    for command in ("serve", "play", "replay", "scenarios", "validate", "bench", "bots"):
        assert command in shown.stdout


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
        (
            ["serve", "--port", "0", "--data", "{tmp}/text.townsquare"],
            r"data folder .*text\.townsquare: cannot be made",
        ),
        (["serve", "--data", "{tmp}/data", "--port", "{taken}"], r"cannot listen on 127\.0\.0\.1 port \d+: .*--port"),
        (
            ["serve", "--data", "{tmp}/data", "--database-url", "postgresql://a:b@127.0.0.1:1/c"],
            r"database postgresql://a@",
        ),
        (["bots", "http://127.0.0.1:1", "--room", "BCDFGH"], r"http://127\.0\.0\.1:1: cannot connect"),
    ],
)
def test_a_mistake_is_told_in_one_line(
    arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "text.townsquare").write_text("not a session")
    log = EventLog(SqliteStore(tmp_path / "log.sqlite"))
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


@pytest.mark.parametrize("seed", ["-1", "99999999999999999999999", "abc"])
def test_an_impossible_seed_is_refused_with_its_range(seed: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["play", "first_market", "--seed", seed])
    assert ended.value.code == 2
    assert f"{seed!r} is no seed; give a whole number from 0" in capsys.readouterr().err
