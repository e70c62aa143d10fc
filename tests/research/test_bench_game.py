"""The game's benchmark plays real games and says so in numbers."""

from __future__ import annotations

import json

from townsquare_research.bench_game import run_game_benchmark


def test_a_small_game_benchmark() -> None:
    said: list[str] = []
    result = run_game_benchmark([500], repeats=1, progress=said.append)
    assert said == ["compiling", "whole games", "500 buyers"]
    assert result.game > 0
    (row,) = result.ticks
    assert row.buyers == 500
    assert row.tick < result.game
    assert json.loads(json.dumps(result.to_json()))["ticks"][0]["buyers"] == 500
    assert "| 500 |" in result.to_markdown()
