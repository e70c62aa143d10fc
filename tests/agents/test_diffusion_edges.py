"""The diffusion functions at their edges: empty networks, loops, parallel ties, pieces; each mistake is named."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from many_runs import assert_mean
from townsquare_agents import generators
from townsquare_agents.diffusion import (
    bass,
    fractional_threshold,
    independent_cascade,
    linear_threshold,
    sir,
    word_of_mouth,
)
from townsquare_agents.errors import ParameterError
from townsquare_agents.network import Network


@pytest.mark.small
def test_nobody_starts_nothing() -> None:
    network = generators.ring(5)
    assert independent_cascade(network, [], 0.5, runs=3).sizes.tolist() == [0, 0, 0]
    assert linear_threshold(network, [], runs=3).sizes.tolist() == [0, 0, 0]
    assert sir(network, [], 0.5, 0.5, runs=3).sizes.tolist() == [0, 0, 0]
    assert independent_cascade(network, [1, 1, 1], 0.0, runs=1).sizes.tolist() == [1]
    empty = Network.from_edges([], [], directed=True)
    assert independent_cascade(empty, [], 0.5, runs=2).sizes.tolist() == [0, 0]
    assert independent_cascade(network, [0], 0.5, runs=0).sizes.tolist() == []


def test_loops_lead_nowhere_and_parallel_ties_each_try() -> None:
    """An arc to oneself infects nobody; of three arcs to the same neighbour, each has its chance and its weight."""
    looped = Network.from_edges([0, 0, 1], [0, 1, 1], directed=True)
    thrice = Network.from_edges([0, 0, 0], [1, 1, 1], directed=True)
    runs = 100_000
    assert_mean(independent_cascade(looped, [0], 0.5, runs=runs, seed=1).sizes, 1.5)
    assert_mean(independent_cascade(thrice, [0], 0.5, runs=runs, seed=1).sizes, 2 - 0.5**3)
    assert_mean(sir(thrice, [0], 0.5, 1.0, runs=runs, seed=1).sizes, 2 - 0.5**3)
    # in-degrees count every arc: of node 1's two, the loop never comes from somebody active
    assert_mean(linear_threshold(looped, [0], runs=runs, seed=1).sizes, 1.5)
    assert linear_threshold(thrice, [0], runs=50, seed=1).sizes.tolist() == [2] * 50
    assert fractional_threshold(looped, [0], 0.5).sizes.tolist() == [2]
    assert fractional_threshold(looped, [0], 0.51).sizes.tolist() == [1]


@pytest.mark.small
def test_nothing_crosses_from_one_piece_of_a_network_to_another() -> None:
    pieces = Network.from_edges([0, 3], [1, 4], directed=False, node_count=7)
    for result in (
        independent_cascade(pieces, [0, 5], 1.0, runs=3),
        linear_threshold(pieces, [0, 5], runs=3),
        fractional_threshold(pieces, [0, 5], 1.0, runs=3),
        sir(pieces, [0, 5], 1.0, 0.5, runs=3),
    ):
        assert result.sizes.tolist() == [3, 3, 3]
        assert np.flatnonzero(result.reached(2)).tolist() == [0, 1, 5]
    innovators = bass(pieces, p=1.0, q=0.0, steps=1, runs=1)
    assert innovators.tolist() == [[0.0, 1.0]]
    imitators = bass(pieces, p=0.0, q=1.0, steps=9, runs=1)
    assert imitators.tolist() == [[0.0] * 10]


@pytest.mark.small
def test_a_threshold_of_all_neighbours_and_of_any() -> None:
    star = Network.from_edges([0, 0, 0], [1, 2, 3], directed=False)
    assert fractional_threshold(star, [1, 2], 1.0).sizes.tolist() == [2]
    assert fractional_threshold(star, [1, 2, 3], 1.0).sizes.tolist() == [4]
    assert fractional_threshold(star, [1, 2], 2 / 3).sizes.tolist() == [4]
    assert fractional_threshold(star, [1], [1 / 3, 1, 1, 1], runs=2).sizes.tolist() == [4, 4]


@pytest.mark.small
def test_word_of_mouth_is_what_its_formula_says() -> None:
    star = Network.from_edges([1, 2, 3], [0, 0, 0], directed=True)
    certain = word_of_mouth(star, [1, 0, 0], alone=0.0, weak_tie=0.5, strong_tie=1.0, steps=5)
    assert certain[0].tolist() == [0] * 6
    alone = word_of_mouth(star, [1, 0, 0], alone=1.0, weak_tie=0.0, strong_tie=0.0, steps=2)
    assert alone[0].tolist() == [0, 1, 1]


@pytest.mark.small
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda n: independent_cascade(n, [5], 0.5), r"seed node 5 is not in 0\.\.4"),
        (lambda n: independent_cascade(n, [-1], 0.5), "seed node -1"),
        (lambda n: independent_cascade(n, ["a"], 0.5), "use the network's indices, not its labels"),
        (lambda n: independent_cascade(n, [0], 1.5), r"probability 1\.5 is not in 0\.\.1"),
        (lambda n: independent_cascade(n, [0], float("nan")), "probability nan"),
        (lambda n: independent_cascade(n, [0], [0.5, 0.5]), r"\(2,\) for 10 arcs"),
        (lambda n: independent_cascade(n, [0]), "the network has no weights"),
        (lambda n: independent_cascade(n, 0, 0.5), r"seeds 0 are no list of node indices; write \[0\]"),
        (lambda n: independent_cascade(n, [0], "often"), "probability 'often' is neither a number nor"),
        (lambda n: independent_cascade(n, [0], 0.5, runs=-1), "runs -1"),
        (lambda n: independent_cascade(n, [0], 0.5, runs=2.5), "runs 2.5 is no whole number"),
        (lambda n: independent_cascade(n, [0], 0.5, seed=-1), "seed -1"),
        (lambda n: independent_cascade(n, [0], 0.5, seed="one"), "seed 'one' is not in"),
        (lambda n: independent_cascade(n, [0], 0.5, threads=0), "threads 0"),
        (lambda n: independent_cascade(n, [0], 0.5, runs=2).reached(2), r"run 2 is not in 0\.\.1"),
        (lambda n: fractional_threshold(n, [0], 0.0), r"threshold 0\.0 is not in \(0, 1\]"),
        (lambda n: fractional_threshold(n, [0], [0.5, 0.5]), r"threshold of shape \(2,\) for 5 nodes; give one"),
        (lambda n: fractional_threshold(n, [5], 0.5), r"seed node 5 is not in 0\.\.4"),
        (lambda n: linear_threshold(n, [5]), r"seed node 5 is not in 0\.\.4"),
        (lambda n: sir(n, [5], 0.5, 0.5), r"seed node 5 is not in 0\.\.4"),
        (lambda n: sir(n, [0], None, 0.5), "the network has no weights"),
        (lambda n: sir(n, [0], 0.5, 0.0), "recovery 0.0"),
        (lambda n: sir(n, [0], 0.5, 0.5, runs=1).recovery_tick(1), "run 1"),
        (lambda n: bass(n, p=0.5, q=0.6, steps=3), "use a smaller dt"),
        (lambda n: bass(n, p=0.1, q=0.1, steps=3, population=5), "give either"),
        (lambda n: bass(p=0.1, q=0.1, steps=3), "give either"),
        (lambda n: bass(p=0.1, q=0.1, steps=3, population=0), "population 0"),
        (lambda n: bass(n, p=0.1, q=0.1, steps=-1), "steps -1"),
        (lambda n: bass(n, p=0.1, q=0.1, steps=1.5), "steps 1.5 is no whole number"),
        (lambda n: bass(n, p=float("nan"), q=0.1, steps=1), "p nan"),
        (lambda n: bass(Network.from_edges([], [], directed=True), p=0.1, q=0.1, steps=1), "0 nodes"),
        (lambda n: word_of_mouth(n, [1], alone=0, weak_tie=0, strong_tie=0, steps=1), "one per arc"),
        (lambda n: word_of_mouth(n, [1] * 10, alone=2, weak_tie=0, strong_tie=0, steps=1), "alone 2"),
    ],
)
def test_mistakes_are_named(call: Callable[[Network], object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        call(generators.ring(5))
