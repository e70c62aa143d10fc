"""The game itself, as a room's engine: orders in, outcomes out.

Law: what is computed again must end in the digest that it had. Heavy to import.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping

import numpy as np

from townsquare_agents.errors import InvariantError
from townsquare_agents.scenario import Scenario
from townsquare_research.game import Game
from townsquare_server.engine import Again, Events, Finished, Order, Outcome, Played, Ticks
from townsquare_server.graph_file import GraphFile
from townsquare_server.layout import GraphCache


class GameEngine:
    """Computes one game. `graphs` are pictures that engines share."""

    def __init__(
        self, scenario: Scenario, seed: int, policies: Mapping[str, str], graphs: GraphCache | None = None
    ) -> None:
        self._new_game = functools.partial(Game, scenario, seed, policies)
        self._graphs = GraphCache() if graphs is None else graphs
        self.game = self._new_game()

    def carry_out(self, order: Order) -> Outcome:
        """Do what an order says."""
        told = tuple((question, self.game.story(question.buyer)) for question in order.questions)
        match order.step:
            case Ticks(through, plans, events):
                if plans is not None:
                    self.game.start_round(plans)
                self._pass(through - 1, events)
                self._inject(events.get(through, ()))
                record = self.game.step()
                return Outcome(record, self._finish() if through == self._ticks else None, told)
            case Again(None):
                self.game = self._new_game()
            case Again(Played() as played):
                self._compute_again(played)
        return Outcome(told=told)

    def draw(self) -> GraphFile:
        """Return the picture of the friendships that this game is played on."""
        market = self.game.market
        network = market.friend_network
        return self._graphs.get(network.indptr, network.indices, market.columns.archetype.astype(np.uint8))

    @property
    def _ticks(self) -> int:
        return self.game.scenario.calendar.ticks_per_round

    def _pass(self, through: int, events: Events) -> None:
        """Compute ticks of which nobody wants to see anything."""
        for tick in range(self.game.tick + 1, through + 1):
            self._inject(events.get(tick, ()))
            self.game.advance()

    def _inject(self, events: tuple[str, ...]) -> None:
        for event in events:
            self.game.market.inject(event)

    def _finish(self) -> Finished:
        result, market = self.game.finish_round(), self.game.market
        return Finished(result, self.game.timelines(), market.money, market.hours)

    def _compute_again(self, played: Played) -> None:
        self.game.start_round(played.plans)
        self._pass(self._ticks, played.events)
        digest = self.game.finish_round().digest
        if digest != played.digest:
            number = self.game.rounds_finished
            raise InvariantError(f"round {number} had the digest {played.digest} and is {digest} when computed again")
