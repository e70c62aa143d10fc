"""Compile every kernel that a game needs, once, before anybody waits for it; say how far it is.

Compiled code is cached on disk, so that only the first start on a machine takes long.
"""

from __future__ import annotations

from collections.abc import Callable

from numba.core import event

from townsquare_agents.scenario import Scenario, load_scenario
from townsquare_research.game import Game

EXPECTED_COMPILATIONS = 120
"""Functions compiled by a first start; only the progress bar depends on it."""


class _Counter(event.Listener):
    def __init__(self, progress: Callable[[float], None]) -> None:
        self._progress = progress
        self._done = 0

    def on_start(self, event: object) -> None:
        """Do nothing: a function counts when it is compiled."""

    def on_end(self, event: object) -> None:
        """Count one function."""
        self._done += 1
        self._progress(min(0.99, self._done / EXPECTED_COMPILATIONS))


def tiny(scenario: Scenario) -> Scenario:
    """Return the scenario with few buyers and two short rounds: every kernel runs, nothing takes long."""
    data = scenario.model_dump(mode="json")
    data["population"]["buyers"] = max(200, 20 * len(scenario.archetypes))
    data["calendar"].update(rounds=2, ticks_per_round=8)
    for platform in data["platforms"]:
        if platform["network"] is not None:
            platform["network"]["mean_degree"] = min(platform["network"]["mean_degree"], 10)
    for play in data["plays"]:
        for message in play["messages"]:
            message["first_day"] = min(message["first_day"], 8)
            message["last_day"] = max(message["first_day"], min(message["last_day"], 8))
    return Scenario.model_validate(data)


def warm_up(progress: Callable[[float], None] = lambda _: None) -> None:
    """Play a tiny game; ``progress`` gets the share that is done, 0..1, from the calling thread."""
    listener = _Counter(progress)
    with event.install_listener("numba:compile", listener):
        game = Game(tiny(load_scenario("first_market")), seed=1, policies={"A": "campaign", "B": "relationship"})
        for _ in range(game.scenario.calendar.rounds):
            game.start_round({})
            for _ in range(game.scenario.calendar.ticks_per_round):
                game.step()
            game.finish_round()
        game.story(0)
    progress(1.0)
