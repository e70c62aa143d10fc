"""What the machine can do at best: bare prefetched gathers, and what a random number costs.

Law: nothing but the one thing measured is in the loop; every loop returns a sum, so that no compiler drops it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.compiled import kernel
from townsquare_agents.kernels.lanes import LANES, append_live, prefetch
from townsquare_agents.rng import draw, stream_key, to_unit

AHEAD = 32


@kernel
def gather(state: NDArray[np.int32], order: NDArray[np.int32]) -> int:
    """Visit ``state`` in a random ``order``, each entry asked for 32 steps ahead: the roof for following arcs."""
    total = np.int64(0)
    for i in range(order.size - AHEAD):
        prefetch(state, order[i + AHEAD])
        total += state[order[i]]
    return int(total)


@kernel
def gather_plainly(state: NDArray[np.int32], order: NDArray[np.int32]) -> int:
    """Visit ``state`` in a random ``order`` and leave the rest to the processor."""
    total = np.int64(0)
    for i in range(order.size):
        total += state[order[i]]
    return int(total)


@kernel
def fade(values: NDArray[np.float64], factor: float) -> None:
    """Read and write an array once: the roof for whatever changes all of a population every day."""
    for i in range(values.size):
        values[i] *= factor


@kernel
def keyed_draws(count: int) -> int:
    """Count how many keyed uniform numbers are below 0.05, one by one."""
    total = 0
    key = stream_key(1, 0, 0)
    for i in range(count):
        total += int(to_unit(draw(key, i, 0)) < 0.05)
    return total


@kernel
def stateful_draws(count: int) -> int:
    """Count how many numbers of numba's own generator, a Mersenne twister for each thread, are below 0.05."""
    total = 0
    for _ in range(count):
        total += int(np.random.random() < 0.05)
    return total


@kernel
def lane_draws(count: int, limits: NDArray[np.uint32], out: NDArray[np.uint32]) -> int:
    """Decide arcs sixteen at a time, in rows of 32."""
    total = np.int64(0)
    key = stream_key(1, 0, 0)
    for row in range(count // (2 * LANES)):
        total += append_live(draw(key, row, 0), 0, 2 * LANES, limits, out, 0)
    return int(total)
