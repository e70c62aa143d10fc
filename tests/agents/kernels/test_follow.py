"""The follow network's loops: attractiveness as asked, picks in proportion to it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from townsquare_agents.compiled import kernel
from townsquare_agents.kernels import follow, growth
from townsquare_agents.rng import draw, stream_key


@kernel
def picks(accept: NDArray[np.float64], alias: NDArray[np.int32], out: NDArray[np.int64]) -> None:
    key = stream_key(4, 0, 0)
    for i in range(out.size):
        out[i] = follow.pick(draw(key, i, 1), draw(key, i, 2), accept, alias)


@pytest.mark.small
def test_weights_fall_off_as_a_power() -> None:
    weights = np.empty(1000, np.float64)
    follow.power_weights(0.78, weights)
    np.testing.assert_allclose(weights, np.arange(1, 1001) ** -0.78, rtol=1e-13)


@pytest.mark.small
@pytest.mark.parametrize("weights", [[1.0], [1.0, 1.0], [5.0, 1.0, 0.0, 2.0], [1e-9, 1.0, 1e9]])
def test_an_alias_table_holds_its_weights(weights: list[float]) -> None:
    n = len(weights)
    accept, alias = np.empty(n), np.empty(n, np.int32)
    follow.alias_table(np.array(weights), accept, alias)
    share = np.minimum(accept, 1.0) / n
    np.add.at(share, alias, (1.0 - np.minimum(accept, 1.0)) / n)
    np.testing.assert_allclose(share, np.array(weights) / sum(weights), atol=1e-12)


def test_picks_come_in_proportion() -> None:
    weights = np.array([5.0, 1.0, 3.0, 0.5, 2.5])
    accept, alias = np.empty(5), np.empty(5, np.int32)
    follow.alias_table(weights, accept, alias)
    out = np.empty(200_000, np.int64)
    picks(accept, alias, out)
    observed = np.bincount(out, minlength=5)
    assert float(stats.chisquare(observed, weights / weights.sum() * out.size).pvalue) > 1e-4


def test_out_degrees_are_geometric_and_bounded() -> None:
    out = np.empty(100_000, np.int64)
    key = np.uint64(growth.key_of(1, 2, 3))
    follow.geometric_degrees(key, 8.0, 10**6, out)
    assert out.mean() == pytest.approx(8, rel=0.02)
    assert out.var() == pytest.approx(72, rel=0.04)
    follow.geometric_degrees(key, 8.0, 3, out)
    assert out.max() == 3
