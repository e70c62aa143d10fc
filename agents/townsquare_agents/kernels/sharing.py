"""Share: a buyer passes a message on once; porous platforms repeat it elsewhere. It travels on the next day."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.compiled import inline
from townsquare_agents.kernels.tables import SIZE_SHARES, Table
from townsquare_agents.rng import unit


@inline
def _queue_share(shares: Table, sizes: NDArray[np.int64], i: int, m: int, p: int) -> bool:
    """Queue a share for the next tick; return whether there was room."""
    n = sizes[SIZE_SHARES]
    if n >= shares.size:
        return False
    share = shares[n]
    share["buyer"] = i
    share["message"] = m
    share["platform"] = p
    sizes[SIZE_SHARES] = n + 1
    return True


@inline
def share(shares: Table, sizes: NDArray[np.int64], shared: NDArray[np.int32], i: int, m: int, p: int) -> bool:
    """Share once per buyer and message; return whether it is the first time."""
    for k in range(shared.shape[1]):
        if shared[i, k] == m:
            return False
    if not _queue_share(shares, sizes, i, m, p):
        return False
    for k in range(shared.shape[1] - 1, 0, -1):
        shared[i, k] = shared[i, k - 1]
    shared[i, 0] = m
    return True


@inline
def cross_post(
    shares: Table,
    sizes: NDArray[np.int64],
    key: np.uint64,
    platforms: Table,
    member: NDArray[np.int8],
    i: int,
    m: int,
    p: int,
    message_key: int,
) -> None:
    """Repeat a share on the sharer's other platforms, each by a chance: platforms are porous."""
    porosity = platforms[p]["porosity"]
    for q in range(platforms.size):
        place = platforms[q]
        if q != p and place["network"] >= 0 and place["open"] and member[i, q]:
            if unit(key, i, message_key + q) < porosity:
                _queue_share(shares, sizes, i, m, q)
