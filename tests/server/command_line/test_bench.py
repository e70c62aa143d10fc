"""`townsquare bench`: it measures, and refuses what measures nothing."""

from __future__ import annotations

import json

import pytest

from townsquare_agents.compiled import JIT_DISABLED
from townsquare_server.cli import UNUSABLE, YES, main


@pytest.mark.skipif(JIT_DISABLED, reason="measures compiled code")
def test_diffusion_is_measured_beside_the_machines_roof(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "diffusion", "--sizes", "2000", "--repeats", "1", "--no-peers", "--json"]) == YES
    measured = json.loads(capsys.readouterr().out)["sizes"][0]
    assert measured["nodes"] == 2000
    assert measured["roof"] > 0
    assert measured["of_roof"] > 0


@pytest.mark.parametrize("arguments", [["--repeats", "0"], ["--sizes", "3"]])
def test_what_measures_nothing_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "game", *arguments]) == UNUSABLE
    assert arguments[1] in capsys.readouterr().err
