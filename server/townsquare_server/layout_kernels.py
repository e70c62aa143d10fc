"""Loops of the layout: a spectral start, then stochastic gradient steps along ties and away from sampled nodes.

The forces are those of LargeVis and UMAP (Tang et al. 2016; McInnes et al. 2018) with a wide curve and some gravity:
they keep clusters apart where forces that only balance tend to a ball. Sequential and from basic arithmetic alone: a
network has one picture. Measured on one core of a 2-core x86-64 machine: 12 ns a force, so that 2 000 nodes with
16 000 ties take 0.3 s, and 50 000 nodes with 400 000 ties 3 s.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.compiled import allocating, inline, kernel
from townsquare_agents.rng import Purpose, below, draw, stream_key, to_unit

LAYOUT = int(Purpose.LAYOUT)
_MAX_STEP = 4.0
_NEAR = 0.001
_WIDTH = 0.3  # of the attraction: below 1 nodes keep apart, so that a cluster is a cloud and no dot
_GRAVITY = 0.03  # towards the middle: pulls clusters together that would else leave most of the picture empty


@inline
def _orthonormalise(vectors: NDArray[np.float64], weight: NDArray[np.float64]) -> None:
    """Make the columns orthogonal to the trivial vector and to each other under the degree weights."""
    n, dimensions = vectors.shape
    total = 0.0
    for i in range(n):
        total += weight[i]
    for d in range(dimensions):
        mean = 0.0
        for i in range(n):
            mean += weight[i] * vectors[i, d]
        mean /= total
        for i in range(n):
            vectors[i, d] -= mean
        for other in range(d):
            dot = 0.0
            for i in range(n):
                dot += weight[i] * vectors[i, d] * vectors[i, other]
            for i in range(n):
                vectors[i, d] -= dot * vectors[i, other]
        norm = 0.0
        for i in range(n):
            norm += weight[i] * vectors[i, d] * vectors[i, d]
        scale = 1.0 / np.sqrt(norm) if norm > 0.0 else 0.0
        for i in range(n):
            vectors[i, d] *= scale


@allocating
def spectral_start(n: int, ties: NDArray[np.uint32], rounds: int, seed: int) -> NDArray[np.float64]:
    """Return the two slowest modes of the lazy random walk, by power iteration: float64 (n, 2), about 10 wide."""
    key = stream_key(seed, LAYOUT, 0)
    positions = np.empty((n, 2), np.float64)
    for i in range(n):
        positions[i, 0] = to_unit(draw(key, i, 0)) - 0.5
        positions[i, 1] = to_unit(draw(key, i, 1)) - 0.5
    weight = np.full(n, 1e-9, np.float64)
    for t in range(ties.shape[0]):
        weight[ties[t, 0]] += 1.0
        weight[ties[t, 1]] += 1.0
    following = np.empty((n, 2), np.float64)
    for _ in range(rounds):
        _orthonormalise(positions, weight)
        for i in range(n):
            following[i, 0] = weight[i] * positions[i, 0]
            following[i, 1] = weight[i] * positions[i, 1]
        for t in range(ties.shape[0]):
            u, v = ties[t, 0], ties[t, 1]
            for d in range(2):
                following[u, d] += positions[v, d]
                following[v, d] += positions[u, d]
        for i in range(n):
            positions[i, 0] = following[i, 0] / (2.0 * weight[i])
            positions[i, 1] = following[i, 1] / (2.0 * weight[i])
    _orthonormalise(positions, weight)
    scale = 5.0 * np.sqrt(weight.sum())
    for i in range(n):
        # a node far out in the spectrum (a tail, an islet) must not push all others into one point
        for d in range(2):
            value = positions[i, d] * scale
            jitter = 0.1 * (to_unit(draw(key, i, 2 + d)) - 0.5)
            positions[i, d] = max(-10.0, min(10.0, value)) + jitter
    return positions


@inline
def _bounded(step: float) -> float:
    return max(-_MAX_STEP, min(_MAX_STEP, step))


@kernel
def descend(positions: NDArray[np.float64], ties: NDArray[np.uint32], epochs: int, samples: int, seed: int) -> None:
    """Move the positions in place, by steps that shrink to nothing over the epochs."""
    n = positions.shape[0]
    for epoch in range(epochs):
        rate = 1.0 - epoch / epochs
        key = stream_key(seed, LAYOUT, epoch + 1)
        for t in range(ties.shape[0]):
            u, v = np.int64(ties[t, 0]), np.int64(ties[t, 1])
            dx = positions[u, 0] - positions[v, 0]
            dy = positions[u, 1] - positions[v, 1]
            pull = -2.0 * _WIDTH / (1.0 + _WIDTH * (dx * dx + dy * dy))
            sx, sy = rate * _bounded(pull * dx), rate * _bounded(pull * dy)
            positions[u, 0] += sx
            positions[u, 1] += sy
            positions[v, 0] -= sx
            positions[v, 1] -= sy
            # alternate the end that is pushed, so that neither the low nor the high numbers drift
            node = u if (epoch + t) & 1 == 0 else v
            positions[node, 0] -= rate * _GRAVITY * positions[node, 0]
            positions[node, 1] -= rate * _GRAVITY * positions[node, 1]
            for s in range(samples):
                other = below(draw(key, t, s), n)
                if other == node:
                    continue
                dx = positions[node, 0] - positions[other, 0]
                dy = positions[node, 1] - positions[other, 1]
                square = dx * dx + dy * dy
                push = 2.0 / ((_NEAR + square) * (1.0 + _WIDTH * square))
                positions[node, 0] += rate * _bounded(push * dx)
                positions[node, 1] += rate * _bounded(push * dy)
