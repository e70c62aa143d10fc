"""The loops behind the generators: logarithms to the last place, skips and shuffles as chance would have them."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from townsquare_agents.compiled import kernel
from townsquare_agents.kernels import growth
from townsquare_agents.rng import draw, stream_key


@kernel
def logarithms(values: NDArray[np.float64], out: NDArray[np.float64]) -> None:
    for i in range(values.size):
        out[i] = growth.logarithm(values[i])


@kernel
def gaps(probability: float, out: NDArray[np.int64]) -> None:
    key = stream_key(3, 0, 0)
    log_miss = growth.log_of_miss(probability)
    for i in range(out.size):
        out[i] = growth.gap(draw(key, i, 0), log_miss)


@pytest.mark.small
def test_logarithms_are_exact_to_a_few_units_in_the_last_place() -> None:
    values = np.concatenate((2.0 ** -np.arange(0, 54, 0.37), 1 - 2.0 ** -np.arange(1, 53), [1.0, 0.5]))
    out = np.empty_like(values)
    logarithms(values, out)
    np.testing.assert_allclose(out, [math.log(value) for value in values], rtol=2e-15, atol=0)


@pytest.mark.parametrize("probability", [0.5, 0.05, 0.002])
def test_gaps_are_geometric(probability: float) -> None:
    out = np.empty(200_000, np.int64)
    gaps(probability, out)
    assert out.min() == 0
    law = stats.geom(probability, loc=-1)
    edges = np.unique(law.ppf(np.linspace(0.02, 0.98, 25)).astype(int))
    cumulative = np.concatenate(([0.0], law.cdf(edges), [1.0]))
    observed = np.bincount(np.searchsorted(edges, out), minlength=edges.size + 1)
    assert float(stats.chisquare(observed, np.diff(cumulative) * out.size).pvalue) > 1e-4


@pytest.mark.small
def test_gaps_of_next_to_impossible_events_are_long_but_finite() -> None:
    out = np.empty(100, np.int64)
    gaps(1e-300, out)
    assert out.min() >= 4_000_000_000


def test_shuffles_are_even() -> None:
    counts = dict.fromkeys(itertools.permutations(range(4)), 0)
    for seed in range(12_000):
        items = np.arange(4, dtype=np.int32)
        growth.shuffle(np.uint64(growth.key_of(seed, 7, 1)), items)
        counts[tuple(items.tolist())] += 1
    assert float(stats.chisquare(list(counts.values())).pvalue) > 1e-4


@pytest.mark.small
def test_untangling_says_what_it_could_not_do() -> None:
    # three nodes of degree 2 with loops: the triangle is the one simple network, and swaps reach it
    sources, targets = np.array([0, 1, 2], np.int32), np.array([0, 1, 2], np.int32)
    rows = np.array([[0, 0], [1, 1], [2, 2]], np.int32)
    left = growth.untangle(np.uint64(growth.key_of(1, 2, 3)), sources, targets, rows, 1000)
    tied = {tuple(sorted(pair)) for pair in zip(sources.tolist(), targets.tolist(), strict=True)}
    assert left == sum(a == b for a, b in zip(sources.tolist(), targets.tolist(), strict=True))
    if left == 0:
        assert tied == {(0, 1), (0, 2), (1, 2)}
    # two nodes of degree 2 cannot be simple
    pair = np.array([0, 0], np.int32), np.array([1, 1], np.int32)
    assert growth.untangle(np.uint64(7), *pair, np.array([[1, 1], [0, 0]], np.int32), 50) > 0
