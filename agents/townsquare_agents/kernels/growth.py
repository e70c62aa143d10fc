"""Random networks as loops: each fills arrays of ties (sources, targets) and says how many, from keyed draws alone.

Law: a draw's key is the node or tie it decides and a small counter within it, so that a network is a function of its
arguments and its seed, the same bits with and without the JIT. Reals pass through `logarithm` below and basic
arithmetic, never through libm.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.compiled import inline, kernel
from townsquare_agents.rng import below, draw, stream_key, to_unit, unit

Ints = NDArray[np.int64]
Nodes = NDArray[np.int32]
Floats = NDArray[np.float64]

LAST_BLOCK = 20  # blocks of a stochastic block model part their rows' counters at 2**20
_LN2_HIGH = 0.693147180369123816490
_LN2_LOW = 1.90821492927058770002e-10


@inline
def logarithm(x: float) -> float:
    """Return ln(x) for 2**-60 < x <= 1, from basic arithmetic alone (relative error about 1e-15)."""
    k = 0
    while x < 0.7071067811865476:
        x = x * 2.0
        k -= 1
    z = (x - 1.0) / (x + 1.0)
    square = z * z
    series = 0.0
    for n in range(21, 0, -2):
        series = series * square + 1.0 / n
    return 2.0 * z * series + k * _LN2_LOW + k * _LN2_HIGH


@inline
def gap(bits: np.uint64, log_miss: float) -> int:
    """Return how many Bernoulli trials fail before the next success; ``log_miss`` is ln(1 - p) < 0."""
    length = logarithm(1.0 - to_unit(bits)) / log_miss
    return int(length) if length < 4e9 else 4000000000


@kernel
def key_of(seed: int, purpose: int, generator: int) -> np.uint64:
    """Return the stream key of one generator; wrap it in np.uint64 before handing it to another kernel."""
    return stream_key(seed, purpose, generator)


@inline
def log_of_miss(probability: float) -> float:
    """Return ln(1 - p) below 0 for 0 < p < 1; a probability too small to matter counts as 2**-53."""
    return logarithm(1.0 - max(probability, 1.2e-16))


@kernel
def bernoulli_pairs(
    key: np.uint64, n: int, probability: float, directed: bool, out_sources: Nodes, out_targets: Nodes
) -> int:
    """G(n, p) by geometric skips along each node's row. Return the number of ties, or -1 if they do not fit."""
    log_miss = log_of_miss(probability) if probability < 1.0 else -np.inf
    count = 0
    for u in range(n):
        first = 0 if directed else u + 1
        k = 0
        v = first + (gap(draw(key, u, 0), log_miss) if probability < 1.0 else 0)
        while v < n:
            if v != u:
                if count == out_sources.size:
                    return -1
                out_sources[count] = u
                out_targets[count] = v
                count += 1
            k += 1
            v += 1 + (gap(draw(key, u, k), log_miss) if probability < 1.0 else 0)
    return count


@kernel
def block_pairs(
    key: np.uint64, starts: Ints, probabilities: Floats, directed: bool, out_sources: Nodes, out_targets: Nodes
) -> int:
    """Stochastic block model: nodes of blocks a and b are tied with ``probabilities[a * blocks + b]``."""
    blocks = starts.size - 1
    count = 0
    for a in range(blocks):
        for b in range(blocks):
            p = probabilities[a * blocks + b]
            if p <= 0.0 or (b < a and not directed):
                continue
            log_miss = log_of_miss(p) if p < 1.0 else -np.inf
            for u in range(starts[a], starts[a + 1]):
                counter = b << LAST_BLOCK
                first = u + 1 if (a == b and not directed) else starts[b]
                v = first + (gap(draw(key, u, counter), log_miss) if p < 1.0 else 0)
                while v < starts[b + 1]:
                    if v != u:
                        if count == out_sources.size:
                            return -1
                        out_sources[count] = u
                        out_targets[count] = v
                        count += 1
                    counter += 1
                    v += 1 + (gap(draw(key, u, counter), log_miss) if p < 1.0 else 0)
    return count


@kernel
def shuffle(key: np.uint64, items: Nodes) -> None:
    """Permute ``items`` uniformly, in place."""
    for i in range(items.size - 1, 0, -1):
        j = below(draw(key, i, 0), i + 1)
        kept = items[i]
        items[i] = items[j]
        items[j] = kept


@kernel
def stubs(degrees: Ints, out: Nodes) -> None:
    """Fill ``out`` with each node as often as its degree says."""
    place = 0
    for node in range(degrees.size):
        for _ in range(degrees[node]):
            out[place] = node
            place += 1


@inline
def count_in(row: Nodes, node: int) -> int:
    """Return how often ``node`` is in ``row``."""
    count = 0
    for i in range(row.size):
        if row[i] == node:
            count += 1
    return count


@inline
def _replace(row: Nodes, old: int, new: int) -> None:
    for i in range(row.size):
        if row[i] == old:
            row[i] = new
            return


@kernel
def untangle(key: np.uint64, sources: Nodes, targets: Nodes, rows: NDArray[np.int32], limit: int) -> int:
    """Swap ends of ties until a regular multigraph has neither loop nor parallel tie; ``rows`` [n, degree] go along.

    A bad tie (a, b) and a random tie (c, d) become (a, c) and (b, d) if both of those are new. Degrees never change.
    Return the number of bad ties that are left after at most ``limit`` swaps tried per tie.
    """
    left = 0
    for tie in range(sources.size):
        tried = 0
        while True:
            a, b = int(sources[tie]), int(targets[tie])
            if a != b and count_in(rows[a], b) == 1:
                break
            if tried == limit:
                left += 1
                break
            bits = draw(key, tie, tried)
            tried += 1
            other = below(bits, sources.size)
            turned = (bits & np.uint64(1)) == np.uint64(1)
            c = int(sources[other]) if turned else int(targets[other])
            d = int(targets[other]) if turned else int(sources[other])
            if other == tie or a == c or b == d or count_in(rows[a], c) > 0 or count_in(rows[b], d) > 0:
                continue
            if (a == b) and (c == d):
                continue  # would tie a and c twice
            sources[tie], targets[tie] = a, c
            sources[other], targets[other] = b, d
            _replace(rows[a], b, c)
            _replace(rows[b], a, d)
            _replace(rows[c], d, a)
            _replace(rows[d], c, b)
    return left


@kernel
def attach(key: np.uint64, n: int, m: int, out_sources: Nodes, out_targets: Nodes) -> int:
    """From a complete graph of m + 1 nodes, let each newcomer pick m distinct nodes by their degree."""
    count = 0
    for u in range(m + 1):
        for v in range(u):
            out_sources[count] = u
            out_targets[count] = v
            count += 1
    for u in range(m + 1, n):
        known = count
        attempt = 0
        while count < known + m:
            end = below(draw(key, u, attempt), 2 * known)
            attempt += 1
            v = out_sources[end >> 1] if end & 1 else out_targets[end >> 1]
            if count_in(out_targets[known:count], v) == 0:
                out_sources[count] = u
                out_targets[count] = v
                count += 1
    return count


@kernel
def rewire(key: np.uint64, probability: float, half: int, out_sources: Nodes, out_targets: Nodes) -> None:
    """Small world: node u owns its ties to the next nodes; each is turned to a random node with ``probability``.

    A tie is never turned onto its own node nor onto a node already tied to it.
    """
    n = out_sources.size // half
    for u in range(n):
        for step in range(half):
            out_sources[u * half + step] = u
            out_targets[u * half + step] = (u + step + 1) % n
    for step in range(half):
        for u in range(n):
            tie = u * half + step
            if unit(key, tie, 0) >= probability:
                continue
            for attempt in range(1, 1000):
                v = below(draw(key, tie, attempt), n)
                mine = count_in(out_targets[u * half : (u + 1) * half], v)
                if v != u and mine == 0 and count_in(out_targets[v * half : (v + 1) * half], u) == 0:
                    out_targets[tie] = v
                    break
