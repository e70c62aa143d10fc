"""Whether a command of a seat may be done now. What it does then is in `changes.py`.

Law: `check` raises a typed refusal or lets the command pass; it changes nothing.
"""

from __future__ import annotations

import msgspec

from townsquare_server import branches, rules
from townsquare_server.entries import Command
from townsquare_server.errors import Code, RefusalError
from townsquare_server.phases import Phase
from townsquare_server.seats import HOST, Seat, clean_nickname, hidden_in, nickname_key, tidy
from townsquare_server.state import State
from townsquare_server.timers import LONGEST_MS
from townsquare_server.wire import (
    ClientAdvance,
    ClientChangeTeam,
    ClientContinue,
    ClientEditPlan,
    ClientExtend,
    ClientInject,
    ClientInspectBuyer,
    ClientMessage,
    ClientMoveSeat,
    ClientNameHost,
    ClientPause,
    ClientRemoveSeat,
    ClientRenameSeat,
    ClientRewind,
    ClientSetAside,
    ClientSetDriver,
    ClientSetReady,
    ClientStep,
    ClientTell,
    ClientWithdrawHost,
)

NOTE_LENGTH = 280
MOST_WRITTEN = 5000
"""Commands of one guest that a room's log takes: a hundred times what somebody eager needs in a round."""


def check(state: State, seat: Seat, message: ClientMessage, now: int) -> None:
    """Let a command pass or refuse it: first by role and phase, then by what it asks for."""
    rules.check(type(message), seat.role, state.phase)
    if seat.role == "participant" and isinstance(message, Command):
        _check_written(state, seat)
    match message:
        case ClientEditPlan(round=round):
            team = _own_team(state, seat)
            _check_meant(state, None, None if round is None else max(1, round), max(1, state.round))
            state.plans[team].edited(state.scenario, team, message, seat.id, now, state.budget_of(team))
        case ClientSetReady(_, ready, round):
            team = _own_team(state, seat)
            _check_meant(state, None, round, state.round)
            if ready:
                state.plans[team].check_affordable(state.scenario, state.budget_of(team))
        case ClientChangeTeam(_, team):
            check_team(state, team)
        case ClientSetAside(_, _, guest):
            if guest not in (None, seat.id) and seat.role == "participant":
                raise RefusalError(Code.NOT_YOURS, f"{guest!r:.20} is not your seat; leave `seat` out for your own")
            _check_guest(state, guest or seat.id)
        case ClientNameHost(_, nickname):
            clean_nickname(nickname)
        case ClientWithdrawHost() if seat.id != HOST:
            raise RefusalError(Code.NOT_YOURS, "only the facilitator who opened the room can send another one away")
        case ClientInspectBuyer(_, buyer):
            buyers = state.scenario.population.buyers
            if buyer >= buyers:
                raise RefusalError(Code.UNKNOWN_BUYER, f"there is no buyer {buyer}; choose one of 0 to {buyers - 1}")
        case _:
            _check_clock(state, message, now)
            _check_desk(state, message)


def _check_written(state: State, seat: Seat) -> None:
    """Refuse who would write to the log for ever: it is kept, and read again at each start."""
    if state.written[seat.id] >= MOST_WRITTEN:
        detail = f"this seat has changed things {MOST_WRITTEN} times, which is all that is kept; join again"
        raise RefusalError(Code.TOO_FAST, detail)


def _check_meant(state: State, phase: str | None, round: int | None, now: int) -> None:
    """Refuse what was meant for another phase or round: it comes late."""
    if phase not in (None, state.phase.value) or round not in (None, now):
        meant = f"the {phase} of round {round}" if phase else f"round {round}"
        raise RefusalError(Code.STALE, f"this was about {meant}; it is the {state.phase} of round {state.round} now")


def _check_clock(state: State, message: ClientMessage, now: int) -> None:
    """Check what the facilitator does to the clock."""
    if isinstance(message, ClientAdvance | ClientPause | ClientContinue | ClientExtend | ClientStep):
        _check_meant(state, message.phase, message.round, state.round)
    match message:
        case ClientPause():
            if state.timer.paused:
                raise RefusalError(Code.ALREADY_PAUSED, "the clock already stands; continue lets it run again")
        case ClientContinue():
            if not state.timer.paused:
                raise RefusalError(Code.NOT_PAUSED, "the clock already runs; pause stops it")
        case ClientExtend(_, seconds):
            _check_extension(state, seconds, now)
        case ClientStep(_, unit):
            _check_step(state, unit)
        case ClientRewind():
            _check_rewind(state, message)


def _check_desk(state: State, message: ClientMessage) -> None:
    """Check what the facilitator does to guests, teams and the market."""
    match message:
        case ClientInject(_, event):
            _check_event(state, event)
        case ClientTell(_, team, text):
            if team is not None:
                check_team(state, team)
            _check_note(text)
        case ClientMoveSeat(_, guest, team):
            _check_guest(state, guest)
            check_team(state, team)
        case ClientRenameSeat(_, guest, nickname):
            _check_guest(state, guest)
            check_free(state, clean_nickname(nickname), guest)
        case ClientRemoveSeat(_, guest):
            _check_guest(state, guest)
        case ClientSetDriver(_, team, driver):
            check_team(state, team)
            if driver == "people" and not state.players(team):
                detail = f"nobody plays in team {team!r}; the computer does until somebody comes or takes a seat back"
                raise RefusalError(Code.EMPTY_TEAM, detail)


def normal(message: Command) -> Command:
    """Return a command with its free texts tidied: what is logged is what is shown."""
    match message:
        case ClientTell(text=text):
            return msgspec.structs.replace(message, text=tidy(text))
        case ClientRenameSeat(nickname=nickname) | ClientNameHost(nickname=nickname):
            return msgspec.structs.replace(message, nickname=tidy(nickname))
    return message


def check_team(state: State, team: str) -> None:
    """Refuse a team that guests cannot join."""
    if team not in state.teams:
        detail = f"there is no team {team[:60]!r} to join; choose one of {', '.join(state.teams)}"
        raise RefusalError(Code.UNKNOWN_TEAM, detail)


def check_free(state: State, nickname: str, own: str | None = None) -> None:
    """Refuse a nickname that somebody else in the room has."""
    key = nickname_key(nickname)
    others = [seat for seat in state.seats.values() if seat.role == "participant" and seat.id != own]
    if any(nickname_key(seat.nickname) == key for seat in others):
        detail = f"the nickname {nickname!r} is taken in this room; choose another, or come back by personal code"
        raise RefusalError(Code.NICKNAME_TAKEN, detail)


def repeated(state: State, seat: Seat, message: ClientMessage) -> bool:
    """Whether this very command was accepted before: the client did not hear of it and sent it again."""
    recent = state.recent.get(seat.id)
    return recent is not None and recent.get(message.id) == message


def _own_team(state: State, seat: Seat) -> str:
    team = seat.team or ""
    if seat.id in state.aside:
        raise RefusalError(Code.SEAT_ASIDE, "this seat is handed over; take it back first")
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


def _check_step(state: State, unit: str) -> None:
    if not state.timer.paused:
        raise RefusalError(Code.NOT_PAUSED, "the clock runs; pause it, then step")
    rounds = state.scenario.calendar.rounds
    if unit == "tick" and state.phase is not Phase.RUNNING:
        detail = f"there is no tick to step to in the {state.phase}; step a round, or wait until one runs"
        raise RefusalError(Code.WRONG_PHASE, detail)
    if state.phase is Phase.RUNNING and max(state.granted, state.tick) >= state.ticks_per_round:
        raise RefusalError(Code.STALE, f"all ticks of round {state.round} are shown or on their way; wait a moment")
    if state.phase is Phase.REVIEW and state.round >= rounds:
        raise RefusalError(Code.NO_ROUND_LEFT, f"round {rounds} was the last; advance opens the debrief")


def goes_to_end(state: State, message: ClientRewind) -> bool:
    """Whether a rewind goes on where another branch was left, and not with the planning of one of its rounds."""
    if message.of in (None, state.branch):
        return False
    return message.round == len(state.left[message.of].records) + 1 > 1


def _check_rewind(state: State, message: ClientRewind) -> None:
    new = len(state.forks) + 1
    if message.branch != new:
        raise RefusalError(Code.STALE, f"the next branch is {new}, not {message.branch}; look at the desk again")
    if new > branches.MOST:
        raise RefusalError(Code.TOO_MANY_BRANCHES, f"the game has {new - 1} branches, which is all a room keeps")
    of = state.branch if message.of is None else message.of
    past = state.pasts.get(of)
    if past is None:
        raise RefusalError(Code.UNKNOWN_BRANCH, f"there is no branch {of}; choose one of 1 to {new - 1}")
    if message.round > len(past.drafts) and not goes_to_end(state, message):
        played = f"its rounds 1 to {len(past.drafts)}" if past.drafts else "nothing yet"
        raise RefusalError(Code.NOT_PLAYED, f"branch {of} has not played round {message.round}; it has {played}")


def _check_event(state: State, event: str) -> None:
    events = [each.id for each in state.scenario.events]
    if event not in events:
        known = ", ".join(events) or "none"
        raise RefusalError(Code.UNKNOWN_EVENT, f"there is no event {event[:60]!r}; this scenario has: {known}")
    if any(happening.event == event for happening in state.waiting):
        raise RefusalError(Code.ALREADY_WAITING, f"{event!r} happens in the next tick already; wait until it has")


def _check_note(text: str) -> None:
    hidden = hidden_in(text)
    if hidden:
        detail = f"a note cannot hold the invisible character U+{ord(hidden[0]):04X}; leave it out"
        raise RefusalError(Code.BAD_TEXT, detail)
    if not 1 <= len(text) <= NOTE_LENGTH:
        raise RefusalError(Code.BAD_TEXT, f"the note has {len(text)} characters; write 1 to {NOTE_LENGTH}")


def _check_guest(state: State, guest: str) -> None:
    seat = state.seats.get(guest)
    if seat is None or seat.role != "participant":
        raise RefusalError(Code.UNKNOWN_SEAT, f"there is no guest's seat {guest[:20]!r}; it may be gone already")
