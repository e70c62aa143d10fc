"""The hand-over between the thread of a room and the worker that has its game computed.

Law: `compute` is the worker's, all else the room's. What crosses is one `Order` on the way there and one `Outcome`
back, both immutable, through queues: no lock, no shared field.
"""

from __future__ import annotations

import queue
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from townsquare_agents.errors import InvariantError
from townsquare_agents.plan import Plan
from townsquare_agents.stories import BuyerStory
from townsquare_research.records import TickRecord
from townsquare_server.engine import Again, Engine, Finished, Order, Outcome, Played, Question, Ticks
from townsquare_server.entries import Due


@dataclass(slots=True)
class Runner:
    """Computes one tick ahead of what is published: `next` is that tick, `finished` the end of the round."""

    engine: Engine
    ticks: int  # in a round
    round: int = 0  # the one that began last
    computed: int = 0  # of the running round, as far as the room knows
    next: TickRecord | None = None
    finished: Finished | None = None
    busy: bool = False
    unanswered: Counter[str] = field(default_factory=Counter)  # questions, by the seat that asked
    _ticking: bool = False  # the order under way is for a tick of the running round
    _plans: Mapping[str, Plan] | None = None
    _begun: Mapping[str, Plan] = field(default_factory=dict)  # the plans of the round that began last
    _events: dict[Due, list[str]] = field(default_factory=dict)
    _happened: dict[int, tuple[str, ...]] = field(default_factory=dict)  # by tick of that round
    _played: list[Played] = field(default_factory=list)
    _left: dict[int, list[Played]] = field(default_factory=dict)  # by branch
    _again: deque[Again] = field(default_factory=deque)  # what is still to be computed again
    _stale: int = 0  # orders under way of whose ticks nobody wants to know any more
    _questions: list[Question] = field(default_factory=list)
    _orders: queue.SimpleQueue[Order] = field(default_factory=queue.SimpleQueue)
    _outcomes: queue.SimpleQueue[Outcome] = field(default_factory=queue.SimpleQueue)

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
        self.busy = self._ticking = False

    @property
    def behind(self) -> bool:
        """Whether rounds are to be computed again before anything else."""
        return bool(self._again)

    def free_tick(self) -> Due:
        """Return the first tick that is not computed yet, nor under way: the next in which an event can happen."""
        ordered = self.computed + self._ticking
        return Due(self.round, ordered + 1) if self.round > 0 and ordered < self.ticks else Due(self.round + 1, 1)

    def inject(self, event: str, due: Due) -> None:
        """Have an event happen in a tick that is still to be ordered."""
        self._events.setdefault(due, []).append(event)

    def ask(self, question: Question) -> None:
        """Have a question answered with the next order."""
        self._questions.append(question)
        self.unanswered[question.seat] += 1

    def order(self, *, running: bool = True, through: int | None = None) -> bool:
        """Ask for answers, and for the next tick of a running round or all up to `through`; say whether there is work.

        There is one order at a time, and one tick ahead of what is published.
        """
        if self.busy:
            return False
        step = self._next_step(running, through or self.computed + 1)
        if step is None and not self._questions:
            return False
        questions, self._questions = tuple(self._questions), []
        self._orders.put(Order(step, questions))
        self.busy, self._ticking = True, isinstance(step, Ticks)
        return True

    def _next_step(self, running: bool, through: int) -> Ticks | Again | None:
        if self._again:
            return self._again.popleft()
        if not running or self.next is not None or self.computed >= self.ticks:
            return None
        dues = [Due(self.round, tick) for tick in range(self.computed + 1, through + 1)]
        events = {due.tick: tuple(self._events.pop(due)) for due in dues if due in self._events}
        self._happened |= events
        plans, self._plans = self._plans, None
        return Ticks(through, plans, events)

    def compute(self) -> None:
        """Carry out the order; the only method that runs in the worker."""
        try:
            order = self._orders.get_nowait()
        except queue.Empty:
            return
        self._outcomes.put(self.engine.carry_out(order))

    def collect(self) -> list[tuple[Question, BuyerStory]]:
        """Take what the worker has finished, if it has; return the answers."""
        told: list[tuple[Question, BuyerStory]] = []
        while not self._outcomes.empty():
            outcome = self._outcomes.get_nowait()
            told += outcome.told
            self.unanswered -= Counter(question.seat for question, _ in outcome.told)
            if self._stale:
                self._stale -= 1
                continue
            self.busy = self._ticking = False
            if outcome.record is not None:
                self._take_tick(outcome.record, outcome.finished)
        return told

    def _take_tick(self, record: TickRecord, finished: Finished | None) -> None:
        self.computed = record.tick
        self.next, self.finished = record, finished
        if finished is not None:
            self._played.append(Played(self._begun, self._happened, finished.result.digest))

    def take(self) -> TickRecord:
        """Return the computed tick, which is now published; the one after it may be ordered."""
        if self.next is None:
            raise InvariantError("a tick was taken before it was computed")
        record, self.next = self.next, None
        return record

    def compute_now(self, through: int | None = None) -> TickRecord:
        """Return the next tick, or the last of those up to `through`, computed in the calling thread: for replay."""
        while self.order(through=through):
            self.compute()
            self.collect()
        return self.take()
