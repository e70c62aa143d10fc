"""Adoption: Bass curves, mixed and on networks, and word of mouth over strong and weak ties, as formulas have them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from townsquare_agents import generators
from townsquare_agents.diffusion import bass, word_of_mouth
from townsquare_agents.network import Network


def bass_curve(p: float, q: float, t: float) -> float:
    decay = math.exp(-(p + q) * t)
    return (1 - decay) / (1 + q / p * decay)


def test_bass_in_a_mixed_population() -> None:
    curves = bass(p=0.03, q=0.38, dt=0.01, steps=1000, runs=40, seed=1, population=100_000)
    assert curves.shape == (40, 1001)
    assert curves[:, 500].mean() == pytest.approx(0.3312, rel=0.005)
    assert curves[:, 1000].mean() == pytest.approx(0.8128, rel=0.005)
    assert bass_curve(0.03, 0.38, 5) == pytest.approx(0.3312, abs=5e-5)
    for step in range(0, 1001, 100):
        assert curves[:, step].mean() == pytest.approx(bass_curve(0.03, 0.38, step / 100), abs=0.004)


def test_bass_on_the_complete_graph() -> None:
    curves = bass(generators.complete(1000), p=0.03, q=0.38, dt=0.02, steps=500, runs=60, seed=1)
    spread = 4 * curves.std(axis=0).max() / math.sqrt(60)
    assert curves[:, 250].mean() == pytest.approx(0.3312, abs=spread)
    assert curves[:, 500].mean() == pytest.approx(0.8128, abs=spread)


def test_bass_in_unit_steps_follows_its_recurrence() -> None:
    curves = bass(p=0.03, q=0.38, steps=15, runs=20, seed=2, population=500_000)
    share = 0.0
    for step in range(16):
        assert curves[:, step].mean() == pytest.approx(share, rel=0.005, abs=1e-12)
        share += (1 - share) * (0.03 + 0.38 * share)


def test_bass_on_a_one_sided_circle() -> None:
    p, q, n = 0.03, 0.38, 100_000
    circle = Network.from_edges(np.arange(n), (np.arange(n) + 1) % n, directed=True)
    curves = bass(circle, p=p, q=q, dt=0.01, steps=1000, runs=3, seed=1)
    for step in (200, 500, 1000):
        t = step / 100
        expected = 1 - math.exp(-(p + q) * t + q * (1 - math.exp(-p * t)) / p)
        assert curves[:, step].mean() == pytest.approx(expected, rel=0.01)


def test_bass_on_a_network_with_isolated_nodes_is_innovation_alone() -> None:
    network = Network.from_edges([], [], directed=False, node_count=200_000)
    curve = bass(network, p=0.1, q=0.5, steps=10, runs=1, seed=1)[0]
    assert curve == pytest.approx(1 - 0.9 ** np.arange(11), abs=0.005)


def test_word_of_mouth_follows_its_formula_tick_by_tick() -> None:
    groups, alone, weak, strong = 60_000, 0.05, 0.1, 0.3
    first = 4 * np.arange(groups)  # each listens to two weak ties and a strong one
    sources = np.concatenate((first, first + 1, first + 2))
    network = Network.from_edges(sources, np.tile(first + 3, 3), directed=True)
    steps = 12
    curve = word_of_mouth(
        network,
        np.tile([False, False, True, False], groups)[np.repeat(np.arange(4 * groups), network.out_degree)],
        alone=alone,
        weak_tie=weak,
        strong_tie=strong,
        steps=steps,
        runs=4,
        seed=3,
    ).mean(axis=0)

    def unmoved(tie: float, t: int) -> float:  # by one neighbour, who adopts at tick k and is heard from k + 1 on
        heard = sum(alone * (1 - alone) ** (k - 1) * (1 - tie) ** (t - k) for k in range(1, t))
        return float(heard + (1 - alone) ** max(t - 1, 0))

    for t in range(steps + 1):
        listener = 1 - (1 - alone) ** t * unmoved(weak, t) ** 2 * unmoved(strong, t)
        expected = (3 * (1 - (1 - alone) ** t) + listener) / 4
        assert curve[t] == pytest.approx(expected, abs=0.0025)
