"""Going back: what was played is set aside and kept, and the branch that begins is as good a game as the first."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from townsquare_server import session_file, wire
from townsquare_server.branches import MOST, Past, cut
from townsquare_server.restore import replay

sys.path.insert(0, str(Path(__file__).parent))
from driving import Driver, eventful

CODE = "KWMRTX"


def table() -> tuple[Driver, str, str]:
    driver = Driver.open(eventful(rounds=3, buyers=40))
    kari, ola = driver.join("Kari", "A"), driver.join("Ola", "B")
    driver.to("planning", 1)
    return driver, kari, ola


def play(driver: Driver, seat: str, level: int, event: str | None = None) -> None:
    """Play the round that is planned, up to its review."""
    answer = driver.say(seat, wire.ClientEditPlan, "ad_burst", "level", level)
    assert isinstance(answer, wire.ServerAck), answer
    if event is not None:
        driver.say("host", wire.ClientInject, event)
    driver.to("review")


def go_back(driver: Driver, round: int, of: int | None = None) -> None:
    answer = driver.say("host", wire.ClientRewind, round, driver.room.state.branch + 1, of)
    assert isinstance(answer, wire.ServerAck), answer


def refusal(answer: wire.ServerMessage) -> str:
    assert isinstance(answer, wire.ServerRefusal), answer
    return answer.code


def test_a_round_played_again_alike_gives_the_same_bits_and_otherwise_others() -> None:
    driver, kari, _ = table()
    for level in (1, 2):
        play(driver, kari, level)
        driver.to("planning", level + 1)
    play(driver, kari, 3)
    first = list(driver.room.state.digests)
    go_back(driver, 2)
    assert driver.room.state.digests == first[:1]
    for _ in (2, 3):
        play(driver, kari, driver.room.state.round)
        driver.to("planning" if driver.room.state.round < 3 else "debrief")
    assert driver.room.state.digests == first
    go_back(driver, 2)
    play(driver, kari, 3)
    assert driver.room.state.digests[0] == first[0]
    assert driver.room.state.digests[1] != first[1]


@pytest.mark.parametrize("leave", ["planning", "running", "review", "debrief"])
def test_a_room_goes_back_from_every_phase_and_its_log_says_the_same(leave: str) -> None:
    driver, kari, ola = table()
    play(driver, kari, 1, "boom")
    driver.to("planning", 2)
    play(driver, kari, 2, "recession")
    driver.to("planning", 3)
    driver.say("host", wire.ClientSetSpeed, 50)
    driver.say(ola, wire.ClientEditPlan, "contest", "level", 1)
    if leave != "planning":
        driver.skip()
    if leave == "running":
        driver.say("host", wire.ClientPause)
        driver.say("host", wire.ClientStep, "tick")
        assert driver.room.state.tick == 1
    else:
        driver.to(leave)
    go_back(driver, 2)
    state = driver.room.state
    assert (state.phase, state.round, state.tick, len(state.records)) == ("planning", 2, 0, 1)
    assert [happening.event for happening in state.past.happened] == ["boom"]
    assert {len(line) for line in state.past.timelines["A"].values()} == {state.ticks_per_round}
    assert state.plans["A"].slots["ad_burst"].level == 2  # with which round 2 began
    assert "contest" not in state.plans["B"].slots
    assert driver.views(driver.restored()) == driver.views()
    driver.say("host", wire.ClientContinue)
    play(driver, kari, 1)
    again = driver.restored()
    assert driver.views(again) == driver.views()
    assert again._runner.engine.game.digest() == driver.room._runner.engine.game.digest()
    assert len(driver.room.state.past.timelines["A"]["reach"]) == 2 * state.ticks_per_round


def test_a_branch_that_was_left_is_kept_whole() -> None:
    driver, kari, _ = table()
    play(driver, kari, 2)
    driver.to("planning", 2)
    play(driver, kari, 3)
    driver.skip()
    log, views = list(driver.log), driver.views()
    digests = list(driver.room.state.digests)
    go_back(driver, 1)
    play(driver, kari, 0)
    assert session_file.until_left(CODE, driver.log, 1) == log
    assert session_file.until_left(CODE, driver.log, 2) == driver.log
    assert session_file.until_left(CODE, driver.log, 3) == session_file.until_left(CODE, driver.log, 0) == []
    state, _ = replay(CODE, session_file.until_left(CODE, driver.log, 1))
    assert state.digests == digests
    assert views["facilitator"]["results"]["A"]["plan"][1]["ad_burst"]["level"] == 3


def test_undoing_goes_on_where_the_other_branch_was_left() -> None:
    driver, kari, _ = table()
    for level in (1, 2):
        play(driver, kari, level)
        driver.to("planning", level + 1)
    digests = list(driver.room.state.digests)
    go_back(driver, 1)
    play(driver, kari, 3)
    other = list(driver.room.state.digests)
    go_back(driver, 3, of=1)
    state = driver.room.state
    assert (state.phase, state.round, state.digests) == ("review", 2, digests)
    assert [(fork.number, fork.parent, fork.round) for fork in state.forks] == [(1, 0, 1), (2, 1, 1), (3, 1, 3)]
    driver.to("planning", 3)
    play(driver, kari, 1)
    go_back(driver, 1, of=2)
    assert driver.room.state.plans["A"].slots["ad_burst"].level == 3
    play(driver, kari, 3)
    assert driver.room.state.digests == other
    assert driver.views(driver.restored()) == driver.views()


def test_a_server_that_dies_while_it_goes_back_goes_on_from_there() -> None:
    driver, kari, _ = table()
    play(driver, kari, 1, "boom")
    driver.to("planning", 2)
    play(driver, kari, 2)
    digests = list(driver.room.state.digests)
    effects = driver.room.receive("host", wire.ClientRewind(9_000, 2, 2), driver.now)
    driver.log += [effect.entry for effect in effects if hasattr(effect, "entry")]  # kept, and nothing computed
    driver.crash()
    driver.wait(1)
    assert driver.room.state.phase == "planning"
    play(driver, kari, 2)
    assert driver.room.state.digests == digests


def test_ticks_under_way_of_a_branch_that_was_left_are_not_shown() -> None:
    driver, kari, _ = table()
    play(driver, kari, 1)
    driver.to("planning", 2)
    room = driver.room
    late = room.receive("host", wire.ClientAdvance(9_000, "planning", 2), driver.now)  # a tick is under way
    back = room.receive("host", wire.ClientRewind(9_001, 1, 2), driver.now)
    driver.run([*late, *back])
    assert (room.state.phase, room.state.round, room.state.tick) == ("planning", 1, 0)
    play(driver, kari, 1)
    assert driver.views(driver.restored()) == driver.views()


def test_what_cannot_be_gone_back_to_is_refused_in_words() -> None:
    driver, kari, _ = table()
    rewind = wire.ClientRewind
    assert refusal(driver.say("host", rewind, 1, 2)) == "not_played"
    play(driver, kari, 1)
    assert refusal(driver.say("host", rewind, 2, 2)) == "not_played"
    assert refusal(driver.say("host", rewind, 1, 3)) == "stale"
    assert refusal(driver.say("host", rewind, 1, 2, 5)) == "unknown_branch"
    assert refusal(driver.say(kari, rewind, 1, 2)) == "wrong_role"
    assert refusal(driver.say("projector", rewind, 1, 2)) == "wrong_role"
    for number in range(2, MOST + 1):
        go_back(driver, 1)
        assert driver.room.state.branch == number
        driver.skip()
    assert refusal(driver.say("host", rewind, 1, MOST + 1)) == "too_many_branches"
    assert driver.room.state.phase == "running"


def test_everybody_hears_of_it_and_sees_only_what_was_to_be_seen_then() -> None:
    driver, kari, _ = table()
    play(driver, kari, 1)
    driver.to("planning", 2)
    play(driver, kari, 2)
    driver.to("debrief")
    assert driver.mirrors[kari][1]["timelines"]
    driver.published.clear()
    go_back(driver, 2)
    view = driver.mirrors[kari][1]
    assert [branch["number"] for branch in view["branches"]] == [1, 2]
    assert view["branches"][0] == {"number": 1, "parent": 0, "round": 1, "rounds": 3, "at": 0, "end": False}
    assert view["phase"]["round"] == 2
    assert not view.get("timelines")
    assert view["results"]["B"]["value"] == {}
    frames = [m for m in driver.published["projector"] if isinstance(m, wire.ServerNodes)]
    assert [(frame.round, frame.keyframe) for frame in frames] == [(1, True), (2, True)]
    assert not [m for m in driver.published["team:A"] if isinstance(m, wire.ServerNodes)]


def test_a_past_before_the_first_round_is_empty() -> None:
    assert Past().before(1, 4) == Past()
    assert cut({"A": {"reach": [1.0, 2.0]}}, 1) == {"A": {"reach": [1.0]}}
    assert cut({"A": {"reach": [1.0, 2.0]}}, 0) == {}
