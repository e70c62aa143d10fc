"""How long the market takes: whole games, ticks at growing populations, and what the machine could do at best.

Law: compiled first; whatever is compared takes turns in one process, each turn is short, and the median of the ratios
of the turns counts. One thread's own time where it is counted, so that a busy machine disturbs less; what runs on two
cores is measured by the clock on the wall, and needs an idle machine.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from townsquare_agents.kernels.tables import RELATION, SIZE_ENTRIES
from townsquare_agents.scenario import Scenario, load_scenario
from townsquare_research.bench import clock, machine, seconds
from townsquare_research.bench_ensembles import Ensembles, run_ensembles
from townsquare_research.bench_memory import measure_market
from townsquare_research.bench_peers import mesa_alone
from townsquare_research.bench_roofs import fade
from townsquare_research.game import Game, play_game
from townsquare_research.validation.watching import world_of
from townsquare_research.warm_up import compile_kernels

POPULATIONS = (2_000, 10_000, 100_000, 1_000_000)
_MOST_MESA_AGENTS = 100_000  # it takes a kilobyte an agent
Progress = Callable[[str], None]


@dataclass(frozen=True)
class TickTime:
    """One population: seconds to build the market and for a tick, memory in bytes, and the tick beside its roofs."""

    buyers: int
    build: float
    tick: float
    messages: float  # offered to buyers in a tick, mean
    memory: int | None  # at the peak, with the interpreter
    of_sweep: float  # how many sweeps over all relations a tick takes
    of_mesa: float | None  # how many times as long Mesa alone takes to step as many empty agents


@dataclass(frozen=True)
class GameBenchmark:
    """Seconds of a whole game of the shipped scenario, of a tick by population, and games on two cores."""

    machine: str
    scenario: str
    game: float
    ensembles: Ensembles
    ticks: list[TickTime] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Return plain dictionaries and lists."""
        return asdict(self)

    def to_markdown(self) -> str:
        """Return the tables."""
        out = [f"Machine: {self.machine}.", "", f"A whole game of `{self.scenario}`: {self.game:.3f} s.", ""]
        out += self.ensembles.to_markdown()
        out += [
            "",
            "| buyers | market built in | a tick | messages offered | a message | in sweeps | Mesa alone | memory |",
            "|---|---|---|---|---|---|---|---|",
        ]
        return "\n".join(out + [_row(row) for row in self.ticks]) + "\n"


def _row(row: TickTime) -> str:
    memory = "-" if row.memory is None else f"{row.memory / 2**20:,.0f} MiB"
    mesa = "-" if row.of_mesa is None else f"{row.of_mesa:.1f} x"
    return (
        f"| {row.buyers:,} | {row.build:.2f} s | {row.tick * 1e3:.2f} ms | {row.messages:,.0f} "
        f"| {row.tick / max(1.0, row.messages) * 1e9:.0f} ns | {row.of_sweep:.1f} | {mesa} | {memory} |"
    )


def run_game_benchmark(
    populations: Sequence[int] = POPULATIONS, *, repeats: int = 5, progress: Progress = lambda text: None
) -> GameBenchmark:
    """Measure whole games of the shipped scenario, one and many, and ticks of its market at other sizes."""
    progress("compiling")
    scenario = load_scenario("first_market")
    compile_kernels(scenario)
    progress("whole games")
    games = [seconds(lambda: play_game(scenario, seed=7)) for _ in range(repeats)]
    progress("games on two cores")
    ensembles = run_ensembles(games=4 * repeats, turns=repeats)
    result = GameBenchmark(machine(), scenario.id, statistics.median(games), ensembles)
    for buyers in populations:
        progress(f"{buyers:,} buyers")
        result.ticks.append(_ticks(grown(scenario, buyers), repeats))
    return result


def grown(scenario: Scenario, buyers: int) -> Scenario:
    """Return the scenario with another population."""
    data = scenario.model_dump(mode="json")
    data["population"]["buyers"] = buyers
    return Scenario.model_validate(data)


def _ticks(scenario: Scenario, repeats: int) -> TickTime:
    """Let ticks take turns with sweeps over as many bytes as the relations have, and with Mesa's bare agents."""
    buyers, calendar = scenario.population.buyers, scenario.calendar
    started = clock()
    game = Game(scenario, seed=1, stories=False)
    build = clock() - started
    game.start_round({})
    bytes_ = np.zeros(buyers * len(scenario.vendors) * RELATION.itemsize // 8)
    contestants: dict[str, Callable[[], object]] = {"tick": game.advance, "sweep": lambda: fade(bytes_, 0.999)}
    if buyers <= _MOST_MESA_AGENTS:
        contestants["mesa"] = mesa_alone(buyers)
    times: dict[str, list[float]] = {name: [] for name in contestants}
    messages = 0
    for _ in range(min(4 * repeats, calendar.ticks_per_round)):
        for name, go in contestants.items():
            times[name].append(seconds(go))
        messages += int(world_of(game.market).log.sizes[SIZE_ENTRIES])
    ticks = times["tick"]
    return TickTime(
        buyers=buyers,
        build=build,
        tick=statistics.median(ticks),
        messages=messages / len(ticks),
        memory=measure_market(buyers),
        of_sweep=statistics.median(a / b for a, b in zip(ticks, times["sweep"], strict=True)),
        of_mesa=statistics.median(a / b for a, b in zip(times["mesa"], ticks, strict=True))
        if "mesa" in times
        else None,
    )
