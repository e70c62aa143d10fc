"""A statistical battery over every part of the key, to see whether keyed draws are as random as they should be.

Law: a p-value is of the hypothesis "as random as it should be"; the p-values of a good generator are uniform
themselves, so that a few small ones among many are as they must be.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from townsquare_agents import rng
from townsquare_agents.compiled import allocating

AXES = ("seed", "purpose", "tick", "subject", "object")
COUNT = 1 << 17
PLACES = (0, 1_000_003)  # where on the other axes, and from where on its own, an axis is walked

Bits = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Battery:
    """What a walk along each part of the key has shown."""

    walks: tuple[str, ...]
    tests: tuple[str, ...]
    p: NDArray[np.float64]  # [tests, walks]

    @property
    def smallest(self) -> float:
        """The smallest p-value."""
        return float(self.p.min())

    @property
    def even(self) -> float:
        """The p-value of the hypothesis that the p-values are uniform (Kolmogorov-Smirnov)."""
        return float(stats.kstest(self.p.ravel(), "uniform").pvalue)


def run_battery() -> Battery:
    """Walk each part of the key from each place and put all tests to the draws."""
    walks = {
        f"{axis} from {place}": battery_of(walk(number, place, COUNT))
        for number, axis in enumerate(AXES)
        for place in PLACES
    }
    tests = tuple(next(iter(walks.values())))
    return Battery(tuple(walks), tests, np.array([[found[test] for found in walks.values()] for test in tests]))


@allocating
def walk(axis: int, place: int, count: int) -> Bits:
    """Return draws along one part of the key, the others fixed."""
    out = np.empty(count, np.uint64)
    for i in range(count):
        seed = place + (i if axis == 0 else 7)
        purpose = place + (i if axis == 1 else 3)
        tick = place + (i if axis == 2 else 5)
        subject = place + (i if axis == 3 else 11)
        object_ = place + (i if axis == 4 else 13)
        out[i] = rng.draw(rng.stream_key(seed, purpose, tick), subject, object_)
    return out


def even(observed: NDArray[np.int64]) -> float:
    """Return the p-value of Pearson's test that all classes are equally likely."""
    return float(stats.chisquare(observed).pvalue)


def uniformity(bits: Bits, shift: int) -> float:
    """Test whether ten bits from ``shift`` on take each of their 1024 values equally often."""
    return even(np.bincount((bits >> np.uint64(shift) & np.uint64(1023)).astype(np.int64), minlength=1024))


def smoothness(bits: Bits) -> float:
    """Test whether the draws, as numbers in [0, 1), are uniform."""
    return float(stats.kstest((bits >> np.uint64(11)) * 2.0**-53, "uniform").pvalue)


def serial_correlation(bits: Bits, lag: int) -> float:
    """Test whether a draw correlates with the one ``lag`` later."""
    values = (bits >> np.uint64(11)) * 2.0**-53 - 0.5
    r = float((values[:-lag] * values[lag:]).mean() * 12)
    return float(2 * stats.norm.sf(abs(r) * math.sqrt(values.size - lag)))


def serial_pairs(bits: Bits, shift: int, lag: int) -> float:
    """Test five bits of a draw and of the one ``lag`` later for pairs of values that are too frequent."""
    classes = (bits >> np.uint64(shift) & np.uint64(31)).astype(np.int64)
    return even(np.bincount(classes[:-lag:2] * 32 + classes[lag::2][: classes[:-lag:2].size], minlength=1024))


def weights(bits: Bits) -> float:
    """Test whether the number of ones in 64 bits is binomial."""
    ones = np.bitwise_count(bits).astype(np.int64)
    observed = np.bincount(np.clip(ones, 18, 46) - 18, minlength=29)
    law = stats.binom(64, 0.5)
    expected = law.pmf(np.arange(18, 47))
    expected[0], expected[-1] = law.cdf(18), law.sf(45)
    return float(stats.chisquare(observed, expected * ones.size).pvalue)


def birthday_spacings(bits: Bits) -> float:
    """Run Marsaglia's test: 4096 birthdays in 2**32 days leave Poisson(4) equal spacings."""
    days = np.sort((bits >> np.uint64(32)).astype(np.int64).reshape(-1, 4096), axis=1)
    spacings = np.sort(np.diff(days, axis=1), axis=1)
    equal = int((np.diff(spacings, axis=1) == 0).sum())
    law = stats.poisson(4.0 * days.shape[0])
    return float(min(1.0, 2 * min(law.cdf(equal), law.sf(equal - 1))))


def collisions(bits: Bits) -> float:
    """Test whether the top 32 bits repeat as often as chance has it."""
    repeated = bits.size - np.unique(bits >> np.uint64(32)).size
    law = stats.poisson(bits.size**2 / 2.0**33)
    return float(min(1.0, 2 * min(law.cdf(repeated), law.sf(repeated - 1))))


def battery_of(bits: Bits) -> dict[str, float]:
    """Return the p-value of each test on these draws, uint64[COUNT]."""
    found = {f"uniformity of bits {shift}-{shift + 9}": uniformity(bits, shift) for shift in (0, 11, 22, 33, 44, 54)}
    found |= {"smoothness (Kolmogorov-Smirnov)": smoothness(bits), "ones in 64 bits": weights(bits)}
    found |= {f"serial correlation, lag {lag}": serial_correlation(bits, lag) for lag in (1, 2, 3, 64, 1024)}
    found |= {
        f"pairs of bits {shift}+, lag {lag}": serial_pairs(bits, shift, lag) for shift in (0, 59) for lag in (1, 3)
    }
    found |= {"birthday spacings": birthday_spacings(bits), "collisions": collisions(bits)}
    return found
