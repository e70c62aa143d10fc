"""The two yardsticks, always kept apart: vanity (seen live) and value (what decides.

Late, and only as far as listening measures it).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.kernels import measures
from townsquare_agents.kernels.columns import Happening

VANITY = ("reach", "impressions", "likes", "shares", "followers", "clicks")
VALUE = (
    "trust",
    "permissions",
    "pipeline",
    "sales_ready_leads",
    "customers",
    "revenue",
    "churned",
    "references",
    "spend",
    "customer_equity",
)
METRICS = VANITY + VALUE

FLOWS = frozenset(
    {
        "reach",
        "impressions",
        "likes",
        "shares",
        "clicks",
        "sales_ready_leads",
        "revenue",
        "churned",
        "references",
        "spend",
    }
)
"""Metrics that add up over ticks; the others are levels, read at the end of a round."""

KNOWN_WITHOUT_LISTENING = frozenset({"permissions", "customers", "revenue", "spend"})
"""What a vendor's own books and mailing list tell it."""

_COUNTED = {
    "reach": Happening.REACHED,
    "impressions": Happening.IMPRESSION,
    "likes": Happening.LIKE,
    "shares": Happening.SHARE,
    "clicks": Happening.CLICK,
    "sales_ready_leads": Happening.SALES_READY,
    "churned": Happening.CHURNED,
    "references": Happening.SPOKE_WELL,
}


class Yardsticks(NamedTuple):
    """What `tick_metrics` needs besides the counters."""

    measured: NDArray[np.float64]  # [V, measures.MEASURES]
    expected: NDArray[np.float64]  # [V] new customers expected from the pipeline
    customer_value: float  # money: CLV of a content customer
    goodwill_value: float  # money per account that fully knows and trusts a vendor
    buyers: int
    accounts: int


def tick_metrics(
    counted: NDArray[np.int64],
    yardsticks: Yardsticks,
    revenue: NDArray[np.float64],
    spend: NDArray[np.float64],
    spent: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:
    """Fill ``out[V, METRICS]`` for one tick. ``counted`` int64[V, happenings] is this tick's.

    ``spent`` all spend so far.
    """
    for column, name in enumerate(METRICS):
        if name in _COUNTED:
            out[:, column] = counted[:, _COUNTED[name]]
    measured = yardsticks.measured
    pipeline = yardsticks.expected * yardsticks.customer_value
    goodwill = measured[:, measures.GOODWILL] * (yardsticks.goodwill_value * yardsticks.accounts / yardsticks.buyers)
    levels = {
        "followers": measured[:, measures.FOLLOWERS],
        "trust": measured[:, measures.TRUST] / yardsticks.buyers,
        "permissions": measured[:, measures.PERMISSIONS],
        "pipeline": pipeline,
        "customers": measured[:, measures.CUSTOMERS],
        "revenue": revenue,
        "spend": spend,
        "customer_equity": measured[:, measures.CUSTOMER_VALUE] + pipeline + goodwill - spent,
    }
    for name, values in levels.items():
        out[:, METRICS.index(name)] = values


def totals(history: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return float64[V, METRICS] of some ticks ``history[ticks, V, METRICS]``: sums of flows, last values of levels."""
    flows = np.array([name in FLOWS for name in METRICS])
    if history.shape[0] == 0:
        return np.zeros(history.shape[1:])
    summed: NDArray[np.float64] = np.where(flows, history.sum(axis=0), history[-1])
    return summed
