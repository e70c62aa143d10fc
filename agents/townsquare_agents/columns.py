"""The market's state as columns: views into the records of `kernels.tables`; a change is seen at once.

N buyers, V vendors, A accounts, T topics, P platforms.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.kernels.tables import F, Table


class Columns(NamedTuple):
    """One array for each thing that is known of all buyers, relations or accounts."""

    # buyers
    archetype: NDArray[np.int64]  # [N]
    account: NDArray[np.int64]  # [N]
    opportunism: F  # [N] 0..1
    privacy: F  # [N] 0..1
    risk_aversion: F  # [N] 0..1
    peer_weight: F  # [N] 0..1
    activity: F  # [N] multiplies the attention budget
    overload: F  # [N]
    interest: F  # [N, T] 0..1
    member: NDArray[np.int8]  # [N, P]
    # buyer and vendor
    awareness: F  # [N, V] 0..1
    trust: F  # [N, V] 0..1
    irritation: F  # [N, V]
    frequency: F  # [N, V]
    offers: F  # [N, V]
    word: F  # [N, V]
    expertise: F  # [N, V] 0..1
    score: F  # [N, V]
    ties: NDArray[np.uint32]  # [N, V] bit p: platform p; above: bits of codes.Tie
    stage: NDArray[np.int16]  # [N, V] codes.Stage
    # accounts
    account_start: NDArray[np.int64]  # [A]
    account_stop: NDArray[np.int64]  # [A]
    in_market: NDArray[np.int64]  # [A]
    decision_tick: NDArray[np.int64]  # [A]
    supplier: NDArray[np.int64]  # [A] vendor, -1 none
    customer_since: NDArray[np.int64]  # [A]
    expectation: F  # [A] beyond the average
    satisfaction: F  # [A]
    left: F  # [A]
    # vendors
    fit: F  # [V, T]


LINE = 64  # bytes of a line of the cache


def zeros_in_lines(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Table:
    """Return zeros that begin with a line of the cache, so that no record of 64 bytes lies in two of them."""
    size = math.prod(shape) * dtype.itemsize
    room = np.zeros(size + LINE, np.uint8)
    first = -room.ctypes.data % LINE
    return room[first : first + size].view(dtype).reshape(shape)


def columns_of(
    buyers: Table, relations: Table, accounts: Table, interest: F, member: NDArray[np.int8], word: F, fit: F
) -> Columns:
    """Return the columns of these tables, as views."""
    parts = {name: table[name] for table in (buyers, relations, accounts) for name in table.dtype.names or ()}
    parts.update(interest=interest, member=member, word=word, fit=fit)
    parts["account_start"], parts["account_stop"] = parts["first"], parts["last"]
    return Columns(**{name: parts[name] for name in Columns._fields})
