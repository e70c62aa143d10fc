"""Computer players make plans that can be paid, from what a team may know."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from townsquare_agents import Market
from townsquare_agents.plays import check_plan, plan_cost, play_of
from townsquare_agents.policies import POLICIES, make_policy
from townsquare_agents.scenario import Scenario

SIDES = {
    "campaign": {"campaign"},
    "relationship": {"relationship", "listening"},
    "mixed": {"campaign", "relationship", "listening"},
}


@pytest.mark.parametrize("name", SIDES)
def test_a_policy_spends_on_its_side_within_its_means(shipped: Scenario, name: str) -> None:
    market = Market(shipped, 1, collect=False)
    plan = make_policy(name).decide(market.observation("A"))
    check_plan(shipped, "A", plan)
    assert {play_of(shipped, action).side for action in plan.actions} == SIDES[name]
    money, hours = plan_cost(shipped, plan)
    assert money > 0.5 * shipped.calendar.money_per_round or hours > 0.9 * shipped.calendar.hours_per_round


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_plays_with_plays_it_never_saw(small: Scenario, changed: Callable[..., Scenario], name: str) -> None:
    odd = changed(small, {"plays.0.id": "skywriting", "plays.4.id": "tea_party", "calendar.money_per_round": 10_000})
    plan = make_policy(name).decide(Market(odd, 1, collect=False).observation("A"))
    check_plan(odd, "A", plan)


@settings(deadline=None, derandomize=True, max_examples=30)
@given(name=st.sampled_from(POLICIES), money=st.floats(0, 3), hours=st.floats(0, 3), round_has=st.floats(0, 2))
def test_a_policy_never_spends_what_its_organisation_has_not(
    small: Scenario, changed: Callable[..., Scenario], name: str, money: float, hours: float, round_has: float
) -> None:
    event = {"id": "cut", "name": {"en": "x"}, "summary": {"en": "x"}, "round": None, "tick": 1}
    changes = [
        {"path": path, "multiply": round_has} for path in ("calendar.money_per_round", "calendar.hours_per_round")
    ]
    sized = changed(
        small, {"vendors.0.money": money, "vendors.0.hours": hours, "events": [{**event, "changes": changes}]}
    )
    market = Market(sized, 1, policies={"A": name}, collect=False)
    market.inject("cut")
    for _ in range(small.calendar.ticks_per_round + 1):  # the second round begins under what the event left
        market.step()
    for plan, share in ((market.reports["A"][0].plan, 1.0), (market.vendors[0].plan, round_has)):
        spent, worked = plan_cost(sized, plan)
        assert spent <= sized.calendar.money_per_round * share * money + 1e-6
        assert worked <= sized.calendar.hours_per_round * share * hours + 1e-6


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_without_money_does_nothing(small: Scenario, changed: Callable[..., Scenario], name: str) -> None:
    poor = changed(small, {"calendar.money_per_round": 0, "calendar.hours_per_round": 0})
    assert make_policy(name).decide(Market(poor, 1, collect=False).observation("A")).actions == ()


def test_the_idle_policy_leaves_even_a_rich_vendor_idle(shipped: Scenario, changed: Callable[..., Scenario]) -> None:
    assert set(POLICIES) == {*SIDES, "idle"}
    scenario = changed(shipped, {"policies": {"A": "idle"}})
    market = Market(scenario, 1, collect=False)
    assert market.policies["A"].decide(market.observation("A")).actions == ()


def test_an_observation_holds_rivals_vanity_and_nothing_of_their_value(small: Scenario) -> None:
    market = Market(small, 1, collect=False)
    for _ in range(small.calendar.ticks_per_round):
        market.step()
    observation = market.observation("A")
    assert set(observation.rivals) == {"B", "C", "D"}
    assert set(observation.rivals["B"][0]) == {"reach", "impressions", "likes", "shares", "followers", "clicks"}
    assert len(observation.own) == 1
