"""Generators: the exact results of the literature, the same bits with and without the JIT, clear refusals."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from townsquare_agents import generators
from townsquare_agents.errors import NetworkError
from townsquare_agents.network import Network

steady = settings(deadline=None, derandomize=True)
seeds = st.integers(0, 2**63 - 1)

# digests of small networks: with and without the JIT, on every machine, in every version
KNOWN: dict[str, tuple[Callable[[], Network], str]] = {
    "complete": (lambda: generators.complete(6), "4c72be0d99"),
    "ring": (lambda: generators.ring(9, 4), "e3ba3a351e"),
    "erdos_renyi": (lambda: generators.erdos_renyi(300, 6, seed=1), "13f19948cc"),
    "erdos_renyi directed": (lambda: generators.erdos_renyi(300, 6, seed=1, directed=True), "02d176238a"),
    "random_regular": (lambda: generators.random_regular(100, 4, seed=2), "2b6ba28e1e"),
    "random_regular swapped": (lambda: generators.random_regular(100, 6, seed=2), "b90362e265"),
    "random_regular dense": (lambda: generators.random_regular(10, 8, seed=2), "26c4d72435"),
    "configuration_model": (lambda: generators.configuration_model([3, 3, 2, 1, 1, 0, 4], seed=1), "043260ba08"),
    "preferential_attachment": (lambda: generators.preferential_attachment(300, 3, seed=1), "adb183dc00"),
    "small_world": (lambda: generators.small_world(300, 6, 0.2, seed=1), "859aeef6cb"),
    "stochastic_block": (
        lambda: generators.stochastic_block([50, 60], [[0.2, 0.01], [0.01, 0.3]], seed=1),
        "f225a63cba",
    ),
    "directed_follow": (lambda: generators.directed_follow(600, 10, seed=1), "eee2528802"),
}


def digest(network: Network) -> str:
    return hashlib.sha256(network.indptr.tobytes() + network.indices.tobytes()).hexdigest()[:10]


def is_simple(network: Network) -> bool:
    sources = np.repeat(np.arange(network.node_count), network.out_degree)
    pairs = sources * network.node_count + network.indices
    return not (sources == network.indices).any() and np.unique(pairs).size == pairs.size


def triangles(network: Network) -> float:
    """Return six times the number of triangles."""
    rows = [set(network.successors(u).tolist()) for u in range(network.node_count)]
    sources, targets = network.ties()
    return 2.0 * sum(len(rows[u] & rows[v]) for u, v in zip(sources.tolist(), targets.tolist(), strict=True))


@pytest.mark.small
@pytest.mark.parametrize("name", KNOWN)
def test_the_same_arguments_give_the_same_bits_for_ever(name: str) -> None:
    make, expected = KNOWN[name]
    network = make()
    assert digest(network) == expected
    again = Network.from_csr(network.indptr, network.indices, directed=network.directed)
    assert digest(again) == expected


@pytest.mark.small
def test_another_seed_gives_another_network() -> None:
    assert len({digest(generators.erdos_renyi(50, 4, seed=seed)) for seed in range(20)}) == 20


@pytest.mark.small
def test_complete_and_ring_are_what_they_say() -> None:
    five = generators.complete(5)
    assert [five.successors(u).tolist() for u in range(3)] == [[1, 2, 3, 4], [0, 2, 3, 4], [0, 1, 3, 4]]
    circle = generators.ring(7, 4)
    assert circle.successors(0).tolist() == [1, 2, 5, 6]
    assert is_simple(circle)
    assert generators.complete(0).node_count == 0
    assert generators.ring(1, 0).arc_count == 0


@pytest.mark.small
@steady
@given(st.lists(st.integers(0, 9), max_size=40), seeds)
def test_configuration_model_keeps_its_degrees_exactly(degrees: list[int], seed: int) -> None:
    if sum(degrees) % 2:
        with pytest.raises(NetworkError, match="an even sum is needed"):
            generators.configuration_model(degrees, seed=seed)
        degrees = [*degrees, 1]
    network = generators.configuration_model(degrees, seed=seed)
    assert network.out_degree.tolist() == degrees
    assert network.in_degree.tolist() == degrees


@pytest.mark.small
@settings(steady, max_examples=40)
@given(st.integers(1, 24), st.integers(0, 23), seeds)
def test_random_regular_is_regular_and_simple(n: int, degree: int, seed: int) -> None:
    assume(degree < n and n * degree % 2 == 0)
    network = generators.random_regular(n, degree, seed=seed)
    assert set(network.out_degree.tolist()) <= {degree}
    assert is_simple(network)


def test_random_regular_networks_of_six_nodes_are_equally_likely() -> None:
    # 70 labelled cubic networks of 6 nodes: 60 prisms (two triangles) and 10 complete bipartite ones (none)
    found = [triangles(generators.random_regular(6, 3, seed=seed)) for seed in range(4000)]
    prisms = np.mean(np.array(found) > 0)
    assert abs(prisms - 6 / 7) < 0.02


@pytest.mark.parametrize("directed", [False, True])
def test_erdos_renyi_degrees_are_binomial(directed: bool) -> None:
    n, z = 200_000, 5.0
    network = generators.erdos_renyi(n, z, seed=4, directed=directed)
    assert is_simple(network)
    for degree in (network.out_degree, network.in_degree):
        observed = np.bincount(degree, minlength=13)[:13] / n
        expected = [math.exp(-z) * z**k / math.factorial(k) for k in range(13)]
        np.testing.assert_allclose(observed, expected, atol=4.5 * math.sqrt(0.18 * 0.82 / n))
    assert generators.erdos_renyi(6, 5, seed=1).arc_count == 30


def test_preferential_attachment_has_its_exact_law() -> None:
    m, n = 3, 400_000
    degree = generators.preferential_attachment(n, m, seed=7).out_degree
    assert degree.min() == m
    for k in range(m, 16):
        expected = 2 * m * (m + 1) / (k * (k + 1) * (k + 2))
        spread = math.sqrt(expected / n)
        assert abs(np.mean(degree == k) - expected) < 4 * spread + 1e-3 * expected, k
    tail = [np.mean(degree >= k) * k * (k + 1) / (m * (m + 1)) for k in (10, 30, 60)]
    assert tail == pytest.approx([1, 1, 1], abs=0.06)


def test_preferential_attachment_is_simple_and_grows() -> None:
    network = generators.preferential_attachment(2000, 4, seed=1)
    assert is_simple(network)
    assert network.arc_count == 2 * (10 + 1995 * 4)


@pytest.mark.parametrize("rewiring", [0.05, 0.1, 0.2, 0.4])
def test_small_world_clustering_falls_with_the_cube(rewiring: float) -> None:
    n, degree = 20_000, 20
    network = generators.small_world(n, degree, rewiring, seed=3)
    assert is_simple(network)
    assert network.arc_count == n * degree
    alone = 3 * (degree - 2) / (4 * (degree - 1))
    clustering = triangles(network) / (n * degree * (degree - 1))
    assert clustering == pytest.approx(alone * (1 - rewiring) ** 3, rel=0.02)


@pytest.mark.small
def test_small_world_between_ring_and_randomness() -> None:
    assert digest(generators.small_world(60, 6, 0.0, seed=1)) == digest(generators.ring(60, 6))
    crowded = generators.small_world(7, 6, 1.0, seed=1)  # nowhere to go: everybody is tied already
    assert digest(crowded) == digest(generators.complete(7))


@pytest.mark.parametrize("directed", [False, True])
def test_stochastic_block_has_its_densities(directed: bool) -> None:
    sizes, table = [800, 500, 300], np.array([[0.05, 0.01, 0.0], [0.01, 0.1, 1.0], [0.0, 1.0, 0.2]])
    network = generators.stochastic_block(sizes, table, seed=5, directed=directed)
    assert is_simple(network)
    block = np.repeat(np.arange(3), sizes)
    sources = np.repeat(block, network.out_degree)
    counts = np.zeros((3, 3))
    np.add.at(counts, (sources, block[network.indices]), 1)
    pairs = np.outer(sizes, sizes) - np.diag(sizes)
    spread = 4 * np.sqrt(table * (1 - table) * pairs * (1 if directed else 2))
    assert (np.abs(counts - table * pairs) <= spread).all()


def mutual_share(network: Network) -> float:
    n = network.node_count
    sources, targets = np.repeat(np.arange(n), network.out_degree), network.indices.astype(np.int64)
    return float(np.isin(targets * n + sources, sources * n + targets).mean())


def tail_exponent(degree: NDArray[np.int64], least: int) -> float:
    """Return Clauset's estimate of a power law's exponent."""
    tail = degree[degree >= least]
    return float(1 + tail.size / np.log(tail / (least - 0.5)).sum())


def test_directed_follow_is_heavy_tailed_reciprocal_and_has_an_elite() -> None:
    n = 100_000
    network = generators.directed_follow(n, 20, seed=2)
    assert is_simple(network)
    assert network.arc_count / n == pytest.approx(20, rel=0.01)
    assert tail_exponent(network.in_degree, 100) == pytest.approx(2.276, abs=0.15)
    assert mutual_share(network) == pytest.approx(0.22, abs=0.005)
    elite = n // 2000
    own = network.indices[: network.indptr[elite]] < elite
    assert own.mean() > 0.5
    assert network.in_degree[:elite].min() > 20 * network.in_degree.mean()
    assert not (network.in_degree == 0).all()


@pytest.mark.parametrize("reciprocity", [0.0, 0.1, 0.5])
def test_directed_follow_has_the_reciprocity_asked_for(reciprocity: float) -> None:
    n = 20_000
    network = generators.directed_follow(n, 12, seed=2, reciprocity=reciprocity)
    # what two nodes do without regard to each other is mutual now and then, and cannot be undone
    assert mutual_share(network) == pytest.approx(reciprocity, abs=0.01)


@pytest.mark.small
@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: generators.complete(-1), "-1 nodes"),
        (lambda: generators.ring(10, 3), "degree 3 on a ring of 10 nodes is impossible; it is even"),
        (lambda: generators.ring(4, 4), "degree 4 on a ring of 4"),
        (lambda: generators.erdos_renyi(5, 4.5, seed=1), r"mean_degree 4\.5 is not in 0\.\.4"),
        (lambda: generators.erdos_renyi(5, float("nan"), seed=1), "mean_degree nan"),
        (lambda: generators.erdos_renyi(5, 2, seed=-1), "seed -1"),
        (lambda: generators.random_regular(5, 3, seed=1), "n times degree is even"),
        (lambda: generators.random_regular(4, 4, seed=1), r"it is in 0\.\.3"),
        (lambda: generators.configuration_model([1, -1], seed=1), "whole numbers from 0"),
        (lambda: generators.configuration_model([0.5, 0.5], seed=1), "whole numbers from 0"),
        (lambda: generators.preferential_attachment(3, 3, seed=1), r"m 3 is not in 1\.\.2"),
        (lambda: generators.small_world(10, 4, 1.2, seed=1), r"rewiring 1\.2 is not in 0\.\.1"),
        (lambda: generators.stochastic_block([2, 2], [[0.1]], seed=1), "one per pair of blocks"),
        (lambda: generators.stochastic_block([2, 2], [[0.1, 0.2], [0.3, 0.1]], seed=1), "symmetric"),
        (lambda: generators.stochastic_block([2], [[1.5]], seed=1), r"in 0\.\.1"),
        (lambda: generators.stochastic_block([-2], [[0.5]], seed=1), "not be negative"),
        (lambda: generators.directed_follow(10, 3, seed=1, exponent=1.0), "exponent 1.0 must be above 1"),
        (lambda: generators.directed_follow(10, 3, seed=1, reciprocity=2.0), "reciprocity 2.0"),
        (lambda: generators.directed_follow(10, 30, seed=1), "mean_degree 30"),
    ],
)
def test_what_cannot_be_had_is_refused(make: Callable[[], Network], message: str) -> None:
    with pytest.raises(NetworkError, match=message):
        make()


@pytest.mark.small
def test_the_smallest_networks() -> None:
    assert generators.erdos_renyi(0, 0, seed=1).node_count == 0
    assert generators.erdos_renyi(1, 0, seed=1).arc_count == 0
    assert generators.random_regular(0, 0, seed=1).node_count == 0
    assert generators.preferential_attachment(2, 1, seed=1).arc_count == 2
    assert generators.stochastic_block([0, 0], np.zeros((2, 2)), seed=1).node_count == 0
    assert generators.directed_follow(1, 0, seed=1).arc_count == 0
    assert generators.directed_follow(2, 1, seed=1).node_count == 2
