"""Spread along the arcs of a network, a run at a time: independent cascades and threshold models.

Law: a run is a function of (seed, run, network, seeds): an arc's draw belongs to its source and its place in the
source's row, a threshold to its node. So seed sets share live edges, and any split of the runs over threads gives the
same bits.

The frontier is pushed in batches and in two phases: first every draw of the batch, on sixteen arcs at a time and
without touching the targets; then the few live arcs, whose targets and states have been prefetched meanwhile. Updates
are branch-free. Scratch arrays come from the caller, all zero or as said, and are handed back that way.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.compiled import allocating, inline, kernel
from townsquare_agents.kernels.lanes import append_live, prefetch
from townsquare_agents.rng import Purpose, below, draw, stream_key

Ints = NDArray[np.int64]
Nodes = NDArray[np.int32]
Words = NDArray[np.uint32]
Bytes = NDArray[np.uint8]

BATCH = 64  # nodes: enough to hide a cache miss, few enough for their live arcs to stay in the first-level cache
BUFFER = 4096  # live arcs that end a batch early
_CASCADE = int(Purpose.CASCADE)
_THRESHOLD = int(Purpose.THRESHOLD)
_THIN = _CASCADE << 8  # the second draw of an improbable arc


@kernel
def largest_row(indptr: Ints) -> int:
    """Return the largest out-degree."""
    most = np.int64(0)
    for node in range(indptr.size - 1):
        most = max(most, indptr[node + 1] - indptr[node])
    return int(most)


@inline
def _sow(seeds: Ints, active: Bytes, queue: Nodes) -> int:
    tail = 0
    for i in range(seeds.size):
        if active[seeds[i]] == 0:
            active[seeds[i]] = 1
            queue[tail] = seeds[i]
            tail += 1
    return tail


@inline
def _clear(queue: Nodes, tail: int, active: Bytes) -> None:
    if tail * 8 > active.size:
        active[:] = 0
    else:
        for i in range(tail):
            active[queue[i]] = 0


@inline
def _thinned(key: np.uint64, thin: np.uint64, found: Words, count: int) -> int:
    """Keep each arc found with probability thin / 2**64: what 31 bits cannot resolve."""
    kept = 0
    for i in range(count):
        found[kept] = found[i]
        kept += int(draw(key, int(found[i]), 0) < thin)
    return kept


@inline
def _cascade(
    key: np.uint64,
    thin_key: np.uint64,
    indptr: Ints,
    indices: Nodes,
    limits: Words,
    thin: np.uint64,
    tail: int,
    active: Bytes,
    queue: Nodes,
    found: Words,
    levels: Ints,
) -> int:
    """Spread from the first ``tail`` nodes of ``queue``; return how many it holds in the end, level after level."""
    head, depth = 0, 0
    while head < tail:
        level_end = tail
        if depth + 1 < levels.size:
            levels[depth] = head
            levels[depth + 1] = tail
        depth += 1
        while head < level_end:
            stop = min(head + BATCH, level_end)
            for i in range(stop, min(stop + BATCH, level_end)):
                prefetch(indptr, queue[i])
            count = 0
            while head < stop and count < BUFFER:
                node = int(queue[head])
                head += 1
                start = indptr[node]
                count = append_live(draw(key, node, 0), start, indptr[node + 1] - start, limits, found, count)
            if thin != np.uint64(0):
                count = _thinned(thin_key, thin, found, count)
            for i in range(count):
                prefetch(indices, found[i])
            for i in range(count):
                target = indices[found[i]]
                prefetch(active, target)
                found[i] = target
            for i in range(count):
                target = found[i]
                queue[tail] = target
                tail += 1 - int(active[target])
                active[target] = 1
    return tail


@allocating
def cascade_sizes(
    indptr: Ints,
    indices: Nodes,
    limits: Words,
    thin: np.uint64,
    seeds: Ints,
    seed: int,
    first_run: int,
    sizes: Ints,
    active: Bytes,
    queue: Nodes,
    found: Words,
) -> None:
    """Fill ``sizes`` with the nodes reached in the runs from ``first_run`` on.

    Scratch: ``active`` [n] zeros, ``queue`` [n + 1], ``found`` [BUFFER + largest row].
    """
    no_levels = np.empty(0, np.int64)
    for i in range(sizes.size):
        run = first_run + i
        tail = _sow(seeds, active, queue)
        key, thin_key = stream_key(seed, _CASCADE, run), stream_key(seed, _THIN, run)
        tail = _cascade(key, thin_key, indptr, indices, limits, thin, tail, active, queue, found, no_levels)
        sizes[i] = tail
        _clear(queue, tail, active)


@allocating
def cascade_ticks(
    indptr: Ints,
    indices: Nodes,
    limits: Words,
    thin: np.uint64,
    seeds: Ints,
    seed: int,
    run: int,
    ticks: Nodes,
    active: Bytes,
    queue: Nodes,
    found: Words,
) -> None:
    """Fill ``ticks`` [n] with when each node became active in one run: 0 for seeds, -1 for never."""
    levels = np.full(indptr.size + 1, -1, np.int64)
    tail = _sow(seeds, active, queue)
    key, thin_key = stream_key(seed, _CASCADE, run), stream_key(seed, _THIN, run)
    _cascade(key, thin_key, indptr, indices, limits, thin, tail, active, queue, found, levels)
    _fill_ticks(levels, queue, ticks)


@inline
def _fill_ticks(levels: Ints, queue: Nodes, ticks: Nodes) -> None:
    ticks[:] = -1
    depth = 0
    while depth + 1 < levels.size and levels[depth + 1] >= 0:
        for i in range(levels[depth], levels[depth + 1]):
            ticks[queue[i]] = depth
        depth += 1


@inline
def _needed(key: np.uint64, node: int, in_degree: int) -> int:
    """Return how many neighbours a node waits for: its threshold is uniform, each weighs 1 / in-degree."""
    return below(draw(key, node, 0), in_degree) + 1


@inline
def _topple(
    key: np.uint64,
    indptr: Ints,
    indices: Nodes,
    tail: int,
    waiting: Nodes,
    queue: Nodes,
    touched: Nodes,
    levels: Ints,
) -> tuple[int, int]:
    """Activate whoever waits for nobody any more; return how many ``queue`` and ``touched`` hold.

    ``waiting``: 0 is active, k > 0 waits for k more, -d < 0 has d arcs coming in and a threshold that nobody has
    asked for yet.
    """
    head, depth, touches = 0, 0, 0
    while head < tail:
        level_end = tail
        if depth + 1 < levels.size:
            levels[depth] = head
            levels[depth + 1] = tail
        depth += 1
        while head < level_end:
            if head + 8 < level_end:
                prefetch(indptr, queue[head + 8])
            if head + 4 < level_end:
                prefetch(indices, indptr[queue[head + 4]])
            node = queue[head]
            head += 1
            start, end = indptr[node], indptr[node + 1]
            for arc in range(start, min(start + 16, end)):
                prefetch(waiting, indices[arc])
            for arc in range(start, end):
                if arc + 16 < end:
                    prefetch(waiting, indices[arc + 16])
                target = indices[arc]
                left = int(waiting[target])
                if left == 0:
                    continue
                if left < 0:
                    left = _needed(key, int(target), -left)
                    touched[touches] = target
                    touches += 1
                left -= 1
                waiting[target] = left
                if left == 0:
                    queue[tail] = target
                    tail += 1
    return tail, touches


@allocating
def linear_sizes(
    indptr: Ints,
    indices: Nodes,
    in_degree: Nodes,
    seeds: Ints,
    seed: int,
    first_run: int,
    sizes: Ints,
    waiting: Nodes,
    queue: Nodes,
    touched: Nodes,
) -> None:
    """Fill ``sizes`` with linear threshold runs. Scratch: ``waiting`` is -in_degree, the others [n]."""
    no_levels = np.empty(0, np.int64)
    for i in range(sizes.size):
        tail = _sow_waiting(seeds, waiting, queue)
        key = stream_key(seed, _THRESHOLD, first_run + i)
        tail, touches = _topple(key, indptr, indices, tail, waiting, queue, touched, no_levels)
        sizes[i] = tail
        for j in range(touches):
            waiting[touched[j]] = -in_degree[touched[j]]
        for j in range(seeds.size):
            waiting[seeds[j]] = -in_degree[seeds[j]]


@allocating
def threshold_ticks(
    indptr: Ints,
    indices: Nodes,
    seeds: Ints,
    seed: int,
    run: int,
    ticks: Nodes,
    waiting: Nodes,
    queue: Nodes,
    touched: Nodes,
) -> int:
    """Fill ``ticks`` [n] with when each node became active in a run; return how many. ``waiting`` is used up."""
    levels = np.full(indptr.size + 1, -1, np.int64)
    tail = _sow_waiting(seeds, waiting, queue)
    key = stream_key(seed, _THRESHOLD, run)
    tail, _ = _topple(key, indptr, indices, tail, waiting, queue, touched, levels)
    _fill_ticks(levels, queue, ticks)
    return int(tail)


@inline
def _sow_waiting(seeds: Ints, waiting: Nodes, queue: Nodes) -> int:
    for i in range(seeds.size):
        waiting[seeds[i]] = 0
        queue[i] = seeds[i]
    return int(seeds.size)
