"""Deliver: messages cross ties to the buyers who could see them.

Cost follows the messages, not the population, but for one sweep over the tie column per message to followers.

Output is a list of entries (buyer, message, sharer) and, for each buyer and platform, how many messages were offered
this tick.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.compiled import inline, kernel
from townsquare_agents.kernels.columns import (
    SIZE_ENTRIES,
    SIZE_NEED,
    SIZE_SHARES,
    Columns,
    Reach,
    Relationship,
    Scratch,
    Tie,
)
from townsquare_agents.rng import Purpose, below, draw, stream_key

_FOLLOWERS = int(Reach.FOLLOWERS)
_PAID = int(Reach.PAID)
_OPTED_IN = int(Reach.OPTED_IN)
_CUSTOMERS = int(Reach.CUSTOMERS)
_VIRAL = int(Relationship.VIRAL)
_PERMISSION = int(Relationship.PERMISSION)
_FOLLOW = int(Tie.FOLLOW)
_CONNECTED = int(Tie.CONNECTED)
_OPT_IN = int(Tie.OPT_IN)
_BLOCKED = int(Tie.BLOCKED)
_AUDIENCE = int(Purpose.AUDIENCE)
_AIMED_TRIES = 8  # a sampled audience is found by rejection; an archetype below 1/8 of the buyers is reached less often


@inline
def _offer(columns: Columns, scratch: Scratch, i: int, m: int, platform: int, sharer: int) -> None:
    n = scratch.sizes[SIZE_NEED]
    scratch.sizes[SIZE_NEED] = n + 1
    if n < scratch.entry_buyer.size:
        scratch.entry_buyer[n] = i
        scratch.entry_message[n] = m
        scratch.entry_sharer[n] = sharer
        scratch.offered[i, platform] += 1
        scratch.sizes[SIZE_ENTRIES] = n + 1


@inline
def _clear(scratch: Scratch) -> None:
    for e in range(scratch.sizes[SIZE_ENTRIES]):
        for p in range(scratch.offered.shape[1]):
            scratch.offered[scratch.entry_buyer[e], p] = 0
    scratch.sizes[SIZE_ENTRIES] = 0
    scratch.sizes[SIZE_NEED] = 0


@inline
def _wanted_tie(relationship: int, reach: int) -> int:
    if reach == _OPTED_IN:
        return _OPT_IN
    if relationship == _PERMISSION:
        return _CONNECTED
    return _FOLLOW


@kernel
def deliver(
    seed: int,
    tick: int,
    columns: Columns,
    scratch: Scratch,
    messages: NDArray[np.void],
    first: int,
    platforms: NDArray[np.void],
) -> int:
    """Fill the entries of this tick; return how many entries are needed (more than the buffer holds.

    Grow it and call again).

    ``messages[first:]`` go out now; shares of the previous tick travel as well.
    """
    _clear(scratch)
    buyers = columns.archetype.size
    key = stream_key(seed, _AUDIENCE, tick)
    for m in range(first, messages.size):
        vendor = messages[m]["vendor"]
        platform = messages[m]["platform"]
        audience = messages[m]["audience"]
        reach = messages[m]["reach"]
        if vendor >= 0 and (reach == _FOLLOWERS or reach == _OPTED_IN):
            tie = _wanted_tie(platforms[platform]["relationship"], reach)
            for i in range(buyers):
                if (columns.ties[i, vendor] & tie) and (audience < 0 or columns.archetype[i] == audience):
                    if columns.member[i, platform]:
                        _offer(columns, scratch, i, m, platform, -1)
        elif vendor >= 0 and reach == _CUSTOMERS:
            for a in range(columns.supplier.size):
                if columns.supplier[a] == vendor:
                    for i in range(columns.account_start[a], columns.account_start[a + 1]):
                        if columns.member[i, platform]:
                            _offer(columns, scratch, i, m, platform, -1)
        else:
            message_key = messages[m]["key"]
            for j in range(messages[m]["volume"]):
                for attempt in range(_AIMED_TRIES):
                    i = below(draw(key, j * _AIMED_TRIES + attempt, message_key), buyers)
                    if audience >= 0 and columns.archetype[i] != audience:
                        continue
                    if columns.member[i, platform] and not (vendor >= 0 and columns.ties[i, vendor] & _BLOCKED):
                        _offer(columns, scratch, i, m, platform, -1)
                    break
    for s in range(scratch.sizes[SIZE_SHARES]):
        _deliver_share(columns, scratch, messages, platforms, scratch.share_buyer[s], scratch.share_message[s])
    return scratch.sizes[SIZE_NEED]


@inline
def _deliver_share(
    columns: Columns,
    scratch: Scratch,
    messages: NDArray[np.void],
    platforms: NDArray[np.void],
    sharer: int,
    m: int,
) -> None:
    platform = messages[m]["platform"]
    vendor = messages[m]["vendor"]
    if platforms[platform]["network"] == 1:
        for arc in range(columns.follower_start[sharer], columns.follower_start[sharer + 1]):
            i = columns.follower[arc]
            if columns.member[i, platform] and not (columns.ties[i, vendor] & _BLOCKED):
                _offer(columns, scratch, i, m, platform, sharer)
    elif platforms[platform]["network"] == 0:
        for arc in range(columns.friend_start[sharer], columns.friend_start[sharer + 1]):
            i = columns.friend[arc]
            if columns.member[i, platform] and not (columns.ties[i, vendor] & _BLOCKED):
                _offer(columns, scratch, i, m, platform, sharer)
