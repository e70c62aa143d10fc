"""Events change the market from their tick on, by themselves or injected; what they name is checked when loading."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from townsquare_agents import Market
from townsquare_agents.errors import PlanError, ScenarioError, ScenarioErrors
from townsquare_agents.event_checks import ONLY_AT_THE_START, Range, check_change, what_may_be
from townsquare_agents.metrics import METRICS
from townsquare_agents.parameters import Parameters
from townsquare_agents.paths import scenarios_folder
from townsquare_agents.plan import Action, Plan
from townsquare_agents.scenario import Scenario, load_scenario
from townsquare_agents.scenario_parts import Event
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


LIVELY = {
    "calendar.rounds": 4,
    "population.smallest_committee": 1,
    "population.largest_committee": 3,
    "parameters.need.per_quarter": 1.0,
    "parameters.need.shortest": 3,
    "parameters.need.longest": 10,
    "parameters.churn.rate": 0.02,
    "parameters.churn.neighbour": 2.0,
    "parameters.experience.incident": 0.5,
    "parameters.groups.peer_rate": 1.0,
    "parameters.groups.join": 0.2,
    "parameters.groups.quit": 0.2,
    "parameters.sharing.rate": 1.0,
    "parameters.contact.refusal": 0.3,
    "parameters.organisation.gaffe": 0.5,
    "parameters.spam.report": 0.5,
    "parameters.spam.quit_rate": 0.1,
    "parameters.spam.start_volume": 50,
    "parameters.response.ask": 0.5,
    "parameters.response.click": 1.0,
    "parameters.expertise.free_hours": 1,
    "parameters.service.patience": 2,
    "parameters.service.baseline_hours": 0.5,
    "parameters.response.registration": 1.0,
    "parameters.exits.rate": 0.2,
    "parameters.attention.inbox_open": 1.0,
    "parameters.awareness.interest_rate": 1.0,
    "parameters.word_of_mouth.talk": 1.0,
    "parameters.exits.offers_memory": 0.9,
    "platforms.0.followed_at_start": 0.2,
    "platforms.2.followed_at_start": 0.5,
    "parameters.leads.ready_at": 0.3,
    "platforms.0.porosity": 0.5,
    "platforms.5.moderation": "strict",
    "platforms.5.feed": "ranked",
    "platforms.6.moderation": "democratic",
    "vendors.0.quality": 0.1,
    "vendors.0.approval_days": 1,
}
"""A market in which everything that has a parameter happens."""

PLANS = {
    "A": Plan.of(
        [
            Action("train", "expert_training", 1),
            Action("organise", "idea_organisation", 1),
            Action("chat", "organised_chat", 1),
            Action("article", "expert_article", 2, topic="growth"),
            Action("own", "own_up", 1),
        ]
    ),
    "B": Plan.of(
        [
            Action("ads", "ad_burst", 2, audience="function_head", form=True),
            Action("pass", "pass_all_leads", 1),
            Action("robots", "auto_dm", 2),
            Action("game", "contest", 1),
            Action("sell", "trade_show", 1),
        ]
    ),
    "C": Plan.of(
        [
            Action("host", "hosted_community", 2),
            Action("nurture", "nurture", 3, topic="people"),
            Action("blog", "blog_article", 2, topic="growth"),
            Action("sales", "sales_pipeline", 1),
            Action("talk", "broadcast", 2),
        ]
    ),
    "D": Plan.of([Action("calls", "cold_calls", 1), Action("refer", "reference_programme", 1)]),
}


@pytest.fixture(scope="module")
def lively(whole: Scenario, changed: Change) -> Scenario:
    scenario = changed(whole, LIVELY)
    talk = [play.id for play in scenario.plays].index("broadcast")
    selling = {"platform": "industry_group", "reach": "followers", "sends": 8, "last_day": 8, "promotion": 0.9}
    selling_too = {**selling, "platform": "peer_community"}
    helping = {**selling, "promotion": 0, "usefulness": 1.0, "stage_fit": 1.0}
    offers = {**selling, "platform": "follow_network", "promotion": 1.0}
    mails = {**selling, "platform": "email", "sends": 24, "promotion": 0.9}
    return changed(scenario, {f"plays.{talk}.messages": [selling, selling_too, helping, offers, mails]})


def _lived(scenario: Scenario, event: dict[str, object] | None) -> Market:
    """Play the lively market, with an event at its fifth tick."""
    if event:
        scenario = scenario.model_copy(update={"events": [Event.model_validate(event)]})
    market = Market(scenario, 3, collect=False, stories=False)
    while not market.over:
        if market.tick_in_round == 0:
            for vendor, plan in PLANS.items():
                market.set_plan(vendor, plan)
        if event and market.tick == 4:
            market.inject("it")
        market.step()
    return market


@pytest.fixture(scope="module")
def lived(lively: Scenario) -> Market:
    return _lived(lively, None)


def _alike(one: Market, other: Market) -> bool:
    columns = all(np.array_equal(a, b) for a, b in zip(one.columns, other.columns, strict=True))
    return columns and np.array_equal(one.history, other.history)


NUMBERS = [
    f"parameters.{group}.{name}"
    for group, field in Parameters.model_fields.items()
    for name in field.annotation.model_fields  # type: ignore[union-attr]
    if f"parameters.{group}.{name}" not in ONLY_AT_THE_START
]


@pytest.mark.parametrize("path", NUMBERS)
def test_every_number_that_an_event_may_change_is_live(lively: Scenario, lived: Market, path: str) -> None:
    """Set to either end of its range in the running market, it changes something."""
    allowed = what_may_be(lively, path)
    assert isinstance(allowed, Range)
    ends = (
        _lived(lively, {"id": "it", "name": NAME, "changes": [{"path": path, "set": end}]})
        for end in (allowed.high, allowed.low)
    )
    assert any(not _alike(lived, market) for market in ends), f"{path} changed nothing"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        *((f"platforms.follow_network.{name}", 0.3) for name in ("background", "attention", "porosity", "credibility")),
        ("platforms.follow_network.detection", 0.0),
        ("platforms.follow_network.detection_delay", 9.0),
        ("platforms.follow_network.report_weight", 1.0),
        ("platforms.follow_network.feed", "ranked"),
        ("platforms.follow_network.tracked", 0.0),
        ("platforms.follow_network.open", 0.0),
        ("platforms.phone.interruption", 0.0),
        ("platforms.email.spam_filter", 1.0),
        ("platforms.blog_on_site.traffic", 3.0),
        ("platforms.peer_community.tolerated", 1.0),
        ("platforms.peer_community.gate", "open"),
        ("platforms.peer_community.moderation", "none"),
    ],
)
def test_every_rule_of_a_platform_that_an_event_may_change_is_live(
    lively: Scenario, lived: Market, path: str, value: float | str
) -> None:
    event = Event.model_validate({"id": "it", "name": NAME, "changes": [{"path": path, "set": value}]})
    assert check_change(lively, event.changes[0]) is None
    assert not _alike(lived, _lived(lively, event.model_dump()))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ('path = "parameters.trust.start", set = 0.1', "is read only when the market begins"),
        ('path = "parameters.start.trust_spread", set = 0.1', "is read only when the market begins"),
        ('path = "parameters.need.per_quarter", set = 7', "use a number from 0 to 1 (share)"),
        ('path = "parameters.need.per_quarter", set = nan', "is outside its range"),
        ('path = "calendar.money_per_round", set = -1', "use a number from 0 to 1e+09 (money)"),
        ('path = "platforms.email.attention", set = 0', "use a number from 0.1 to 200 (posts/tick)"),
        ('path = "platforms.email.feed", set = "random"', "set it to one of recent, ranked, digest"),
        ('path = "platforms.email.feed", multiply = 2', "cannot multiply a word"),
        ('path = "platforms.email.open", set = 0.5', "use set = 1 for on, set = 0 for off"),
        ('path = "mechanisms.spam", multiply = 0', "cannot multiply a switch"),
        ('path = "platforms.email.members", set = 0.5', "names nothing that an event can change"),
        ('path = "parameters.need.per_quarter", multiply = -2', "outside its range"),
    ],
)
def test_a_mistaken_change_is_shown_where_it_stands(tmp_path: Path, change: str, says: str) -> None:
    text = (scenarios_folder() / "first_market.toml").read_text(encoding="utf-8")
    event = f'\n[[events]]\nid = "it"\nname.en = "x"\nchanges = [{{ {change} }}]\n'
    path = tmp_path / "mine.toml"
    path.write_text(text + event, encoding="utf-8")
    with pytest.raises(ScenarioErrors) as caught:
        load_scenario(path)
    shown = str(caught.value)
    assert says in shown
    assert f"{path}:{len((text + event).splitlines())}: events[" in shown
    assert ".changes[0]" in shown


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
