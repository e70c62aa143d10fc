"""What a room asks of its game, and what it is told: the game may be in this process or in another.

Law: what crosses is immutable: one `Order` there, one `Outcome` back. An engine is asked by one thread at a time, and
says nothing unasked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from townsquare_agents.plan import Plan
from townsquare_agents.scenario import Scenario
from townsquare_agents.stories import BuyerStory
from townsquare_research.records import RoundResult, TickRecord
from townsquare_server.graph_file import GraphFile

Timelines: TypeAlias = dict[str, dict[str, list[float]]]


Events: TypeAlias = Mapping[int, tuple[str, ...]]
"""What happens in a round by tick, after what the scenario has for that tick."""


@dataclass(frozen=True, slots=True)
class Ticks:
    """Compute the round's next ticks up to `through`; `plans` is set when the first of them is the round's first."""

    through: int
    plans: Mapping[str, Plan] | None
    events: Events


@dataclass(frozen=True, slots=True)
class Played:
    """A round that was computed: all that it takes to compute it again, and the digest that it must have then."""

    plans: Mapping[str, Plan]
    events: Events
    digest: str


@dataclass(frozen=True, slots=True)
class Again:
    """Compute a round again that was played before; None: begin with a new game."""

    round: Played | None


@dataclass(frozen=True, slots=True)
class Question:
    """A seat's message `id` asks why a buyer is where it is."""

    seat: str
    id: int
    buyer: int


@dataclass(frozen=True, slots=True)
class Order:
    """Answer the questions, then take the step, if there is one."""

    step: Ticks | Again | None
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True)
class Finished:
    """The end of a round; `money` and `hours` are what the next one has."""

    result: RoundResult
    timelines: Timelines
    money: float
    hours: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an order made; `record` is of the last tick, if one was asked for."""

    record: TickRecord | None = None
    finished: Finished | None = None
    told: tuple[tuple[Question, BuyerStory], ...] = ()


class Engine(Protocol):
    """One game, wherever it is. Every method may take seconds, and raises EngineLostError when the game is gone."""

    def carry_out(self, order: Order) -> Outcome:
        """Do what an order says."""

    def draw(self) -> GraphFile:
        """Return the picture of the network that is played on."""


MakeEngine: TypeAlias = Callable[[Scenario, int, Mapping[str, str]], Engine]
"""From scenario, seed and policies (by vendor) to a game at its start."""


def in_this_process(scenario: Scenario, seed: int, policies: Mapping[str, str]) -> Engine:
    """Return a game that is computed where it is asked: for replays and tests."""
    from townsquare_server.game_engine import GameEngine  # heavy: who computes elsewhere need not import the market

    return GameEngine(scenario, seed, policies)
