"""Who gets a seat: guests who join or come back, and the second host, whom the first lets in and sends away."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from townsquare_server import wire
from townsquare_server.effects import Append, Disconnect, Send
from townsquare_server.errors import RefusalError
from townsquare_server.room import Room
from townsquare_server.room_settings import RoomSettings
from townsquare_server.seats import Claim

sys.path.insert(0, str(Path(__file__).parent))
from driving import SETTINGS, SIGNER, START, Driver, accepted, check_replay, seen, small_scenario, start_running


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


def test_joining_is_logged_before_the_welcome(driver: Driver) -> None:
    seat, effects = driver.room.seat_for(wire.ClientJoin(3, "KWMRTX", "Kari", "A"), driver.now)
    assert isinstance(effects[0], Append)
    assert effects[0].durable
    assert isinstance(effects[1], Send)
    welcome = effects[1].message
    assert isinstance(welcome, wire.ServerWelcome)
    assert (welcome.id, welcome.seat, welcome.role, welcome.team) == (3, seat, "participant", "A")
    assert welcome.projector_token is None


def test_token_and_personal_code_bring_the_seat_back(driver: Driver) -> None:
    seat = driver.join("Kari", "A")
    welcome = driver.sent[seat][0]
    assert isinstance(welcome, wire.ServerWelcome)
    again, effects = driver.room.seat_for(wire.ClientResume(9, welcome.token), driver.now)
    assert again == seat
    assert not any(isinstance(effect, Append) for effect in effects)
    typed = welcome.personal_code.lower().replace("-", " ")
    assert driver.room.seat_for(wire.ClientRedeem(9, "KWMRTX", typed), driver.now)[0] == seat
    with pytest.raises(RefusalError, match="bad_personal_code"):
        driver.room.seat_for(wire.ClientRedeem(9, "KWMRTX", "BBBB-BBBB"), driver.now)
    with pytest.raises(RefusalError, match="bad_token"):
        driver.room.seat_for(wire.ClientResume(9, welcome.token.replace("participant", "facilitator")), driver.now)


def test_late_guests_join_in_every_phase_but_closed(driver: Driver) -> None:
    for number, name in enumerate(("lobby", "briefing", "planning", "running", "review", "debrief")):
        driver.to(name) if name != "running" else start_running(driver)
        driver.join(f"guest {number}", "B")
    driver.to("closed")
    with pytest.raises(RefusalError, match="room_closed"):
        driver.join("too late", "A")


@pytest.mark.parametrize("other", ["kari", " Kari ", "KARI", "Ｋａｒｉ"])
def test_nicknames_that_look_alike_are_taken(driver: Driver, other: str) -> None:
    driver.join("Kari", "A")
    with pytest.raises(RefusalError, match="nickname_taken"):
        driver.join(other, "B")


def test_join_whose_welcome_was_lost_can_be_repeated_until_somebody_speaks(driver: Driver) -> None:
    kari = driver.join("Kari", "A")
    with pytest.raises(RefusalError, match="nickname_taken"):
        driver.join("Kari", "A")  # she is here
    driver.run(driver.room.disconnected(kari, driver.now))
    length = len(driver.log)
    with pytest.raises(RefusalError, match="nickname_taken"):
        driver.join("Kari", "B")
    assert driver.join("kari", "A") == kari
    assert len(driver.log) == length
    driver.room.receive(kari, wire.ClientAcknowledge(1, driver.mirrors[kari][0]), driver.now)
    driver.run(driver.room.disconnected(kari, driver.now))
    with pytest.raises(RefusalError, match="nickname_taken"):
        driver.join("Kari", "A")  # her welcome had come: she has a token


def test_unknown_team_and_rival_vendors_cannot_be_joined(driver: Driver) -> None:
    for team in ("C", "Z", ""):
        with pytest.raises(RefusalError, match="unknown_team"):
            driver.join("Kari", team)


def test_room_full() -> None:
    settings = RoomSettings(SETTINGS.signer, most_seats=1)
    room, _ = Room.create("KWMRTX", small_scenario(), 1, 1, "en", settings, START)
    room.seat_for(wire.ClientJoin(1, "KWMRTX", "Kari", "A"), START)
    with pytest.raises(RefusalError, match="room_full"):
        room.seat_for(wire.ClientJoin(1, "KWMRTX", "Ola", "A"), START)


def test_a_join_whose_seat_was_removed_before_it_spoke_can_be_repeated() -> None:
    driver = Driver.open()
    seat, effects = driver.room.seat_for(wire.ClientJoin(1, "KWMRTX", "Kari", "A"), driver.now)
    driver.run(effects)
    accepted(driver, wire.ClientRemoveSeat, seat)
    assert driver.join("Kari", "A") != seat


def test_the_first_facilitator_can_hand_a_second_the_room() -> None:
    driver = Driver.open()
    kari = driver.join("Kari", "A")
    first = driver.room.welcome("host", 1, START).message
    guest = driver.room.welcome(kari, 1, START).message
    assert isinstance(first, wire.ServerWelcome)
    assert isinstance(guest, wire.ServerWelcome)
    assert first.cohost_token is not None
    assert (guest.cohost_token, guest.cohost_code, guest.projector_token) == (None, None, None)
    redeemed, effects = driver.room.seat_for(wire.ClientRedeem(1, "KWMRTX", first.cohost_code or ""), driver.now)
    assert redeemed == "cohost"
    seat, effects = driver.room.seat_for(wire.ClientResume(1, first.cohost_token), driver.now)
    driver.run(effects)
    driver.run(driver.room.connected(seat, None, driver.now))
    second = driver.sent[seat][0]
    assert isinstance(second, wire.ServerWelcome)
    assert (second.role, second.seat, second.cohost_token) == ("facilitator", "cohost", None)  # it goes no further
    assert second.projector_token == first.projector_token
    assert seen(driver, "cohost") == seen(driver, "host")
    accepted(driver, wire.ClientAdvance, "lobby", 0, seat="cohost")
    accepted(driver, wire.ClientTell, None, "I take over", seat="cohost")
    driver.crash()
    seat, effects = driver.room.seat_for(wire.ClientResume(2, first.cohost_token), driver.now)
    driver.run(effects)
    assert seat == "cohost"
    check_replay(driver)


@pytest.mark.parametrize("role", ["participant", "projector"])
def test_no_other_token_opens_the_second_facilitator_s_seat(role: wire.Role) -> None:
    driver = Driver.open()
    driver.join("Kari", "A")
    for seat in ("host", "cohost"):
        token = SIGNER.token(Claim(role, "KWMRTX", seat))  # even one that this server had signed
        with pytest.raises(RefusalError, match="bad_token"):
            driver.room.seat_for(wire.ClientResume(1, token), driver.now)
    assert SETTINGS.signer is SIGNER


def test_a_join_sent_again_finds_its_seat_for_a_minute_and_then_the_name_is_somebody_s() -> None:
    driver = Driver.open()
    kari = driver.join("Kari", "A")
    join = wire.ClientJoin(2, "KWMRTX", "kari", "A")
    with pytest.raises(RefusalError, match="nickname_taken"):  # she is here
        driver.room.seat_for(join, driver.now)
    driver.run(driver.room.disconnected(kari, driver.now))
    driver.wait(30_000)
    assert driver.room.seat_for(join, driver.now)[0] == kari  # her welcome was lost, for all that is known
    driver.wait(30_000)
    with pytest.raises(RefusalError, match="nickname_taken"):  # a stranger, for all that is known
        driver.room.seat_for(join, driver.now)
