"""SIR by ticks: each tick an infectious node tries each of its arcs, then perhaps recovers.

Law: a draw belongs to (seed, run, node or arc, ticks since the node's infection), never to the calendar, so that how
long a node is infectious and how long an arc takes are fixed in a run whoever is infected first: more seeds never
infect fewer. With certain recovery the arcs' draws are those of an independent cascade.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.compiled import allocating
from townsquare_agents.kernels.lanes import append_live, prefetch
from townsquare_agents.rng import Purpose, draw, stream_key, to_unit

Ints = NDArray[np.int64]
Nodes = NDArray[np.int32]
Words = NDArray[np.uint32]

_CASCADE = int(Purpose.CASCADE)
_RECOVERY = int(Purpose.RECOVERY)


@allocating
def _epidemic(
    seed: int,
    run: int,
    indptr: Ints,
    indices: Nodes,
    limits: Words,
    recovery: float,
    seeds: Ints,
    infected: Nodes,
    recovered: Nodes,
    queue: Nodes,
    found: Words,
) -> int:
    """Fill ``infected`` and ``recovered`` with ticks, ``queue`` with whoever was infected; return how many."""
    key, recovery_key = stream_key(seed, _CASCADE, run), stream_key(seed, _RECOVERY, run)
    infectious = np.empty(infected.size, np.int32)
    count, tail = 0, 0
    for i in range(seeds.size):
        infected[seeds[i]] = 0
        infectious[count] = seeds[i]
        queue[tail] = seeds[i]
        count += 1
        tail += 1
    tick = 0
    while count > 0:
        tick += 1
        first_new, kept = tail, 0
        for i in range(count):
            if i + 4 < count:
                prefetch(indptr, infectious[i + 4])
            node = int(infectious[i])
            age = tick - 1 - int(infected[node])
            start = indptr[node]
            hits = append_live(draw(key, node, age), start, indptr[node + 1] - start, limits, found, 0)
            for j in range(hits):
                target = indices[found[j]]
                if infected[target] < 0:
                    infected[target] = tick
                    queue[tail] = target
                    tail += 1
            if to_unit(draw(recovery_key, node, age)) < recovery:
                recovered[node] = tick
            else:
                infectious[kept] = node
                kept += 1
        for i in range(first_new, tail):
            infectious[kept] = queue[i]
            kept += 1
        count = kept
    return int(tail)


@allocating
def epidemic_sizes(
    indptr: Ints,
    indices: Nodes,
    limits: Words,
    recovery: float,
    seeds: Ints,
    seed: int,
    first_run: int,
    sizes: Ints,
    infected: Nodes,
    recovered: Nodes,
    queue: Nodes,
    found: Words,
) -> None:
    """Fill ``sizes`` with who was ever infected. Scratch: ``infected``, ``recovered`` [n] are -1, ``queue`` [n]."""
    for i in range(sizes.size):
        run = first_run + i
        tail = _epidemic(seed, run, indptr, indices, limits, recovery, seeds, infected, recovered, queue, found)
        sizes[i] = tail
        for j in range(tail):
            infected[queue[j]] = -1
            recovered[queue[j]] = -1


@allocating
def epidemic_ticks(
    indptr: Ints,
    indices: Nodes,
    limits: Words,
    recovery: float,
    seeds: Ints,
    seed: int,
    run: int,
    infected: Nodes,
    recovered: Nodes,
    queue: Nodes,
    found: Words,
) -> None:
    """Fill ``infected`` and ``recovered`` [n], which are -1, with the ticks of one run."""
    _epidemic(seed, run, indptr, indices, limits, recovery, seeds, infected, recovered, queue, found)
