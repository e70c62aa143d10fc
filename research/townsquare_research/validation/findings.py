"""What was found and what follows from it: rows of the exact table, stylised facts, intervals, verdicts.

Law: a verdict is computed from the number found and from nothing else. What is too noisy to tell is unresolved.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

ERRORS = 4.0  # standard errors that chance may move an estimate: once in 16 000
BIAS = 0.02  # relative bias that a row must be able to see
Z_95 = 1.959963984540054  # standard errors to either side of a 95 % interval


class Verdict(StrEnum):
    """What a reader may conclude."""

    PASS = "pass"
    FAIL = "fail"
    UNRESOLVED = "unresolved"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the exact table; ``error`` is the standard error, 0 where nothing is random."""

    quantity: str
    expected: float
    found: float
    error: float
    verdict: Verdict
    note: str = ""


def exactly(quantity: str, expected: float, found: float, note: str = "") -> Row:
    """Return the row of a result in which nothing is random: equal up to rounding, or wrong."""
    equal = math.isclose(found, expected, rel_tol=1e-12, abs_tol=1e-15)
    return Row(quantity, float(expected), float(found), 0.0, Verdict.PASS if equal else Verdict.FAIL, note)


def estimated(
    quantity: str, expected: float, found: float, error: float, *, allowance: float = 0.0, note: str = ""
) -> Row:
    """Return the row of an estimate; ``allowance`` is what theory for infinite networks may be off at this size."""
    reach = ERRORS * error + allowance
    if abs(found - expected) > reach:
        verdict = Verdict.FAIL
    elif reach > BIAS * abs(expected):
        verdict = Verdict.UNRESOLVED  # a bias of 2 % would not have been seen
    else:
        verdict = Verdict.PASS
    return Row(quantity, float(expected), float(found), float(error), verdict, note)


def sampled(quantity: str, expected: float, values: ArrayLike, *, allowance: float = 0.0, note: str = "") -> Row:
    """Return the row of a mean over independent runs."""
    mean, error = mean_and_error(values)
    return estimated(quantity, expected, mean, error, allowance=allowance, note=note)


def mean_and_error(values: ArrayLike) -> tuple[float, float]:
    """Return a mean and its standard error."""
    array = np.asarray(values, np.float64).ravel()
    if array.size < 2:
        return float(array.mean()), math.inf
    return float(array.mean()), float(array.std(ddof=1) / math.sqrt(array.size))


@dataclass(frozen=True, slots=True)
class Interval:
    """A number found, with its 95 % interval."""

    found: float
    low: float
    high: float

    def __format__(self, spec: str) -> str:
        """Return "found (low to high)", each number by ``spec``; "nothing" where nothing was found."""
        if not math.isfinite(self.found):
            return "nothing"
        return f"{self.found:{spec}} ({self.low:{spec}} to {self.high:{spec}})"

    def verdict(self, least: float, most: float) -> Verdict:
        """Say whether the interval lies inside ``least``..``most``, outside of it, or across one of its ends."""
        if not (math.isfinite(self.low) and math.isfinite(self.high)):
            return Verdict.UNRESOLVED
        if least <= self.low and self.high <= most:
            return Verdict.PASS
        if self.high < least or self.low > most:
            return Verdict.FAIL
        return Verdict.UNRESOLVED


@dataclass(frozen=True, slots=True)
class Fact:
    """One stylised fact: what the literature reports, how it is measured here, what came out."""

    name: str
    source: str
    claim: str
    measured: str
    wanted: str
    interval: Interval
    verdict: Verdict
    details: tuple[str, ...] = ()


def grouped(value: float) -> str:
    """Return a number to the unit, its thousands apart."""
    return f"{value:,.0f}".replace(",", " ")


def mean_interval(values: ArrayLike) -> Interval:
    """Return the mean of independent replications with its 95 % interval (Student's t)."""
    mean, error = mean_and_error(values)
    reach = _student(np.asarray(values).size - 1) * error if math.isfinite(error) else math.inf
    return Interval(mean, mean - reach, mean + reach)


def ratio_interval(above: ArrayLike, below: ArrayLike) -> Interval:
    """Return sum(above) / sum(below) over paired replications, with its 95 % interval by the jackknife."""
    return _jackknife(lambda a, b: a / b, above, below)


def ratio_gap(above: ArrayLike, below: ArrayLike, above_2: ArrayLike, below_2: ArrayLike) -> Interval:
    """Return how much the first ratio of sums exceeds the second, over the same replications."""
    return _jackknife(lambda a, b, c, d: a / b - c / d, above, below, above_2, below_2)


def _jackknife(statistic: Callable[..., NDArray[np.float64]], *columns: ArrayLike) -> Interval:
    """Return a statistic of the sums of paired columns with its 95 % interval, by leaving out one after another."""
    values = np.array([np.asarray(column, np.float64) for column in columns])
    n, total = values.shape[1], values.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        found, without = float(statistic(*total)), statistic(*(total[:, None] - values))
    if n < 2 or not math.isfinite(found) or not np.isfinite(without).all():
        return Interval(math.nan, -math.inf, math.inf)
    error = math.sqrt((n - 1) / n * float(((without - without.mean()) ** 2).sum()))
    reach = _student(n - 1) * error
    return Interval(found, found - reach, found + reach)


def share_interval(hits: int, of: int) -> Interval:
    """Return a share with its 95 % interval (Wilson 1927)."""
    share = hits / of
    middle = (share + Z_95**2 / (2 * of)) / (1 + Z_95**2 / of)
    reach = Z_95 / (1 + Z_95**2 / of) * math.sqrt(share * (1 - share) / of + Z_95**2 / (4 * of**2))
    return Interval(share, max(0.0, middle - reach), min(1.0, middle + reach))


def pooled_share(hits: Sequence[int], of: Sequence[int]) -> Interval:
    """Return a share over replications: the wider of the jackknife's interval and Wilson's, which knows rare hits."""
    if not sum(of):
        return Interval(math.nan, -math.inf, math.inf)
    between, within = ratio_interval(hits, of), share_interval(sum(hits), sum(of))
    return Interval(within.found, max(0.0, min(between.low, within.low)), max(between.high, within.high))


def _student(freedom: int) -> float:
    """Return the 97.5 % quantile of Student's t (Cornish & Fisher's expansion: within .5 % from 4 degrees on)."""
    z = Z_95
    first = (z**3 + z) / (4 * freedom)
    second = (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3)
    return z + first + second + third
