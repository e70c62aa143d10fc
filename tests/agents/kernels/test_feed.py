"""Who a message goes to: blocked is blocked, searchers care about the topic, aiming can be switched off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from small_markets import entries_of, made_up, plan_alone
from townsquare_agents import Market
from townsquare_agents.kernels.codes import Stage, Tie
from townsquare_agents.kernels.tables import SIZE_SHARES
from townsquare_agents.metrics import METRICS
from townsquare_agents.plan import Action, Plan
from townsquare_agents.scenario import Scenario

Change = Callable[..., Scenario]


def _start(scenario: Scenario, messages: list[dict[str, Any]], **action: Any) -> Market:
    """Return a market in which vendor A has planned these messages, and nobody anything else."""
    data = scenario.model_dump(mode="json")
    play = made_up(takes_topic=True, takes_audience=True, messages=messages)
    data["plays"], data["spam"]["campaigns"] = [play], 0
    market = Market(Scenario.model_validate(data), 1, collect=False)
    plan_alone(market, Plan.of([Action("it", "it", 1, **action)]))
    return market


def _addressed(market: Market, ticks: int = 7) -> np.ndarray:
    buyers = []
    for _ in range(ticks):
        market.step()
        buyers.append(entries_of(market)["buyer"].copy())
    return np.concatenate(buyers)


DAILY = {"sends": 28, "promotion": 0.1}


def test_customers_who_blocked_are_left_alone(whole: Scenario) -> None:
    market = _start(whole, [{"platform": "email", "reach": "customers", **DAILY}])
    customers = np.flatnonzero(market.columns.supplier[market.columns.account] == 0)
    blocked = customers[::2]
    market.columns.ties[blocked, 0] = np.uint32(Tie.BLOCKED)
    addressed = _addressed(market)
    assert set(customers[1::2]) <= set(addressed.tolist())
    assert not set(blocked) & set(addressed.tolist())


def test_customers_are_known_by_archetype_and_stage(whole: Scenario, changed: Change) -> None:
    message = {"platform": "email", "reach": "customers", **DAILY}
    market = _start(whole, [message], audience="function_head", stage="advocate")
    market.columns.stage[market.columns.supplier[market.columns.account] == 0, 0] = Stage.CUSTOMER
    some = np.flatnonzero(market.columns.supplier[market.columns.account] == 0)[:40]
    market.columns.stage[some, 0] = Stage.ADVOCATE
    addressed = _addressed(market, ticks=1)
    assert set(addressed) == set(some[market.columns.archetype[some] == market.archetype_index["function_head"]])
    everybody = _start(changed(whole, {"mechanisms.targeting": False}), [message], audience="function_head")
    kinds = set(everybody.columns.archetype[_addressed(everybody, ticks=1)])
    assert len(kinds) == len(whole.archetypes)


def test_what_was_shared_on_a_platform_that_closes_ends_there(whole: Scenario, changed: Change) -> None:
    """Not a post, not a share of yesterday's, not a share of that one: nobody is there to see it."""
    closing = {"path": "platforms.follow_network.open", "set": 0}
    event = {"id": "close", "name": {"en": "x"}, "changes": [closing]}
    keen = {"parameters.sharing.rate": 1.0, "mechanisms.porous_platforms": False, "events": [event]}
    post = {"platform": "follow_network", "reach": "paid", "volume": 500, "entertainment": 1.0, "usefulness": 1.0}
    market = _start(changed(whole, keen), [{**post, "sends": 28}], topic="growth")
    assert _addressed(market, ticks=3).size > 1000
    assert market._world.log.sizes[SIZE_SHARES] > 50
    followers = market.history[2, 0, METRICS.index("followers")]
    market.inject("close")
    assert _addressed(market, ticks=5).size == 0
    assert market.history[7, 0, METRICS.index("followers")] < followers


def test_searchers_care_about_the_topic(whole: Scenario) -> None:
    """A blog about growth is found by those whom growth interests; one about nothing, by anybody alike."""
    blog = {"platform": "blog_on_site", "reach": "readers", "volume": 300, **DAILY}
    growth = [topic.id for topic in whole.topics].index("growth")
    interest = {}
    for topic in ("growth", None):
        market = _start(whole, [blog], topic=topic)
        market.columns.ties[:], market._world.tied[:] = 0, 0  # no subscribers: searchers alone
        interest[topic] = float(market.columns.interest[_addressed(market), growth].mean())
    everybody = float(market.columns.interest[:, growth].mean())
    assert interest[None] == pytest.approx(everybody, rel=0.05)
    assert interest["growth"] > 1.15 * everybody


def test_who_is_in_the_market_searches_more(whole: Scenario, changed: Change) -> None:
    blog = {"platform": "blog_on_site", "reach": "readers", "volume": 300, **DAILY}
    still = changed(whole, {"parameters.need.per_quarter": 0.05, "parameters.need.shortest": 300})
    still = changed(still, {"parameters.need.longest": 300})
    market = _start(still, [blog], topic="growth")
    market.columns.ties[:], market._world.tied[:] = 0, 0
    for _ in range(3):
        market.step()
    searching = market.columns.in_market[market.columns.account] > 0
    share = float(searching[_addressed(market, ticks=3)].mean())
    assert share > 1.1 * float(searching.mean()) > 0.1


def test_reading_leaves_no_trace_where_the_vendor_sees_nobody(whole: Scenario, changed: Change) -> None:
    """Who asked for mail and reads an untracked blog earns no score; on a tracked one it does."""
    scores = {}
    index = [platform.id for platform in whole.platforms].index("blog_on_site")
    for tracked in (True, False):
        blog = {"platform": "blog_on_site", "reach": "readers", "volume": 300, "usefulness": 1.0, **DAILY}
        quiet = changed(whole, {"mechanisms.service": False, "mechanisms.sharing": False})
        quiet = changed(quiet, {f"platforms.{index}.tracked": tracked})
        market = _start(quiet, [blog], topic="growth")
        market.columns.ties[:, 0] = np.uint32(1 << market.platform_index["email"])
        _addressed(market)
        scores[tracked] = float(market.columns.score[:, 0].sum())
    assert scores[True] > 0 == scores[False]
