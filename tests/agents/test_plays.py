"""What a plan costs and what it sends on which day; and that nothing a play may say is without effect."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from small_markets import tiny
from townsquare_agents import Market
from townsquare_agents.errors import PlanError
from townsquare_agents.plan import Action, Plan
from townsquare_agents.plays import check_plan, plan_cost, schedule, vendor_budget
from townsquare_agents.scenario import Scenario, load_scenario
from townsquare_agents.scenario_parts import Capacity, MessageSpec

Change = Callable[..., Scenario]
SCENARIO = load_scenario("first_market")


def test_costs_add_up_over_levels() -> None:
    plan = Plan.of([Action("a", "ad_burst", 2), Action("b", "buyer_survey", 1)])
    assert plan_cost(SCENARIO, plan) == (2 * 9000 + 2500, 2 * 6 + 8)


def test_a_vendor_that_does_not_exist_is_named() -> None:
    with pytest.raises(PlanError, match="vendors are A, B, C, D"):
        check_plan(SCENARIO, "Z", Plan())


def test_a_vendor_of_half_the_size_is_refused_a_plan_over_its_own_hours(changed: Callable[..., Scenario]) -> None:
    scenario = changed(SCENARIO, {"vendors.0.hours": 0.5, "vendors.1.money": 0.25})
    plan = Plan.of([Action("a", "answer_questions", 5)])
    assert (plan_cost(scenario, plan), vendor_budget(scenario, "A")) == ((20_000, 200), (60_000, 160))
    with pytest.raises(PlanError, match="takes 200 hours but a round has 160; lower a level"):
        check_plan(scenario, "A", plan)
    check_plan(scenario, "C", plan)
    with pytest.raises(PlanError, match="costs 20,000 but a round has 15,000; lower a level"):
        check_plan(scenario, "B", plan)
    market = Market(scenario, 1, collect=False)
    with pytest.raises(PlanError, match="a round has 160"):
        market.set_plan("A", plan)
    market.set_plan("C", plan)


def test_equal_plans_compare_equal_whatever_the_order() -> None:
    one, two = Action("a", "contest", 1), Action("b", "ad_burst", 1)
    assert Plan.of([one, two]) == Plan.of([two, one])
    assert Plan.of([one, two]).without("a") == Plan.of([two])


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_every_message_of_an_action_is_due_once_within_its_days(data: st.DataObject) -> None:
    play = data.draw(st.sampled_from(SCENARIO.plays))
    level = data.draw(st.integers(1, play.max_level))
    due = schedule(SCENARIO, Plan.of([Action("x", play.id, level)]))
    assert [sending.spec_index for sending in due] == list(range(len(play.messages)))
    for days, spec in ((sending.days, sending.spec) for sending in due):
        assert len(days) == spec.sends * (level if spec.scales == "sends" else 1)
        assert list(days) == sorted(days)
        assert all(spec.first_day - 1 <= day <= spec.last_day - 1 for day in days)


def test_a_short_round_still_sends_everything(small: Scenario) -> None:
    due = schedule(small, Plan.of([Action("x", "ad_burst", 1)]))
    assert sum(len(sending.days) for sending in due) == 28 + 12


LIVELY = {
    "calendar.rounds": 3,
    "calendar.ticks_per_round": 12,
    "calendar.money_per_round": 1e9,
    "calendar.hours_per_round": 1e6,
    "population.largest_committee": 4,
    "vendors.0.approval_days": 0,
    "vendors.0.quality": 0.4,
    "vendors.1.quality": 1.0,
    "parameters.need.per_quarter": 1.0,
    "parameters.need.shortest": 3,
    "parameters.need.longest": 10,
    "parameters.experience.incident": 0.5,
    "parameters.service.baseline_hours": 0.2,
    "parameters.service.patience": 2,
    "parameters.response.click": 1.0,
    "parameters.response.registration": 1.0,
    "parameters.leads.ready_at": 0.3,
    "parameters.expertise.free_hours": 1,
    "parameters.organisation.gaffe": 0.3,
    "platforms.2.followed_at_start": 0.2,
    "platforms.5.feed": "recent",
    "spam.campaigns": 0,
}
"""What makes a market of 200 buyers so lively that every attribute of a play finds somebody whom it concerns."""


@pytest.fixture(scope="module")
def lively(changed: Change) -> Scenario:
    return changed(tiny(load_scenario("whole_square")), LIVELY)


def _with_all_plays(scenario: Scenario, *left_out: str) -> Market:
    """Play everything that there is at once, for two vendors of four."""
    market = Market(scenario, 2, collect=False)
    topics = [topic.id for topic in scenario.topics]
    actions = [
        Action(
            play.id, play.id, 1, topic=topics[n % len(topics)] if play.takes_topic else None, form=play.id == "ad_burst"
        )
        for n, play in enumerate(scenario.plays)
        if play.id not in left_out
    ]
    while not market.over:
        if market.tick_in_round == 0:
            for vendor in market.vendor_index:
                market.set_plan(vendor, Plan.of(actions) if vendor in "AB" else Plan())
        market.step()
    return market


def _differ(one: Market, other: Market) -> bool:
    """Say whether buyers differ, or what is known of them, beyond what a play costs."""
    if any(not np.array_equal(a, b) for a, b in zip(one.columns, other.columns, strict=True)):
        return True
    cost = {"spend", "customer_equity"}
    books = [
        [{name: value for name, value in report.observed.items() if name not in cost} for report in market.reports["A"]]
        for market in (one, other)
    ]
    return books[0] != books[1] or one.observation("A").demand != other.observation("A").demand


@pytest.fixture(scope="module")
def everything(lively: Scenario) -> Market:
    return _with_all_plays(lively)


@pytest.mark.parametrize("play", [play.id for play in load_scenario("whole_square").plays])
def test_every_shipped_play_matters(lively: Scenario, everything: Market, play: str) -> None:
    assert _differ(everything, _with_all_plays(lively, play)), f"without {play} all is the same"


def _all_plays_with(scenario: Scenario, where: str, name: str, value: object) -> Scenario:
    """Return the scenario with one attribute set in each play's capacity, or in each of its messages."""
    data = scenario.model_dump(mode="json")
    for play in data["plays"]:
        for part in [play["capacity"]] if where == "capacity" else play["messages"]:
            part[name] = value
    return Scenario.model_validate(data)


@pytest.mark.parametrize("name", Capacity.model_fields)
def test_every_capacity_that_a_play_builds_matters(lively: Scenario, everything: Market, name: str) -> None:
    assert any(getattr(play.capacity, name) for play in lively.plays), f"no shipped play builds {name}"
    default = Capacity.model_fields[name].get_default(call_default_factory=True)
    without = _all_plays_with(lively, "capacity", name, default)
    assert _differ(everything, _with_all_plays(without)), f"without {name} all is the same"


ATTRIBUTES = {
    **dict.fromkeys(("usefulness", "promotion", "incentive", "entertainment", "personal", "stage_fit", "ideas"), 0.0),
    **dict.fromkeys(("unsolicited", "automated", "form"), False),
    "length": 0.2,
    "qualified": True,
    "sends": 1,
    "first_day": 5,
    "last_day": 12,
    "volume": 7.0,
    "scales": "volume",
}


def test_no_attribute_of_a_message_is_forgotten_here() -> None:
    assert {*ATTRIBUTES, "platform", "reach"} == set(MessageSpec.model_fields)


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_every_attribute_of_a_message_matters(lively: Scenario, everything: Market, name: str) -> None:
    others = _all_plays_with(lively, "messages", name, ATTRIBUTES[name])
    if name == "scales":  # says what a level multiplies: at level 1, nothing
        assert not _differ(everything, _with_all_plays(others))
        return
    assert _differ(everything, _with_all_plays(others)), f"{name} changes nothing"
