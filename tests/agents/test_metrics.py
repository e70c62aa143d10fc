"""Customer equity = value of customers + pipeline + goodwill - spend, each at the vendor's own price."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from townsquare_agents import Market
from townsquare_agents.kernels.codes import Stage
from townsquare_agents.metrics import METRICS
from townsquare_agents.plan import Plan
from townsquare_agents.scenario import Scenario

Change = Callable[..., Scenario]


def _last(market: Market, metric: str) -> np.ndarray:
    return np.asarray(market.history[market.tick - 1, :, METRICS.index(metric)])


def _idle(scenario: Scenario, ticks: int) -> Market:
    market = Market(scenario, 1, collect=False)
    for vendor in market.vendor_index:
        market.set_plan(vendor, Plan())
    for _ in range(ticks):
        market.step()
    return market


def _clv(scenario: Scenario, satisfaction: np.ndarray | None = None, price: float = 1.0) -> np.ndarray:
    money = scenario.parameters.money
    yearly = money.revenue_per_account * price / scenario.calendar.ticks_per_round * 365 * money.margin
    r = np.array(money.retention)
    if satisfaction is not None:
        r = r * np.minimum(1.0, 0.5 + 0.65 * satisfaction)
    return np.asarray(yearly * r / (1 + money.discount - r))


def test_customer_equity_is_what_the_document_says(shipped: Scenario, changed: Change) -> None:
    market = _idle(changed(shipped, {"vendors.1.price": 1.3}), 20)
    columns, goodwill = market.columns, shipped.parameters.money.goodwill
    for v, price in enumerate((1.0, 1.3, 1.0, 1.0)):
        mine = columns.supplier == v
        customers = _clv(shipped, columns.satisfaction[mine], price).sum()
        strangers = ~np.isin(columns.stage[:, v], (Stage.CUSTOMER, Stage.ADVOCATE))
        known = (columns.awareness[:, v] * columns.trust[:, v])[strangers].sum() / columns.account.size
        worth = known * columns.supplier.size * goodwill * _clv(shipped, price=price)
        pipeline = _last(market, "pipeline")[v]
        assert pipeline > 0
        assert _last(market, "customer_equity")[v] == pytest.approx(customers + pipeline + worth, rel=1e-9)


def test_the_pipeline_of_a_dearer_vendor_is_worth_its_price(shipped: Scenario, changed: Change) -> None:
    """Where buyers do not mind the price, twice the price makes every future customer worth twice as much."""
    careless = changed(shipped, {"parameters.choice.price": 0})
    cheap, dear = (_last(_idle(changed(careless, {"vendors.0.price": p}), 10), "pipeline") for p in (1.0, 2.0))
    assert dear[0] == pytest.approx(2 * cheap[0])
    assert dear[1:] == pytest.approx(cheap[1:])


def test_goodwill_is_that_of_people_who_are_not_yet_customers(shipped: Scenario, changed: Change) -> None:
    """A vendor that everybody buys from has no goodwill left to win."""
    data = {"parameters.need.per_quarter": 0, "mechanisms.churn": False}
    data |= {f"vendors.{v}.market_share": float(v == 0) for v in range(4)}
    market = _idle(changed(shipped, data), 1)
    equity = _last(market, "customer_equity")[0]
    assert equity == pytest.approx(_clv(shipped, market.columns.satisfaction).sum())
