"""The layout's loops: a start that separates what is apart, and steps that settle."""

from __future__ import annotations

import numpy as np

from townsquare_server.layout_kernels import descend, spectral_start

TWO_CLIQUES = np.array(
    [(u, v) for block in (range(8), range(8, 16)) for u in block for v in block if u < v] + [(0, 8)], np.uint32
)


def test_the_start_puts_two_communities_on_two_sides() -> None:
    x = spectral_start(16, TWO_CLIQUES, 200, 1)[:, 0]
    assert (np.sign(x[:8]) == np.sign(x[0])).all()
    assert (np.sign(x[8:]) == -np.sign(x[0])).all()


def test_steps_keep_tied_nodes_closer_than_others() -> None:
    positions = spectral_start(16, TWO_CLIQUES, 50, 1)
    descend(positions, TWO_CLIQUES, 100, 5, 1)
    distance = np.sqrt(((positions[:, None] - positions[None]) ** 2).sum(-1))
    tied = distance[:8, :8].sum() / 56
    untied = distance[1:8, 9:].mean()
    assert tied < 0.5 * untied
    assert np.isfinite(positions).all()


def test_the_same_seed_gives_the_same_positions() -> None:
    runs = []
    for seed in (1, 1, 2):
        positions = spectral_start(16, TWO_CLIQUES, 20, seed)
        descend(positions, TWO_CLIQUES, 10, 5, seed)
        runs.append(positions)
    assert (runs[0] == runs[1]).all()
    assert (runs[0] != runs[2]).any()
