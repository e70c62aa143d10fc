"""How long the market takes: whole games of the shipped scenario, and a tick at growing populations.

Law: compiled first; this thread's own time where it is counted, so that a busy machine disturbs less; medians of turns.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from townsquare_agents.scenario import Scenario, load_scenario
from townsquare_research.bench import clock, machine
from townsquare_research.game import Game, play_game
from townsquare_research.warm_up import warm_up

POPULATIONS = (2_000, 10_000, 100_000, 1_000_000)
Progress = Callable[[str], None]


@dataclass(frozen=True)
class TickTime:
    """One population: seconds to build the market, and a tick's median."""

    buyers: int
    build: float
    tick: float


@dataclass(frozen=True)
class GameBenchmark:
    """Seconds of a whole game of the shipped scenario, and of a tick by population."""

    machine: str
    scenario: str
    game: float
    ticks: list[TickTime] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Return plain dictionaries and lists."""
        return asdict(self)

    def to_markdown(self) -> str:
        """Return the tables."""
        out = [f"Machine: {self.machine}.", "", f"A whole game of `{self.scenario}`: {self.game:.3f} s.", ""]
        out += ["| buyers | market built in | a tick |", "|---|---|---|"]
        out += [f"| {row.buyers:,} | {row.build:.2f} s | {row.tick * 1e3:.2f} ms |" for row in self.ticks]
        return "\n".join(out) + "\n"


def run_game_benchmark(
    populations: Sequence[int] = POPULATIONS, *, repeats: int = 5, progress: Progress = lambda text: None
) -> GameBenchmark:
    """Measure whole games of the shipped scenario and ticks of its market at other sizes."""
    progress("compiling")
    warm_up()
    scenario = load_scenario("first_market")
    progress("whole games")
    games = [_seconds(lambda: play_game(scenario, seed=7)) for _ in range(repeats)]
    result = GameBenchmark(machine(), scenario.id, statistics.median(games))
    for buyers in populations:
        progress(f"{buyers:,} buyers")
        result.ticks.append(_ticks(scenario, buyers, repeats))
    return result


def _ticks(scenario: Scenario, buyers: int, repeats: int) -> TickTime:
    data = scenario.model_dump(mode="json")
    data["population"]["buyers"] = buyers
    grown = Scenario.model_validate(data)
    started = clock()
    game = Game(grown, seed=1, stories=False)
    build = clock() - started
    game.start_round({})
    ticks = [_seconds(game.step) for _ in range(min(2 * repeats, grown.calendar.ticks_per_round))]
    return TickTime(buyers, build, statistics.median(ticks))


def _seconds(go: Callable[[], object]) -> float:
    started = clock()
    go()
    return clock() - started
