"""Write down what happened: a counter per vendor, play and happening; where stories are kept, an event for each."""

from __future__ import annotations

from typing import cast

import numpy as np

from townsquare_agents.compiled import inline
from townsquare_agents.kernels.tables import SIZE_EVENTS, SIZE_LOST_EVENTS, Log

NOBODY = cast(int, np.int64(-1))  # no vendor; NumPy integers for the reason that `codes.code` gives
NO_MESSAGE = cast(int, np.int64(-1))


@inline
def tell(log: Log, tick: int, buyer: int, vendor: int, what: int, cause: int, message: int, value: float) -> None:
    """Append an event to the tick's buffer, if there is one (its length is 0 where no stories are kept)."""
    n = log.sizes[SIZE_EVENTS]
    if n < log.events.size:
        event = log.events[n]
        event["tick"] = tick
        event["buyer"] = buyer
        event["vendor"] = vendor
        event["what"] = what
        event["cause"] = cause
        event["message"] = message
        event["value"] = value
        log.sizes[SIZE_EVENTS] = n + 1
    else:
        log.sizes[SIZE_LOST_EVENTS] += 1


@inline
def count(log: Log, vendor: int, play: int, what: int) -> None:
    """Add one to a counter."""
    log.counters[vendor, play, what] += 1
