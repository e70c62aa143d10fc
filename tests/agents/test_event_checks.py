"""What an event may change is what the running market goes on reading; anything else is refused where it stands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from small_markets import tiny
from townsquare_agents import Market
from townsquare_agents.errors import ScenarioErrors
from townsquare_agents.event_checks import ONLY_AT_THE_START, check_change, what_may_be
from townsquare_agents.parameters import Parameters
from townsquare_agents.parameters.quantity import Range
from townsquare_agents.paths import scenarios_folder
from townsquare_agents.plan import Action, Plan
from townsquare_agents.scenario import Scenario, load_scenario
from townsquare_agents.scenario_parts import Event

Change = Callable[..., Scenario]
NAME = {"en": "x"}


@pytest.fixture(scope="module")
def whole() -> Scenario:
    return tiny(load_scenario("whole_square"))


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
        ('path = "calendar.money_per_round", set = -1', "use a number from 0 to 1000000000 (money)"),
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
