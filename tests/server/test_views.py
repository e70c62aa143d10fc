"""What each audience sees - and, over a whole game, that no byte tells a team another team's plan or value."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from townsquare_agents.metrics import VALUE, VANITY
from townsquare_server import views, wire
from townsquare_server.effects import Effect, Publish, Send

sys.path.insert(0, str(Path(__file__).parent))
from driving import Driver, small_scenario


def of(driver: Driver, audience: str) -> wire.View:
    return views.view(driver.room.state, audience, views.Surroundings(driver.room.scenario, "", None, {}))


@pytest.fixture(scope="module")
def reviewed() -> Driver:
    """Two teams after the first round: A listens, B does not."""
    driver = Driver.open(small_scenario(rounds=2, ticks=4, buyers=120))
    kari, ola = driver.join("Kari", "A"), driver.join("Ola", "B")
    driver.to("planning")
    driver.say(kari, wire.ClientEditPlan, "buyer_survey", "level", 3)
    driver.say(ola, wire.ClientEditPlan, "auto_dm", "level", 2)
    driver.to("review")
    return driver


def test_view_of_a_team_before_the_debrief(reviewed: Driver) -> None:
    view = of(reviewed, "team:A")
    assert list(view.plans) == ["A"]
    assert view.timelines == {}
    for vendor, results in view.results.items():
        assert set(results.vanity) == set(VANITY)
        assert all(len(values) == 1 for values in results.vanity.values())
        assert set(results.value) == (set(VALUE) if vendor == "A" else set())
        assert len(results.plan) == (1 if vendor == "A" else 0)
    assert view.results["A"].value["trust"][0] is not None  # the survey was bought
    assert of(reviewed, "team:B").results["B"].value["trust"] == [None]  # and here it was not
    assert of(reviewed, "team:B").results["B"].value["customers"][0] is not None  # the books tell
    assert view.results["A"].value["trust"] != of(reviewed, "facilitator").results["A"].value["trust"]


def test_view_of_the_projector_before_the_debrief(reviewed: Driver) -> None:
    view = of(reviewed, "projector")
    assert view.plans == {}
    assert view.timelines == {}
    assert all(not results.value and not results.plan for results in view.results.values())


def test_view_of_the_facilitator(reviewed: Driver) -> None:
    view = of(reviewed, "facilitator")
    assert set(view.plans) == {"A", "B"}
    assert set(view.results["D"].value) == set(VALUE)
    assert len(view.timelines["C"]["trust"]) == 4
    assert [slot.play for slot in view.results["B"].plan[0].values()] == ["auto_dm"]


def test_scenario_as_shown_is_the_scenario(reviewed: Driver) -> None:
    shown, scenario = of(reviewed, "team:A").scenario, reviewed.room.scenario
    assert [play.id for play in shown.plays] == [play.id for play in scenario.plays]
    assert (shown.buyers, shown.rounds, shown.ticks_per_round) == (120, 2, 4)
    assert shown.vanity_metrics + shown.value_metrics == [*VANITY, *VALUE]
    assert set(shown.title) >= {"en", "nb"}


def test_debrief_shows_everything_to_everybody_and_the_leaderboard_turns_to_equity() -> None:
    driver = Driver.open()
    driver.join("Kari", "A")
    driver.to("review", 2)
    before = of(driver, "team:A")
    vanity = {vendor: results.vanity["followers"][-1] for vendor, results in before.results.items()}
    assert [vanity[v] for v in before.leaderboard] == sorted(vanity.values(), reverse=True)
    driver.to("debrief")
    view = of(driver, "team:B")
    equity = {vendor: results.value["customer_equity"][-1] for vendor, results in view.results.items()}
    assert [equity[v] for v in view.leaderboard] == sorted(equity.values(), key=lambda x: -(x or 0.0))
    assert view.results == of(driver, "facilitator").results
    assert len(view.timelines["A"]["revenue"]) == 8
    assert of(driver, "projector").timelines == view.timelines


def test_every_view_survives_the_wire(reviewed: Driver) -> None:
    for audience in views.audiences(reviewed.room.state):
        view = of(reviewed, audience)
        assert msgspec.msgpack.decode(msgspec.msgpack.encode(view), type=wire.View) == view
        assert msgspec.json.decode(msgspec.json.encode(view), type=wire.View) == view


# ------------------------------------------------------------------------------ secrecy


def floats(value: Any) -> Iterator[float]:
    if isinstance(value, float):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from floats(item)
    elif isinstance(value, list):
        for item in value:
            yield from floats(item)


class Eavesdropper(Driver):
    """Keeps every message that a seat of team A receives."""

    def run(self, effects: list[Effect]) -> list[Effect]:
        done = super().run(effects)
        for effect in done:
            for seat, team in (("s1", "team:A"),):
                if (isinstance(effect, Send) and effect.seat == seat) or (
                    isinstance(effect, Publish) and effect.audience == team
                ):
                    self.heard.append(msgspec.to_builtins(effect.message))
        return done

    @property
    def heard(self) -> list[Any]:
        return self.__dict__.setdefault("_heard", [])


def test_no_byte_tells_a_team_of_others_plans_or_value() -> None:
    driver = Eavesdropper.open(small_scenario(rounds=3, ticks=4, buyers=120))
    kari, ola = driver.join("Kari", "A"), driver.join("Ola", "B")
    assert (kari, ola) == ("s1", "s2")
    driver.to("planning")
    for _ in range(3):
        driver.say(ola, wire.ClientEditPlan, "reference_programme#7", "level", 2)  # a word that only B's plan holds
        driver.say(ola, wire.ClientEditPlan, "broadcast#8", "level", 1)
        driver.say(ola, wire.ClientEditPlan, "broadcast#8", "topic", driver.room.scenario.topics[2].id)
        driver.say(kari, wire.ClientInspectBuyer, 3)
        driver.say(kari, wire.ClientEditPlan, "contest", "level", 1)
        assert isinstance(driver.say(ola, wire.ClientSetReady, True), wire.ServerAck)
        driver.say(kari, wire.ClientSetReady, True)
        driver.wait(2_000)
        assert driver.room.state.phase.value == "review"
        driver.run(driver.room.resync(kari))
        if driver.room.state.round < 3:
            driver.skip()
    heard = driver.heard
    assert len(heard) > 35
    text = msgspec.msgpack.encode(heard)
    for word in (b"reference_programme#7", b"broadcast#8"):
        assert word in msgspec.msgpack.encode(driver.published["team:B"])
        assert word not in text
    assert not any(message["t"] in ("nodes", "buyer_story") for message in heard)
    public = {x for record in driver.room.state.records for metrics in record.vanity.values() for x in metrics.values()}
    own = {x for record in driver.room.state.records for x in record.observed["A"].values() if x is not None}
    allowed = public | own | {0.0, 1.0} | set(floats(msgspec.to_builtins(of(driver, "team:A").scenario)))
    told = {x for message in heard for x in floats(message)}
    secret = {
        x
        for record in driver.room.state.records
        for metrics in record.value.values()
        for x in metrics.values()
        if x not in allowed and not x.is_integer()  # counts coincide by chance, shares and money do not
    }
    assert len(secret) > 30
    assert not told & secret
    driver.skip()
    assert driver.room.state.phase.value == "debrief"
    assert secret <= {x for message in driver.heard for x in floats(message)}  # and here all of it is told
