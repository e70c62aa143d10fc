"""What a facilitator does beyond the clock's one button: to the market, to guests and teams, and to the pace of time.

Each is exact in replay: the room that the log restores shows the same and computes the same.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from townsquare_agents.scenario import Scenario
from townsquare_server import wire
from townsquare_server.effects import Disconnect
from townsquare_server.errors import RefusalError
from townsquare_server.seats import Claim

sys.path.insert(0, str(Path(__file__).parent))
from driving import SETTINGS, SIGNER, START, TEXT, Driver, eventful, small_scenario


def accepted(driver: Driver, kind: type[wire.ClientMessage], *values: object, seat: str = "host") -> None:
    answer = driver.say(seat, kind, *values)
    assert isinstance(answer, wire.ServerAck), answer


def refused(driver: Driver, kind: type[wire.ClientMessage], *values: object, seat: str = "host") -> str:
    length = len(driver.log)
    answer = driver.say(seat, kind, *values)
    assert isinstance(answer, wire.ServerRefusal), answer
    assert len(driver.log) == length
    return answer.code


def seen(driver: Driver, seat: str) -> Any:
    return driver.mirrors[seat][1]


def money(driver: Driver, seat: str = "host") -> float:
    amount: float = seen(driver, seat)["plans"]["A"]["money"]
    return amount


def check_replay(driver: Driver) -> None:
    again = driver.restored()
    assert again.state.digests == driver.room.state.digests
    assert driver.views(again) == driver.views()


# ---------------------------------------------------------------------------------------------------- events


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
    assert driver.room._runner.game.market.money == pytest.approx(full / 2)
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
    assert [tick for tick, event in driver.room._runner.game.market.happened] == [2]  # counted from 0
    driver.crash()
    accepted(driver, wire.ClientInject, "boom")  # all ticks of this round are computed, or it is over
    assert driver.room.state.waiting[0].due.round == 2
    check_replay(driver)
    assert digests(driver)
    assert driver.room._runner.game.market.happened == [(2, "recession"), (4, "boom")]


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
    assert driver.room._runner.game.market.happened == [(4 + 2, "recession")]
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


def money_in_room(driver: Driver) -> float:
    return driver.room.state.budget.money


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


# ---------------------------------------------------------------------------------------------------- guests


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


def test_a_join_whose_seat_was_removed_before_it_spoke_can_be_repeated() -> None:
    driver = Driver.open()
    seat, effects = driver.room.seat_for(wire.ClientJoin(1, "KWMRTX", "Kari", "A"), driver.now)
    driver.run(effects)
    accepted(driver, wire.ClientRemoveSeat, seat)
    assert driver.join("Kari", "A") != seat


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


# ---------------------------------------------------------------------------------------------------- teams


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


# ---------------------------------------------------------------------------------------------------- pace


def test_speed_of_the_running_round_and_of_those_to_come() -> None:
    driver = Driver.open()
    driver.join("Kari", "A")
    driver.to("running")  # 4 ticks in 2 s
    driver.wait(1_000)
    assert driver.room.state.tick == 2
    accepted(driver, wire.ClientSetSpeed, 50)
    assert driver.room.state.timer.remaining(driver.now) == 2_000
    driver.wait(999)
    assert driver.room.state.tick == 2
    driver.wait(1)
    assert driver.room.state.tick == 3
    accepted(driver, wire.ClientSetSpeed, 1000)
    driver.wait(50)
    assert driver.room.state.phase.value == "review"
    driver.to("running", 2)
    phase = seen(driver, "host")["phase"]
    assert phase["ends_at"] - phase["started_at"] == 200
    driver.to("debrief")
    check_replay(driver)


def test_step_a_tick_while_the_clock_stands() -> None:
    driver = Driver.open()
    kari = driver.join("Kari", "A")
    driver.to("running")
    driver.wait(700)
    assert refused(driver, wire.ClientStep, "tick") == "not_paused"
    accepted(driver, wire.ClientPause)
    driver.wait(60_000)
    assert driver.room.state.tick == 1
    accepted(driver, wire.ClientStep, "tick")
    assert (driver.room.state.tick, seen(driver, kari)["phase"]["paused"]) == (2, True)
    assert seen(driver, kari)["phase"]["remaining_ms"] == 1_000
    driver.wait(60_000)
    driver.crash()
    driver.run(driver.room.advance(driver.now))
    driver.run(driver.room.connected(kari, None, driver.now))
    # that a tick was shown is not logged before the next entry; that it may be shown is
    assert driver.room.state.tick == 2
    accepted(driver, wire.ClientContinue)
    driver.wait(499)
    assert driver.room.state.tick == 2
    driver.wait(1)
    assert driver.room.state.tick == 3
    accepted(driver, wire.ClientPause)
    accepted(driver, wire.ClientStep, "tick")
    driver.wait(10_000)
    assert (driver.room.state.phase.value, driver.room.state.timer.paused) == ("review", True)
    assert refused(driver, wire.ClientStep, "tick") == "wrong_phase"
    check_replay(driver)


@pytest.mark.parametrize("start", ["briefing", "planning", "running"])
def test_step_a_round_while_the_clock_stands(start: str) -> None:
    driver = Driver.open()
    driver.join("Kari", "A")
    driver.to(start)
    accepted(driver, wire.ClientPause)
    accepted(driver, wire.ClientStep, "round")
    state = driver.room.state
    assert (state.phase.value, state.round, state.timer.paused) == ("review", 1, True)
    driver.wait(10**6)
    assert (state.phase.value, state.round) == ("review", 1)
    accepted(driver, wire.ClientStep, "round")
    assert (state.phase.value, state.round, state.timer.paused) == ("review", 2, True)
    assert refused(driver, wire.ClientStep, "round") == "no_round_left"
    accepted(driver, wire.ClientContinue)
    driver.wait(10_000)
    assert state.phase.value == "debrief"
    check_replay(driver)


def test_a_room_that_dies_in_a_stepped_round_goes_on_to_its_review() -> None:
    driver = Driver.open()
    driver.join("Kari", "A")
    driver.to("planning")
    accepted(driver, wire.ClientPause)
    accepted(driver, wire.ClientStep, "round")
    digests = driver.room.state.digests
    while b"round" in driver.log[-1][:60] and len(driver.log) > 1:  # the end of the round was not kept
        driver.log.pop()
    driver.crash()
    driver.run(driver.room.advance(driver.now))
    assert driver.room.state.digests == digests
    assert (driver.room.state.phase.value, driver.room.state.timer.paused) == ("review", True)


# ---------------------------------------------------------------------------------------------------- two facilitators


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


def test_a_phone_that_comes_back_late_ends_no_later_round() -> None:
    """What was tapped in round 1 and arrives in round 2 is refused: the team has not seen round 2 yet."""
    driver = Driver.open()
    kari = driver.join("Kari", "A")
    driver.to("planning", 2)
    assert refused(driver, wire.ClientSetReady, True, 1, seat=kari) == "stale"
    assert driver.room.state.phase.value == "planning"
    accepted(driver, wire.ClientSetReady, True, 2, seat=kari)
    assert driver.room.state.phase.value == "running"
