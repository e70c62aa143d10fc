"""Scenarios small enough to play in a test: all that the large one has is there, and nothing takes long."""

from __future__ import annotations

from townsquare_agents.scenario import Scenario


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
