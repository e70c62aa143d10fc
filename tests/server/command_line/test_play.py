"""`townsquare play`: the same game each time, in a table or as JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from townsquare_agents.compiled import JIT_DISABLED
from townsquare_server.cli import main

sys.path.insert(0, str(Path(__file__).parents[1]))
from serving import environment, short_scenario


def townsquare(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "townsquare_server.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=environment())


@pytest.mark.skipif(JIT_DISABLED, reason="plays a game")
def test_a_game_is_played_the_same_each_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(short_scenario(tmp_path, rounds=1, ticks=3, buyers=60))
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
