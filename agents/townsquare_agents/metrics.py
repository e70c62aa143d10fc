"""The two yardsticks, always kept apart: vanity, seen live, and value, which decides.

Value is known late, and only as far as listening measures it. This module is light to import: a page that only names
metrics needs no market.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

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


def totals(history: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return float64[V, METRICS] of some ticks ``history[ticks, V, METRICS]``: sums of flows, last values of levels."""
    flows = np.array([name in FLOWS for name in METRICS])
    if history.shape[0] == 0:
        return np.zeros(history.shape[1:])
    summed: NDArray[np.float64] = np.where(flows, history.sum(axis=0), history[-1])
    return summed
