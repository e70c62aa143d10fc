"""Epidemics: cascades when recovery is certain, percolation when it is not, and nobody lost on the way."""

from __future__ import annotations

import math

import numpy as np
import pytest

from townsquare_agents import generators
from townsquare_agents.diffusion import independent_cascade, sir

N = 100_000


@pytest.mark.small
def test_certain_recovery_makes_an_epidemic_a_cascade() -> None:
    network = generators.preferential_attachment(200, 3, seed=1)
    cascade = independent_cascade(network, [5], 0.2, runs=50, seed=9)
    epidemic = sir(network, [5], 0.2, 1.0, runs=50, seed=9)
    np.testing.assert_array_equal(cascade.sizes, epidemic.sizes)
    np.testing.assert_array_equal(cascade.activation_tick(3), epidemic.activation_tick(3))


@pytest.mark.small
def test_epidemic_counts_add_up() -> None:
    network = generators.small_world(100, 6, 0.1, seed=1)
    epidemic = sir(network, [0, 1], 0.2, 0.3, runs=5, seed=2)
    for run in range(5):
        counts = epidemic.counts(run)
        assert (counts.sum(axis=1) == 100).all()
        assert counts[0].tolist() == [98, 2, 0]
        assert counts[-1].tolist() == [100 - epidemic.sizes[run], 0, epidemic.sizes[run]]
        infected, recovered = epidemic.activation_tick(run), epidemic.recovery_tick(run)
        assert (recovered[infected >= 0] > infected[infected >= 0]).all()


def test_an_epidemic_percolates_with_its_transmissibility() -> None:
    # infectious for 1, 2, ... ticks: an arc transmits with T = b / (b + g - b g)
    transmission, recovery = 0.2, 0.2
    t = transmission / (transmission + recovery - transmission * recovery)
    share = 0.5
    for _ in range(200):
        share = 1 - math.exp(-t * 3 * share)
    found = []
    for seed in range(1, 5):
        sizes = sir(generators.erdos_renyi(N, 3, seed=seed), range(5), transmission, recovery, runs=5).sizes
        found.append(sizes[sizes > N / 20].mean() / N)
    assert np.mean(found) == pytest.approx(share, rel=0.01)


def test_infectious_times_are_geometric() -> None:
    lonely = generators.erdos_renyi(50_000, 0, seed=1)
    epidemic = sir(lonely, range(50_000), 0.5, 0.25, runs=1, seed=4)
    times = epidemic.recovery_tick(0)
    assert times.min() == 1
    assert times.mean() == pytest.approx(4, rel=0.02)
    assert np.mean(times == 1) == pytest.approx(0.25, abs=0.008)
