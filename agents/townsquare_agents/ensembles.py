"""Runs as an ensemble: results, threads, and the checks that every model of diffusion shares.

Law: runs are split into slices over threads; a slice is a pure function of its first run, so that the split shows
nowhere.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.errors import ParameterError
from townsquare_agents.network import Network

Ints = NDArray[np.int64]
Nodes = NDArray[np.int32]
Floats = NDArray[np.float64]

_MAX_ARCS = 2**32 - 64
_SLICES = 4  # for each thread: whoever is held up leaves more to the others (1.78 x one thread instead of 1.65)
_LEAST = 8  # runs in a slice, since each makes arrays of its own


@dataclass(frozen=True)
class Cascades:
    """What became of the runs: ``sizes[run]`` nodes active in the end, seeds included."""

    sizes: Ints
    _trace: Callable[[int], Nodes]

    @property
    def runs(self) -> int:
        """How many runs there were."""
        return self.sizes.size

    def activation_tick(self, run: int) -> Nodes:
        """Return for each node the tick at which it became active: 0 for seeds, -1 for never."""
        if not 0 <= run < self.runs:
            raise ParameterError(f"run {run} is not in 0..{self.runs - 1}")
        return self._trace(run)

    def reached(self, run: int) -> NDArray[np.bool_]:
        """Return for each node whether it was active in the end."""
        return self.activation_tick(run) >= 0


@dataclass(frozen=True)
class Epidemics(Cascades):
    """Cascades whose nodes recover; ``sizes`` counts whoever was ever infected."""

    _recovery: Callable[[int], Nodes]

    def recovery_tick(self, run: int) -> Nodes:
        """Return for each node the tick at which it recovered, -1 for never infected."""
        if not 0 <= run < self.runs:
            raise ParameterError(f"run {run} is not in 0..{self.runs - 1}")
        return self._recovery(run)

    def counts(self, run: int) -> Ints:
        """Return the numbers of susceptible, infectious and recovered nodes: [ticks + 1, 3]."""
        infected, recovered = self.activation_tick(run), self.recovery_tick(run)
        ticks = int(recovered.max(initial=0)) + 1
        ever = np.cumsum(np.bincount(infected[infected >= 0], minlength=ticks))
        done = np.cumsum(np.bincount(recovered[recovered >= 0], minlength=ticks))
        return np.stack((infected.size - ever, ever - done, done), axis=1).astype(np.int64)


def ensemble(runs: int, threads: int | None, work: Callable[[int, Ints], None]) -> Ints:
    """Return the sizes that ``work(first run, out)`` fills in, slice by slice."""
    sizes = np.zeros(checked_runs(runs), np.int64)
    split(runs, threads, lambda first, last: work(first, sizes[first:last]))
    return sizes


def curves(runs: int, steps: int, threads: int | None, work: Callable[[int, Floats], None]) -> Floats:
    """Return the curves [runs, steps + 1] that ``work(first run, out)`` fills in, slice by slice."""
    out = np.zeros((checked_runs(runs), _whole("steps", steps) + 1), np.float64)
    split(runs, threads, lambda first, last: work(first, out[first:last]))
    return out


def split(runs: int, threads: int | None, work: Callable[[int, int], None]) -> None:
    """Do the runs in slices on so many threads (None: one per core); the kernels let go of the interpreter's lock."""
    count = min(threads if threads is not None else os.cpu_count() or 1, runs)
    if count < 1 and runs:
        raise ParameterError(f"threads {threads} must be at least 1")
    if count <= 1:
        work(0, runs)
        return
    slices = count * max(1, min(_SLICES, runs // (count * _LEAST)))
    edges = [runs * i // slices for i in range(slices + 1)]
    with ThreadPoolExecutor(count) as pool:
        list(pool.map(work, edges[:-1], edges[1:]))


def seed_array(network: Network, seeds: Iterable[int]) -> Ints:
    """Return the distinct seeds in order."""
    if not isinstance(seeds, Iterable):
        raise ParameterError(f"seeds {seeds!r} are no list of node indices; write [{seeds!r}]")
    array = np.unique(np.asarray(list(seeds)))
    if array.size == 0:
        return np.empty(0, np.int64)
    if array.dtype.kind not in "iu":
        raise ParameterError(
            f"seeds of type {array.dtype} are not node indices; use the network's indices, not its labels"
        )
    if array[0] < 0 or array[-1] >= network.node_count:
        wrong = array[0] if array[0] < 0 else array[-1]
        raise ParameterError(f"seed node {wrong} is not in 0..{network.node_count - 1}")
    return array.astype(np.int64)


def checked_runs(runs: int) -> int:
    """Return a number of runs that can be had."""
    return _whole("runs", runs)


def checked_seed(seed: int) -> int:
    """Return a seed that fits the keys."""
    if not isinstance(seed, int | np.integer) or not 0 <= seed < 2**63:
        raise ParameterError(f"seed {seed!r} is not in 0..2**63 - 1, the whole numbers there")
    return int(seed)


def _whole(name: str, count: int) -> int:
    if not isinstance(count, int | np.integer):
        raise ParameterError(f"{name} {count!r} is no whole number")
    if count < 0:
        raise ParameterError(f"{name} {count} must not be negative")
    return int(count)


def check_arcs(network: Network) -> None:
    """Refuse a network whose arcs outnumber 32 bits."""
    if network.arc_count > _MAX_ARCS:
        raise ParameterError(f"{network.arc_count} arcs are too many for one cascade; {_MAX_ARCS} are possible")


def check_adopters(network: Network) -> None:
    """Refuse a network of which no fraction can be taken."""
    if network.node_count == 0:
        raise ParameterError("a network of 0 nodes has no adopted fraction; give it at least one node")
