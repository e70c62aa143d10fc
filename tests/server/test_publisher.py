"""What audiences are shown as the room changes: nobody sees the buyers too early, nobody has to ask for them."""

from __future__ import annotations

import sys
from pathlib import Path

from townsquare_server import wire

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
