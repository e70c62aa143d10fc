"""How each entry of a log changes a room's state. Live and in replay the same functions run.

Law: nothing here decides, validates or looks at a clock: an entry was decided when it was appended. What commands
about the clock and about seats change stands in `pacing.py` and `seating.py`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace

from townsquare_research.records import TickRecord
from townsquare_server import pacing, seating
from townsquare_server.branches import Fork, Happening, RoundRecord
from townsquare_server.engine import Finished
from townsquare_server.entries import (
    Command,
    Commanded,
    Due,
    Entry,
    Joined,
    Opened,
    PhaseBegan,
    Restarted,
    RoundEnded,
    Shown,
)
from townsquare_server.phases import Phase
from townsquare_server.plans import Budget, SharedPlan, from_plan
from townsquare_server.seats import Seat
from townsquare_server.state import State
from townsquare_server.timers import Timer
from townsquare_server.wire import (
    ClientChangeTeam,
    ClientEditPlan,
    ClientInject,
    ClientRewind,
    ClientSetReady,
    ClientTell,
    Driver,
    NoteView,
)

RECENT_COMMANDS = 64
MOST_NOTES = 8
RESTORED = "restored_after_restart"
DAMAGED = "restored_without_the_end"


def apply(state: State, entry: Entry, finished: Finished | None) -> None:
    """Take one entry; `finished` is the computed round that a `RoundEnded` closes."""
    match entry.data:
        case Joined(nickname, team):
            state.joined += 1
            state.seats[entry.seat or ""] = Seat(entry.seat or "", "participant", team, nickname)
        case Commanded(ClientRewind() as message, _, drivers):
            _remember(state, entry.seat or "", message)
            _rewind(state, message, drivers, entry.at)
        case Commanded(message, due):
            _command(state, entry.seat or "", message, entry.at, due)
        case PhaseBegan(phase, round, drivers):
            _begin(state, Phase(phase), round, drivers, entry.at)
        case RoundEnded(_, digest):
            if finished is not None:
                _record(state, finished, entry.at)
            state.past.digests.append(digest)
            _begin(state, Phase.REVIEW, state.round, None, entry.at)
        case Restarted(lost=lost):
            state.timer.rebase(state.at, entry.at)
            notice = DAMAGED if lost else RESTORED
            if notice not in state.notices:
                state.notices = [*state.notices, notice]
        case Shown():
            pass  # the tick stands in every entry, and was published before this one
        case Opened():
            raise AssertionError("a log is opened once")
    state.seq, state.at = entry.seq, entry.at


def publish(state: State, record: TickRecord) -> None:
    """Show the next tick of the running round."""
    pass_tick(state)
    show(state, record)


def pass_tick(state: State) -> None:
    """Go on by a tick, and tell what happens in it."""
    state.tick += 1
    _happen(state, Due(state.round, state.tick))


def show(state: State, record: TickRecord) -> None:
    """Show what a tick made of the market."""
    state.live, state.nodes = record.live, record.states


def _happen(state: State, now: Due) -> None:
    """Tell of what happens in the tick that is shown: what the scenario has for it, then what was injected."""
    own = [event.id for event in state.scenario.events if (event.round, event.tick) == (now.round, now.tick)]
    happened = [Happening(event, now) for event in own]
    state.past.happened = [*state.past.happened, *happened, *(each for each in state.waiting if each.due == now)]
    state.waiting = [happening for happening in state.waiting if happening.due != now]


def _begin(state: State, phase: Phase, round: int, drivers: Mapping[str, Driver] | None, at: int) -> None:
    state.phase, state.round, state.hurried, state.notices = phase, round, False, []
    paused = state.timer.paused  # a room that steps on stands still in its next phase too
    state.timer = Timer.start(at, state.length(phase))
    if paused:
        state.timer.pause(at)
    state.granted = state.ticks_per_round if state.stepping and phase is Phase.RUNNING else 0
    state.stepping = state.stepping and phase is not Phase.REVIEW
    if phase is Phase.PLANNING:
        state.tick, state.drivers = 0, dict(drivers or {})
        for plan in state.plans.values():
            plan.ready = False
    if phase is Phase.RUNNING:
        state.live = {}
        for team, plan in state.plans.items():
            plan.afford(state.scenario, state.budget_of(team))
        state.in_force = {team: plan.slots for team, plan in state.plans.items() if state.driver(team) == "people"}
        state.past.drafts.append({team: plan.slots for team, plan in state.plans.items()})


def _record(state: State, finished: Finished, at: int) -> None:
    result = finished.result
    plans = {vendor: state.in_force.get(vendor) or from_plan(plan, at) for vendor, plan in result.plans.items()}
    drivers = {vendor.id: state.driver(vendor.id) for vendor in state.scenario.vendors}
    state.budget = Budget(finished.money, finished.hours)
    record = RoundRecord(result.vanity, result.value, result.observed, plans, drivers, state.budget)
    state.records.append(record)
    state.past.timelines = finished.timelines
    state.live = {}
    if state.nodes is not None:
        state.past.endings.append(state.nodes)


def _rewind(state: State, message: ClientRewind, drivers: Mapping[str, Driver] | None, at: int) -> None:
    """Set aside what was played from a round on, and stand before that round, or at the end of another branch."""
    state.left[state.branch] = state.past
    of = message.of or state.branch
    gone = state.left[of]
    rounds = message.round - 1
    ends = drivers is None
    state.forks = [*state.forks, Fork(message.branch, of, message.round, at, ends)]
    state.past = gone.before(message.round, state.ticks_per_round)
    state.waiting, state.stepping, state.live = [], False, {}
    state.nodes = state.past.endings[-1] if state.past.endings else None
    state.budget = _budget_after(state, rounds)
    slots = gone.drafts[min(rounds, len(gone.drafts) - 1)]
    state.plans = {team: SharedPlan(slots[team]) for team in state.plans}
    _begin(state, Phase.REVIEW if ends else Phase.PLANNING, rounds if ends else message.round, drivers, at)
    if ends:
        state.tick, state.drivers = state.ticks_per_round, dict(state.records[-1].drivers)


def _budget_after(state: State, rounds: int) -> Budget:
    calendar = state.scenario.calendar
    return state.records[rounds - 1].budget if rounds else Budget(calendar.money_per_round, calendar.hours_per_round)


def _command(state: State, seat: str, message: Command, at: int, due: Due | None) -> None:
    _remember(state, seat, message)
    match message:
        case ClientEditPlan():
            _team_plan(state, seat).apply(message, seat, at)
        case ClientSetReady():
            _team_plan(state, seat).ready = message.ready
        case ClientChangeTeam(team=team):
            state.seats[seat] = replace(state.seats[seat], team=team)
        case ClientInject(event=event) if due is not None:
            state.waiting = [*state.waiting, Happening(event, due)]
        case ClientTell(team=team, text=text):
            state.told += 1
            state.notes = [*state.notes, NoteView(state.told, at, team, text)][-MOST_NOTES:]
        case _:
            pacing.apply(state, message, at)
            seating.apply(state, seat, message)


def _team_plan(state: State, seat: str) -> SharedPlan:
    return state.plans[state.seats[seat].team or ""]


def _remember(state: State, seat: str, message: Command) -> None:
    state.written[seat] += 1
    recent = state.recent.setdefault(seat, OrderedDict())
    recent[message.id] = message
    while len(recent) > RECENT_COMMANDS:
        recent.popitem(last=False)
