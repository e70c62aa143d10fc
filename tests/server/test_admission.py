"""The second host: a seat that the first hands out and takes away, and what proves it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from townsquare_server import wire
from townsquare_server.effects import Disconnect
from townsquare_server.errors import RefusalError

sys.path.insert(0, str(Path(__file__).parent))
from driving import Driver


def welcome(driver: Driver) -> wire.ServerWelcome:
    """What the first host is told of itself."""
    (effect,) = [driver.room.welcome("host", 1, driver.now)]
    assert isinstance(effect.message, wire.ServerWelcome)
    return effect.message


def test_a_second_host_that_was_sent_away_comes_back_by_nothing_it_had() -> None:
    driver = Driver.open()
    old = welcome(driver)
    assert old.cohost_token
    assert old.cohost_code
    seat, effects = driver.room.seat_for(wire.ClientResume(1, old.cohost_token), driver.now)
    driver.run(effects + driver.room.connected(seat, None, driver.now))
    driver.next_id += 1
    done = driver.run(driver.room.receive("host", wire.ClientWithdrawHost(driver.next_id), driver.now))
    assert [effect for effect in done if isinstance(effect, Disconnect)] == [Disconnect(seat, "withdrawn")]
    new = driver.sent["host"][-1]
    assert isinstance(new, wire.ServerWelcome)
    assert new.cohost_token not in (None, old.cohost_token)
    assert new.cohost_code not in (None, old.cohost_code)
    for room in (driver.room, driver.restored()):
        with pytest.raises(RefusalError, match="bad_token"):
            room.seat_for(wire.ClientResume(2, old.cohost_token), driver.now)
        with pytest.raises(RefusalError, match="bad_personal_code"):
            room.seat_for(wire.ClientRedeem(3, room.code, old.cohost_code), driver.now)
        assert room.seat_for(wire.ClientResume(4, new.cohost_token or ""), driver.now)[0] != seat
    answer = driver.say(seat, wire.ClientPause)
    assert isinstance(answer, wire.ServerRefusal)
    assert answer.code == "not_seated"


def test_only_the_first_host_sends_the_second_away() -> None:
    driver = Driver.open()
    kari = driver.join("Kari", "A")
    codes = [driver.say(seat, wire.ClientWithdrawHost) for seat in ("cohost", "projector", kari)]
    assert [getattr(answer, "code", None) for answer in codes] == ["not_yours", "wrong_role", "wrong_role"]


def test_hosts_see_each_other_by_name_and_nobody_else_does() -> None:
    driver = Driver.open()
    kari = driver.join("Kari", "A")
    driver.run(driver.room.connected("cohost", None, driver.now))
    assert isinstance(driver.say("cohost", wire.ClientNameHost, "  Ingrid "), wire.ServerAck)
    answer = driver.say("cohost", wire.ClientNameHost, "\u202e")
    assert isinstance(answer, wire.ServerRefusal)
    assert driver.mirrors["host"][1]["hosts"] == {
        "host": {"nickname": "", "online": True, "first": True},
        "cohost": {"nickname": "Ingrid", "online": True, "first": False},
    }
    assert not driver.mirrors[kari][1].get("hosts")
    assert driver.restored().state.seats["cohost"].nickname == "Ingrid"
