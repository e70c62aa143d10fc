"""What audiences are shown as the room changes: nobody sees the buyers too early, nobody has to ask for them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

from townsquare_server import wire
from townsquare_server.effects import Send
from townsquare_server.publisher import CROWD, LONGEST_WAIT_MS, MOST_PAST_BYTES

sys.path.insert(0, str(Path(__file__).parent))
from driving import Driver, accepted, eventful, plain, small_scenario, strip


def frames(driver: Driver, audience: str) -> list[wire.ServerNodes]:
    return [message for message in driver.published.get(audience, []) if isinstance(message, wire.ServerNodes)]


def test_debrief_shows_the_buyers_to_the_teams_once() -> None:
    driver = Driver.open()
    driver.join("Kari", "A")
    driver.to("review", 2)
    assert frames(driver, "team:A") == []
    before = len(frames(driver, "projector"))
    driver.to("debrief")
    driver.wait(1_000)
    first, last = frames(driver, "team:A")  # as each round ended, oldest first
    state = driver.room.state
    assert state.nodes is not None
    assert (first.round, first.tick, first.keyframe) == (1, state.ticks_per_round, True)
    assert first.states == state.past.endings[0].tobytes() != last.states
    assert (last.round, last.keyframe, last.states) == (2, True, state.nodes.tobytes())
    assert len(frames(driver, "projector")) == before  # it has them


def test_what_ticks_move_is_all_that_they_change() -> None:
    """Ticks, and what happens in them, are told in parts: put together they are the whole view, at every tick."""
    driver = Driver.open(eventful(rounds=3, ticks=6, boom=2))
    seats = ["host", "projector", driver.join("Kari", "A"), driver.join("Ola", "B")]
    driver.run(driver.room.connected("projector", None, driver.now))
    shown = 0
    while driver.room.state.phase.value != "debrief":
        state = driver.room.state
        if state.phase.value != "running":
            driver.skip()
        elif (state.round, state.tick) == (1, 2) and not state.waiting:
            accepted(driver, wire.ClientInject, "recession")
        driver.wait(50)
        views = driver.views()
        for seat in seats:
            assert timeless_view(driver.mirrors[seat][1]) == timeless_view(views[driver.room.audience_of(seat)])
            shown += 1
    assert shown > 4 * 40
    assert [happening.event for happening in driver.room.state.past.happened] == ["recession", "boom"]


def timeless_view(view: Any) -> Any:
    """Return a view without what belongs to a server's life."""
    teams = {
        team: {**each, "seats": {seat: {**guest, "online": None} for seat, guest in each["seats"].items()}}
        for team, each in view["teams"].items()
    }
    hosts = {seat: {**host, "online": None} for seat, host in view.get("hosts", {}).items()}
    return strip({**view, "teams": teams, "hosts": hosts, "join_url": None, "graph_url": None})


def deltas(driver: Driver, audience: str) -> int:
    return sum(isinstance(message, wire.ServerDelta) for message in driver.published.get(audience, []))


def test_a_crowd_that_comes_in_together_is_shown_together() -> None:
    driver = Driver.open()
    for number in range(120):
        driver.join(f"Guest {number}", "AB"[number % 2])
        driver.wait(5)  # all of them within a second
    driver.wait(LONGEST_WAIT_MS)
    assert deltas(driver, "team:A") < 60  # at once they would be two for each guest
    expected = driver.views()
    for seat in ("host", "s1", "s2", "s120"):
        assert len(driver.mirrors[seat][1]["teams"]["A"]["seats"]) == 60
        own = driver.mirrors[seat][1]["teams"]
        shown = {team: {**view, "seats": None} for team, view in own.items()}
        wanted = expected[driver.room.audience_of(seat)]["teams"]
        assert shown == {team: {**view, "seats": None} for team, view in wanted.items()}
    assert driver.room.next_deadline() is None


def test_in_a_crowd_the_clock_never_waits_and_an_edit_waits_a_moment() -> None:
    driver = Driver.open()
    seats = [driver.join(f"Guest {number}", "A") for number in range(2 * CROWD)]
    driver.wait(LONGEST_WAIT_MS)
    driver.skip()
    assert driver.mirrors[seats[0]][1]["phase"]["name"] == "briefing"
    driver.skip()
    assert driver.mirrors[seats[0]][1]["phase"]["name"] == "planning"
    assert isinstance(driver.say(seats[0], wire.ClientEditPlan, "contest", "level", 1), wire.ServerAck)
    assert driver.mirrors[seats[1]][1]["plans"]["A"]["slots"] == {}
    due = driver.room.next_deadline()
    assert due is not None
    assert driver.now < due <= driver.now + LONGEST_WAIT_MS
    driver.wait(due - driver.now)
    assert driver.mirrors[seats[1]][1]["plans"]["A"]["slots"]["contest"]["level"] == 1


def test_up_to_sixteen_connections_every_change_is_shown_at_once() -> None:
    driver = Driver.open()
    for number in range(CROWD - 1):  # and the host
        driver.join(f"Guest {number}", "A")
        assert len(driver.mirrors["host"][1]["teams"]["A"]["seats"]) == number + 1


def test_node_frames_rebuild_the_states_of_the_game(driver: Driver) -> None:
    driver.skip()
    driver.wait(10**6)
    states: np.ndarray | None = None
    frames = [m for m in driver.published["projector"] if isinstance(m, wire.ServerNodes)]
    assert [(frame.round, frame.tick) for frame in frames] == [(r, t) for r in (1, 2) for t in (1, 2, 3, 4)]
    for frame in frames:
        if frame.keyframe:
            states = np.frombuffer(frame.states, np.uint8).copy()
        else:
            assert states is not None
            states[np.frombuffer(frame.changed, "<u4")] = np.frombuffer(frame.states, np.uint8)
    assert states is not None
    assert states.tolist() == driver.room.state.nodes.tolist()  # type: ignore[union-attr]
    assert len(states) == 60
    # teams see the buyers when the debrief opens, not before
    *_, shown = [m for m in driver.published["team:A"] if isinstance(m, wire.ServerNodes)]
    assert (shown.keyframe, shown.states) == (True, states.tobytes())


def test_mirror_of_deltas_equals_a_fresh_snapshot(driver: Driver) -> None:
    kari = driver.join("Kari", "A")
    driver.skip()
    driver.wait(10**6)
    for seat in (kari, "host"):
        version, view = driver.mirrors[seat]
        (snapshot,) = [e.message for e in driver.room.resync(seat) if isinstance(e.message, wire.ServerSnapshot)]  # type: ignore[union-attr]
        assert snapshot.version == version
        assert plain(snapshot.view) == strip(view)


def test_who_fell_behind_gets_deltas_or_a_snapshot(driver: Driver) -> None:
    kari = driver.join("Kari", "A")
    version = driver.mirrors[kari][0]
    driver.run(driver.room.disconnected(kari, driver.now))
    driver.to("planning")
    effects = driver.room.connected(kari, version, driver.now)
    first = effects[0]
    assert isinstance(first, Send)
    assert isinstance(first.message, wire.ServerDelta)
    assert first.message.version == version + 1
    other = driver.room.resync(kari, driver.mirrors["host"][0])[0]  # a number of another audience
    assert isinstance(other, Send)
    assert isinstance(other.message, wire.ServerSnapshot)


def test_of_a_long_story_the_newest_rounds_are_told() -> None:
    driver = Driver.open(small_scenario(rounds=3, ticks=4, buyers=MOST_PAST_BYTES // 2))
    driver.to("debrief")
    messages = [effect.message for effect in driver.room.resync("host") if isinstance(effect, Send)]
    told = [message for message in messages if isinstance(message, wire.ServerNodes)]
    assert [frame.round for frame in told] == [2, 3]
    assert sum(len(frame.states) for frame in told) == MOST_PAST_BYTES


def test_the_story_of_the_buyers_is_told_alike_until_it_goes_on_otherwise(driver: Driver) -> None:
    def story(seat: str) -> list[wire.ServerNodes]:
        messages = [effect.message for effect in driver.room.resync(seat) if isinstance(effect, Send)]
        return [message for message in messages if isinstance(message, wire.ServerNodes)]

    kari = driver.join("Kari", "A")
    driver.to("debrief")
    told = story(kari)
    assert [(frame.round, frame.tick) for frame in told] == [(1, 4), (2, 4)]
    assert all(mine is theirs for mine, theirs in zip(told, story("host"), strict=True))  # made ready for the wire once
    assert isinstance(driver.say("host", wire.ClientRewind, 2, 2), wire.ServerAck)
    assert isinstance(driver.say(kari, wire.ClientEditPlan, "contest", "level", 1), wire.ServerAck)
    driver.to("debrief")
    anew = story(kari)
    endings = driver.room.state.past.endings
    assert [frame.states for frame in anew] == [states.tobytes() for states in endings]
    assert anew[0] is told[0]
    assert anew[1].states != told[1].states
