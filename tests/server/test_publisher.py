"""What audiences are shown as the room changes: nobody sees the buyers too early, nobody has to ask for them."""

from __future__ import annotations

import sys
from pathlib import Path

from townsquare_server import wire
from townsquare_server.publisher import CROWD, LONGEST_WAIT_MS

sys.path.insert(0, str(Path(__file__).parent))
from driving import Driver


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
