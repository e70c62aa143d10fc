"""Compressed sparse rows: counting sorts that turn lists of ties into rows, and rows into their transpose.

Law: rows come out sorted by target, parallel arcs in the order in which they were given. Two scatters, no comparison,
O(n + m). Beside them, which ties are embedded in a circle of friends.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.compiled import allocating, inline, kernel
from townsquare_agents.kernels.lanes import prefetch

Ints = NDArray[np.int64]
Nodes = NDArray[np.int32]
Floats = NDArray[np.float64]


@inline
def _starts(counts: Ints) -> None:
    """Turn counts (shifted by one) into the starts of rows, in place."""
    for i in range(1, counts.size):
        counts[i] += counts[i - 1]


@allocating
def transpose(indptr: Ints, indices: Nodes, weights: Floats) -> tuple[Ints, Nodes, Floats]:
    """Return (indptr, indices, weights) of the reversed arcs; sorted whatever the order within the given rows."""
    n = indptr.size - 1
    out_indptr = np.zeros(n + 1, np.int64)
    for arc in range(indices.size):
        out_indptr[indices[arc] + 1] += 1
    _starts(out_indptr)
    cursor = out_indptr[:-1].copy()
    out_indices = np.empty(indices.size, np.int32)
    out_weights = np.empty(weights.size, np.float64)
    weighted = weights.size > 0
    for row in range(n):
        for arc in range(indptr[row], indptr[row + 1]):
            place = cursor[indices[arc]]
            cursor[indices[arc]] = place + 1
            out_indices[place] = row
            if weighted:
                out_weights[place] = weights[arc]
    return out_indptr, out_indices, out_weights


@allocating
def buckets(
    node_count: int, sources: Nodes, targets: Nodes, weights: Floats, both_ways: bool
) -> tuple[Ints, Nodes, Floats]:
    """Return the *reversed* arcs as rows in order of arrival; `transpose` them for the sorted network."""
    out_indptr = np.zeros(node_count + 1, np.int64)
    for tie in range(sources.size):
        out_indptr[targets[tie] + 1] += 1
        if both_ways:
            out_indptr[sources[tie] + 1] += 1
    _starts(out_indptr)
    cursor = out_indptr[:-1].copy()
    copies = 2 if both_ways else 1
    out_indices = np.empty(sources.size * copies, np.int32)
    out_weights = np.empty(weights.size * copies, np.float64)
    weighted = weights.size > 0
    for tie in range(sources.size):
        for way in range(copies):
            source = sources[tie] if way == 0 else targets[tie]
            target = targets[tie] if way == 0 else sources[tie]
            place = cursor[target]
            cursor[target] = place + 1
            out_indices[place] = source
            if weighted:
                out_weights[place] = weights[tie]
    return out_indptr, out_indices, out_weights


@kernel
def ties_once(indptr: Ints, indices: Nodes, out_sources: Nodes, out_targets: Nodes, out_arcs: Ints) -> int:
    """Fill the outs with each undirected tie once (source <= target; a loop's first arc); return how many."""
    count = 0
    for row in range(indptr.size - 1):
        odd_loop = False
        for arc in range(indptr[row], indptr[row + 1]):
            target = indices[arc]
            if target == row:
                odd_loop = not odd_loop
            if target > row or (target == row and odd_loop):
                out_sources[count] = row
                out_targets[count] = target
                out_arcs[count] = arc
                count += 1
    return count


@allocating
def embedded(indptr: Ints, indices: Nodes) -> NDArray[np.int8]:
    """Return for each arc of an undirected network 1 if its two ends have a neighbour in common, else 0.

    A row's neighbours are marked while its owner is looked at: each tie costs one look along the row of its other end.
    """
    out = np.zeros(indices.size, np.int8)
    marked_by = np.full(indptr.size - 1, -1, np.int32)
    for u in range(indptr.size - 1):
        last = indptr[u + 1]
        for arc in range(indptr[u], last):
            marked_by[indices[arc]] = u
            prefetch(indices, indptr[indices[arc]])
        for arc in range(indptr[u], last):
            v = indices[arc]
            if v <= u:
                continue
            common = 0
            for back in range(indptr[v], indptr[v + 1]):
                w = indices[back]
                common |= int(marked_by[w] == u and w != u and w != v)
            if common:
                out[arc] = 1
                for back in range(indptr[v], indptr[v + 1]):
                    if indices[back] == u:
                        out[back] = 1
    return out
