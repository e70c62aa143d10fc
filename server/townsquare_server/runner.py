"""The game behind a room, and the hand-over between the thread of the room and the worker that computes ticks.

Law: between `order` and `collect` the game belongs to the worker; else it belongs to the room. What crosses is one
`Order` on the way there and one `Outcome` back, both immutable, through queues: no lock, no shared field.
"""

from __future__ import annotations

import functools
import queue
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from townsquare_agents.errors import InvariantError
from townsquare_agents.plan import Plan
from townsquare_agents.scenario import Scenario
from townsquare_research.game import Game, RoundResult, TickRecord
from townsquare_server.entries import Due

Timelines: TypeAlias = dict[str, dict[str, list[float]]]


@dataclass(frozen=True, slots=True)
class Order:
    """Compute one tick; `plans` is set when it is the first of its round, `last` when it is the last.

    `events` happen in this tick, after those that the scenario has for it.
    """

    last: bool
    plans: Mapping[str, Plan] | None
    events: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Played:
    """A round that was computed: all that it takes to compute it again, and the digest that it must have then."""

    plans: Mapping[str, Plan]
    events: Mapping[int, tuple[str, ...]]  # by tick
    digest: str


@dataclass(frozen=True, slots=True)
class Again:
    """Compute a round again that was played before; None: begin with a new game."""

    round: Played | None


@dataclass(frozen=True, slots=True)
class Finished:
    """The end of a round; `money` and `hours` are what the next one has."""

    result: RoundResult
    timelines: Timelines
    money: float
    hours: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an order made; no record: a step on the way back to an earlier round."""

    record: TickRecord | None = None
    finished: Finished | None = None


@dataclass(slots=True)
class Runner:
    """Computes one tick ahead of what is published: `next` is that tick, `finished` the end of the round."""

    start: Callable[[], Game]
    ticks: int  # in a round
    game: Game
    round: int = 0  # the one that began last
    computed: int = 0  # of the running round, as far as the room knows
    next: TickRecord | None = None
    finished: Finished | None = None
    busy: bool = False
    _plans: Mapping[str, Plan] | None = None
    _begun: Mapping[str, Plan] = field(default_factory=dict)  # the plans of the round that began last
    _events: dict[Due, list[str]] = field(default_factory=dict)
    _happened: dict[int, tuple[str, ...]] = field(default_factory=dict)  # by tick of that round
    _played: list[Played] = field(default_factory=list)
    _left: dict[int, list[Played]] = field(default_factory=dict)  # by branch
    _again: deque[Again] = field(default_factory=deque)  # what is still to be computed again
    _stale: int = 0  # orders under way of which nobody wants to know any more
    _orders: queue.SimpleQueue[Order | Again] = field(default_factory=queue.SimpleQueue)
    _outcomes: queue.SimpleQueue[Outcome] = field(default_factory=queue.SimpleQueue)

    @classmethod
    def of(cls, scenario: Scenario, seed: int, policies: Mapping[str, str]) -> Runner:
        """Return a runner at the start of a game."""
        start = functools.partial(Game, scenario, seed, policies)
        return cls(start, scenario.calendar.ticks_per_round, start())

    def begin(self, plans: Mapping[str, Plan]) -> None:
        """Have a round begin with the next order."""
        self.round += 1
        self.computed, self.next, self.finished = 0, None, None
        self._plans = self._begun = dict(plans)
        self._happened = {}

    def rewind(self, left: int, rounds: int, of: int, kept: int) -> None:
        """Leave a branch that has so many finished rounds, and go back to where branch `of` had finished `kept`."""
        self._left[left] = self._played[:rounds]
        self._played = self._left[of][:kept]
        self.round, self.computed, self.next, self.finished = kept, self.ticks, None, None
        self._events.clear()
        self._again = deque([Again(None), *map(Again, self._played)])
        self._stale += self.busy
        self.busy = False

    @property
    def behind(self) -> bool:
        """Whether rounds are to be computed again before anything else."""
        return bool(self._again)

    def free_tick(self) -> Due:
        """Return the first tick that is not computed yet, nor under way: the next in which an event can happen."""
        ordered = self.computed + self.busy
        return Due(self.round, ordered + 1) if self.round > 0 and ordered < self.ticks else Due(self.round + 1, 1)

    def inject(self, event: str, due: Due) -> None:
        """Have an event happen in a tick that is still to be ordered."""
        self._events.setdefault(due, []).append(event)

    def order(self) -> bool:
        """Ask for the next tick unless it is there, under way or beyond the round; return whether that is new work."""
        if self.busy or (not self._again and (self.next is not None or self.computed >= self.ticks)):
            return False
        self._orders.put(self._again.popleft() if self._again else self._tick())
        self.busy = True
        return True

    def _tick(self) -> Order:
        tick, plans = self.computed + 1, self._plans
        events = tuple(self._events.pop(Due(self.round, tick), ()))
        if events:
            self._happened[tick] = events
        self._plans = None
        return Order(tick == self.ticks, plans, events)

    def compute(self) -> None:
        """Carry out the order; the only method that runs in the worker."""
        try:
            order = self._orders.get_nowait()
        except queue.Empty:
            return
        if isinstance(order, Again):
            self._compute_again(order.round)
            self._outcomes.put(Outcome())
            return
        if order.plans is not None:
            self.game.start_round(order.plans)
        for event in order.events:
            self.game.market.inject(event)
        record = self.game.step()
        self._outcomes.put(Outcome(record, self._finish() if order.last else None))

    def _compute_again(self, played: Played | None) -> None:
        if played is None:
            self.game = self.start()
            return
        self.game.start_round(played.plans)
        for tick in range(1, self.ticks + 1):
            for event in played.events.get(tick, ()):
                self.game.market.inject(event)
            self.game.advance()
        digest = self.game.finish_round().digest
        if digest != played.digest:
            number = self.game.rounds_finished
            raise InvariantError(f"round {number} had the digest {played.digest} and is {digest} when computed again")

    def _finish(self) -> Finished:
        result, market = self.game.finish_round(), self.game.market
        return Finished(result, self.game.timelines(), market.money, market.hours)

    def collect(self) -> None:
        """Take what the worker has finished, if it has."""
        while not self._outcomes.empty():
            outcome = self._outcomes.get_nowait()
            if self._stale:
                self._stale -= 1
                continue
            self.busy = False
            if outcome.record is not None:
                self._take_tick(outcome.record, outcome.finished)

    def _take_tick(self, record: TickRecord, finished: Finished | None) -> None:
        self.computed += 1
        self.next, self.finished = record, finished
        if finished is not None:
            self._played.append(Played(self._begun, self._happened, finished.result.digest))

    def take(self) -> TickRecord:
        """Return the computed tick, which is now published; the one after it may be ordered."""
        if self.next is None:
            raise InvariantError("a tick was taken before it was computed")
        record, self.next = self.next, None
        return record

    def compute_now(self) -> TickRecord:
        """Return the next tick, computed in the calling thread: for replay."""
        while self.order():
            self.compute()
            self.collect()
        return self.take()
