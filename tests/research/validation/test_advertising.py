"""The elasticity is that of the counts, and the counts are those of real games."""

from __future__ import annotations

import math

import numpy as np
import pytest

from townsquare_agents.compiled import JIT_DISABLED
from townsquare_agents.market import Market
from townsquare_agents.metrics import METRICS
from townsquare_agents.plan import Plan
from townsquare_agents.scenario import load_scenario
from townsquare_research.validation.advertising import advertising_elasticity, customers_won, elasticity
from townsquare_research.validation.findings import Verdict
from townsquare_research.validation.watching import run_rounds


def games(power: float, worlds: int) -> np.ndarray:
    """Return counts that grow with this power of the level, nearly alike in all worlds."""
    return np.array(
        [[500 + seed, *(round((1000 + seed) * level**power) for level in (1, 2, 4))] for seed in range(worlds)]
    )


@pytest.mark.parametrize(
    ("power", "verdict"), [(0.18, Verdict.PASS), (0.0, Verdict.FAIL), (0.6, Verdict.FAIL), (-0.2, Verdict.FAIL)]
)
def test_the_elasticity_is_the_power_of_the_level(power: float, verdict: Verdict) -> None:
    fact = advertising_elasticity(games(power, 8))
    assert math.isclose(fact.interval.found, power, abs_tol=1e-3)
    assert fact.verdict is verdict


def test_worlds_that_disagree_leave_it_open() -> None:
    assert advertising_elasticity(np.vstack([games(0.6, 3), games(-0.3, 3)])).verdict is Verdict.UNRESOLVED


def test_without_customers_it_is_open() -> None:
    found = elasticity(np.zeros(4, np.int64), np.ones(4, np.int64), 2.0)
    assert found.verdict(0.0, 1.0) is Verdict.UNRESOLVED


@pytest.mark.skipif(JIT_DISABLED, reason="plays games")
def test_customers_won_are_those_of_the_books() -> None:
    shipped = load_scenario("first_market")
    loyal = shipped.model_copy(update={"mechanisms": shipped.mechanisms.model_copy(update={"churn": False})})
    market = Market(loyal, 4, stories=False, collect=False)
    start = int((market.columns.supplier == 0).sum())
    run_rounds(market, [{"A": Plan()}] * loyal.calendar.rounds)
    vendor = market.history[:, 0]
    lost = vendor[:, METRICS.index("churned")].sum()
    assert customers_won(loyal, 4, 0) == vendor[-1, METRICS.index("customers")] - start + lost
    assert customers_won(loyal, 4, 2) > customers_won(loyal, 4, 0)
