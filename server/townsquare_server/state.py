"""What a room's log determines, and what can be asked of it; `changes.py` says how each entry changes it.

Law: whatever is here follows from the log alone. Who is online, where the graph lies and other things of one
server's life are not here.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.plan import Plan
from townsquare_agents.plays import vendor_budget
from townsquare_agents.scenario import Scenario
from townsquare_server.branches import Fork, Happening, Past, RoundRecord
from townsquare_server.entries import (
    Command,
    Entry,
    Opened,
)
from townsquare_server.phases import Phase, milliseconds
from townsquare_server.plans import Budget, SharedPlan, Slots, to_plan
from townsquare_server.seats import COHOST, HOST, PROJECTOR, Seat
from townsquare_server.timers import Timer
from townsquare_server.wire import (
    Driver,
    NoteView,
)


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
    written: Counter[str] = field(default_factory=Counter)  # commands that the log holds of each seat

    @classmethod
    def open(cls, entry: Entry, opened: Opened, scenario: Scenario) -> State:
        """Return the state after a log's first entry."""
        seats = {seat: Seat(seat, "facilitator", None, "") for seat in (HOST, COHOST)}
        seats[PROJECTOR] = Seat(PROJECTOR, "projector", None, "")
        plans = {team: SharedPlan() for team in opened.teams}
        timer = Timer.start(entry.at, milliseconds(Phase.LOBBY, scenario.calendar))
        budget = Budget(scenario.calendar.money_per_round, scenario.calendar.hours_per_round)
        return cls(opened, scenario, timer, budget, seq=entry.seq, at=entry.at, seats=seats, plans=plans)

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

    def length(self, phase: Phase) -> int | None:
        """Return how long a phase lasts at the pace that is set; None when it has no timer."""
        length = milliseconds(phase, self.scenario.calendar)
        return length * 100 // self.speed if length is not None and phase is Phase.RUNNING else length
