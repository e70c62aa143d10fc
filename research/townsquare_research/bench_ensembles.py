"""Many games at once: on one core, on two threads, on two processes, bit for bit the same games.

Law: threads and processes run whole games, never parts of a tick. Time is the wall's, since two cores are compared with
one; the three ways take turns, and the median of the ratios counts.
"""

from __future__ import annotations

import functools
import multiprocessing
import statistics
import time
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass

from townsquare_agents.scenario import load_scenario
from townsquare_research.game import play_game

_CORES = 2
_CHUNK = 2  # games handed over at a time


@dataclass(frozen=True)
class Ensembles:
    """Seconds a game on one core, how many times faster two threads and two processes are, and whether all agree."""

    games: int
    seconds: float
    threads: float
    processes: float
    same: bool

    @property
    def thousand(self) -> float:
        """Seconds that 1 000 games take on two processes."""
        return 1000 * self.seconds / self.processes

    def to_markdown(self) -> list[str]:
        """Return sentences."""
        agree = "the same bits" if self.same else "NOT THE SAME BITS"
        text = (
            f"{self.games} games in a row: {self.seconds:.3f} s each. Two threads play them {self.threads:.2f} times as"
        )
        text += (
            f" fast, two processes {self.processes:.2f} times, {agree}; 1 000 games take {self.thousand:.0f} s on two"
        )
        return [text + " cores."]


_loaded = functools.cache(load_scenario)


def digest(scenario: str, seed: int) -> str:
    """Play a game of a shipped scenario, which a process loads once, and return its digest."""
    return play_game(_loaded(scenario), seed=seed).digest


def run_ensembles(games: int, turns: int, scenario: str = "first_market") -> Ensembles:
    """Play the same games in a row, on two threads and on two processes, in turn."""
    play = functools.partial(digest, scenario)
    fresh = multiprocessing.get_context("spawn")  # nothing is inherited, on any system
    with ThreadPoolExecutor(_CORES) as threads, ProcessPoolExecutor(_CORES, mp_context=fresh) as processes:
        list(processes.map(play, range(2 * _CORES)))  # started, imported, loaded
        ways: dict[str, Callable[[], list[str]]] = {
            "row": lambda: [play(seed) for seed in range(games)],
            "threads": lambda: _spread(threads, play, games),
            "processes": lambda: _spread(processes, play, games),
        }
        times: dict[str, list[float]] = {name: [] for name in ways}
        found: list[list[str]] = []
        for _ in range(turns):
            for name, go in ways.items():
                started = time.perf_counter()
                found.append(go())
                times[name].append((time.perf_counter() - started) / games)
    return Ensembles(
        games=games,
        seconds=statistics.median(times["row"]),
        threads=_gain(times["row"], times["threads"]),
        processes=_gain(times["row"], times["processes"]),
        same=all(digests == found[0] for digests in found),
    )


def _spread(executor: Executor, play: Callable[[int], str], games: int) -> list[str]:
    return list(executor.map(play, range(games), chunksize=_CHUNK))


def _gain(row: list[float], spread: list[float]) -> float:
    return statistics.median(a / b for a, b in zip(row, spread, strict=True))
