"""Events change the market from their tick on, by themselves or injected; what they name is checked when loading."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from pydantic import ValidationError

from townsquare_agents import Market
from townsquare_agents.errors import PlanError, ScenarioError
from townsquare_agents.metrics import METRICS
from townsquare_agents.plan import Action, Plan
from townsquare_agents.scenario import Scenario, load_scenario
from townsquare_research.warm_up import tiny

Change = Callable[..., Scenario]
NAME = {"en": "x"}


@pytest.fixture(scope="module")
def whole() -> Scenario:
    return tiny(load_scenario("whole_square"))


def _run(scenario: Scenario, inject: dict[int, str] | None = None, plan: Plan | None = None) -> Market:
    market = Market(scenario, 3, collect=False)
    while not market.over:
        if market.tick_in_round == 0 and plan is not None:
            for vendor in market.vendor_index:
                market.set_plan(vendor, plan)
        if inject and market.tick in inject:
            market.inject(inject[market.tick])
        market.step()
    return market


def test_an_injected_event_is_a_scheduled_one(whole: Scenario, changed: Change) -> None:
    events = whole.model_dump(mode="json")["events"]
    for event in events:
        if event["id"] == "rule_change":
            event.update(round=2, tick=1)
    scheduled = _run(changed(whole, {"events": events}))
    injected = _run(whole, {8: "rule_change"})
    assert scheduled.happened == injected.happened == [(8, "rule_change")]
    assert all(np.array_equal(a, b) for a, b in zip(scheduled.columns, injected.columns, strict=True))


def test_nothing_changes_before_an_event(whole: Scenario) -> None:
    plain, shocked = _run(whole), _run(whole, {8: "rule_change"})
    assert np.array_equal(plain.history[:8], shocked.history[:8])
    assert not np.array_equal(plain.history[8:], shocked.history[8:])


def test_a_recession_shrinks_budgets(whole: Scenario) -> None:
    market = Market(whole, 3, collect=False)
    for _ in range(8):
        market.step()
    market.inject("recession")
    market.step()
    assert market.money == pytest.approx(0.67 * whole.calendar.money_per_round)
    assert market.observation("A").money == market.money
    for _ in range(7):
        market.step()
    dear = Plan.of([Action("ads", "ad_burst", 5), Action("show", "trade_show", 1)])
    if not market.over:
        with pytest.raises(PlanError, match="but a round has"):
            market.set_plan("A", dear)


def test_aiming_dies_with_the_opt_out_law(whole: Scenario) -> None:
    """Sampled messages aimed at an archetype of a quarter of the buyers miss once buyers opt out."""
    aimed = Plan.of([Action("ads", "ad_burst", 3, audience="business_strategist")])

    def share_of_target(shock: str | None) -> float:
        market = Market(whole, 3, collect=False)
        if shock:
            market.inject(shock)
        target = market.archetype_index["business_strategist"]
        hit = total = 0
        for _ in range(8):
            if market.tick_in_round == 0:
                for vendor in market.vendor_index:
                    market.set_plan(vendor, aimed if vendor == "B" else Plan())
            market.step()
            entries = market._world.entries[: market._world.log.sizes[0]]
            ours = entries[market.board.rows["vendor"][entries["message"]] == 1]
            hit += int((market.columns.archetype[ours["buyer"]] == target).sum())
            total += ours.size
        return hit / total

    assert share_of_target(None) > 0.65
    assert share_of_target("opt_out_law") < 0.35


def test_do_not_call_stops_unasked_contact(whole: Scenario) -> None:
    calls = Plan.of([Action("calls", "cold_calls", 3)])
    allowed, refused = _run(whole, plan=calls), _run(whole, {0: "do_not_call"}, plan=calls)
    column = METRICS.index("impressions")
    assert refused.history[:, :, column].sum() < 0.5 * allowed.history[:, :, column].sum()


def test_half_lives_change_with_their_factors(whole: Scenario, changed: Change) -> None:
    change = {"path": "parameters.awareness.half_life", "set": 3.0}
    event = {"id": "forgetting", "name": NAME, "changes": [change]}
    market = _run(changed(whole, {"events": [event]}), {0: "forgetting"})
    assert market.rules[0]["awareness_decay"] == pytest.approx(0.5 ** (1 / 3))


def test_a_new_platform_opens_in_its_round(whole: Scenario, changed: Change) -> None:
    later = changed(whole, {"platforms.0.opens_round": 2})
    market = Market(later, 3, policies={"A": "campaign"}, collect=False)
    for _ in range(8):
        market.step()
    assert market.columns.member[:, 0].sum() == 0
    market.step()
    assert market.columns.member[:, 0].sum() > 50


def test_an_event_that_opens_a_platform(whole: Scenario, changed: Change) -> None:
    never = changed(whole, {"platforms.0.opens_round": 1000})
    event = {"id": "opening", "name": NAME, "changes": [{"path": "platforms.follow_network.open", "set": 1}]}
    market = _run(changed(never, {"events": [event]}), {3: "opening"})
    assert market.columns.member[:, 0].sum() > 50


def test_an_unknown_event_is_named_with_those_there_are(whole: Scenario) -> None:
    with pytest.raises(ScenarioError, match="recession, opt_out_law"):
        Market(whole, 3, collect=False).inject("meteor")


@pytest.mark.parametrize(
    "path",
    ["parameters.awareness.hlaf_life", "platforms.nowhere.background", "population.buyers", "calendar.rounds", "x"],
)
def test_an_event_cannot_change_what_does_not_exist_or_is_fixed(whole: Scenario, changed: Change, path: str) -> None:
    event = {"id": "bad", "name": NAME, "changes": [{"path": path, "set": 1}]}
    with pytest.raises(ValidationError, match="names nothing that an event can change"):
        changed(whole, {"events": [event]})


def test_a_change_needs_either_set_or_multiply(whole: Scenario, changed: Change) -> None:
    event = {"id": "bad", "name": NAME, "changes": [{"path": "calendar.money_per_round"}]}
    with pytest.raises(ValidationError, match="needs either 'set' or 'multiply'"):
        changed(whole, {"events": [event]})
