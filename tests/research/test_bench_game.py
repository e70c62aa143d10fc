"""The game's benchmark plays real games and says so in numbers."""

from __future__ import annotations

import json

import pytest

from townsquare_research.bench_game import run_game_benchmark


@pytest.mark.timeout(300)
def test_a_small_game_benchmark() -> None:
    said: list[str] = []
    result = run_game_benchmark([500], repeats=1, progress=said.append)
    assert said == ["compiling", "whole games", "games on two cores", "500 buyers"]
    assert result.game > 0
    (row,) = result.ticks
    assert row.buyers == 500
    assert row.tick < result.game
    assert json.loads(json.dumps(result.to_json()))["ticks"][0]["buyers"] == 500
    assert "| 500 |" in result.to_markdown()
    assert result.ensembles.same
    assert row.messages > 0
    assert row.memory is None or row.memory > 2**20
    assert row.of_mesa is not None
    assert min(row.of_sweep, row.of_mesa) > 0
