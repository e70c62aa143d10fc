"""The classical models of diffusion as functions: who is reached, when, in how many of the runs.

Law: arguments are checked and cast here, kernels do the rest. A run is a function of (network, seeds, parameters,
seed, run): the same bits on any number of threads, in any order; so the details of a run are not stored but computed
again when asked for. Influence goes along arcs, from u to v for u -> v; a tie of an undirected network is two arcs,
each with its own draw.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from townsquare_agents.ensembles import (
    Cascades,
    Epidemics,
    Floats,
    Ints,
    Nodes,
    check_adopters,
    check_arcs,
    checked_runs,
    checked_seed,
    curves,
    ensemble,
    seed_array,
)
from townsquare_agents.errors import ParameterError
from townsquare_agents.kernels import adoption, epidemic
from townsquare_agents.kernels import diffusion as kernels
from townsquare_agents.kernels.lanes import CERTAIN, as_limits
from townsquare_agents.network import Network

_RESOLVED = 1e-3  # below this, 31 bits are thinned by another 64


def independent_cascade(
    network: Network,
    seeds: Iterable[int],
    probability: float | ArrayLike | None = None,
    *,
    runs: int = 1000,
    seed: int = 1,
    threads: int | None = 1,
) -> Cascades:
    """Let each newly active node try each of its arcs once; ``probability`` for all, one per arc, or None: the weights.

    Runs share live edges whatever the seed set, so spread is monotone and submodular run by run.
    """
    check_arcs(network)
    sown = seed_array(network, seeds)
    limits, thin = _limits(network, probability)
    arrays = network.indptr, network.indices, limits, thin, sown, checked_seed(seed)
    room = kernels.BUFFER + kernels.largest_row(network.indptr)

    def scratch() -> tuple[NDArray[np.uint8], Nodes, NDArray[np.uint32]]:
        n = network.node_count
        return np.zeros(n, np.uint8), np.empty(n + 1, np.int32), np.empty(room, np.uint32)

    def work(first: int, sizes: Ints) -> None:
        kernels.cascade_sizes(*arrays, first, sizes, *scratch())

    def trace(run: int) -> Nodes:
        ticks = np.empty(network.node_count, np.int32)
        kernels.cascade_ticks(*arrays, run, ticks, *scratch())
        return ticks

    return Cascades(ensemble(runs, threads, work), trace)


def linear_threshold(
    network: Network, seeds: Iterable[int], *, runs: int = 1000, seed: int = 1, threads: int | None = 1
) -> Cascades:
    """Activate a node when the share of its incoming arcs from active nodes reaches its threshold, uniform on (0, 1).

    Each of a node's arcs weighs 1 / in-degree; the network's own weights are not used.
    """
    sown = seed_array(network, seeds)
    in_degree = network.in_degree.astype(np.int32)
    n = network.node_count

    def work(first: int, sizes: Ints) -> None:
        scratch = -in_degree, np.empty(n, np.int32), np.empty(n, np.int32)
        arrays = network.indptr, network.indices, in_degree, sown
        kernels.linear_sizes(*arrays, checked_seed(seed), first, sizes, *scratch)

    trace = partial(_threshold_trace, network, sown, checked_seed(seed), -in_degree)
    return Cascades(ensemble(runs, threads, work), lambda run: trace(run)[0])


def fractional_threshold(
    network: Network, seeds: Iterable[int], threshold: float | ArrayLike, *, runs: int = 1, seed: int = 1
) -> Cascades:
    """Activate a node when active / all neighbours >= ``threshold``: Watts 2002, complex contagion.

    Neighbours are those along incoming arcs; ``threshold`` is one for all or one per node, in (0, 1]. Nothing is
    random: the runs are all the same.
    """
    sown = seed_array(network, seeds)
    thresholds = _numbers("threshold", threshold)
    if thresholds.shape not in ((), (network.node_count,)):
        nodes = network.node_count
        raise ParameterError(f"threshold of shape {thresholds.shape} for {nodes} nodes; give one or one per node")
    thresholds = np.broadcast_to(thresholds, (network.node_count,))
    if bool((~((thresholds > 0.0) & (thresholds <= 1.0))).any()):
        raise ParameterError(f"threshold {threshold!r} is not in (0, 1]")
    checked_runs(runs)
    waiting = _needed(thresholds, network.in_degree)
    trace = partial(_threshold_trace, network, sown, checked_seed(seed), waiting)
    ticks, size = trace(0)
    return Cascades(np.full(runs, size, np.int64), lambda run: ticks.copy())


def sir(
    network: Network,
    seeds: Iterable[int],
    transmission: float | ArrayLike | None,
    recovery: float,
    *,
    runs: int = 1000,
    seed: int = 1,
    threads: int | None = 1,
) -> Epidemics:
    """Let each infectious node try each of its arcs every tick (``transmission`` each), then recover (``recovery``)."""
    check_arcs(network)
    sown = seed_array(network, seeds)
    if not 0.0 < recovery <= 1.0:
        raise ParameterError(f"recovery {recovery} is not in (0, 1]")
    limits, _ = _limits(network, transmission, thinned=False)
    arrays = network.indptr, network.indices, limits, float(recovery), sown, checked_seed(seed)
    n, room = network.node_count, kernels.largest_row(network.indptr) + 1

    def scratch() -> tuple[Nodes, Nodes, Nodes, NDArray[np.uint32]]:
        never = np.full(n, -1, np.int32)
        return never, never.copy(), np.empty(n, np.int32), np.empty(room, np.uint32)

    def work(first: int, sizes: Ints) -> None:
        epidemic.epidemic_sizes(*arrays, first, sizes, *scratch())

    def trace(run: int, which: int) -> Nodes:
        columns = scratch()
        epidemic.epidemic_ticks(*arrays, run, *columns)
        return columns[1] if which else columns[0]

    return Epidemics(ensemble(runs, threads, work), lambda run: trace(run, 0), lambda run: trace(run, 1))


def bass(
    network: Network | None = None,
    *,
    p: float,
    q: float,
    dt: float = 1.0,
    steps: int,
    runs: int = 1,
    seed: int = 1,
    population: int | None = None,
    threads: int | None = 1,
) -> Floats:
    """Return the adopted fraction after each step, [runs, steps + 1] (Bass 1969), starting from nobody.

    In a step of length ``dt`` whoever has not adopted does with probability dt * (p + q * F), F the share of
    in-neighbours who have; with ``network`` None, of the whole of a fully mixed ``population``.
    """
    if not (p >= 0.0 and q >= 0.0 and dt > 0.0 and dt * (p + q) <= 1.0):
        raise ParameterError(
            f"p {p}, q {q}, dt {dt}: none may be negative and dt * (p + q) at most 1; use a smaller dt"
        )
    if (network is None) == (population is None):
        raise ParameterError("give either a network or, for a fully mixed one, population=")
    arguments = float(p), float(q), float(dt), checked_seed(seed)
    if network is None:
        if population is None or population < 1:
            raise ParameterError(f"population {population} must be at least 1")
        return curves(runs, steps, threads, partial(adoption.mixed_bass, int(population), *arguments))
    check_adopters(network)
    in_degree = network.in_degree.astype(np.int32)
    work = partial(adoption.network_bass, network.indptr, network.indices, in_degree, *arguments)
    return curves(runs, steps, threads, work)


def word_of_mouth(
    network: Network,
    strong: ArrayLike,
    *,
    alone: float,
    weak_tie: float,
    strong_tie: float,
    steps: int,
    runs: int = 1,
    seed: int = 1,
    threads: int | None = 1,
) -> Floats:
    """Return the adopted fraction after each step, [runs, steps + 1], over strong and weak ties.

    A tick's chance is 1 - (1 - alone)(1 - weak_tie)**j (1 - strong_tie)**m with j weak and m strong ties from adopters
    (Goldenberg, Libai & Muller 2001); ``strong`` says for each arc which it is.
    """
    check_adopters(network)
    for name, value in (("alone", alone), ("weak_tie", weak_tie), ("strong_tie", strong_tie)):
        if not 0.0 <= value <= 1.0:
            raise ParameterError(f"{name} {value} is not in 0..1")
    kinds = np.asarray(strong, np.bool_).astype(np.uint8)
    if kinds.shape != (network.arc_count,):
        raise ParameterError(f"strong of shape {kinds.shape} for {network.arc_count} arcs; give one per arc")
    arguments = float(alone), float(weak_tie), float(strong_tie), checked_seed(seed)
    work = partial(adoption.network_word_of_mouth, network.indptr, network.indices, kinds, *arguments)
    return curves(runs, steps, threads, work)


def _threshold_trace(network: Network, seeds: Ints, seed: int, waiting: Nodes, run: int) -> tuple[Nodes, int]:
    n = network.node_count
    ticks = np.empty(n, np.int32)
    scratch = waiting.copy(), np.empty(n, np.int32), np.empty(n, np.int32)
    size = kernels.threshold_ticks(network.indptr, network.indices, seeds, seed, run, ticks, *scratch)
    return ticks, size


def _needed(thresholds: Floats, in_degree: Ints) -> Nodes:
    """Return the least k with k / in-degree >= threshold, at least 1: exact where the quotient is."""
    degree = np.maximum(in_degree, 1)
    k = np.floor(thresholds * degree)
    k += k / degree < thresholds
    k -= (k - 1.0) / degree >= thresholds
    return np.maximum(k, 1.0).astype(np.int32)


def _numbers(name: str, values: float | ArrayLike) -> Floats:
    try:
        return np.asarray(values, np.float64)
    except (TypeError, ValueError):
        raise ParameterError(f"{name} {values!r} is neither a number nor a list of numbers") from None


def _limits(
    network: Network, probability: float | ArrayLike | None, *, thinned: bool = True
) -> tuple[NDArray[np.uint32], np.uint64]:
    """Return (limits for the draws, second threshold or 0); one small probability is split between the two."""
    values = network.weights if probability is None else _numbers("probability", probability)
    if probability is None and network.weights.size != network.arc_count:
        raise ParameterError("probability is None but the network has no weights to take it from; give one")
    if values.shape not in ((), (network.arc_count,)):
        raise ParameterError(
            f"probability of shape {values.shape} for {network.arc_count} arcs; give one or one per arc"
        )
    if bool((~((values >= 0.0) & (values <= 1.0))).any()):
        raise ParameterError(f"probability {probability if values.ndim == 0 else 'of an arc'} is not in 0..1")
    if values.ndim == 1 and values.size:
        return as_limits(values), np.uint64(0)
    one = float(values) if values.ndim == 0 else 0.0
    if not thinned or one == 0.0 or one >= _RESOLVED:
        return as_limits(np.array([one])), np.uint64(0)
    coarse = np.ceil(one * CERTAIN)
    return as_limits(np.array([coarse / CERTAIN])), np.uint64(min(int(one * CERTAIN / coarse * 2.0**64), 2**64 - 1))
