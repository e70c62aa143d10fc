"""What a facilitator does to the market and says to the teams, and what a poorer round does to their plans.

Each is exact in replay: the room that the log restores shows the same and computes the same.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from townsquare_agents.scenario import Scenario
from townsquare_server import wire
from townsquare_server.commands import MOST_WRITTEN
from townsquare_server.entries import Commanded, Entry, encode

sys.path.insert(0, str(Path(__file__).parent))
from driving import TEXT, Driver, accepted, check_replay, eventful, refused, seen


def money(driver: Driver, seat: str = "host") -> float:
    amount: float = seen(driver, seat)["plans"]["A"]["money"]
    return amount


# ---------------------------------------------------------------------------------------------------- events


def money_in_room(driver: Driver) -> float:
    return driver.room.state.budget.money


def digests(driver: Driver) -> list[str]:
    driver.to("debrief")
    check_replay(driver)
    return driver.room.state.digests


def test_an_event_happens_in_the_next_tick_and_everybody_is_told_then() -> None:
    driver = Driver.open(eventful())
    kari, _ = driver.join("Kari", "A"), driver.join("Ola", "B")
    driver.to("planning")
    accepted(driver, wire.ClientInject, "recession")
    assert [(e["id"], e["round"], e["tick"]) for e in seen(driver, "host")["waiting"]] == [("recession", 1, 1)]
    assert (seen(driver, kari)["happened"], seen(driver, kari)["waiting"], seen(driver, kari)["events"]) == ([], [], [])
    assert [event["id"] for event in seen(driver, "host")["events"]] == ["recession", "boom"]
    assert refused(driver, wire.ClientInject, "recession") == "already_waiting"
    driver.skip()
    driver.wait(600)  # one tick of 500 ms
    for seat in (kari, "host"):
        (told,) = seen(driver, seat)["happened"]
        assert told == {"id": "recession", "name": TEXT, "summary": TEXT, "round": 1, "tick": 1}
    assert seen(driver, "host")["waiting"] == []
    driver.to("review")
    full = driver.room.scenario.calendar.money_per_round
    assert money(driver) == money(driver, kari) == pytest.approx(full / 2)
    assert driver.room._runner.engine.game.market.money == pytest.approx(full / 2)
    calm = Driver.open(eventful())
    calm.join("Kari", "A"), calm.join("Ola", "B")
    assert digests(driver) != digests(calm)


def test_an_event_during_a_round_waits_for_the_first_tick_that_is_not_computed_yet() -> None:
    driver = Driver.open(eventful())
    driver.join("Kari", "A")
    driver.to("running")
    driver.wait(600)  # tick 1 is shown, tick 2 computed
    accepted(driver, wire.ClientInject, "recession")
    assert seen(driver, "host")["waiting"][0]["tick"] == 3
    happened = [(driver.room.state.tick, len(driver.room.state.past.happened))]
    for _ in range(3):
        driver.wait(500)
        happened.append((driver.room.state.tick, len(driver.room.state.past.happened)))
    assert happened[:3] == [(1, 0), (2, 0), (3, 1)]
    assert [tick for tick, event in driver.room._runner.engine.game.market.happened] == [2]  # counted from 0
    driver.crash()
    accepted(driver, wire.ClientInject, "boom")  # all ticks of this round are computed, or it is over
    assert driver.room.state.waiting[0].due.round == 2
    check_replay(driver)
    assert digests(driver)
    assert driver.room._runner.engine.game.market.happened == [(2, "recession"), (4, "boom")]


def test_no_event_after_the_last_tick_and_none_that_the_scenario_lacks() -> None:
    driver = Driver.open(eventful(rounds=1))
    assert refused(driver, wire.ClientInject, "plague") == "unknown_event"
    driver.join("Kari", "A")
    driver.to("review")
    assert refused(driver, wire.ClientInject, "boom") == "no_round_left"


def test_an_event_of_the_scenario_is_told_like_an_injected_one_but_not_beforehand() -> None:
    driver = Driver.open(eventful(recession=2))
    kari = driver.join("Kari", "A")
    driver.to("review", 1)
    assert seen(driver, "host")["happened"] == []
    assert "recession" not in json.dumps(seen(driver, kari))
    driver.to("review", 2)
    assert [(e["id"], e["round"], e["tick"]) for e in seen(driver, kari)["happened"]] == [("recession", 2, 3)]
    assert driver.room._runner.engine.game.market.happened == [(4 + 2, "recession")]
    check_replay(driver)


def test_a_plan_that_a_poorer_round_cannot_pay_gets_cheaper_or_is_cut_newest_first() -> None:
    driver = Driver.open(eventful())
    kari = driver.join("Kari", "A")
    driver.to("planning")
    driver.now += 1
    accepted(driver, wire.ClientEditPlan, "contest", "level", 1, seat=kari)
    driver.now += 1
    accepted(driver, wire.ClientEditPlan, "ad_burst", "level", 5, seat=kari)
    accepted(driver, wire.ClientInject, "recession")
    driver.to("planning", 2)
    plan = seen(driver, kari)["plans"]["A"]
    assert plan["money_used"] > plan["money"] == money(driver)
    assert refused(driver, wire.ClientSetReady, True, seat=kari) == "too_expensive"
    assert refused(driver, wire.ClientEditPlan, "broadcast", "level", 1, seat=kari) == "too_expensive"
    driver.now += 1
    topic = driver.room.scenario.topics[0].id
    accepted(driver, wire.ClientEditPlan, "ad_burst", "topic", topic, seat=kari)  # costs nothing
    accepted(driver, wire.ClientEditPlan, "ad_burst", "level", 4, seat=kari)  # cheaper, if still too dear
    driver.skip()
    plan = seen(driver, kari)["plans"]["A"]
    assert plan["money_used"] <= plan["money"]
    assert plan["slots"]["contest"]["level"] == 1
    assert plan["slots"]["ad_burst"]["level"] < 4
    driver.to("review", 2)
    check_replay(driver)
    driver.crash()
    assert money_in_room(driver) == plan["money"]


def test_each_team_plans_within_the_hours_of_its_own_organisation() -> None:
    data = json.loads(eventful().to_json())
    data["vendors"][0]["hours"], data["vendors"][1]["money"] = 0.5, 0.75
    driver = Driver.open(Scenario.from_json(json.dumps(data).encode()))
    kari, ola = driver.join("Kari", "A"), driver.join("Ola", "B")
    driver.to("planning")
    for seat in (kari, ola):
        accepted(driver, wire.ClientEditPlan, "answer_questions", "level", 3, seat=seat)
    assert refused(driver, wire.ClientEditPlan, "answer_questions", "level", 5, seat=kari) == "too_many_hours"
    told = driver.say(kari, wire.ClientEditPlan, "answer_questions", "level", 5)
    assert isinstance(told, wire.ServerRefusal)
    assert "take 200 hours but a round has 160" in told.detail
    accepted(driver, wire.ClientEditPlan, "answer_questions", "level", 5, seat=ola)
    host = seen(driver, "host")
    assert {team: (plan["money"], plan["hours"]) for team, plan in host["plans"].items()} == {
        "A": (60_000, 160),
        "B": (45_000, 320),
    }
    assert seen(driver, kari)["plans"]["A"]["hours"] == 160
    assert [host["teams"][team]["hours_share"] for team in "ABCD"] == [0.5, 1, 1, 1]
    accepted(driver, wire.ClientInject, "recession")
    driver.to("planning", 2)
    assert [seen(driver, seat)["plans"][team]["money"] for seat, team in ((kari, "A"), (ola, "B"))] == [30_000, 22_500]
    driver.to("review", 2)
    check_replay(driver)


# ---------------------------------------------------------------------------------------------------- notes


def test_a_note_reaches_whom_it_is_for() -> None:
    driver = Driver.open()
    kari, ola = driver.join("Kari", "A"), driver.join("Ola", "B")
    driver.run(driver.room.connected("projector", None, driver.now))
    accepted(driver, wire.ClientTell, "A", "  Look   at trust  ")
    accepted(driver, wire.ClientTell, None, "Lunch at noon 🍲")
    told = {seat: [note["text"] for note in seen(driver, seat)["notes"]] for seat in (kari, ola, "host", "projector")}
    assert told == {
        kari: ["Look at trust", "Lunch at noon 🍲"],
        ola: ["Lunch at noon 🍲"],
        "host": ["Look at trust", "Lunch at noon 🍲"],
        "projector": ["Lunch at noon 🍲"],
    }
    assert "Look at trust" not in json.dumps([seen(driver, ola), seen(driver, "projector")])
    for number in range(9):
        accepted(driver, wire.ClientTell, None, f"note {number}")
    notes = seen(driver, kari)["notes"]
    assert [note["number"] for note in notes] == list(range(4, 12))
    check_replay(driver)


@pytest.mark.parametrize(
    ("team", "text", "code"),
    [
        ("C", "to a rival", "unknown_team"),
        ("A", " \n ", "bad_text"),
        ("A", "x" * 281, "bad_text"),
        (None, "a\u202eb", "bad_text"),
    ],
)
def test_a_note_that_cannot_be_shown_is_refused(team: str | None, text: str, code: str) -> None:
    assert refused(Driver.open(), wire.ClientTell, team, text) == code


def test_a_seat_that_writes_without_end_is_stopped_and_nobody_else_is() -> None:
    """As much as a seat may write is more than a test wants to send: it is put into the log, and the log taken up."""
    driver = Driver.open()
    kari, ola = driver.join("Kari", "A"), driver.join("Ola", "A")
    driver.to("planning")
    edits = [wire.ClientEditPlan(1000 + n, "contest", "level", 1 + n % 2) for n in range(MOST_WRITTEN - 1)]
    first = len(driver.log) + 1
    driver.log += [encode(Entry(first + n, driver.now, 0, kari, Commanded(edit))) for n, edit in enumerate(edits)]
    driver.crash()
    for seat in (kari, ola, "host"):
        driver.run(driver.room.connected(seat, None, driver.now))
    accepted(driver, wire.ClientEditPlan, "contest", "level", 2, seat=kari)  # the last one
    assert refused(driver, wire.ClientSetReady, True, seat=kari) == "too_fast"
    assert refused(driver, wire.ClientEditPlan, "contest", "level", 0, seat=kari) == "too_fast"
    accepted(driver, wire.ClientEditPlan, "contest", "level", 0, seat=ola)
    accepted(driver, wire.ClientPause)
    assert isinstance(driver.say(kari, wire.ClientResume, token(driver, kari)), wire.ServerWelcome)
    accepted(driver, wire.ClientEditPlan, "contest", "level", 1, seat=driver.join("Kari again", "A"))


def token(driver: Driver, seat: str) -> str:
    message = driver.room.welcome(seat, 1, driver.now).message
    assert isinstance(message, wire.ServerWelcome)
    return message.token
