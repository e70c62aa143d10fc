"""The follow network's loops: attractiveness, who follows whom, who follows back.

Law: the same as in `growth`: keyed draws, no libm.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.compiled import allocating, inline, kernel
from townsquare_agents.kernels.growth import count_in, gap, log_of_miss, logarithm
from townsquare_agents.rng import below, draw, exp, to_unit, unit

Ints = NDArray[np.int64]
Nodes = NDArray[np.int32]
Floats = NDArray[np.float64]


@allocating
def alias_table(weights: Floats, accept: Floats, alias: Nodes) -> None:
    """Fill Walker's and Vose's table, with which one draw picks i with probability weights[i] / sum."""
    n = weights.size
    mean = 0.0
    for i in range(n):
        mean += weights[i]
    mean = mean / n
    stack = np.empty(n, np.int32)  # the poor from the left end, the rich from the right
    poor, rich = 0, n
    for i in range(n):
        accept[i] = weights[i] / mean
        alias[i] = i
        if accept[i] < 1.0:
            stack[poor] = i
            poor += 1
        else:
            rich -= 1
            stack[rich] = i
    while poor > 0 and rich < n:
        poor -= 1
        needy, giver = stack[poor], stack[rich]
        alias[needy] = giver
        accept[giver] = accept[giver] - (1.0 - accept[needy])
        if accept[giver] < 1.0:
            rich += 1
            stack[poor] = giver
            poor += 1


@inline
def pick(bits: np.uint64, second: np.uint64, accept: Floats, alias: Nodes) -> int:
    """Return an index from an alias table."""
    i = below(bits, accept.size)
    return i if to_unit(second) < accept[i] else int(alias[i])


@kernel
def power_weights(power: float, out: Floats) -> None:
    """Fill ``out`` with (i + 1) ** -power."""
    for i in range(out.size):
        out[i] = exp(power * logarithm(1.0 / (i + 1.0)))


@kernel
def geometric_degrees(key: np.uint64, mean: float, most: int, out: Ints) -> None:
    """Fill ``out`` with geometric counts from 0, of this mean and at most ``most``."""
    log_miss = log_of_miss(1.0 / (1.0 + mean))
    for node in range(out.size):
        out[node] = min(gap(draw(key, node, 0), log_miss), most)


@kernel
def follow(
    key: np.uint64,
    out_degrees: Ints,
    accept: Floats,
    alias: Nodes,
    elite: int,
    own_kind: float,
    out_sources: Nodes,
    out_targets: Nodes,
) -> int:
    """Let each node follow distinct others by attractiveness, the first ``elite`` their own kind with ``own_kind``."""
    count = 0
    for u in range(out_degrees.size):
        first = count
        for slot in range(out_degrees[u]):
            for attempt in range(16):
                part = slot * 64 + attempt * 4
                if u < elite and elite > 1 and unit(key, u, part) < own_kind:
                    v = below(draw(key, u, part + 1), elite)
                else:
                    v = pick(draw(key, u, part + 1), draw(key, u, part + 2), accept, alias)
                if v != u and count_in(out_targets[first:count], v) == 0:
                    out_sources[count] = u
                    out_targets[count] = v
                    count += 1
                    break
    return count


@allocating
def follow_back(
    key: np.uint64, indptr: Ints, indices: Nodes, elite: int, share: float, out_sources: Nodes, out_targets: Nodes
) -> NDArray[np.int64]:
    """Answer one-way arcs with probability ``share`` (the elite answers its own kind alone).

    Return [arcs that are mutual already, arcs that could be answered, arcs answered]; with share 0 it only counts.
    """
    counts = np.zeros(3, np.int64)
    cursor = indptr[:-1].copy()  # rows are sorted and u rises, so that nobody looks at a place of v's row twice
    for u in range(indptr.size - 1):
        for arc in range(indptr[u], indptr[u + 1]):
            v = indices[arc]
            while cursor[v] < indptr[v + 1] and indices[cursor[v]] < u:
                cursor[v] += 1
            if cursor[v] < indptr[v + 1] and indices[cursor[v]] == u:
                counts[0] += 1
            elif v >= elite or u < elite:
                counts[1] += 1
                if unit(key, u, v) < share:
                    out_sources[counts[2]] = v
                    out_targets[counts[2]] = u
                    counts[2] += 1
    return counts
