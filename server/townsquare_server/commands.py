"""Whether a command of a seat may be done now. What it does then is `State.apply`.

Law: `check` raises a typed refusal or lets the command pass; it changes nothing.
"""

from __future__ import annotations

from townsquare_server import rules
from townsquare_server.errors import Code, RefusalError
from townsquare_server.phases import Phase
from townsquare_server.seats import Seat
from townsquare_server.state import State
from townsquare_server.timers import LONGEST_MS
from townsquare_server.wire import (
    ClientAdvance,
    ClientChangeTeam,
    ClientContinue,
    ClientEditPlan,
    ClientExtend,
    ClientInspectBuyer,
    ClientMessage,
    ClientPause,
    ClientSetReady,
)


def check(state: State, seat: Seat, message: ClientMessage, now: int) -> None:
    """Let a command pass or refuse it: first by role and phase, then by what it asks for."""
    rules.check(type(message), seat.role, state.phase)
    match message:
        case ClientEditPlan():
            team = _own_team(state, seat)
            state.plans[team].edited(state.scenario, team, message, seat.id, now)
        case ClientSetReady():
            _own_team(state, seat)
        case ClientChangeTeam(_, team):
            check_team(state, team)
        case ClientAdvance(_, phase, round):
            if (phase, round) != (state.phase.value, state.round):
                detail = f"the {phase} of round {round} is over; it is the {state.phase} of round {state.round} now"
                raise RefusalError(Code.STALE, detail)
        case ClientPause():
            if state.timer.paused:
                raise RefusalError(Code.ALREADY_PAUSED, "the clock already stands; continue lets it run again")
        case ClientContinue():
            if not state.timer.paused:
                raise RefusalError(Code.NOT_PAUSED, "the clock already runs; pause stops it")
        case ClientExtend(_, seconds):
            _check_extension(state, seconds, now)
        case ClientInspectBuyer(_, buyer):
            buyers = state.scenario.population.buyers
            if buyer >= buyers:
                raise RefusalError(Code.UNKNOWN_BUYER, f"there is no buyer {buyer}; choose one of 0 to {buyers - 1}")


def check_team(state: State, team: str) -> None:
    """Refuse a team that guests cannot join."""
    if team not in state.teams:
        detail = f"there is no team {team[:60]!r} to join; choose one of {', '.join(state.teams)}"
        raise RefusalError(Code.UNKNOWN_TEAM, detail)


def repeated(state: State, seat: Seat, message: ClientMessage) -> bool:
    """Whether this very command was accepted before: the client did not hear of it and sent it again."""
    recent = state.recent.get(seat.id)
    return recent is not None and recent.get(message.id) == message


def _own_team(state: State, seat: Seat) -> str:
    team = seat.team or ""
    if state.phase is Phase.PLANNING and state.driver(team) == "policy":
        detail = f"the computer makes the plan of team {team!r} in round {state.round}; yours counts from the next one"
        raise RefusalError(Code.POLICY_PLAYS, detail)
    return team


def _check_extension(state: State, seconds: int, now: int) -> None:
    left = state.timer.remaining(now)
    if left is None:
        raise RefusalError(Code.NO_TIMER, f"the {state.phase} has no timer; advance ends it")
    if seconds == 0 or left + seconds * 1000 > LONGEST_MS:
        detail = f"{seconds} more seconds cannot be given; the time left must change and stay below 24 hours"
        raise RefusalError(Code.BAD_TIME, detail)
