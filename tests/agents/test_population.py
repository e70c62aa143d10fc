"""How a market begins: each number of it is the scenario's, and nothing of a buyer is made up elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from townsquare_agents import Market
from townsquare_agents.parameters import Parameters
from townsquare_agents.scenario import Scenario

Change = Callable[..., Scenario]
START = type(Parameters().start).model_fields
NOTHING = {f"parameters.start.{name}": 0 for name in START}


def _begun(scenario: Scenario, changed: Change, settings: dict[str, Any]) -> Market:
    return Market(changed(scenario, settings), 3, stories=False, collect=False)


def _customers(market: Market) -> np.ndarray:
    """Return bool[N, V]: who is a customer of whom."""
    columns = market.columns
    return columns.supplier[columns.account][:, None] == np.arange(len(market.vendors))


@pytest.mark.parametrize("name", START)
def test_every_number_of_the_start_is_live(small: Scenario, changed: Change, name: str) -> None:
    bare = changed(small, {"archetypes.0.interests": {}})
    usual, other = (_begun(bare, changed, {f"parameters.start.{name}": value}) for value in (0.25, 0.75))
    assert any(not np.array_equal(a, b) for a, b in zip(usual.columns, other.columns, strict=True))


def test_without_spreads_all_who_are_alike_begin_alike(small: Scenario, changed: Change) -> None:
    market = _begun(small, changed, NOTHING)
    columns, others = market.columns, ~_customers(market)
    for v, vendor in enumerate(small.vendors):
        assert np.allclose(columns.awareness[others[:, v], v], vendor.awareness)
    assert np.allclose(columns.trust, small.parameters.trust.start)
    kinds = small.archetypes
    assert np.allclose(columns.activity, np.array([kind.activity for kind in kinds])[columns.archetype])
    assert np.allclose(columns.privacy, np.array([kind.privacy for kind in kinds])[columns.archetype])
    topic = small.topics[0].id
    means = np.array([kind.interests.get(topic, 0.0) for kind in kinds])
    assert np.allclose(columns.interest[:, 0], means[columns.archetype])


def test_a_customer_begins_with_what_the_scenario_says_of_customers(small: Scenario, changed: Change) -> None:
    of_customers = {"awareness_of_customers": 0.55, "trust_of_customers": 0.2, "expertise_of_customers": 0.4}
    settings = NOTHING | {f"parameters.start.{name}": value for name, value in of_customers.items()}
    market = _begun(small, changed, settings)
    columns, customers = market.columns, _customers(market)
    assert customers.any(axis=0).all()
    assert np.allclose(columns.awareness[customers], 0.55)
    assert np.allclose(columns.trust[customers], small.parameters.trust.start + 0.2)
    assert np.allclose(columns.expertise[customers], 0.4)
    assert not columns.expertise[~customers].any()


def test_spreads_are_as_wide_as_they_say(shipped: Scenario, changed: Change) -> None:
    settings = {"parameters.start.trust_spread": 0.4, "parameters.start.activity_spread": 0.6}
    settings |= {"parameters.start.awareness_spread": 0.5}
    market = _begun(shipped, changed, settings)
    columns, others = market.columns, ~_customers(market)
    trust = columns.trust[others] - shipped.parameters.trust.start
    activity = columns.activity / np.array([kind.activity for kind in shipped.archetypes])[columns.archetype]
    awareness = columns.awareness[others[:, 0], 0] / shipped.vendors[0].awareness
    for found, low, high in ((trust, -0.2, 0.2), (activity, 0.7, 1.3), (awareness, 0.5, 1.5)):
        assert low <= found.min() < low + 0.01 * (high - low)
        assert high >= found.max() > high - 0.01 * (high - low)


def test_customers_follow_their_supplier_where_the_platform_says_so(shipped: Scenario, changed: Change) -> None:
    for share in (0.0, 0.5):
        settings = {"platforms.0.members": 1, "platforms.0.followed_at_start": 0}
        market = _begun(shipped, changed, settings | {"platforms.0.followed_by_customers": share})
        follows, customers = (market.columns.ties & np.uint32(1)) != 0, _customers(market)
        assert not follows[~customers].any()
        assert follows[customers].mean() == pytest.approx(share, abs=0.06)


def test_a_vendor_of_half_the_size_answers_half_as_much_without_a_plan(small: Scenario, changed: Change) -> None:
    market = _begun(small, changed, {"vendors.0.hours": 0.5, "vendors.1.hours": 2})
    answers = market.vendors_table["answers_per_tick"]
    usual = small.parameters.service.baseline_hours / small.parameters.service.hours_per_answer
    assert answers.tolist() == pytest.approx(
        [ratio * usual / small.calendar.ticks_per_round for ratio in (0.5, 2, 1, 1)]
    )
