"""Compile every kernel that a game needs, once, before anybody waits for it.

Compiled code is cached on disk, so that only the first start on a machine takes long.
"""

from __future__ import annotations

from collections.abc import Mapping

from townsquare_agents.compiled import JIT_DISABLED
from townsquare_agents.scenario import Scenario
from townsquare_research.game import Game

ROUNDS = 2


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


def compile_kernels(scenario: Scenario, policies: Mapping[str, str] | None = None) -> None:
    """Play the first rounds of a scenario, and ask for all that a live room asks for."""
    if JIT_DISABLED:  # nothing to compile, and a game would take minutes
        return
    game = Game(scenario, seed=1, policies=policies)
    for _ in range(min(ROUNDS, scenario.calendar.rounds)):
        game.start_round({})
        for _ in range(scenario.calendar.ticks_per_round):
            game.step()
        game.finish_round()
    game.story(0)
