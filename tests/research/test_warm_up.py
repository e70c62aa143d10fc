"""The warm-up compiles what a game needs and says how far it is."""

from __future__ import annotations

from townsquare_agents.scenario import load_scenario
from townsquare_research.warm_up import tiny, warm_up


def test_progress_rises_to_one() -> None:
    seen: list[float] = []
    warm_up(seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


def test_the_tiny_scenario_keeps_every_play() -> None:
    scenario = load_scenario("first_market")
    small = tiny(scenario)
    assert [play.id for play in small.plays] == [play.id for play in scenario.plays]
    assert small.population.buyers == 200
