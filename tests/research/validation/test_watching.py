"""Watching changes nothing and counts what the market counts."""

from __future__ import annotations

import pytest

from townsquare_agents.compiled import JIT_DISABLED
from townsquare_agents.market import Market
from townsquare_agents.metrics import METRICS
from townsquare_agents.scenario import Scenario, load_scenario
from townsquare_research.validation.watching import run_rounds, watch_cascades

pytestmark = pytest.mark.skipif(JIT_DISABLED, reason="plays games")


@pytest.fixture(scope="module")
def lively() -> Scenario:
    """A market of 600 buyers who share much, for two rounds."""
    shipped = load_scenario("first_market")
    parameters = shipped.parameters
    return shipped.model_copy(
        update={
            "population": shipped.population.model_copy(update={"buyers": 600}),
            "calendar": shipped.calendar.model_copy(update={"rounds": 2}),
            "parameters": parameters.model_copy(
                update={"sharing": parameters.sharing.model_copy(update={"rate": 0.6})}
            ),
        }
    )


def test_every_act_of_sharing_is_counted_at_one_depth(lively: Scenario) -> None:
    seen = watch_cascades(lively, 5)
    market = Market(lively, 5, stories=False, collect=False)
    run_rounds(market, [{}, {}])
    counted = int(market.history[:, :, METRICS.index("shares")].sum())
    assert sum(seen.shares) == seen.taken_part.sum() == counted > 0
    assert all(count > 0 for count in seen.shares[:3])  # buyers who share this much make deep cascades
    assert seen.persuaded.sum() <= seen.reached.sum()
    assert seen.persuaded.sum() > 0


def test_nobody_shares_what_another_shared_when_sharing_is_off(lively: Scenario) -> None:
    off = lively.model_copy(update={"mechanisms": lively.mechanisms.model_copy(update={"sharing": False})})
    seen = watch_cascades(off, 5)
    assert sum(seen.shares) == 0
    assert sum(seen.follows[1:]) == 0 < seen.follows[0]
