"""Network builders: each is a pure function of its arguments and ``seed``, by keyed draws, the same bits everywhere.

Law: what cannot be had (an odd sum of degrees, a probability of 1.2) is a `NetworkError` that says why.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from townsquare_agents.errors import NetworkError
from townsquare_agents.kernels import follow as following
from townsquare_agents.kernels import growth
from townsquare_agents.network import MAX_NODES, Network
from townsquare_agents.rng import Purpose

# the third part of a generator's key: numbers are part of every network ever published
_ERDOS_RENYI, _REGULAR, _CONFIGURATION, _ATTACHMENT, _SMALL_WORLD, _BLOCK, _FOLLOW = range(1, 8)
_SWAPS = 1000  # tried per bad tie of a regular network before it is drawn anew


def complete(n: int) -> Network:
    """Return the network in which everybody is tied to everybody."""
    _check_nodes(n)
    indptr = np.arange(n + 1, dtype=np.int64) * max(n - 1, 0)
    columns = np.arange(max(n - 1, 0), dtype=np.int32)
    indices = columns[None, :] + (columns[None, :] >= np.arange(n, dtype=np.int32)[:, None])
    return Network(indptr, indices.astype(np.int32).ravel(), np.empty(0, np.float64), False, range(n))


def ring(n: int, degree: int = 2) -> Network:
    """Return the circle in which each node is tied to its degree / 2 nearest on either side."""
    _check_ring(n, degree)
    sources = np.repeat(np.arange(n, dtype=np.int64), degree // 2)
    steps = np.tile(np.arange(1, degree // 2 + 1, dtype=np.int64), n)
    return Network.from_edges(sources, (sources + steps) % max(n, 1), directed=False, node_count=n)


def erdos_renyi(n: int, mean_degree: float, *, seed: int, directed: bool = False) -> Network:
    """Return G(n, p) with p = mean_degree / (n - 1); ``mean_degree`` counts arcs out of a node."""
    _check_nodes(n)
    if not 0.0 <= mean_degree <= max(n - 1, 0):
        raise NetworkError(f"mean_degree {mean_degree} is not in 0..{max(n - 1, 0)}, what {n} nodes allow")
    if n < 2 or mean_degree == 0.0:
        return _empty(n, directed)
    expected = n * mean_degree / (1 if directed else 2)
    key, probability = _key(seed, Purpose.EDGE, _ERDOS_RENYI), float(mean_degree / (n - 1))
    capacity = _room(expected)
    while True:
        sources, targets = np.empty(capacity, np.int32), np.empty(capacity, np.int32)
        count = growth.bernoulli_pairs(key, n, probability, directed, sources, targets)
        if count >= 0:
            return Network.from_edges(sources[:count], targets[:count], directed=directed, node_count=n)
        capacity *= 2


def random_regular(n: int, degree: int, *, seed: int) -> Network:
    """Return a simple network in which each node has ``degree`` ties.

    Stubs are paired at random. A small sparse network is drawn until it has neither loop nor double, so that all are
    equally likely; otherwise those are swapped away, which leaves it uniform up to terms that vanish with n.
    """
    _check_nodes(n)
    if not 0 <= degree < max(n, 1) or n * degree % 2:
        raise NetworkError(
            f"degree {degree} on {n} nodes is impossible; it is in 0..{n - 1} and n times degree is even"
        )
    if 2 * degree > n - 1 > 0:
        return _complement(random_regular(n, n - 1 - degree, seed=seed))
    for attempt in range(600):
        sources, targets = _paired_stubs(np.full(n, degree, np.int64), seed, (_REGULAR << 10) + attempt)
        network = Network.from_edges(sources, targets, directed=False, node_count=n)
        if degree <= 4 and n <= 1000 and attempt < 500:
            if _is_simple(network):
                return network
            continue
        rows = network.indices.reshape(n, degree)
        key = _key(seed, Purpose.REWIRE, (_REGULAR << 10) + attempt)
        if growth.untangle(key, sources, targets, rows, _SWAPS) == 0:
            return Network.from_edges(sources, targets, directed=False, node_count=n)
    raise NetworkError(f"no simple network of {n} nodes with degree {degree} found; try another seed")


def configuration_model(degrees: ArrayLike, *, seed: int) -> Network:
    """Return a multigraph with exactly these degrees, its stubs paired uniformly; loops and parallel ties are kept."""
    array = np.asarray(degrees)
    if array.ndim != 1 or (array.size and array.dtype.kind not in "iu") or bool((array < 0).any()):
        raise NetworkError("degrees must be one list of whole numbers from 0")
    if int(array.sum()) % 2:
        raise NetworkError(f"the degrees add up to {int(array.sum())}; an even sum is needed, as a tie has two ends")
    sources, targets = _paired_stubs(array.astype(np.int64), seed, _CONFIGURATION)
    return Network.from_edges(sources, targets, directed=False, node_count=array.size)


def preferential_attachment(n: int, m: int, *, seed: int) -> Network:
    """Return Barabási and Albert's network: m + 1 nodes all tied, then newcomers with m ties each, by degree."""
    _check_nodes(n)
    if not 1 <= m < n:
        raise NetworkError(f"m {m} is not in 1..{n - 1}, what {n} nodes allow")
    size = m * (m + 1) // 2 + (n - m - 1) * m
    sources, targets = np.empty(size, np.int32), np.empty(size, np.int32)
    growth.attach(_key(seed, Purpose.EDGE, _ATTACHMENT), n, m, sources, targets)
    return Network.from_edges(sources, targets, directed=False, node_count=n)


def small_world(n: int, degree: int, rewiring: float, *, seed: int) -> Network:
    """Return Watts and Strogatz's network: a ring, each tie's far end moved at random with probability ``rewiring``."""
    _check_ring(n, degree)
    _check_probability(rewiring, "rewiring")
    half = degree // 2
    if half == 0:
        return _empty(n, False)
    sources, targets = np.empty(n * half, np.int32), np.empty(n * half, np.int32)
    growth.rewire(_key(seed, Purpose.REWIRE, _SMALL_WORLD), float(rewiring), half, sources, targets)
    return Network.from_edges(sources, targets, directed=False, node_count=n)


def stochastic_block(sizes: Sequence[int], probabilities: ArrayLike, *, seed: int, directed: bool = False) -> Network:
    """Return blocks of these sizes; nodes of blocks a and b are tied with ``probabilities[a][b]``."""
    table = np.asarray(probabilities, dtype=np.float64)
    blocks = len(sizes)
    if table.shape != (blocks, blocks):
        raise NetworkError(f"probabilities of shape {table.shape} for {blocks} blocks; give one per pair of blocks")
    if bool((~((table >= 0.0) & (table <= 1.0))).any()):
        raise NetworkError("probabilities of ties must be in 0..1")
    if not directed and not np.array_equal(table, table.T):
        raise NetworkError("probabilities of an undirected network must be symmetric; or use directed=True")
    if any(size < 0 for size in sizes):
        raise NetworkError(f"block sizes {list(sizes)} must not be negative")
    starts = np.concatenate(([0], np.cumsum(np.asarray(sizes, np.int64)))).astype(np.int64)
    n = int(starts[-1])
    _check_nodes(n)
    pairs = np.outer(np.diff(starts), np.diff(starts)).astype(np.float64)
    capacity = _room(float((pairs * table).sum()) / (1 if directed else 2))
    key = _key(seed, Purpose.EDGE, _BLOCK)
    while True:
        sources, targets = np.empty(capacity, np.int32), np.empty(capacity, np.int32)
        count = growth.block_pairs(key, starts, table.ravel(), directed, sources, targets)
        if count >= 0:
            return Network.from_edges(sources[:count], targets[:count], directed=directed, node_count=n)
        capacity *= 2


def directed_follow(
    n: int,
    mean_degree: float = 20.0,
    *,
    seed: int,
    exponent: float = 2.276,
    reciprocity: float = 0.22,
    elite: float = 0.0005,
    own_kind: float = 0.8,
) -> Network:
    """Return a follow network (arc u -> v: u follows v): node 0 is the most attractive, node n - 1 the least.

    In-degree falls off as a power with ``exponent`` (2.276 and a reciprocity of 0.22: Kwak et al. 2010);
    ``reciprocity`` is the share of arcs that are answered; the first ``elite`` of the nodes (0.05 %: Wu et al. 2011)
    choose their own kind with probability ``own_kind`` and answer nobody else.
    """
    _check_nodes(n)
    _check_probability(reciprocity, "reciprocity")
    _check_probability(elite, "elite")
    _check_probability(own_kind, "own_kind")
    if not exponent > 1.0:
        raise NetworkError(f"exponent {exponent} must be above 1")
    if not 0.0 <= mean_degree <= max(n - 1, 0):
        raise NetworkError(f"mean_degree {mean_degree} is not in 0..{max(n - 1, 0)}, what {n} nodes allow")
    if n < 2 or mean_degree == 0.0:
        return _empty(n, True)
    elite_count = math.ceil(elite * n)
    accept, alias = np.empty(n, np.float64), np.empty(n, np.int32)
    following.alias_table(_attraction(n, exponent), accept, alias)
    # answering adds its own arcs: reciprocity r of (1 + x) arcs takes x = r / (2 - r) answers per arc
    asked = mean_degree * (1.0 - reciprocity / 2.0)
    key = _key(seed, Purpose.EDGE, _FOLLOW)
    degrees = np.empty(n, np.int64)
    following.geometric_degrees(_key(seed, Purpose.STUB, _FOLLOW), asked, n - 1, degrees)
    size = int(degrees.sum())
    sources, targets = np.empty(2 * size, np.int32), np.empty(2 * size, np.int32)
    count = following.follow(key, degrees, accept, alias, elite_count, float(own_kind), sources, targets)
    one_way = Network.from_edges(sources[:count], targets[:count], directed=True, node_count=n)
    back = _key(seed, Purpose.REWIRE, _FOLLOW)
    arrays = one_way.indptr, one_way.indices, elite_count
    mutual, open_arcs, _ = following.follow_back(back, *arrays, 0.0, sources[:0], targets[:0])
    wanted = (reciprocity * count - mutual) / (2.0 - reciprocity)
    share = min(max(wanted / max(open_arcs, 1), 0.0), 1.0)
    _, _, answered = following.follow_back(back, *arrays, share, sources[count:], targets[count:])
    total = count + int(answered)
    return Network.from_edges(sources[:total], targets[:total], directed=True, node_count=n)


def _attraction(n: int, exponent: float) -> NDArray[np.float64]:
    """Return weights rank**(-1 / (exponent - 1)), whose sampled in-degrees fall off with ``exponent``."""
    weights = np.empty(n, np.float64)
    following.power_weights(1.0 / (exponent - 1.0), weights)
    return weights


def _paired_stubs(degrees: NDArray[np.int64], seed: int, generator: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    ends = np.empty(int(degrees.sum()), np.int32)
    growth.stubs(degrees, ends)
    growth.shuffle(_key(seed, Purpose.STUB, generator), ends)
    return ends[0::2].copy(), ends[1::2].copy()


def _is_simple(network: Network) -> bool:
    sources = np.repeat(np.arange(network.node_count, dtype=np.int32), network.out_degree)
    double = (network.indices[1:] == network.indices[:-1]) & (sources[1:] == sources[:-1])
    return not bool((sources == network.indices).any() or double.any())


def _complement(network: Network) -> Network:
    n = network.node_count
    absent = np.ones((n, n), np.bool_)
    absent[np.repeat(np.arange(n), network.out_degree), network.indices] = False
    np.fill_diagonal(absent, False)
    sources, targets = np.nonzero(absent)
    keep = sources < targets
    return Network.from_edges(sources[keep], targets[keep], directed=False, node_count=n)


def _empty(n: int, directed: bool) -> Network:
    return Network.from_edges([], [], directed=directed, node_count=n)


def _room(expected: float) -> int:
    """Return how many ties to make room for: six standard deviations above what is expected."""
    return int(expected + 6.0 * math.sqrt(expected) + 64.0)


def _key(seed: int, purpose: Purpose, generator: int) -> np.uint64:
    if not 0 <= seed < 2**63:
        raise NetworkError(f"seed {seed} is not in 0..2**63 - 1")
    return np.uint64(growth.key_of(int(seed), int(purpose), generator))


def _check_nodes(n: int) -> None:
    if not 0 <= n <= MAX_NODES:
        raise NetworkError(f"a network of {n} nodes is out of the question; 0 to {MAX_NODES} are possible")


def _check_ring(n: int, degree: int) -> None:
    _check_nodes(n)
    if degree < 0 or degree % 2 or degree >= max(n, 1):
        raise NetworkError(
            f"degree {degree} on a ring of {n} nodes is impossible; it is even and in 0..{max(n - 1, 0)}"
        )


def _check_probability(value: float, name: str) -> None:
    if not 0.0 <= value <= 1.0:
        raise NetworkError(f"{name} {value} is not in 0..1")
