"""What the facilitator's commands about the clock change in a room's state: pause, extend, step, pace.

Law: as in `changes.py`, nothing is decided here; a command was accepted before it comes.
"""

from __future__ import annotations

from townsquare_server.entries import Command
from townsquare_server.phases import Phase
from townsquare_server.state import State
from townsquare_server.wire import (
    ClientAdvance,
    ClientContinue,
    ClientExtend,
    ClientPause,
    ClientSetSpeed,
    ClientStep,
)


def apply(state: State, message: Command, at: int) -> None:
    """Take a command; those that are not about the clock change nothing."""
    match message:
        case ClientAdvance():
            _resume(state, at)
            state.hurried = True
        case ClientPause():
            state.timer.pause(at)
        case ClientContinue():
            _resume(state, at)
        case ClientExtend():
            state.timer.extend(message.seconds * 1000, at)
        case ClientStep(unit="tick"):
            state.granted = max(state.granted, state.tick) + 1
            if not state.hurried:  # what is left of the round is shorter by what was shown
                state.timer.shift((state.timer.paused_at or at) - state.due(state.granted))
        case ClientStep():
            state.stepping, state.granted = True, state.ticks_per_round
        case ClientSetSpeed(percent=percent):
            state.speed = percent
            length = state.length(state.phase)
            if state.phase is Phase.RUNNING and length is not None:
                state.timer.rescale(length, at)


def _resume(state: State, at: int) -> None:
    state.timer.resume(at)
    state.granted, state.stepping = 0, False
