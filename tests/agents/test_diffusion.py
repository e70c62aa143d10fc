"""Models of diffusion: what can be enumerated, what holds run by run, what is refused; the same bits always."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from many_runs import assert_mean
from townsquare_agents import generators
from townsquare_agents.diffusion import (
    bass,
    fractional_threshold,
    independent_cascade,
    linear_threshold,
    sir,
)
from townsquare_agents.network import Network

steady = settings(deadline=None, derandomize=True)
DIAMOND = Network.from_edges([0, 0, 1, 2], [1, 2, 3, 3], directed=True)


@pytest.mark.parametrize("p", [0.05, 0.3, 0.5, 0.9])
def test_cascade_on_a_triangle(p: float) -> None:
    sizes = independent_cascade(generators.complete(3), [0], p, runs=200_000, seed=11).sizes
    assert_mean(sizes, 1 + 2 * (p + p**2 - p**3))


@pytest.mark.parametrize(
    ("network", "p", "truth"),
    [
        (generators.complete(4), 0.1, 1.358104),
        (DIAMOND, 0.5, 2.4375),
        (generators.ring(4), 0.3, 1.8097),
    ],
    ids=["K4", "diamond", "4-cycle"],
)
def test_cascades_that_can_be_enumerated(network: Network, p: float, truth: float) -> None:
    assert_mean(independent_cascade(network, [0], p, runs=300_000, seed=12).sizes, truth)


@pytest.mark.parametrize(("n", "truth"), [(3, 2.5), (4, 2.75)])
def test_linear_threshold_on_cycles(n: int, truth: float) -> None:
    assert_mean(linear_threshold(generators.ring(n), [0], runs=200_000, seed=13).sizes, truth)


def test_linear_threshold_is_reachability_over_one_random_arc_each() -> None:
    # Kempe, Kleinberg & Tardos 2003: each node keeps one incoming arc at random
    network = generators.erdos_renyi(60, 3, seed=1, directed=True)
    incoming = network.reversed()
    rng = np.random.default_rng(5)
    sizes = []
    for _ in range(2000):
        ranks = (rng.random(60) * incoming.out_degree).astype(int)
        kept = [int(incoming.successors(v)[ranks[v]]) if incoming.successors(v).size else v for v in range(60)]
        kept[0], kept[1] = 0, 1
        for _ in range(6):  # after jumping 2**6 arcs everybody is at a seed, or never will be
            kept = [kept[node] for node in kept]
        sizes.append(sum(node in (0, 1) for node in kept))
    found = linear_threshold(network, [0, 1], runs=100_000, seed=14).sizes
    assert float(found.mean()) == pytest.approx(np.mean(sizes), abs=4 * np.std(sizes) / np.sqrt(2000))


@pytest.mark.parametrize("p", [3e-5, 9e-4])
def test_improbable_arcs_are_not_rounded(p: float) -> None:
    network = Network.from_edges(np.zeros(100_000, int), np.arange(1, 100_001), directed=True)
    born = independent_cascade(network, [0], p, runs=1000, seed=3).sizes - 1
    expected = 1000 * 1e5 * p
    assert abs(born.sum() - expected) < 4 * np.sqrt(expected)


def test_probabilities_may_differ_from_arc_to_arc() -> None:
    sources, targets = [0, 0, 1, 2], [1, 2, 3, 3]
    weights = [0.5, 0.25, 1.0, 0.1]
    network = Network.from_edges(sources, targets, directed=True, weights=weights)
    found = independent_cascade(network, [0], runs=200_000, seed=4)
    assert_mean(found.sizes, 1 + 0.5 + 0.25 + (1 - 0.5 * (1 - 0.25 * 0.1)))
    given = independent_cascade(network._replace(weights=np.empty(0)), [0], weights, runs=200_000, seed=4)
    np.testing.assert_array_equal(found.sizes, given.sizes)


@pytest.mark.small
def test_equal_probabilities_one_by_one_are_one_probability() -> None:
    network = generators.erdos_renyi(100, 40, seed=2)
    one = independent_cascade(network, [0], 0.03, runs=40, seed=4)
    each = independent_cascade(network, [0], np.full(network.arc_count, 0.03), runs=40, seed=4)
    np.testing.assert_array_equal(one.sizes, each.sizes)


@pytest.mark.small
def test_certain_and_impossible_arcs() -> None:
    ring = generators.ring(50)
    assert set(independent_cascade(ring, [3], 1.0, runs=20).sizes) == {50}
    assert set(independent_cascade(ring, [3, 9], 0.0, runs=20).sizes) == {2}
    np.testing.assert_array_equal(
        independent_cascade(ring, [0], 1.0, runs=1).activation_tick(0), np.minimum(np.arange(50), 50 - np.arange(50))
    )


# --- what holds run by run


@st.composite
def small_networks(draw: st.DrawFn) -> Network:
    n = draw(st.integers(1, 8))
    node = st.integers(0, n - 1)
    pairs = draw(st.lists(st.tuples(node, node), max_size=16))
    return Network.from_edges([u for u, _ in pairs], [v for _, v in pairs], directed=draw(st.booleans()), node_count=n)


def sizes_of_every_set(network: Network, spread: Callable[[list[int]], NDArray[np.int64]]) -> NDArray[np.int64]:
    """Return [sets, runs]: the sizes from each seed set, a set being the bits of its row's number."""
    n = network.node_count
    return np.stack([spread([node for node in range(n) if members >> node & 1]) for members in range(2**n)])


@settings(steady, max_examples=15)
@given(small_networks(), st.floats(0, 1), st.integers(0, 2**63 - 1))
def test_cascades_are_monotone_and_submodular_in_every_run(network: Network, p: float, seed: int) -> None:
    sizes = sizes_of_every_set(network, lambda seeds: independent_cascade(network, seeds, p, runs=8, seed=seed).sizes)
    sets = np.arange(len(sizes))
    a, b = sets[:, None], sets[None, :]
    assert (sizes[a | b] >= sizes[a]).all()
    assert (sizes[a] + sizes[b] >= sizes[a | b] + sizes[a & b]).all()


@settings(steady, max_examples=10)
@given(small_networks(), st.floats(0, 1), st.floats(0.05, 1), st.integers(0, 2**63 - 1))
def test_epidemics_are_monotone_and_submodular_in_every_run(
    network: Network, transmission: float, recovery: float, seed: int
) -> None:
    sizes = sizes_of_every_set(
        network, lambda seeds: sir(network, seeds, transmission, recovery, runs=4, seed=seed).sizes
    )
    sets = np.arange(len(sizes))
    a, b = sets[:, None], sets[None, :]
    assert (sizes[a | b] >= sizes[a]).all()
    assert (sizes[a] + sizes[b] >= sizes[a | b] + sizes[a & b]).all()


@settings(steady, max_examples=15)
@given(small_networks(), st.integers(0, 2**63 - 1), st.floats(0.01, 1))
def test_thresholds_are_monotone_in_every_run(network: Network, seed: int, threshold: float) -> None:
    for spread in (
        lambda seeds: linear_threshold(network, seeds, runs=8, seed=seed).sizes,
        lambda seeds: fractional_threshold(network, seeds, threshold).sizes,
    ):
        sizes = sizes_of_every_set(network, spread)
        sets = np.arange(len(sizes))
        assert (sizes[sets[:, None] | sets[None, :]] >= sizes[:, None]).all()


@pytest.mark.small
@settings(steady, max_examples=30)
@given(small_networks(), st.floats(0, 1), st.integers(0, 1000))
def test_a_run_looked_at_again_is_the_run_that_was_counted(network: Network, p: float, seed: int) -> None:
    seeds = [0, network.node_count - 1]
    for result in (
        independent_cascade(network, seeds, p, runs=5, seed=seed),
        linear_threshold(network, seeds, runs=5, seed=seed),
        fractional_threshold(network, seeds, max(p, 0.01), runs=5),
        sir(network, seeds, p, 0.4, runs=5, seed=seed),
    ):
        for run in range(5):
            ticks, reached = result.activation_tick(run), result.reached(run)
            assert reached.sum() == result.sizes[run]
            assert (ticks[seeds] == 0).all()
            assert ((ticks >= 0) == reached).all()
            assert ticks.dtype == np.int32
            assert ticks.shape == (network.node_count,)


@pytest.mark.small
def test_ticks_of_a_cascade_are_distances_over_live_arcs() -> None:
    network = generators.erdos_renyi(80, 5, seed=3)
    found = independent_cascade(network, [0, 7], 0.4, runs=10, seed=2)
    for run in range(10):
        ticks = found.activation_tick(run)
        for node in np.flatnonzero(ticks > 0):
            earlier = ticks[network.successors(int(node))]
            assert ticks[node] - 1 in earlier


# --- the same bits however computed


KNOWN: dict[str, list[float]] = {
    "cascade": [3, 13, 5, 2, 12, 10],
    "threshold": [7, 14, 8, 11, 5, 4],
    "epidemic": [18, 8, 6, 2, 10, 8],
    "bass": [0, 0, 0, 3, 3, 4, 6],
    "mixed": [0, 1, 2, 9, 14, 19, 26],
}


@pytest.mark.small
def test_the_same_seed_gives_the_same_bits_for_ever() -> None:
    network = generators.preferential_attachment(100, 3, seed=1)
    ring = generators.ring(12, 4)
    assert independent_cascade(network, [0, 50], 0.1, runs=6, seed=1).sizes.tolist() == KNOWN["cascade"]
    assert linear_threshold(network, [0, 50], runs=6, seed=1).sizes.tolist() == KNOWN["threshold"]
    assert sir(network, [0, 50], 0.05, 0.5, runs=6, seed=1).sizes.tolist() == KNOWN["epidemic"]
    assert (12 * bass(ring, p=0.03, q=0.38, steps=6, runs=1, seed=1)[0]).round().tolist() == KNOWN["bass"]
    mixed = bass(p=0.03, q=0.38, steps=6, runs=1, seed=1, population=100)[0]
    assert (100 * mixed).round().tolist() == KNOWN["mixed"]
