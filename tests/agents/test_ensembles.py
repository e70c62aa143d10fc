"""Ensembles: any number of threads, any number of runs, the same bits."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from townsquare_agents import generators
from townsquare_agents.diffusion import bass, independent_cascade, linear_threshold, sir, word_of_mouth


@pytest.mark.parametrize("threads", [2, 3, None])
def test_threads_do_not_change_a_bit(threads: int | None) -> None:
    network = generators.preferential_attachment(2000, 4, seed=1)
    strong = np.arange(network.arc_count) % 3 == 0
    calls: list[Callable[[int | None], NDArray]] = [
        lambda t: independent_cascade(network, [0, 9], 0.06, runs=101, seed=5, threads=t).sizes,
        lambda t: linear_threshold(network, [0, 9], runs=101, seed=5, threads=t).sizes,
        lambda t: sir(network, [0, 9], 0.05, 0.6, runs=31, seed=5, threads=t).sizes,
        lambda t: bass(network, p=0.03, q=0.4, steps=20, runs=11, seed=5, threads=t),
        lambda t: bass(population=500, p=0.03, q=0.4, steps=20, runs=11, seed=5, threads=t),
        lambda t: word_of_mouth(
            network, strong, alone=0.001, weak_tie=0.01, strong_tie=0.05, steps=20, runs=11, seed=5, threads=t
        ),
    ]
    for call in calls:
        np.testing.assert_array_equal(call(1), call(threads))


@pytest.mark.small
def test_a_run_does_not_know_how_many_there_are() -> None:
    network = generators.erdos_renyi(60, 4, seed=1)
    many = independent_cascade(network, [0], 0.3, runs=50, seed=5).sizes
    np.testing.assert_array_equal(many[:7], independent_cascade(network, [0], 0.3, runs=7, seed=5).sizes)
    assert many.tolist() != independent_cascade(network, [0], 0.3, runs=50, seed=6).sizes.tolist()
