"""Rules that several kernels share: who is interested, how trust is lost, what a switch keeps from acting."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from small_markets import made_up, plan_alone
from townsquare_agents import Market
from townsquare_agents.kernels.codes import Cause, Happening, Stage
from townsquare_agents.kernels.feelings import is_interested
from townsquare_agents.metrics import METRICS
from townsquare_agents.plan import Action, Plan
from townsquare_agents.scenario import Scenario, load_scenario

Change = Callable[..., Scenario]
FORM = {"platform": "follow_network", "reach": "paid", "sends": 8, "last_day": 8, "volume": 800, "form": True}
ANNOYING = {"platform": "follow_network", "reach": "followers", "sends": 100, "last_day": 28, "promotion": 1.0}


@pytest.fixture(scope="module")
def quiet(shipped: Scenario, changed: Change) -> Scenario:
    return changed(
        shipped,
        {
            "spam.campaigns": 0,
            "mechanisms.word_of_mouth": False,
            "mechanisms.churn": False,
            "parameters.need.per_quarter": 0,
            "calendar.rounds": 1,
        },
    )


def _with_play(scenario: Scenario, changed: Change, **play: object) -> Scenario:
    return changed(scenario, {"plays": [made_up(**play)]})


def _played(scenario: Scenario, ticks: int, before: Callable[[Market], None] = lambda _: None) -> Market:
    market = Market(scenario, 1, collect=False)
    before(market)
    plan_alone(market, Plan.of([Action("it", "it", 1)]))
    for _ in range(ticks):
        market.step()
    return market


def test_a_lost_customer_is_not_interested() -> None:
    assert [s.name for s in Stage if is_interested(s)] == ["INTERESTED", "EVALUATING", "CUSTOMER", "ADVOCATE"]


def test_a_sales_call_is_unwelcome_to_a_lost_customer(quiet: Scenario, changed: Change) -> None:
    """Sales that call whoever registers call lost customers too, who did not ask for it."""
    calling = _with_play(quiet, changed, messages=[{**FORM, "usefulness": 1.0}], capacity={"pass_everything": 1.0})
    calling = changed(calling, {"parameters.response.click": 1.0, "parameters.response.registration": 1.0})

    def lose_everybody(market: Market) -> None:
        market.columns.stage[:, 0] = Stage.LOST

    calls = []
    for before in (lambda market: None, lose_everybody):
        market = _played(calling, 1, before)
        rows = market.stories.rows()
        registered = (rows["what"] == Happening.REGISTER).sum()
        calls.append(((rows["what"] == Happening.SALES_CALL_UNWELCOME).sum(), registered))
    assert calls[1][0] == calls[1][1] > 10  # each who registered was called, and none wanted to be
    assert 0 < calls[0][0] < calls[0][1]  # customers and the interested did want to


@pytest.mark.parametrize("switch", ["asymmetric_trust", "irritation"])
def test_a_call_and_a_silence_obey_the_switches(quiet: Scenario, changed: Change, switch: str) -> None:
    """With the mechanism off its parameter changes nothing, whoever hurts the buyer."""
    name = {"asymmetric_trust": "trust.loss_ratio", "irritation": "irritation.gain"}[switch]
    calling = _with_play(quiet, changed, messages=[{**FORM, "usefulness": 1.0}], capacity={"pass_everything": 1.0})
    base = changed(
        calling,
        {
            f"mechanisms.{switch}": False,
            "parameters.response.click": 1.0,
            "parameters.need.per_quarter": 1.0,
            "parameters.need.shortest": 20,
            "parameters.service.question_rate": 0.5,
            "parameters.service.baseline_hours": 0,
            "parameters.experience.incident": 0.5,
        },
    )
    markets = [
        _played(changed(base, {f"parameters.{name}": value}), 28)
        for value in (1.0, 0.5 if switch == "irritation" else 8.0)
    ]
    happened = set(markets[0].stories.rows()["what"])
    assert {Happening.SALES_CALL_UNWELCOME, Happening.NEVER_ANSWERED} <= happened
    for mine, others in zip(markets[0].columns, markets[1].columns, strict=True):
        assert np.array_equal(mine, others)


def test_nobody_leaves_a_crowded_feed_when_overload_is_off(quiet: Scenario, changed: Change) -> None:
    crowding = {f"parameters.exits.{name}": 0 for name in ("frequent", "repetitive", "offers", "irrelevant")}
    crowding |= {"parameters.exits.rate": 1.0, "parameters.exits.crowded": 5.0}
    busy = _with_play(changed(quiet, crowding), changed, messages=[{**ANNOYING, "sends": 300}])
    left = {}
    for on in (True, False):
        rows = _played(changed(busy, {"mechanisms.overload": on}), 28).stories.rows()
        left[on] = (rows["cause"] == Cause.CROWDED).sum()
    assert left[True] > 5
    assert left[False] == 0


def test_peers_pass_no_bad_news_when_bad_news_is_off(changed: Change) -> None:
    whole = changed(
        load_scenario("whole_square"),
        {
            "mechanisms.negative_word_of_mouth": False,
            "parameters.need.per_quarter": 1.0,
            "parameters.groups.peer_rate": 1.0,
            "parameters.experience.floor": 0.0,
            "parameters.experience.new": 0.0,
            **{f"vendors.{v}.quality": 0.0 for v in range(4)},
        },
    )
    market = Market(whole, 1, collect=False)
    for _ in range(14):
        market.step()
    assert (market.stories.rows()["what"] == Happening.WARNING_HEARD).sum() == 0
    assert market.columns.word.min() == 0.0


def test_lead_scoring_off_means_that_nobody_is_sales_ready(changed: Change, shipped: Scenario) -> None:
    ready = {}
    for on in (True, False):
        scenario = changed(shipped, {"mechanisms.lead_scoring": on, "parameters.leads.ready_at": 0.1})
        market = Market(scenario, 1, policies=dict.fromkeys("ABCD", "mixed"), collect=False)
        for _ in range(56):
            market.step()
        ready[on] = market.history[: market.tick, :, METRICS.index("sales_ready_leads")].sum()
    assert ready[True] > 0
    assert ready[False] == 0
