"""Compile every kernel that a game needs, once, before anybody waits for it.

Compiled code is cached on disk, so that only the first start on a machine takes long.
"""

from __future__ import annotations

from townsquare_agents.compiled import JIT_DISABLED
from townsquare_agents.scenario import Scenario
from townsquare_research.game import Game

ROUNDS = 2


def compile_kernels(scenario: Scenario) -> None:
    """Play the first rounds of a scenario, and ask for all that a live room asks for."""
    if JIT_DISABLED:  # nothing to compile, and a game would take minutes
        return
    game = Game(scenario, seed=1)
    for _ in range(min(ROUNDS, scenario.calendar.rounds)):
        game.start_round({})
        for _ in range(scenario.calendar.ticks_per_round):
            game.step()
        game.finish_round()
    game.story(0)
