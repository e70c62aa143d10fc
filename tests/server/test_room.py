"""A room's life: phases, timers, plans, the pipeline of ticks, and what each command does and refuses."""

from __future__ import annotations

import sys
from pathlib import Path

from townsquare_server import wire
from townsquare_server.effects import Append, Compute, Publish, Send

sys.path.insert(0, str(Path(__file__).parent))
from driving import Driver, code, phase, small_scenario, start_running, strip


def test_whole_game_by_timers_alone(driver: Driver) -> None:
    driver.join("Kari", "A")
    driver.wait(10**9)
    assert phase(driver) == ("lobby", 0)  # nothing but the facilitator opens a game
    driver.skip()
    seen = [phase(driver)]
    for _ in range(700):
        driver.wait(100)
        if phase(driver) != seen[-1]:
            seen.append(phase(driver))
    expected = [("briefing", 0), ("planning", 1), ("running", 1), ("review", 1), ("planning", 2), ("running", 2)]
    assert seen == [*expected, ("review", 2)]
    driver.wait(60_000)
    assert phase(driver) == ("debrief", 2)
    driver.wait(10**9)
    assert phase(driver) == ("debrief", 2)
    driver.skip()
    assert phase(driver) == ("closed", 2)
    assert driver.room.next_deadline() is None


def test_each_timer_lasts_as_the_calendar_says(driver: Driver) -> None:
    driver.skip()
    for name, seconds in (("briefing", 10), ("planning", 20), ("running", 2), ("review", 10)):
        assert driver.room.state.phase.value == name
        driver.wait(seconds * 1000 - 1)
        assert driver.room.state.phase.value == name
        driver.wait(1)
        assert driver.room.state.phase.value != name


def test_append_comes_before_the_acknowledgement_and_everything_shown(driver: Driver) -> None:
    seat = driver.join("Kari", "A")
    driver.to("planning")
    edit = wire.ClientEditPlan(1, "contest", "level", 1)
    effects = driver.room.receive(seat, edit, driver.now)
    assert isinstance(effects[0], Append)
    assert effects[1] == Send(seat, wire.ServerAck(1))
    assert all(isinstance(effect, Publish) for effect in effects[2:])


def test_edits_of_two_people_merge_field_by_field_with_authors(driver: Driver) -> None:
    kari, ola = driver.join("Kari", "A"), driver.join("Ola", "A")
    driver.to("planning")
    driver.say(kari, wire.ClientEditPlan, "ad_burst", "level", 1)
    driver.now += 5
    driver.say(ola, wire.ClientEditPlan, "ad_burst", "topic", driver.room.scenario.topics[1].id)
    driver.now += 5
    driver.say(kari, wire.ClientEditPlan, "ad_burst", "audience", driver.room.scenario.archetypes[0].id)
    for seat in (kari, ola, "host"):
        plan = driver.mirrors[seat][1]["plans"]["A"]
        slot = plan["slots"]["ad_burst"]
        assert (slot["level"], slot["topic"]) == (1, driver.room.scenario.topics[1].id)
        assert slot["author"] == kari  # who changed it last
        assert [(edit["author"], edit["field"]) for edit in plan["history"]] == [
            (kari, "level"),
            (ola, "topic"),
            (kari, "audience"),
        ]
    assert driver.mirrors["host"][1]["plans"]["B"]["slots"] == {}


def test_planning_ends_when_every_team_of_people_is_ready(driver: Driver) -> None:
    kari, ola = driver.join("Kari", "A"), driver.join("Ola", "B")
    driver.to("planning")
    driver.say(kari, wire.ClientSetReady, True)
    assert phase(driver) == ("planning", 1)
    driver.say(kari, wire.ClientEditPlan, "contest", "level", 1)  # it was not done after all
    driver.say(ola, wire.ClientSetReady, True)
    assert phase(driver) == ("planning", 1)
    driver.say(kari, wire.ClientSetReady, True)
    assert phase(driver) == ("running", 1)


def test_plan_in_force_when_the_timer_ends_is_the_plan(driver: Driver) -> None:
    kari = driver.join("Kari", "A")
    driver.to("planning")
    driver.say(kari, wire.ClientEditPlan, "contest", "level", 2)
    driver.wait(20_000)
    assert phase(driver) == ("running", 1)
    assert code(driver.say(kari, wire.ClientEditPlan, "contest", "level", 0)) == "wrong_phase"
    driver.wait(2_000)
    record = driver.room.state.records[0]
    assert {name: slot.level for name, slot in record.plans["A"].items()} == {"contest": 2}
    assert record.drivers == {"A": "people", "B": "policy", "C": "policy", "D": "policy"}
    assert all(slot.author is None for slot in record.plans["B"].values())
    driver.to("planning", 2)  # the plan stays, as a start
    assert driver.mirrors[kari][1]["plans"]["A"]["slots"]["contest"]["level"] == 2


def test_empty_team_is_played_and_handed_back_at_the_next_planning(driver: Driver) -> None:
    driver.join("Kari", "A")
    driver.to("planning")
    ola = driver.join("Ola", "B")
    assert driver.mirrors[ola][1]["teams"]["B"]["driver"] == "policy"
    assert code(driver.say(ola, wire.ClientEditPlan, "contest", "level", 1)) == "policy_plays"
    assert code(driver.say(ola, wire.ClientSetReady, True)) == "policy_plays"
    driver.to("planning", 2)
    assert driver.mirrors[ola][1]["teams"]["B"]["driver"] == "people"
    assert isinstance(driver.say(ola, wire.ClientEditPlan, "contest", "level", 1), wire.ServerAck)


def test_team_that_was_away_for_a_whole_round_is_played(driver: Driver) -> None:
    kari, ola = driver.join("Kari", "A"), driver.join("Ola", "B")
    driver.to("planning")
    driver.run(driver.room.disconnected(ola, driver.now))
    assert driver.room.state.driver("B") == "people"  # not in the middle of a round
    driver.to("planning", 2)
    assert driver.room.state.driver("B") == "people"  # it was there when the last planning began
    driver = Driver.open(small_scenario(rounds=3))
    kari, ola = driver.join("Kari", "A"), driver.join("Ola", "B")
    driver.run(driver.room.disconnected(ola, driver.now))
    driver.to("planning", 2)
    assert driver.room.state.driver("B") == "policy"
    driver.say(kari, wire.ClientSetReady, True)  # and blocks nobody
    assert phase(driver) == ("running", 2)


def test_only_the_facilitator_moves_the_room(driver: Driver) -> None:
    kari = driver.join("Kari", "A")
    driver.run(driver.room.connected("projector", None, driver.now))
    driver.skip()
    for seat in (kari, "projector"):
        for kind, values in ((wire.ClientAdvance, ("briefing", 0)), (wire.ClientPause, ()), (wire.ClientExtend, (9,))):
            assert code(driver.say(seat, kind, *values)) == "wrong_role"
    assert code(driver.say("host", wire.ClientSetReady, True)) == "wrong_role"
    assert code(driver.say("projector", wire.ClientEditPlan, "contest", "level", 1)) == "wrong_role"


def test_changing_teams_shows_the_other_plan_and_no_longer_the_own(driver: Driver) -> None:
    kari, ola = driver.join("Kari", "A"), driver.join("Ola", "B")
    driver.skip()
    driver.say(ola, wire.ClientEditPlan, "contest", "level", 1)
    driver.say(kari, wire.ClientChangeTeam, "B")
    assert driver.room.audience_of(kari) == "team:B"
    assert list(driver.mirrors[kari][1]["plans"]) == ["B"]
    assert strip(driver.mirrors[kari][1]) == strip(driver.mirrors[ola][1])
    driver.skip()
    assert code(driver.say(kari, wire.ClientChangeTeam, "A")) == "wrong_phase"


def test_repeated_command_is_acknowledged_and_applied_once(driver: Driver) -> None:
    kari, ola = driver.join("Kari", "A"), driver.join("Ola", "A")
    driver.to("planning")
    edit = wire.ClientEditPlan(500, "contest", "level", 1)
    assert driver.tell(kari, edit) == wire.ServerAck(500)
    driver.say(ola, wire.ClientEditPlan, "contest", "level", 3)
    length = len(driver.log)
    assert driver.tell(kari, edit) == wire.ServerAck(500)
    assert len(driver.log) == length
    assert driver.mirrors[kari][1]["plans"]["A"]["slots"]["contest"]["level"] == 3
    other = wire.ClientEditPlan(500, "contest", "level", 2)  # the same number for another thing is not a repetition
    assert driver.tell(kari, other) == wire.ServerAck(500)
    assert driver.mirrors[kari][1]["plans"]["A"]["slots"]["contest"]["level"] == 2


def test_ticks_are_computed_ahead_and_published_when_due(driver: Driver) -> None:
    driver.to("planning")
    done = driver.run(driver.room.receive("host", wire.ClientAdvance(1, "planning", 1), driver.now))
    assert sum(isinstance(effect, Compute) for effect in done) == 1
    assert driver.room.state.tick == 0
    for tick in range(1, 4):
        driver.wait(499)
        assert driver.room.state.tick == tick - 1
        driver.wait(1)
        assert driver.room.state.tick == tick
        assert driver.mirrors["host"][1]["phase"]["tick"] == tick
        assert driver.computes == tick + 1
    driver.wait(500)
    assert phase(driver) == ("review", 1)
    assert driver.computes == 4


def test_late_computation_delays_publication_and_breaks_nothing(driver: Driver) -> None:
    driver.to("planning")
    room = driver.room
    effects = room.receive("host", wire.ClientAdvance(1, "planning", 1), driver.now)
    assert Compute() in effects
    assert room.next_deadline() is None  # nothing to do before the worker is done
    driver.now += 5_000
    assert not any(isinstance(effect, Compute) for effect in room.advance(driver.now))  # one at a time
    room.compute()
    while room.state.phase.value == "running":
        effects = room.advance(driver.now)
        if Compute() in effects:
            room.compute()
    assert room.state.tick == 4
    assert phase(driver) == ("review", 1)


def test_running_round_can_be_paused_and_hurried(driver: Driver) -> None:
    start_running(driver)
    driver.wait(600)
    driver.say("host", wire.ClientPause)
    driver.wait(10**6)
    assert driver.room.state.tick == 1
    driver.say("host", wire.ClientContinue)
    driver.wait(400)
    assert driver.room.state.tick == 2
    assert code(driver.say("host", wire.ClientExtend, 5)) == "wrong_phase"
    driver.skip()
    assert phase(driver) == ("review", 1)


def test_hurried_round_has_the_digest_of_a_patient_one() -> None:
    patient, hurried = Driver.open(), Driver.open()
    patient.skip()
    patient.wait(10**6)
    hurried.to("debrief")
    assert patient.room.state.digests == hurried.room.state.digests
    assert len(set(patient.room.state.digests)) == 2


def test_who_missed_a_delta_sends_its_token_again(driver: Driver) -> None:
    kari = driver.join("Kari", "A")
    welcome = driver.sent[kari][0]
    assert isinstance(welcome, wire.ServerWelcome)
    again, whole = driver.room.receive(kari, wire.ClientResume(9, welcome.token), driver.now)
    assert isinstance(again, Send)
    assert again.message == wire.msgspec.structs.replace(welcome, id=9)
    assert isinstance(whole, Send)
    assert isinstance(whole.message, wire.ServerSnapshot)
    assert code(driver.say("host", wire.ClientResume, welcome.token)) == "already_seated"


def test_second_device_of_a_seat(driver: Driver) -> None:
    kari = driver.join("Kari", "A")
    driver.run(driver.room.connected(kari, None, driver.now))
    driver.run(driver.room.disconnected(kari, driver.now))
    assert driver.mirrors["host"][1]["teams"]["A"]["seats"][kari]["online"]
    driver.run(driver.room.disconnected(kari, driver.now))
    assert not driver.mirrors["host"][1]["teams"]["A"]["seats"][kari]["online"]


def test_buyer_stories(driver: Driver) -> None:
    kari = driver.join("Kari", "A")
    assert code(driver.say(kari, wire.ClientInspectBuyer, 3)) == "wrong_phase"
    assert code(driver.say("host", wire.ClientInspectBuyer, 60)) == "unknown_buyer"
    driver.to("debrief")
    story = driver.say(kari, wire.ClientInspectBuyer, 3)
    assert isinstance(story, wire.ServerBuyerStory)
    assert story.buyer == 3
    assert set(story.relations) == {"A", "B", "C", "D"}
    assert wire.msgspec.json.encode(story)


def test_question_about_a_buyer_waits_for_the_worker(driver: Driver) -> None:
    driver.to("planning")
    room = driver.room
    room.receive("host", wire.ClientAdvance(1, "planning", 1), driver.now)  # Compute is under way
    assert room.receive("host", wire.ClientInspectBuyer(2, 3), driver.now) == []
    driver.run([Compute()])
    assert [story.id for story in driver.sent["host"] if isinstance(story, wire.ServerBuyerStory)] == [2]


def test_who_asks_faster_than_the_game_answers_is_refused(driver: Driver) -> None:
    driver.to("planning")
    room = driver.room
    room.receive("host", wire.ClientAdvance(1, "planning", 1), driver.now)  # Compute is under way
    for id in range(2, 10):
        assert room.receive("host", wire.ClientInspectBuyer(id, id), driver.now) == []
    (refused,) = room.receive("host", wire.ClientInspectBuyer(10, 3), driver.now)
    assert isinstance(refused, Send)
    assert code(refused.message) == "too_fast"
    driver.run([Compute()])
    answers = [message for message in driver.sent["host"] if isinstance(message, wire.ServerBuyerStory)]
    assert [answer.id for answer in answers] == list(range(2, 10))
    assert isinstance(driver.say("host", wire.ClientInspectBuyer, 3), wire.ServerBuyerStory)


def test_messages_that_are_not_for_a_seated_guest(driver: Driver) -> None:
    kari = driver.join("Kari", "A")
    assert code(driver.say(kari, wire.ClientJoin, "KWMRTX", "x", "A")) == "already_seated"
    assert code(driver.say("s99", wire.ClientPause)) == "not_seated"
    assert driver.room.receive(kari, wire.ClientAcknowledge(1, 5), driver.now) == []


def test_graph_url_reaches_everybody(driver: Driver) -> None:
    kari = driver.join("Kari", "A")
    driver.run(driver.room.set_graph_url("/rooms/KWMRTX/graph-1.bin", driver.now))
    assert driver.mirrors[kari][1]["graph_url"] == "/rooms/KWMRTX/graph-1.bin"
    assert driver.mirrors[kari][1]["join_url"] == "http://square.example/#/join/KWMRTX"


def test_clock_that_runs_backwards_is_not_believed(driver: Driver) -> None:
    driver.skip()
    driver.wait(5_000)
    driver.run(driver.room.advance(driver.now))
    driver.room.receive("host", wire.ClientPause(1), driver.now - 4_000)
    assert driver.room.state.timer.remaining(driver.now) == 5_000
