"""What a room's log determines, and how each entry changes it. Live and in replay the same functions run.

Law: nothing here decides, validates or looks at a clock: an entry was decided when it was appended. Who is online,
where the graph lies and other things of one server's life are not here.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.plan import Plan
from townsquare_agents.plays import vendor_budget
from townsquare_agents.scenario import Scenario
from townsquare_research.game import TickRecord
from townsquare_server import pacing, seating
from townsquare_server.branches import Fork, Happening, Past, RoundRecord
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
from townsquare_server.phases import Phase, milliseconds
from townsquare_server.plans import Budget, SharedPlan, Slots, from_plan, to_plan
from townsquare_server.runner import Finished
from townsquare_server.seats import COHOST, HOST, PROJECTOR, Seat
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


@dataclass(slots=True)
class State:
    """A room as its log tells it."""

    opened: Opened
    scenario: Scenario
    timer: Timer
    budget: Budget  # of the next plan
    phase: Phase = Phase.LOBBY
    round: int = 0
    tick: int = 0
    hurried: bool = False  # the facilitator asked for the end of this phase
    granted: int = 0  # ticks of the running round that may be shown although the clock stands
    stepping: bool = False  # the clock stands, but the room goes on to the next review
    speed: int = 100  # of running rounds, in percent of the scenario's pace
    locked: bool = False
    seq: int = 0
    at: int = 0
    seats: dict[str, Seat] = field(default_factory=dict)
    joined: int = 0  # seats ever made for guests: an identifier is never given twice
    plans: dict[str, SharedPlan] = field(default_factory=dict)
    drivers: dict[str, Driver] = field(default_factory=dict)  # of the open teams, since the last planning
    handed: set[str] = field(default_factory=set)  # teams that the facilitator gave to the computer
    aside: set[str] = field(default_factory=set)  # seats that are handed over
    cohost: str = COHOST  # the second facilitator's seat: another one after each that was sent away
    in_force: dict[str, Slots] = field(default_factory=dict)  # people's plans of the running round
    live: dict[str, dict[str, float]] = field(default_factory=dict)
    nodes: NDArray[np.uint8] | None = None
    past: Past = field(default_factory=Past)  # of this branch
    forks: list[Fork] = field(default_factory=lambda: [Fork()])  # of every branch; the last is this one's
    left: dict[int, Past] = field(default_factory=dict)  # branches that were set aside
    notices: list[str] = field(default_factory=list)
    waiting: list[Happening] = field(default_factory=list)  # let happen by the facilitator and not shown yet
    notes: list[NoteView] = field(default_factory=list)
    told: int = 0  # notes ever written
    recent: dict[str, OrderedDict[int, Command]] = field(default_factory=dict)

    @classmethod
    def open(cls, entry: Entry, opened: Opened, scenario: Scenario) -> State:
        """Return the state after a log's first entry."""
        seats = {seat: Seat(seat, "facilitator", None, "") for seat in (HOST, COHOST)}
        seats[PROJECTOR] = Seat(PROJECTOR, "projector", None, "")
        plans = {team: SharedPlan() for team in opened.teams}
        timer = Timer.start(entry.at, milliseconds(Phase.LOBBY, scenario.calendar))
        budget = Budget(scenario.calendar.money_per_round, scenario.calendar.hours_per_round)
        return cls(opened, scenario, timer, budget, seq=entry.seq, at=entry.at, seats=seats, plans=plans)

    # ------------------------------------------------------------------ questions

    @property
    def teams(self) -> list[str]:
        """Vendors that guests may run."""
        return self.opened.teams

    @property
    def branch(self) -> int:
        """The number of the branch that is played."""
        return self.forks[-1].number

    @property
    def pasts(self) -> dict[int, Past]:
        """What was played, by branch."""
        return {**self.left, self.branch: self.past}

    @property
    def records(self) -> list[RoundRecord]:
        """What came of the finished rounds."""
        return self.past.records

    @property
    def digests(self) -> list[str]:
        """The market's digest after each finished round."""
        return self.past.digests

    def budget_of(self, team: str) -> Budget:
        """Return what a team has in this round: its organisation's part of the round's budget."""
        return Budget(*vendor_budget(self.scenario, team, *self.budget))

    def members(self, team: str) -> list[str]:
        """Return the seats of a team."""
        return [seat.id for seat in self.seats.values() if seat.team == team]

    def players(self, team: str) -> list[str]:
        """Return the seats of a team that are not handed over."""
        return [seat for seat in self.members(team) if seat not in self.aside]

    def driver(self, vendor: str) -> Driver:
        """Return who makes a vendor's plan: before the first planning, people as soon as there are some."""
        if vendor not in self.plans:
            return "policy"
        if self.phase in (Phase.LOBBY, Phase.BRIEFING):
            return "people" if self.players(vendor) and vendor not in self.handed else "policy"
        return self.drivers[vendor]

    def teams_of_people(self) -> list[str]:
        """Return the teams whose plans people make."""
        return [team for team in self.plans if self.driver(team) == "people"]

    def due(self, tick: int) -> int:
        """Return when a tick of the running round is to be published."""
        if self.hurried or self.timer.ends_at is None:
            return self.timer.started_at
        return self.timer.started_at + (self.timer.ends_at - self.timer.started_at) * tick // self.ticks_per_round

    def tick_due(self, now: int) -> bool:
        """Whether the next tick of the running round is to be shown by now."""
        return self.tick < self.granted if self.timer.paused else now >= self.due(self.tick + 1)

    @property
    def ticks_per_round(self) -> int:
        """Ticks in a round."""
        return self.scenario.calendar.ticks_per_round

    def plans_of_people(self) -> dict[str, Plan]:
        """Return the plans in force that no policy makes."""
        return {team: to_plan(slots) for team, slots in self.in_force.items()}

    # ------------------------------------------------------------------ changes

    def apply(self, entry: Entry, finished: Finished | None) -> None:
        """Take one entry; `finished` is the computed round that a `RoundEnded` closes."""
        match entry.data:
            case Joined(nickname, team):
                self.joined += 1
                self.seats[entry.seat or ""] = Seat(entry.seat or "", "participant", team, nickname)
            case Commanded(ClientRewind() as message, _, drivers):
                self._remember(entry.seat or "", message)
                self._rewind(message, drivers, entry.at)
            case Commanded(message, due):
                self._command(entry.seat or "", message, entry.at, due)
            case PhaseBegan(phase, round, drivers):
                self._begin(Phase(phase), round, drivers, entry.at)
            case RoundEnded(_, digest):
                if finished is not None:
                    self._record(finished, entry.at)
                self.past.digests.append(digest)
                self._begin(Phase.REVIEW, self.round, None, entry.at)
            case Restarted(lost=lost):
                self.timer.rebase(self.at, entry.at)
                notice = DAMAGED if lost else RESTORED
                if notice not in self.notices:
                    self.notices = [*self.notices, notice]
            case Shown():
                pass  # the tick stands in every entry, and was published before this one
            case Opened():
                raise AssertionError("a log is opened once")
        self.seq, self.at = entry.seq, entry.at

    def publish(self, record: TickRecord) -> None:
        """Show the next tick of the running round."""
        self.tick += 1
        self.live = record.live
        self.nodes = record.states
        self._happen(Due(self.round, self.tick))

    def _happen(self, now: Due) -> None:
        """Tell of what happens in the tick that is shown: what the scenario has for it, then what was injected."""
        own = [event.id for event in self.scenario.events if (event.round, event.tick) == (now.round, now.tick)]
        happened = [Happening(event, now) for event in own]
        self.past.happened = [*self.past.happened, *happened, *(each for each in self.waiting if each.due == now)]
        self.waiting = [happening for happening in self.waiting if happening.due != now]

    def _begin(self, phase: Phase, round: int, drivers: Mapping[str, Driver] | None, at: int) -> None:
        self.phase, self.round, self.hurried, self.notices = phase, round, False, []
        paused = self.timer.paused  # a room that steps on stands still in its next phase too
        self.timer = Timer.start(at, self.length(phase))
        if paused:
            self.timer.pause(at)
        self.granted = self.ticks_per_round if self.stepping and phase is Phase.RUNNING else 0
        self.stepping = self.stepping and phase is not Phase.REVIEW
        if phase is Phase.PLANNING:
            self.tick, self.drivers = 0, dict(drivers or {})
            for plan in self.plans.values():
                plan.ready = False
        if phase is Phase.RUNNING:
            self.live = {}
            for team, plan in self.plans.items():
                plan.afford(self.scenario, self.budget_of(team))
            self.in_force = {team: plan.slots for team, plan in self.plans.items() if self.driver(team) == "people"}
            self.past.drafts.append({team: plan.slots for team, plan in self.plans.items()})

    def length(self, phase: Phase) -> int | None:
        """Return how long a phase lasts at the pace that is set; None when it has no timer."""
        length = milliseconds(phase, self.scenario.calendar)
        return length * 100 // self.speed if length is not None and phase is Phase.RUNNING else length

    def _record(self, finished: Finished, at: int) -> None:
        result = finished.result
        plans = {vendor: self.in_force.get(vendor) or from_plan(plan, at) for vendor, plan in result.plans.items()}
        drivers = {vendor.id: self.driver(vendor.id) for vendor in self.scenario.vendors}
        self.budget = Budget(finished.money, finished.hours)
        record = RoundRecord(result.vanity, result.value, result.observed, plans, drivers, self.budget)
        self.records.append(record)
        self.past.timelines = finished.timelines
        self.live = {}
        if self.nodes is not None:
            self.past.endings.append(self.nodes)

    def _rewind(self, message: ClientRewind, drivers: Mapping[str, Driver] | None, at: int) -> None:
        """Set aside what was played from a round on, and stand before that round, or at the end of another branch."""
        self.left[self.branch] = self.past
        of = message.of or self.branch
        gone = self.left[of]
        rounds = message.round - 1
        ends = drivers is None
        self.forks = [*self.forks, Fork(message.branch, of, message.round, at, ends)]
        self.past = gone.before(message.round, self.ticks_per_round)
        self.waiting, self.stepping, self.live = [], False, {}
        self.nodes = self.past.endings[-1] if self.past.endings else None
        self.budget = self._budget_after(rounds)
        slots = gone.drafts[min(rounds, len(gone.drafts) - 1)]
        self.plans = {team: SharedPlan(slots[team]) for team in self.plans}
        self._begin(Phase.REVIEW if ends else Phase.PLANNING, rounds if ends else message.round, drivers, at)
        if ends:
            self.tick, self.drivers = self.ticks_per_round, dict(self.records[-1].drivers)

    def _budget_after(self, rounds: int) -> Budget:
        calendar = self.scenario.calendar
        return self.records[rounds - 1].budget if rounds else Budget(calendar.money_per_round, calendar.hours_per_round)

    def _command(self, seat: str, message: Command, at: int, due: Due | None) -> None:
        self._remember(seat, message)
        match message:
            case ClientEditPlan():
                self._team_plan(seat).apply(message, seat, at)
            case ClientSetReady():
                self._team_plan(seat).ready = message.ready
            case ClientChangeTeam(team=team):
                self.seats[seat] = replace(self.seats[seat], team=team)
            case ClientInject(event=event) if due is not None:
                self.waiting = [*self.waiting, Happening(event, due)]
            case ClientTell(team=team, text=text):
                self.told += 1
                self.notes = [*self.notes, NoteView(self.told, at, team, text)][-MOST_NOTES:]
            case _:
                pacing.apply(self, message, at)
                seating.apply(self, seat, message)

    def _team_plan(self, seat: str) -> SharedPlan:
        return self.plans[self.seats[seat].team or ""]

    def _remember(self, seat: str, message: Command) -> None:
        recent = self.recent.setdefault(seat, OrderedDict())
        recent[message.id] = message
        while len(recent) > RECENT_COMMANDS:
            recent.popitem(last=False)
