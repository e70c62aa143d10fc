"""A network's picture as the browser fetches it.

Law: little-endian: the letters TSQG, uint32 version, uint32 n, uint32 m, float32 x[n], float32 y[n] in [0, 1], uint32
source[m], uint32 target[m] (each tie once), uint8 archetype[n]. What is in a file names it.
"""

from __future__ import annotations

import gzip
import hashlib
import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MAGIC = b"TSQG"
VERSION = 1


@dataclass(frozen=True, slots=True)
class GraphFile:
    """The file, plain and packed; `digest` names the content."""

    digest: str
    plain: bytes
    packed: bytes


def graph_file(positions: NDArray[np.float32], ties: NDArray[np.uint32], archetypes: NDArray[np.uint8]) -> GraphFile:
    """Return the file of a network: float32 positions (n, 2), uint32 ties (m, 2), uint8 archetypes (n)."""
    parts = [
        MAGIC + struct.pack("<III", VERSION, len(positions), len(ties)),
        positions[:, 0].astype("<f4").tobytes(),
        positions[:, 1].astype("<f4").tobytes(),
        ties[:, 0].astype("<u4").tobytes(),
        ties[:, 1].astype("<u4").tobytes(),
        archetypes.astype(np.uint8).tobytes(),
    ]
    plain = b"".join(parts)
    return GraphFile(hashlib.sha256(plain).hexdigest()[:16], plain, gzip.compress(plain, 6, mtime=0))
