"""What theory says of spread in large networks: percolation, thresholds, Bass curves, complex contagion."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from townsquare_agents import generators
from townsquare_agents.diffusion import (
    fractional_threshold,
    independent_cascade,
    linear_threshold,
)
from townsquare_agents.network import Network

N = 100_000


def giant_share(sizes: NDArray[np.int64]) -> float:
    """Return the mean size of the outbreaks that did not die out, as a share of N."""
    return float(sizes[sizes > N / 20].mean() / N)


def test_percolation_on_a_random_graph() -> None:
    found = [
        giant_share(independent_cascade(generators.erdos_renyi(N, 3, seed=seed), [0, 1], 0.5, runs=40, seed=seed).sizes)
        for seed in range(1, 7)
    ]
    assert np.mean(found) == pytest.approx(0.5828, rel=0.01)


def test_percolation_on_a_regular_graph() -> None:
    network = generators.random_regular(N, 4, seed=1)
    sizes = independent_cascade(network, [0], 0.5, runs=100, seed=2).sizes
    assert giant_share(sizes) == pytest.approx(0.8541, rel=0.005)


def test_a_lone_seed_dies_out_as_a_branching_process_does() -> None:
    # none of its four arcs leads on: 1 - u**4 with u = 1 - T + T u**3
    u = 0.0
    for _ in range(200):
        u = 0.5 + 0.5 * u**3
    n, seeds, runs = 4000, 200, 150
    network = generators.random_regular(n, 4, seed=2)
    many = [independent_cascade(network, [seed], 0.5, runs=runs, seed=seed + 1).sizes for seed in range(seeds)]
    error = math.sqrt(0.25 / (seeds * runs))
    assert np.mean(np.concatenate(many) > n / 10) == pytest.approx(1 - u**4, abs=4 * error)


def mean_outbreak(network: Network, probability: float) -> float:
    picked = np.random.default_rng(1).integers(0, network.node_count, 3000)
    spread = [
        independent_cascade(network, [node], probability, runs=60, seed=i).sizes.mean() for i, node in enumerate(picked)
    ]
    return float(np.mean(spread))


def uneven_degrees() -> NDArray[np.int64]:
    return np.where(np.arange(50_000) % 4 == 0, 9, 2) + (np.arange(50_000) == 1)


@pytest.mark.parametrize("directed", [False, True])
def test_outbreaks_diverge_at_the_threshold_of_theory(directed: bool) -> None:
    degrees = uneven_degrees()
    degrees[0] += degrees.sum() % 2
    k, k2 = degrees.mean(), (degrees**2).mean()
    if directed:  # in- and out-degree of a node are the same here, but no arc is answered
        stubs = np.repeat(np.arange(degrees.size), degrees)
        network = Network.from_edges(stubs, np.random.default_rng(2).permutation(stubs), directed=True)
        critical = k / k2
    else:
        network = generators.configuration_model(degrees, seed=1)
        critical = k / (k2 - k)
    for share in (0.4, 0.7):
        expected = 1 + share * critical * k / (1 - share)  # a branching process below its threshold
        assert mean_outbreak(network, share * critical) == pytest.approx(expected, rel=0.02)
    below = independent_cascade(network, [0], 0.8 * critical, runs=200, seed=1).sizes.max()
    above = independent_cascade(network, [0], 1.3 * critical, runs=200, seed=1).sizes.max()
    assert below < 0.02 * degrees.size < 0.2 * degrees.size < above


@pytest.mark.parametrize("rate", [0.1, 0.3])
def test_poisson_cascades(rate: float) -> None:
    n, runs = 2000, 200_000
    found = independent_cascade(generators.complete(n), [0], rate / (n - 1), runs=runs, seed=5)
    lone = float(np.mean(found.sizes == 1))
    assert lone == pytest.approx(math.exp(-rate), abs=4 * math.sqrt(0.25 / runs) + rate / n)
    looked_at = np.flatnonzero(found.sizes[:40_000] > 2)
    deep = np.array([(found.activation_tick(int(run)) >= 2).sum() for run in looked_at])
    total = found.sizes[:40_000].sum()
    assert deep.sum() / total == pytest.approx(rate**2, abs=5 * math.sqrt((deep**2).sum()) / total)


# --- thresholds


def global_cascades(z: float) -> float:
    """Return the share of single seeds that set off more than a fifth of the network (phi = .18)."""
    n, hits = 10_000, 0
    for seed in range(2):
        network = generators.erdos_renyi(n, z, seed=seed)
        hits += sum(int(fractional_threshold(network, [node], 0.18).sizes[0]) > n // 5 for node in range(200))
    return hits / 400


@pytest.mark.parametrize(("z", "possible"), [(0.9, False), (1.25, True), (3.0, True), (5.3, True), (6.8, False)])
def test_watts_window_of_global_cascades(z: float, possible: bool) -> None:
    share = global_cascades(z)
    assert (share > 0.05) if possible else (share == 0.0)


def test_watts_window_ends_where_vulnerable_nodes_stop_percolating() -> None:
    def vulnerable(z: float) -> float:  # <k(k - 1)> over nodes with k <= 5, over z: 1 at the window's ends
        return z * math.exp(-z) * sum(z**j / math.factorial(j) for j in range(4))

    assert vulnerable(1.021) == pytest.approx(1, abs=1e-3)
    assert vulnerable(5.765) == pytest.approx(1, abs=1e-3)
    # and the kernel's idea of "vulnerable": one active neighbour is enough at degree 5, not at 6
    for degree, falls in ((5, True), (6, False)):
        star = Network.from_edges(np.zeros(degree, int), np.arange(1, degree + 1), directed=False)
        assert (fractional_threshold(star, [1], 0.18).sizes[0] > 1) == falls


@pytest.mark.parametrize(("threshold", "size"), [(0.125, 1000), (0.375, 1000), (0.5, 1000), (0.501, 8), (0.75, 8)])
def test_complex_contagion_on_a_ring_needs_half_at_most(threshold: float, size: int) -> None:
    ring = generators.ring(1000, 8)
    assert fractional_threshold(ring, range(100, 108), threshold).sizes.tolist() == [size]


@pytest.mark.parametrize(("threshold", "spreads"), [(0.125, True), (0.126, False), (0.25, False), (0.5, False)])
def test_complex_contagion_on_a_random_graph_needs_one_eighth(threshold: float, spreads: bool) -> None:
    network = generators.random_regular(10_000, 8, seed=1)
    for node in (5, 500, 5000):
        block = [node, *network.successors(node)]
        size = int(fractional_threshold(network, block, threshold).sizes[0])
        assert size == 10_000 if spreads else size < 60


def test_linear_threshold_on_a_complete_graph_is_even() -> None:
    # everybody waits for a uniform number of others: from one seed the process is the classical ordering of thresholds
    n = 5
    sizes = linear_threshold(generators.complete(n), [0], runs=100_000, seed=3).sizes
    # by enumeration of the thresholds 1..4 of four nodes
    needs = np.stack(np.meshgrid(*[np.arange(1, n)] * 4), axis=-1).reshape(-1, 4)
    total = 0
    for need in np.sort(needs, axis=1):
        active = 1
        while active < n and need[active - 1] <= active:
            active += 1
        total += active
    assert sizes.mean() == pytest.approx(total / len(needs), abs=4 * sizes.std() / np.sqrt(sizes.size))
