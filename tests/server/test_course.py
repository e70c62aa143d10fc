"""Who leaves, in whatever phase, never stops a round; and a seat that is handed over is played for, and given back."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from townsquare_server import wire
from townsquare_server.course import AWAY_MS

sys.path.insert(0, str(Path(__file__).parent))
from driving import Driver, small_scenario

PHASES = ["lobby", "briefing", "planning", "running", "review"]


def table() -> tuple[Driver, str, str, str]:
    driver = Driver.open(small_scenario(rounds=3))
    return driver, driver.join("Kari", "A"), driver.join("Ola", "B"), driver.join("Per", "B")


def leave(driver: Driver, seat: str) -> None:
    driver.mirrors.pop(seat, None)
    driver.run(driver.room.disconnected(seat, driver.now))


def come_back(driver: Driver, seat: str) -> None:
    driver.run(driver.room.connected(seat, None, driver.now))


def done(driver: Driver, seat: str) -> None:
    assert isinstance(driver.say(seat, wire.ClientSetReady, True), wire.ServerAck)


def where(driver: Driver) -> tuple[str, int]:
    return driver.room.state.phase.value, driver.room.state.round


def team(driver: Driver, name: str) -> dict[str, object]:
    found: dict[str, object] = driver.views()["facilitator"]["teams"][name]
    return found


def drivers(driver: Driver) -> list[str]:
    return [record.drivers["A"] for record in driver.room.state.records]


def refusal(answer: wire.ServerMessage) -> str:
    assert isinstance(answer, wire.ServerRefusal), answer
    return answer.code


@pytest.mark.parametrize("everybody", [False, True])
@pytest.mark.parametrize("phase", PHASES)
def test_who_leaves_in_a_phase_does_not_stop_the_game(phase: str, everybody: bool) -> None:
    """The only guest of a team, or all guests, are gone for good: the clock alone brings the game to its debrief."""
    driver, kari, ola, per = table()
    driver.to(phase)
    for seat in (kari, ola, per) if everybody else (kari,):
        leave(driver, seat)
    driver.to("briefing") if phase == "lobby" else None
    driver.wait(10 * 60_000)
    assert where(driver) == ("debrief", 3)
    assert drivers(driver)[-1] == "policy"
    assert driver.views(driver.restored()) == driver.views()


def test_a_planning_waits_for_a_phone_that_sleeps_and_not_for_one_that_is_gone() -> None:
    driver, kari, ola, _ = table()
    driver.to("planning", 1)
    driver.say("host", wire.ClientExtend, 300)
    driver.say(kari, wire.ClientEditPlan, "ad_burst", "level", 1)
    leave(driver, kari)
    done(driver, ola)
    driver.wait(AWAY_MS - 1_000)
    assert where(driver) == ("planning", 1)
    come_back(driver, kari)
    driver.wait(AWAY_MS)
    assert where(driver) == ("planning", 1)
    leave(driver, kari)
    driver.wait(AWAY_MS)
    assert where(driver) == ("running", 1)
    driver.to("review")
    assert driver.room.state.records[0].plans["A"]["ad_burst"].level == 1  # what they had decided stands
    assert driver.views(driver.restored()) == driver.views()


def test_a_planning_in_which_nobody_is_done_lasts_until_the_clock_ends_it() -> None:
    driver, kari, ola, per = table()
    driver.to("planning", 1)
    driver.say("host", wire.ClientExtend, 300)
    for seat in (kari, ola, per):
        leave(driver, seat)
    driver.wait(4 * AWAY_MS)
    assert where(driver) == ("planning", 1)


def test_a_standing_clock_waits_for_everybody() -> None:
    driver, kari, ola, _ = table()
    driver.to("planning", 1)
    leave(driver, kari)
    driver.say("host", wire.ClientPause)
    done(driver, ola)
    driver.wait(10 * AWAY_MS)
    assert where(driver) == ("planning", 1)


@pytest.mark.parametrize("by", ["self", "host", "cohost"])
def test_a_guest_s_only_seat_goes_to_the_computer_and_comes_back(by: str) -> None:
    driver, kari, *_ = table()
    hand = (kari,) if by != "self" else ()
    who = kari if by == "self" else by
    driver.to("planning", 1)
    driver.say(kari, wire.ClientEditPlan, "ad_burst", "level", 2)
    assert isinstance(driver.say(who, wire.ClientSetAside, True, *hand), wire.ServerAck)
    assert team(driver, "A")["driver"] == "policy"
    assert refusal(driver.say(kari, wire.ClientEditPlan, "ad_burst", "level", 1)) == "seat_aside"
    assert isinstance(driver.say(who, wire.ClientSetAside, False, *hand), wire.ServerAck)
    assert team(driver, "A")["driver"] == "people"
    assert isinstance(driver.say(kari, wire.ClientEditPlan, "ad_burst", "level", 1), wire.ServerAck)
    driver.say(who, wire.ClientSetAside, True, *hand)
    driver.to("review", 1)
    assert drivers(driver) == ["policy"]
    driver.say(who, wire.ClientSetAside, False, *hand)  # counts for the next round
    driver.to("review", 2)
    assert drivers(driver) == ["policy", "people"]
    assert driver.room.state.records[1].plans["A"]["ad_burst"].level == 1
    assert driver.views(driver.restored()) == driver.views()


@pytest.mark.parametrize("phase", PHASES)
def test_a_seat_is_handed_over_in_every_phase_and_the_others_play_on(phase: str) -> None:
    driver, kari, ola, per = table()
    driver.to(phase)
    assert isinstance(driver.say(ola, wire.ClientSetAside, True), wire.ServerAck)
    driver.to("planning", driver.room.state.round + (phase in ("lobby", "briefing", "running", "review")))
    assert team(driver, "B")["driver"] == "people"
    seats = team(driver, "B")["seats"]
    assert isinstance(seats, dict)
    assert {id: seat["aside"] for id, seat in seats.items()} == {ola: True, per: False}
    done(driver, kari)
    assert where(driver)[0] == "planning"
    done(driver, per)
    assert where(driver)[0] == "running"


def test_a_team_that_handed_its_seats_over_is_not_waited_for() -> None:
    driver, kari, ola, _ = table()
    driver.to("planning", 1)
    done(driver, ola)
    assert where(driver)[0] == "planning"
    driver.say(kari, wire.ClientSetAside, True)
    assert where(driver)[0] == "running"


def test_nobody_hands_over_what_is_not_theirs() -> None:
    driver, kari, ola, _ = table()
    assert refusal(driver.say(kari, wire.ClientSetAside, True, ola)) == "not_yours"
    assert refusal(driver.say("host", wire.ClientSetAside, True)) == "unknown_seat"
    assert refusal(driver.say("host", wire.ClientSetAside, True, "s99")) == "unknown_seat"
    assert refusal(driver.say("projector", wire.ClientSetAside, True)) == "wrong_role"
    driver.say("host", wire.ClientSetAside, True, kari)
    assert refusal(driver.say("host", wire.ClientSetDriver, "A", "people")) == "empty_team"


def test_what_is_sent_late_is_refused_in_words_and_changes_nothing() -> None:
    driver, kari, *_ = table()
    driver.to("planning", 1)
    edit = wire.ClientEditPlan
    assert isinstance(driver.say(kari, edit, "ad_burst", "level", 1, 1), wire.ServerAck)
    assert isinstance(driver.say("host", wire.ClientPause, "planning", 1), wire.ServerAck)
    assert isinstance(driver.say("host", wire.ClientContinue, "planning", 1), wire.ServerAck)
    driver.to("planning", 2)
    length = len(driver.log)
    late = [
        driver.say(kari, edit, "ad_burst", "level", 3, 1),
        driver.say("host", wire.ClientExtend, 60, "planning", 1),
        driver.say("host", wire.ClientPause, "running", 1),
        driver.say("host", wire.ClientContinue, "planning", 1),
        driver.say("host", wire.ClientStep, "round", "review", 1),
    ]
    assert [refusal(answer) for answer in late] == ["stale"] * 5
    assert isinstance(late[1], wire.ServerRefusal)
    assert late[1].detail == "this was about the planning of round 1; it is the planning of round 2 now"
    assert len(driver.log) == length


def test_an_edit_of_the_briefing_is_for_round_one() -> None:
    driver, kari, *_ = table()
    driver.to("briefing")
    answer = driver.say(kari, wire.ClientEditPlan, "ad_burst", "level", 1, 0)
    assert isinstance(answer, wire.ServerAck)
    driver.to("planning", 1)
    assert isinstance(driver.say(kari, wire.ClientEditPlan, "ad_burst", "level", 2, 0), wire.ServerAck)
