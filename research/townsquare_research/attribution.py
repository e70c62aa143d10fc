"""Who is to be thanked: an outcome shared out over its causes, from the value of every coalition of them.

Law: the shares are exact. Shapley's add up to what all causes achieve beyond none; a cause that changes no coalition's
value gets exactly 0. With keyed randomness a coalition's value is one run, so that nothing has to be averaged.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable
from fractions import Fraction
from itertools import combinations
from math import comb
from typing import TypeVar

from townsquare_agents.errors import ParameterError

Cause = TypeVar("Cause", bound=Hashable)
Value = Callable[[frozenset[Cause]], float]
MOST_CAUSES = 16  # 65 536 coalitions


def shapley(causes: Collection[Cause], value: Value[Cause]) -> dict[Cause, float]:
    """Return each cause's mean contribution over all orders of arrival (Shapley 1953).

    ``value`` is asked once for each of the 2**n coalitions. Sums are made of fractions, so that what cancels is 0.
    """
    values = coalition_values(causes, value)
    n = len(causes)
    shares: dict[Cause, float] = {}
    for cause in causes:
        total = Fraction(0)
        for coalition, worth in values.items():
            if cause not in coalition:
                weight = Fraction(1, n * comb(n - 1, len(coalition)))
                total += weight * (values[coalition | {cause}] - worth)
        shares[cause] = float(total)
    return shares


def leave_one_out(causes: Collection[Cause], value: Value[Cause]) -> dict[Cause, float]:
    """Return what is lost when one cause alone is taken away from all of them."""
    _check(causes)
    everybody = frozenset(causes)
    whole = _fraction(everybody, value(everybody))
    return {cause: float(whole - _fraction(everybody - {cause}, value(everybody - {cause}))) for cause in causes}


def coalition_values(causes: Collection[Cause], value: Value[Cause]) -> dict[frozenset[Cause], Fraction]:
    """Return the value of each coalition, from nobody to everybody."""
    _check(causes)
    coalitions = (frozenset(some) for size in range(len(causes) + 1) for some in combinations(causes, size))
    return {coalition: _fraction(coalition, value(coalition)) for coalition in coalitions}


def _check(causes: Collection[Cause]) -> None:
    if len(set(causes)) != len(causes):
        raise ParameterError(f"causes {list(causes)!r} name one twice; name each once")
    if len(causes) > MOST_CAUSES:
        raise ParameterError(f"{len(causes)} causes have too many coalitions; group them into at most {MOST_CAUSES}")


def _fraction(coalition: frozenset[Cause], worth: float) -> Fraction:
    try:
        return Fraction(worth)
    except (OverflowError, ValueError):
        raise ParameterError(f"the value {worth} of {set(coalition)!r} is not finite; give a number") from None
