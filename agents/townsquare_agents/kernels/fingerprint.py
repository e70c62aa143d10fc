"""Fingerprint: 64 bits that say whether two tables hold the same words in the same places.

Law: it is the sum of one draw for each word, keyed by place and bits, in integers alone: the same on every machine, and
another one, but for a chance in 2**64, wherever a word differs. It finds mistakes; it does not stop a forger.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.compiled import kernel
from townsquare_agents.rng import GOLDEN, draw


@kernel
def fingerprint(words: NDArray[np.uint64]) -> np.uint64:
    """Return the fingerprint of these words."""
    total = np.uint64(0)
    for place in range(words.size):
        total += draw(GOLDEN, place, words[place])
    return total
