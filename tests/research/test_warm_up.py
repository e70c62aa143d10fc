"""The small game that warms up holds all that the large one does. That all is compiled, a server's start tests."""

from __future__ import annotations

from townsquare_agents.scenario import load_scenario
from townsquare_research.warm_up import tiny


def test_the_tiny_scenario_keeps_every_play() -> None:
    scenario = load_scenario("first_market")
    small = tiny(scenario)
    assert [play.id for play in small.plays] == [play.id for play in scenario.plays]
    assert small.population.buyers == 200
