"""What a game shows of a tick and of a round.

Law: plain data, light to import: who only shows or sends it needs no market.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.plan import Plan


@dataclass(frozen=True, slots=True)
class TickRecord:
    """What a tick shows.

    ``states`` uint8[N] (one byte a buyer), ``live`` vendor -> vanity metric -> total in the running round.
    """

    round: int
    tick: int
    states: NDArray[np.uint8]
    live: dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class RoundResult:
    """What a round was.

    Exact vanity and value, what each vendor's listening observed, the plans in force, and a digest of the market.
    """

    round: int
    digest: str
    vanity: dict[str, dict[str, float]]
    value: dict[str, dict[str, float]]
    observed: dict[str, dict[str, float | None]]
    plans: dict[str, Plan]
