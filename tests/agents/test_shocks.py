"""Events change the market from their tick on, by themselves or injected; what they name is checked when loading."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from small_markets import entries_of, tiny
from townsquare_agents import Market
from townsquare_agents.errors import PlanError, ScenarioError
from townsquare_agents.metrics import METRICS
from townsquare_agents.plan import Action, Plan
from townsquare_agents.scenario import Scenario, load_scenario

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


def test_a_recession_shrinks_budgets_and_need(whole: Scenario, changed: Change) -> None:
    market = Market(changed(whole, {"calendar.rounds": 3}), 3, collect=False)
    for _ in range(8):
        market.step()
    market.inject("recession")
    market.step()
    assert market.money == pytest.approx(0.67 * whole.calendar.money_per_round)
    assert market.observation("A").money == market.money
    assert market.rules[0]["need_per_quarter"] == pytest.approx(0.5 * whole.parameters.need.per_quarter)
    for _ in range(7):
        market.step()
    dear = Plan.of([Action("ads", "ad_burst", 5), Action("show", "trade_show", 1)])
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
            entries = entries_of(market)
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


@pytest.mark.parametrize("event", [event.id for event in load_scenario("whole_square").events])
def test_every_shipped_event_changes_the_market_from_its_tick_on(whole: Scenario, changed: Change, event: str) -> None:
    """Everybody plays everything, and many accounts look for a supplier, so that the event finds what it is about."""
    rich = {"calendar.money_per_round": 1e9, "calendar.hours_per_round": 1e6}
    scenario = changed(whole, {**rich, "parameters.need.per_quarter": 1.0})
    aimed = Plan.of(
        [
            *(Action(play.id, play.id, 1, topic="growth" if play.takes_topic else None) for play in whole.plays),
            Action("aimed", "ad_burst", 3, topic="people", audience="function_head"),
        ]
    )
    plain, shocked = _run(scenario, plan=aimed), _run(scenario, {4: event}, aimed)
    assert shocked.happened == [(4, event)]
    assert np.array_equal(plain.history[:4], shocked.history[:4])
    assert any(not np.array_equal(a, b) for a, b in zip(plain.columns, shocked.columns, strict=True))


def test_a_spam_wave_is_one(shipped: Scenario) -> None:
    """More spam on the network whose police it fools, and more overload with it."""
    markets = [Market(shipped, 3, policies=dict.fromkeys("ABCD", "relationship"), collect=False) for _ in range(2)]
    markets[1].inject("spam_wave")
    for market in markets:
        for _ in range(56):
            market.step()
    sent = [next(s.sent for s in market.spammers if s.platform == 0) for market in markets]
    assert sent[1] > 2 * sent[0] > 0
    members = (markets[0].columns.member[:, 0] > 0) & (markets[1].columns.member[:, 0] > 0)
    overload = [market.columns.overload[members].mean() for market in markets]
    assert overload[1] > overload[0]


def test_a_new_platform_is_joined_and_talked_on(whole: Scenario) -> None:
    chat = Plan.of([Action("chat", "organised_chat", 1)])
    market = Market(whole, 3, collect=False)
    video, seen = market.platform_index["video_network"], []
    for _ in range(12):
        if market.tick_in_round == 0:
            for vendor in market.vendor_index:
                market.set_plan(vendor, chat)
        if market.tick == 4:
            assert market.columns.member[:, video].sum() == 0
            market.inject("new_platform")
        market.step()
        rows = market.board.rows
        seen.append(int(rows["seen"][rows["platform"] == video].sum()))
    assert market.columns.member[:, video].mean() == pytest.approx(0.4, abs=0.12)
    assert seen[3] == 0 < seen[-1]


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


def test_a_product_is_held_to_the_range(whole: Scenario, changed: Change) -> None:
    """An event that triples a share of nine tenths leaves it at the end of its range, once and again."""
    more = {"path": "parameters.contact.precision", "multiply": 3}
    less = {"path": "platforms.email.attention", "multiply": 0}
    market = Market(changed(whole, {"events": [{"id": "it", "name": NAME, "changes": [more, less]}]}), 1, collect=False)
    for _ in range(2):
        market.inject("it")
        market.step()
        assert market.rules[0]["contact_precision"] == 1.0
        assert market.platforms[market.platform_index["email"]]["attention"] == 0.1


def test_money_that_an_event_changes_reaches_the_books(whole: Scenario, changed: Change) -> None:
    """Revenue halves from the event's tick on, and no customer becomes worth infinitely much."""
    half = {"path": "parameters.money.revenue_per_account", "multiply": 0.5}
    forever = [{"path": "parameters.money.retention", "set": 1}, {"path": "parameters.money.discount", "set": 0}]
    event = {"id": "it", "name": NAME, "changes": [half, *forever]}
    market = Market(changed(whole, {"events": [event], "mechanisms.churn": False}), 1, collect=False)
    market.step()
    market.inject("it")
    market.step()
    revenue, customers = METRICS.index("revenue"), METRICS.index("customers")
    per_customer = market.history[:2, :, revenue] / market.history[:2, :, customers]
    assert np.allclose(per_customer[1], 0.5 * per_customer[0])
    assert np.isfinite(market.history[1]).all()
