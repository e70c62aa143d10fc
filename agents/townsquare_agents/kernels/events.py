"""Write down what happened.

One counter per vendor, play and happening, and, where stories are kept, one event row per happening.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.compiled import inline
from townsquare_agents.kernels.columns import SIZE_EVENTS, SIZE_LOST_EVENTS, Scratch


@inline
def tell(
    scratch: Scratch, tick: int, buyer: int, vendor: int, what: int, cause: int, message: int, value: float
) -> None:
    """Append an event to the tick's buffer, if there is one (its length is 0 where no stories are kept)."""
    n = scratch.sizes[SIZE_EVENTS]
    if n < scratch.events.size:
        scratch.events[n]["tick"] = tick
        scratch.events[n]["buyer"] = buyer
        scratch.events[n]["vendor"] = vendor
        scratch.events[n]["what"] = what
        scratch.events[n]["cause"] = cause
        scratch.events[n]["message"] = message
        scratch.events[n]["value"] = value
        scratch.sizes[SIZE_EVENTS] = n + 1
    else:
        scratch.sizes[SIZE_LOST_EVENTS] += 1


@inline
def count(counters: NDArray[np.int64], vendor: int, play: int, what: int) -> None:
    """Add one to a counter; the last row is the spammers'."""
    counters[vendor, play, what] += 1
