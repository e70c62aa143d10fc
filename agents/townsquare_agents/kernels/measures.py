"""Sums over the population that the yardsticks are made of, and the one byte a buyer shows on the projector."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.compiled import inline, kernel
from townsquare_agents.kernels.lanes import prefetch
from townsquare_agents.kernels.tables import Table, World

_TICKS_PER_YEAR = 365.0
AHEAD = 48  # relations that a sweep fetches ahead: a quarter off at a million buyers, nothing lost at 2 000

TRUST, FOLLOWERS, PERMISSIONS, CUSTOMERS, CUSTOMER_VALUE, GOODWILL = range(6)
MEASURES = 6

# the projector's six states (ServerNodes): interested and evaluating are both "considering"
_SHOWN = np.array([0, 1, 2, 2, 3, 4, 5], np.uint8)
# the stage that wins when a buyer stands differently with each vendor; awareness, a share, decides among equals
_RANK = np.array([0, 4, 6, 8, 10, 12, 2], np.float64)


@inline
def customer_value(rules: np.void, vendor: np.void, retention: float) -> float:
    """Return what an account is worth to its supplier: CLV = m r / (1 + d - r), at the supplier's own price."""
    yearly = vendor["revenue_per_account"] * _TICKS_PER_YEAR * rules["money_margin"]
    value: float = yearly * retention / (1.0 + rules["money_discount"] - retention)
    return value


@inline
def measure(world: World) -> None:
    """Add what accounts bring to ``measured[V, MEASURES]``, which the evening's sweep has begun.

    TRUST is a sum over all buyers, GOODWILL over those who are not customers; CUSTOMER_VALUE is money.
    """
    rules, out = world.rules[0], world.measured
    for a in range(world.accounts.size):
        account = world.accounts[a]
        v = account["supplier"]
        if v >= 0:
            stays = rules["money_retention_floor"] + rules["money_retention_satisfaction"] * account["satisfaction"]
            retention = rules["money_retention"] * min(1.0, stays)
            out[v, CUSTOMERS] += 1.0
            out[v, CUSTOMER_VALUE] += customer_value(rules, world.vendors[v], retention)


@kernel
def node_states(touched: NDArray[np.int32], relations: Table, ticks: int, out: NDArray[np.uint8]) -> None:
    """Fill ``out[N]``: bits 0-2 the most advanced stage, 3-5 its vendor, 6 set when a vendor's message was seen.

    ``ticks`` is how many are over.
    """
    flat, vendors = relations.reshape(relations.size), relations.shape[1]
    for i in range(relations.shape[0]):
        best, top = 0, -1.0
        for v in range(vendors):
            prefetch(flat, min(i * vendors + v + AHEAD, flat.size - 1))
            relation = relations[i, v]
            standing = _RANK[relation["stage"]] + relation["awareness"]
            best, top = (v, standing) if standing > top else (best, top)
        shown = _SHOWN[relations[i, best]["stage"]]
        fresh = ticks > 0 and touched[i] == ticks
        out[i] = np.uint8(shown | (min(best, 7) << 3) | (fresh << 6))
