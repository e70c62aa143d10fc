"""Games on threads and on processes are the games in a row."""

from __future__ import annotations

import pytest

from townsquare_research.bench_ensembles import run_ensembles


@pytest.mark.timeout(300)
def test_games_in_any_way_are_the_same_games() -> None:
    result = run_ensembles(games=3, turns=1)
    assert result.same
    assert min(result.seconds, result.threads, result.processes) > 0
    assert result.thousand == pytest.approx(1000 * result.seconds / result.processes)
    assert "the same bits" in result.to_markdown()[0]
