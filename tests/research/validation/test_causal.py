"""Cause and effect: the hold-out holds out, the same world without the difference is the same world."""

from __future__ import annotations

import numpy as np
import pytest

from townsquare_agents.compiled import JIT_DISABLED
from townsquare_agents.kernels.codes import Happening
from townsquare_agents.market import Market
from townsquare_agents.plan import Plan
from townsquare_agents.scenario import Scenario, load_scenario
from townsquare_research.validation.causal import HeldOut, Urged, carry_over, homophily, lift, single_play
from townsquare_research.validation.findings import Verdict
from townsquare_research.validation.watching import run_rounds, world_of

pytestmark = pytest.mark.skipif(JIT_DISABLED, reason="plays games")


def ignore() -> None:
    pass


@pytest.fixture(scope="module")
def small() -> Scenario:
    shipped = load_scenario("first_market")
    return shipped.model_copy(
        update={
            "population": shipped.population.model_copy(update={"buyers": 500}),
            "mechanisms": shipped.mechanisms.model_copy(update={"sharing": False}),
        }
    )


def test_held_out_buyers_do_not_see_the_play_and_the_others_do(small: Scenario) -> None:
    play = next(n for n, spec in enumerate(small.plays) if spec.id == "ad_burst")
    market = HeldOut(small, 4, stories=False, collect=False)
    market.held = (0, play)
    run_rounds(market, [{"A": single_play(small, "A", "ad_burst")}])
    exposed, treated = world_of(market).relations["reached"][:, 0] > 0, market.treated()
    assert not (exposed & ~treated).any()
    assert exposed[treated].mean() > 0.3
    assert 0.4 < treated.mean() < 0.6


def test_holding_nothing_out_is_the_same_market(small: Scenario) -> None:
    plain, held = (kind(small, 4, stories=False, collect=False) for kind in (Market, HeldOut))
    for market in (plain, held):
        run_rounds(market, [{"A": Plan()}])
    assert plain.digest() == held.digest()
    assert np.array_equal(plain.history, held.history)


def test_an_experiment_covers_the_truth_where_buyers_do_not_talk(small: Scenario) -> None:
    fact = lift(small, "ad_burst", range(1, 13), ignore)
    covered = fact.details[0]
    assert fact.interval.low < fact.interval.found < fact.interval.high
    assert float(covered.split(" in ")[1].split(" ")[0]) >= 0.75, covered


def test_contagion_that_is_switched_off_causes_nothing(small: Scenario) -> None:
    silent = small.model_copy(
        update={
            "mechanisms": small.mechanisms.model_copy(update={"word_of_mouth": False, "peers": False}),
            "calendar": small.calendar.model_copy(update={"rounds": 2}),
        }
    )
    fact = homophily(silent, range(1, 3), ignore)
    assert "0 caused" in fact.details[0]
    assert fact.verdict is Verdict.UNRESOLVED  # nothing to compare with


def test_who_urges_nobody_changes_nothing_and_who_does_is_talked_of_more(small: Scenario) -> None:
    markets = []
    for kind, effort in ((Market, None), (Urged, 0.0), (Urged, 5.0)):
        market = kind(small, 4, stories=True, collect=False)
        if effort:
            market.effort = effort
        run_rounds(market, [{vendor: Plan() for vendor in "ABCD"}])
        markets.append(market)
    plain, quiet, urged = markets
    assert plain.digest() == quiet.digest()
    told = [
        int(((rows["what"] == Happening.SPOKE_WELL) & (rows["vendor"] == 0)).sum())
        for rows in (quiet.stories.rows(), urged.stories.rows())
    ]
    assert told[1] > 2 * told[0] > 0


def test_without_talk_word_of_mouth_carries_nothing_over(small: Scenario) -> None:
    silent = small.model_copy(update={"mechanisms": small.mechanisms.model_copy(update={"word_of_mouth": False})})
    fact = carry_over(silent, range(1, 3), ignore)
    assert fact.verdict is Verdict.UNRESOLVED
    assert fact.details[1].startswith("mean effect on the pipeline in weeks 1-4: 0 and ")
