"""The two yardsticks, always kept apart: vanity (seen live) and value (what decides.

Late, and only as far as listening measures it).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.kernels import measures
from townsquare_agents.kernels.codes import Happening
from townsquare_agents.kernels.tables import World

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


_COUNTED_NAMES = [METRICS.index(name) for name in _COUNTED]
_COUNTED_HAPPENINGS = [int(happening) for happening in _COUNTED.values()]
_COLUMN = {name: column for column, name in enumerate(METRICS)}


class Yardsticks(NamedTuple):
    """What money is made of."""

    customer_value: float  # money: CLV of a content customer
    goodwill_value: float  # money per buyer who fully knows and trusts a vendor
    buyers: int


def tick_metrics(world: World, yardsticks: Yardsticks, out: NDArray[np.float64]) -> None:
    """Fill ``out[V, METRICS]`` for one tick from the tick's counters and measures, and book the tick's spend."""
    vendors, measured = world.vendors, world.measured
    counted = world.log.counters[: vendors.size].sum(axis=1)
    out[:, _COUNTED_NAMES] = counted[:, _COUNTED_HAPPENINGS]
    vendors["spent"] += vendors["spend_per_tick"]
    pipeline = vendors["expected"] * yardsticks.customer_value
    goodwill = measured[:, measures.GOODWILL] * yardsticks.goodwill_value
    out[:, _COLUMN["followers"]] = measured[:, measures.FOLLOWERS]
    out[:, _COLUMN["trust"]] = measured[:, measures.TRUST] / yardsticks.buyers
    out[:, _COLUMN["permissions"]] = measured[:, measures.PERMISSIONS]
    out[:, _COLUMN["pipeline"]] = pipeline
    out[:, _COLUMN["customers"]] = measured[:, measures.CUSTOMERS]
    out[:, _COLUMN["revenue"]] = measured[:, measures.CUSTOMERS] * vendors["revenue_per_account"]
    out[:, _COLUMN["spend"]] = vendors["spend_per_tick"]
    worth = measured[:, measures.CUSTOMER_VALUE] + pipeline + goodwill
    out[:, _COLUMN["customer_equity"]] = worth - vendors["spent"]


def totals(history: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return float64[V, METRICS] of some ticks ``history[ticks, V, METRICS]``: sums of flows, last values of levels."""
    flows = np.array([name in FLOWS for name in METRICS])
    if history.shape[0] == 0:
        return np.zeros(history.shape[1:])
    summed: NDArray[np.float64] = np.where(flows, history.sum(axis=0), history[-1])
    return summed
