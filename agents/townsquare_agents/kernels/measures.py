"""Sums over the population that the yardsticks are made of, and the one byte a buyer shows on the projector."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.compiled import kernel
from townsquare_agents.kernels.columns import Columns, Scratch, Stage, Tie

_FOLLOWING = int(Tie.FOLLOW) | int(Tie.CONNECTED)
_OPT_IN = int(Tie.OPT_IN)
_AWARE = int(Stage.AWARE)
_TICKS_PER_YEAR = 365.0

AWARE, TRUST, FOLLOWERS, PERMISSIONS, CUSTOMERS, CUSTOMER_VALUE, GOODWILL, UNHAPPY = range(8)
MEASURES = 8

# the projector's six states (ServerNodes): interested and evaluating are both "considering"
_SHOWN = np.array([0, 1, 2, 2, 3, 4, 5], np.uint8)
_RANK = np.array([0, 2, 3, 4, 5, 6, 1], np.int8)  # the stage that wins when a buyer stands differently with each vendor


@kernel
def measure(
    columns: Columns, rules_array: NDArray[np.void], vendors: NDArray[np.void], out: NDArray[np.float64]
) -> None:
    """Fill ``out[V, MEASURES]``.

    TRUST is the sum over all buyers, CUSTOMER_VALUE is money (CLV = m r / (1 + d - r)).
    """
    rules = rules_array[0]
    out[:] = 0.0
    buyers, count = columns.awareness.shape
    for i in range(buyers):
        for v in range(count):
            if columns.stage[i, v] >= _AWARE:
                out[v, AWARE] += 1.0
            out[v, TRUST] += columns.trust[i, v]
            out[v, GOODWILL] += columns.awareness[i, v] * columns.trust[i, v]
            if columns.ties[i, v] & _FOLLOWING:
                out[v, FOLLOWERS] += 1.0
            if columns.ties[i, v] & _OPT_IN:
                out[v, PERMISSIONS] += 1.0
    discount = rules["money_discount"]
    for a in range(columns.supplier.size):
        v = columns.supplier[a]
        if v >= 0:
            yearly = vendors[v]["revenue_per_account"] * _TICKS_PER_YEAR * rules["money_margin"]
            retention = rules["money_retention"] * min(1.0, 0.5 + 0.65 * columns.satisfaction[a])
            out[v, CUSTOMERS] += 1.0
            out[v, CUSTOMER_VALUE] += yearly * retention / (1.0 + discount - retention)
            if columns.satisfaction[a] <= rules["experience_unhappy_at"]:
                out[v, UNHAPPY] += 1.0


@kernel
def node_states(columns: Columns, scratch: Scratch, out: NDArray[np.uint8]) -> None:
    """Fill ``out[N]``.

    Bits 0-2 the most advanced stage, bits 3-5 its vendor, bit 6 set when a vendor's message was seen this tick.
    """
    buyers, vendors = columns.awareness.shape
    for i in range(buyers):
        best = 0
        for v in range(1, vendors):
            rank = _RANK[columns.stage[i, v]]
            top = _RANK[columns.stage[i, best]]
            if rank > top or (rank == top and columns.awareness[i, v] > columns.awareness[i, best]):
                best = v
        shown = _SHOWN[columns.stage[i, best]]
        out[i] = np.uint8(shown | (min(best, 7) << 3) | (scratch.touched[i] << 6))
