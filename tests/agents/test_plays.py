"""What a plan costs and what it sends on which day."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from townsquare_agents import Market
from townsquare_agents.errors import PlanError
from townsquare_agents.plan import Action, Plan
from townsquare_agents.plays import check_plan, plan_cost, schedule, vendor_budget
from townsquare_agents.scenario import Scenario, load_scenario

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
