"""Markets for tests: small ones in which all that the large ones have is there, and ones in which little happens."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from townsquare_agents import Market
from townsquare_agents.kernels.tables import SIZE_ENTRIES
from townsquare_agents.plan import Plan
from townsquare_agents.scenario import Scenario
from townsquare_research.validation.watching import world_of


def tiny(scenario: Scenario) -> Scenario:
    """Return the scenario with few buyers and two short rounds: every play, every rule, and every kernel runs."""
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


def made_up(**parts: Any) -> dict[str, Any]:
    """Return a play as a scenario has it, with these keys."""
    return {"id": "it", "side": "campaign", "name": {"en": "x"}, "summary": {"en": "x"}, **parts}


def plan_alone(market: Market, plan: Plan) -> None:
    """Let the first vendor plan this for the coming round, and the others nothing."""
    for vendor in market.vendors:
        market.set_plan(vendor.id, plan if vendor.index == 0 else Plan())


def entries_of(market: Market) -> NDArray[np.void]:
    """Return what the last tick offered to buyers (`kernels.tables.ENTRY`): a view."""
    world = world_of(market)
    return world.entries[: world.log.sizes[SIZE_ENTRIES]]
