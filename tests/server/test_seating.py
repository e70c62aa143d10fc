"""The facilitator, guests and teams: move, rename, remove, lock, and who plays. Each is exact in replay."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from townsquare_server import wire
from townsquare_server.effects import Disconnect
from townsquare_server.errors import RefusalError

sys.path.insert(0, str(Path(__file__).parent))
from driving import Driver, accepted, check_replay, refused, seen, small_scenario


def test_move_rename_and_remove_a_guest() -> None:
    driver = Driver.open()
    kari, ola = driver.join("Kari", "A"), driver.join("Ola", "B")
    driver.to("planning")
    accepted(driver, wire.ClientMoveSeat, kari, "B")
    assert driver.room.audience_of(kari) == "team:B"
    assert list(seen(driver, kari)["plans"]) == ["B"]
    accepted(driver, wire.ClientRenameSeat, kari, " Kari  N. ")
    assert seen(driver, ola)["teams"]["B"]["seats"][kari]["nickname"] == "Kari N."
    assert refused(driver, wire.ClientRenameSeat, kari, "OLA") == "nickname_taken"
    accepted(driver, wire.ClientRenameSeat, kari, "kari n.")  # one's own name in another way
    assert refused(driver, wire.ClientRenameSeat, kari, "\u202eevil") == "bad_nickname"
    assert refused(driver, wire.ClientMoveSeat, kari, "C") == "unknown_team"
    token = driver.sent[kari][0]
    assert isinstance(token, wire.ServerWelcome)
    del driver.mirrors[kari]
    effects = driver.run(driver.room.receive("host", wire.ClientRemoveSeat(1, kari), driver.now))
    assert Disconnect(kari, "removed") in effects
    driver.run(driver.room.disconnected(kari, driver.now))
    assert list(seen(driver, ola)["teams"]["B"]["seats"]) == [ola]
    answer = driver.say(kari, wire.ClientEditPlan, "contest", "level", 1)  # a message that was on its way
    assert isinstance(answer, wire.ServerRefusal)
    assert answer.code == "not_seated"
    with pytest.raises(RefusalError, match="bad_token"):
        driver.room.seat_for(wire.ClientResume(1, token.token), driver.now)
    with pytest.raises(RefusalError, match="bad_personal_code"):
        driver.room.seat_for(wire.ClientRedeem(1, "KWMRTX", token.personal_code), driver.now)
    again = driver.join("kari n.", "A")
    assert again not in (kari, ola)
    check_replay(driver)


@pytest.mark.parametrize("seat", ["host", "cohost", "projector", "s9", ""])
def test_only_guests_are_moved_renamed_and_removed(seat: str) -> None:
    driver = Driver.open()
    assert refused(driver, wire.ClientMoveSeat, seat, "A") == "unknown_seat"
    assert refused(driver, wire.ClientRenameSeat, seat, "Kari") == "unknown_seat"
    assert refused(driver, wire.ClientRemoveSeat, seat) == "unknown_seat"


def test_a_locked_room_takes_no_new_guest_but_every_old_one() -> None:
    driver = Driver.open()
    kari = driver.join("Kari", "A")
    welcome = driver.sent[kari][0]
    assert isinstance(welcome, wire.ServerWelcome)
    accepted(driver, wire.ClientLockRoom, True)
    assert driver.room.info(1).locked
    assert seen(driver, kari)["locked"]
    with pytest.raises(RefusalError, match="room_locked"):
        driver.room.seat_for(wire.ClientJoin(1, "KWMRTX", "Ola", "B"), driver.now)
    driver.crash()
    for message in (wire.ClientResume(1, welcome.token), wire.ClientRedeem(1, "kwmrtx", welcome.personal_code)):
        seat, effects = driver.room.seat_for(message, driver.now)
        driver.run(effects)
        assert seat == kari
    accepted(driver, wire.ClientLockRoom, False)
    driver.join("Ola", "B")


def test_a_team_given_to_the_computer_before_it_runs_is_played_by_it_this_round() -> None:
    driver = Driver.open()
    kari, ola = driver.join("Kari", "A"), driver.join("Ola", "B")
    driver.to("planning")
    accepted(driver, wire.ClientEditPlan, "contest", "level", 1, seat=kari)
    accepted(driver, wire.ClientSetDriver, "A", "policy")
    team = seen(driver, ola)["teams"]["A"]
    assert (team["driver"], team["handed"]) == ("policy", True)
    assert refused(driver, wire.ClientEditPlan, "contest", "level", 2, seat=kari) == "policy_plays"
    accepted(driver, wire.ClientSetReady, True, seat=ola)  # the only team of people: nobody waits for the other
    assert driver.room.state.phase.value == "running"
    accepted(driver, wire.ClientSetDriver, "A", "people")  # for the next round: this one has begun
    assert seen(driver, kari)["teams"]["A"]["driver"] == "policy"
    driver.to("planning", 2)
    assert [record.drivers["A"] for record in driver.room.state.records] == ["policy"]
    assert driver.room.state.records[0].plans["A"] != driver.room.state.plans["A"].slots
    assert (seen(driver, kari)["teams"]["A"]["driver"], seen(driver, kari)["teams"]["A"]["handed"]) == ("people", False)
    accepted(driver, wire.ClientEditPlan, "contest", "level", 2, seat=kari)
    check_replay(driver)


def test_a_team_is_handed_over_for_all_rounds_until_it_is_given_back() -> None:
    driver = Driver.open(small_scenario(rounds=3))
    kari = driver.join("Kari", "A")
    accepted(driver, wire.ClientSetDriver, "A", "policy")
    assert seen(driver, kari)["teams"]["A"]["driver"] == "policy"
    driver.to("planning", 2)
    driver.crash()
    driver.run(driver.room.connected(kari, None, driver.now))
    assert driver.room.state.driver("A") == "policy"
    accepted(driver, wire.ClientSetDriver, "A", "people")  # in the planning: at once
    accepted(driver, wire.ClientEditPlan, "contest", "level", 1, seat=kari)
    driver.to("debrief")
    assert [record.drivers["A"] for record in driver.room.state.records] == ["policy", "people", "people"]
    check_replay(driver)


def test_nobody_can_be_given_a_team() -> None:
    driver = Driver.open()
    assert refused(driver, wire.ClientSetDriver, "B", "people") == "empty_team"
    assert refused(driver, wire.ClientSetDriver, "C", "policy") == "unknown_team"
