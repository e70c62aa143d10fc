"""The game behind a room, and the hand-over between the thread of the room and the worker that computes ticks.

Law: between `order` and `collect` the game belongs to the worker; else it belongs to the room. What crosses is one
`Order` on the way there and one `Outcome` back, both immutable, through queues: no lock, no shared field.
"""

from __future__ import annotations

import queue
from collections.abc import Mapping
from dataclasses import dataclass, field

from townsquare_agents.errors import InvariantError
from townsquare_agents.plan import Plan
from townsquare_agents.scenario import Scenario
from townsquare_research.game import Game, RoundResult, TickRecord
from townsquare_server.entries import Due

Timelines = dict[str, dict[str, list[float]]]


@dataclass(frozen=True, slots=True)
class Order:
    """Compute one tick; `plans` is set when it is the first of its round, `last` when it is the last.

    `events` happen in this tick, after those that the scenario has for it.
    """

    last: bool
    plans: Mapping[str, Plan] | None
    events: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finished:
    """The end of a round; `money` and `hours` are what the next one has."""

    result: RoundResult
    timelines: Timelines
    money: float
    hours: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an order made."""

    record: TickRecord
    finished: Finished | None


@dataclass(slots=True)
class Runner:
    """Computes one tick ahead of what is published: `next` is that tick, `finished` the end of the round."""

    game: Game
    ticks: int  # in a round
    round: int = 0  # the one that began last
    computed: int = 0  # of the running round, as far as the room knows
    next: TickRecord | None = None
    finished: Finished | None = None
    busy: bool = False
    _plans: Mapping[str, Plan] | None = None
    _events: dict[Due, list[str]] = field(default_factory=dict)
    _orders: queue.SimpleQueue[Order] = field(default_factory=queue.SimpleQueue)
    _outcomes: queue.SimpleQueue[Outcome] = field(default_factory=queue.SimpleQueue)

    @classmethod
    def of(cls, scenario: Scenario, seed: int, policies: Mapping[str, str]) -> Runner:
        """Return a runner at the start of a game."""
        return cls(Game(scenario, seed, policies), scenario.calendar.ticks_per_round)

    def begin(self, plans: Mapping[str, Plan]) -> None:
        """Have a round begin with the next order."""
        self.round += 1
        self.computed, self.next, self.finished = 0, None, None
        self._plans = dict(plans)

    def free_tick(self) -> Due:
        """Return the first tick that is not computed yet, nor under way: the next in which an event can happen."""
        ordered = self.computed + self.busy
        return Due(self.round, ordered + 1) if self.round > 0 and ordered < self.ticks else Due(self.round + 1, 1)

    def inject(self, event: str, due: Due) -> None:
        """Have an event happen in a tick that is still to be ordered."""
        self._events.setdefault(due, []).append(event)

    def order(self) -> bool:
        """Ask for the next tick unless it is there, under way or beyond the round; return whether that is new work."""
        if self.busy or self.next is not None or self.computed >= self.ticks:
            return False
        events = tuple(self._events.pop(Due(self.round, self.computed + 1), ()))
        self._orders.put(Order(self.computed + 1 == self.ticks, self._plans, events))
        self._plans = None
        self.busy = True
        return True

    def compute(self) -> None:
        """Carry out the order; the only method that runs in the worker."""
        try:
            order = self._orders.get_nowait()
        except queue.Empty:
            return
        if order.plans is not None:
            self.game.start_round(order.plans)
        for event in order.events:
            self.game.market.inject(event)
        record = self.game.step()
        self._outcomes.put(Outcome(record, self._finish() if order.last else None))

    def _finish(self) -> Finished:
        result, market = self.game.finish_round(), self.game.market
        return Finished(result, self.game.timelines(), market.money, market.hours)

    def collect(self) -> None:
        """Take what the worker has finished, if it has."""
        try:
            outcome = self._outcomes.get_nowait()
        except queue.Empty:
            return
        self.busy = False
        self.computed += 1
        self.next, self.finished = outcome.record, outcome.finished

    def take(self) -> TickRecord:
        """Return the computed tick, which is now published; the one after it may be ordered."""
        if self.next is None:
            raise InvariantError("a tick was taken before it was computed")
        record, self.next = self.next, None
        return record

    def compute_now(self) -> TickRecord:
        """Return the next tick, computed in the calling thread: for replay."""
        if self.order():
            self.compute()
        self.collect()
        return self.take()
