"""What a tick adds to the two yardsticks: counters and measures of the kernels become one row of metrics a vendor."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.compiled import kernel
from townsquare_agents.kernels import measures
from townsquare_agents.kernels.codes import Happening
from townsquare_agents.kernels.tables import Table
from townsquare_agents.metrics import METRICS

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


_COUNTED_COLUMNS = np.array([METRICS.index(name) for name in _COUNTED])
_COUNTED_HAPPENINGS = np.array([int(happening) for happening in _COUNTED.values()])
_FOLLOWERS, _TRUST, _PERMISSIONS = METRICS.index("followers"), METRICS.index("trust"), METRICS.index("permissions")
_PIPELINE, _CUSTOMERS, _REVENUE = METRICS.index("pipeline"), METRICS.index("customers"), METRICS.index("revenue")
_SPEND, _EQUITY = METRICS.index("spend"), METRICS.index("customer_equity")


@kernel
def tick_metrics(
    vendors: Table,
    measured: NDArray[np.float64],
    counters: NDArray[np.int64],
    rules: Table,
    accounts: int,
    buyers: int,
    out: NDArray[np.float64],
) -> None:
    """Fill ``out[V, METRICS]`` for one tick from its counters and measures, and book its spend.

    Customers to come are valued as content ones, at the vendor's own price; goodwill is that of accounts, of which
    each buyer stands for its part.
    """
    content = rules[0]["money_retention"]
    for v in range(vendors.size):
        vendor = vendors[v]
        for column in range(_COUNTED_COLUMNS.size):
            total = 0
            for play in range(counters.shape[1]):
                total += counters[v, play, _COUNTED_HAPPENINGS[column]]
            out[v, _COUNTED_COLUMNS[column]] = total
        vendor["spent"] += vendor["spend_per_tick"]
        worth = measures.customer_value(rules[0], vendor, content)
        pipeline = vendor["expected"] * worth
        goodwill = measured[v, measures.GOODWILL] / buyers * accounts * worth * rules[0]["money_goodwill"]
        out[v, _FOLLOWERS] = measured[v, measures.FOLLOWERS]
        out[v, _TRUST] = measured[v, measures.TRUST] / buyers
        out[v, _PERMISSIONS] = measured[v, measures.PERMISSIONS]
        out[v, _PIPELINE] = pipeline
        out[v, _CUSTOMERS] = measured[v, measures.CUSTOMERS]
        out[v, _REVENUE] = measured[v, measures.CUSTOMERS] * vendor["revenue_per_account"]
        out[v, _SPEND] = vendor["spend_per_tick"]
        out[v, _EQUITY] = measured[v, measures.CUSTOMER_VALUE] + pipeline + goodwill - vendor["spent"]
