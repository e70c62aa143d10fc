"""The evening: what the sweep writes down is what the columns say, and a day's records lie in lines of the cache."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from townsquare_agents import Market
from townsquare_agents.columns import LINE
from townsquare_agents.kernels import measures
from townsquare_agents.kernels.codes import Stage
from townsquare_agents.scenario import Scenario

Change = Callable[..., Scenario]


def _after(scenario: Scenario, ticks: int) -> Market:
    market = Market(scenario, 5, collect=False)
    for _ in range(ticks):
        market.step()
    return market


def test_what_the_evening_writes_down_is_what_the_columns_say(shipped: Scenario) -> None:
    for ticks in (0, 1, 9):
        market = _after(shipped, ticks)
        columns, world = market.columns, market._world
        happy = columns.satisfaction >= market.definition.parameters.experience.advocate_at
        assert happy.any()
        assert not happy.all()
        supplier = np.where(happy, columns.supplier, -1)[columns.account]
        assert np.array_equal(world.happy_with, supplier)
        assert np.array_equal(world.tied, columns.ties.T)
        if ticks:
            prospects = ~np.isin(columns.stage, (Stage.CUSTOMER, Stage.ADVOCATE))
            goodwill = (columns.awareness * columns.trust * prospects).sum(axis=0)
            np.testing.assert_allclose(world.measured[:, measures.TRUST], columns.trust.sum(axis=0), rtol=1e-12)
            np.testing.assert_allclose(world.measured[:, measures.GOODWILL], goodwill, rtol=1e-12)


def test_without_peers_nobody_is_seen_to_be_happy(shipped: Scenario, changed: Change) -> None:
    alone = changed(shipped, {"mechanisms.peers": False})
    for ticks in (0, 2):
        assert (_after(alone, ticks)._world.happy_with == -1).all()


def test_a_committee_is_a_customer_or_an_advocate_as_one(shipped: Scenario) -> None:
    """Experience looks at the first member alone, and at the others when that one's stage is another."""
    columns = _after(shipped, 40).columns
    for first, last, supplier in zip(columns.account_start, columns.account_stop, columns.supplier, strict=True):
        if supplier >= 0:
            stages = set(columns.stage[first:last, supplier].tolist())
            assert len(stages) == 1
            assert stages <= {Stage.CUSTOMER, Stage.ADVOCATE}


def test_a_record_of_a_buyer_and_of_a_relation_is_one_line_of_the_cache(shipped: Scenario) -> None:
    world = Market(shipped, 5, collect=False)._world
    for table in (world.buyers, world.relations):
        assert table.itemsize == LINE
        assert table.ctypes.data % LINE == 0
        assert table.flags.c_contiguous
