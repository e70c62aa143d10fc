"""Adoption under a hazard that rises with adopters: Bass, and word of mouth over strong and weak ties.

Law: node i has one uniform number u_i a run, keyed by (seed, run, i), and adopts at the first tick at which the
product of its chances to hold out is at most u_i: the same distribution as a fresh draw each tick, at one draw a run,
and monotone in every influence. Adoptions of one tick are felt from the next.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.compiled import allocating, inline
from townsquare_agents.kernels.lanes import prefetch
from townsquare_agents.rng import Purpose, stream_key, unit

Ints = NDArray[np.int64]
Nodes = NDArray[np.int32]
Floats = NDArray[np.float64]
Bytes = NDArray[np.uint8]

_ADOPTION = int(Purpose.ADOPTION)


@allocating
def mixed_bass(population: int, p: float, q: float, dt: float, seed: int, first_run: int, out: Floats) -> None:
    """Fill ``out`` [runs, steps + 1] with adopted fractions of a fully mixed population.

    All who have not adopted share one hazard, so their order of adoption is that of u: sort once, then walk.
    """
    draws = np.empty(population, np.float64)
    for i in range(out.shape[0]):
        key = stream_key(seed, _ADOPTION, first_run + i)
        for person in range(population):
            draws[person] = unit(key, person, 0)
        ordered = np.sort(draws)
        holding, adopted = 1.0, 0
        out[i, 0] = 0.0
        for step in range(1, out.shape[1]):
            holding = holding * (1.0 - dt * (p + q * (adopted / population)))
            while adopted < population and ordered[population - 1 - adopted] >= holding:
                adopted += 1
            out[i, step] = adopted / population


@inline
def _sweep(holding: Floats, chance: Floats, draws: Floats, new: Nodes) -> int:
    """Advance everybody by a tick; return how many adopt, listed in ``new``. An adopter's own draw is -1."""
    count = 0
    for node in range(holding.size):
        holding[node] = holding[node] * chance[node]
        new[count] = node
        count += int(draws[node] >= holding[node])
    return count


@inline
def _start(key: np.uint64, chance_alone: float, holding: Floats, chance: Floats, draws: Floats, adopted: Ints) -> None:
    for node in range(holding.size):
        draws[node] = unit(key, node, 0)
        holding[node] = 1.0
        chance[node] = chance_alone
        adopted[node] = 0


@inline
def _look_ahead(indptr: Ints, indices: Nodes, new: Nodes, j: int, count: int) -> None:
    """Ask for what the next adopters' rows will touch: each stage a few adopters before it is needed."""
    if j + 12 < count:
        prefetch(indptr, new[j + 12])
    if j + 6 < count:
        prefetch(indices, indptr[new[j + 6]])


@allocating
def network_bass(
    indptr: Ints,
    indices: Nodes,
    in_degree: Nodes,
    p: float,
    q: float,
    dt: float,
    seed: int,
    first_run: int,
    out: Floats,
) -> None:
    """Fill ``out`` [runs, steps + 1]: a node's hazard is p + q times the adopted share of its in-neighbours."""
    n = indptr.size - 1
    holding, chance, draws = np.empty(n, np.float64), np.empty(n, np.float64), np.empty(n, np.float64)
    adopted, new = np.empty(n, np.int64), np.empty(n + 1, np.int32)
    for i in range(out.shape[0]):
        _start(stream_key(seed, _ADOPTION, first_run + i), 1.0 - dt * p, holding, chance, draws, adopted)
        total = 0
        out[i, 0] = 0.0
        for step in range(1, out.shape[1]):
            count = _sweep(holding, chance, draws, new)
            for j in range(count):
                _look_ahead(indptr, indices, new, j, count)
                draws[new[j]] = -1.0
                for arc in range(indptr[new[j]], indptr[new[j] + 1]):
                    target = indices[arc]
                    adopted[target] += 1
                    chance[target] = 1.0 - dt * (p + q * (adopted[target] / in_degree[target]))
            total += count
            out[i, step] = total / n


@allocating
def network_word_of_mouth(
    indptr: Ints,
    indices: Nodes,
    strong: Bytes,
    alone: float,
    weak_tie: float,
    strong_tie: float,
    seed: int,
    first_run: int,
    out: Floats,
) -> None:
    """Fill ``out`` [runs, steps + 1]: a tick's chance is 1 - (1 - alone)(1 - weak_tie)**j (1 - strong_tie)**m.

    j and m count the adopters at the other end of a node's weak and strong arcs (Goldenberg, Libai & Muller 2001).
    """
    n = indptr.size - 1
    holding, chance, draws = np.empty(n, np.float64), np.empty(n, np.float64), np.empty(n, np.float64)
    adopted, new = np.empty(n, np.int64), np.empty(n + 1, np.int32)
    for i in range(out.shape[0]):
        _start(stream_key(seed, _ADOPTION, first_run + i), 1.0 - alone, holding, chance, draws, adopted)
        total = 0
        out[i, 0] = 0.0
        for step in range(1, out.shape[1]):
            count = _sweep(holding, chance, draws, new)
            for j in range(count):
                _look_ahead(indptr, indices, new, j, count)
                draws[new[j]] = -1.0
                for arc in range(indptr[new[j]], indptr[new[j] + 1]):
                    tie = strong_tie if strong[arc] else weak_tie
                    chance[indices[arc]] = chance[indices[arc]] * (1.0 - tie)
            total += count
            out[i, step] = total / n
