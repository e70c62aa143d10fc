"""Where the projector draws each buyer: computed once per network, the same for everybody.

Law: a network has one picture: positions are a function of its ties alone.
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from townsquare_server.graph_file import GraphFile, graph_file
from townsquare_server.layout_kernels import descend, spectral_start

SEED = 1
SAMPLES = 5
FORCES = 200_000_000  # two or three seconds of work: large networks get fewer epochs
EPOCHS = (40, 250)
SPECTRAL_ROUNDS = 120
INSIDE = 0.995  # share of the nodes that must lie in the picture before the rest is drawn in
MARGIN = 0.02


def unique_ties(indptr: NDArray[np.int64], indices: NDArray[np.int32]) -> NDArray[np.uint32]:
    """Return each tie once, as sorted rows (lower node, higher node); loops are left out."""
    n = indptr.size - 1
    sources, targets = np.repeat(np.arange(n), np.diff(indptr)), indices.astype(np.int64)
    low, high = np.minimum(sources, targets), np.maximum(sources, targets)
    pairs = np.unique((low * n + high)[low != high])
    return np.column_stack((pairs // max(n, 1), pairs % max(n, 1))).astype(np.uint32)


def layout(node_count: int, ties: NDArray[np.uint32]) -> NDArray[np.float32]:
    """Return positions in [0, 1]: float32 (n, 2)."""
    if node_count == 0:
        return np.zeros((0, 2), np.float32)
    forces = max(1, len(ties)) * (1 + SAMPLES)
    epochs = min(EPOCHS[1], max(EPOCHS[0], FORCES // forces))
    positions = spectral_start(node_count, ties, SPECTRAL_ROUNDS, SEED)
    descend(positions, ties, epochs, SAMPLES, SEED)
    return _fit(positions)


def _fit(positions: NDArray[np.float64]) -> NDArray[np.float32]:
    """Move the picture into the unit square; the few that lie far out are drawn in to the rim, order kept."""
    centred = positions - np.median(positions, axis=0)
    radius = np.maximum(np.hypot(centred[:, 0], centred[:, 1]), 1e-9)
    inner = max(float(np.quantile(radius, INSIDE)), 1e-9)
    excess = np.maximum(radius / inner - 1.0, 0.0)
    drawn_in = np.minimum(radius / inner, 1.0) + 0.08 * excess / (1.0 + excess)
    placed = centred / radius[:, None] * drawn_in[:, None]
    low, high = placed.min(axis=0), placed.max(axis=0)
    span = max(float((high - low).max()), 1e-9)
    unit = (placed - (low + high) / 2) / span * (1 - 2 * MARGIN) + 0.5
    inside: NDArray[np.float32] = np.clip(unit, 0.0, 1.0).astype(np.float32)
    return inside


def draw(indptr: NDArray[np.int64], indices: NDArray[np.int32], archetypes: NDArray[np.uint8]) -> GraphFile:
    """Return the file of one network."""
    ties = unique_ties(indptr, indices)
    return graph_file(layout(indptr.size - 1, ties), ties, archetypes)


class GraphCache:
    """Graph files by the digest of their network: rooms that play on the same network share one."""

    def __init__(self, size: int = 16) -> None:
        self._size = size
        self._files: dict[str, GraphFile] = {}

    def get(self, indptr: NDArray[np.int64], indices: NDArray[np.int32], archetypes: NDArray[np.uint8]) -> GraphFile:
        """Return the file of a network, computed at its first use."""
        key = hashlib.sha256(indptr.tobytes() + indices.tobytes() + archetypes.tobytes()).hexdigest()
        file = self._files.pop(key, None) or draw(indptr, indices, archetypes)
        self._files[key] = file  # newest last
        if len(self._files) > self._size:
            del self._files[next(iter(self._files))]
        return file
