"""The verdict on reasons to leave follows the counts, in both directions."""

from __future__ import annotations

import numpy as np
import pytest

from small_markets import tiny
from townsquare_agents.compiled import JIT_DISABLED
from townsquare_agents.kernels.codes import Cause
from townsquare_agents.scenario import load_scenario
from townsquare_research.validation.findings import Verdict
from townsquare_research.validation.leaving import SURVEYED, exit_reasons, reasons_to_leave


def games(*counts: int) -> list[np.ndarray]:
    """Return six games with nearly these numbers of exits for the surveyed reasons."""
    out = []
    for seed in range(6):
        game = np.zeros(len(Cause), np.int64)
        game[list(SURVEYED)] = np.array(counts) + seed % 2
        out.append(game)
    return out


@pytest.mark.parametrize(
    ("counts", "verdict"),
    [((400, 300, 200, 100), Verdict.PASS), ((300, 400, 200, 100), Verdict.FAIL), ((40, 30, 0, 0), Verdict.FAIL)],
)
def test_reasons_rank_as_surveyed_or_not(counts: tuple[int, ...], verdict: Verdict) -> None:
    assert exit_reasons(games(*counts)).verdict is verdict


def test_games_that_disagree_leave_it_open() -> None:
    assert exit_reasons([*games(40, 30, 20, 10), *games(30, 40, 20, 10)]).verdict is Verdict.UNRESOLVED


@pytest.mark.skipif(JIT_DISABLED, reason="plays a game")
def test_reasons_are_counted_in_a_real_game() -> None:
    counts = reasons_to_leave(tiny(load_scenario("whole_square")), 1)
    assert counts.sum() > 0
    assert counts[Cause.NONE] == 0
