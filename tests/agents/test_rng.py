"""Keyed randomness: known bits, a statistical battery over every part of the key, functions as exact as promised."""

from __future__ import annotations

import itertools
import math
from decimal import Decimal, localcontext
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from townsquare_agents import rng
from townsquare_agents.compiled import allocating, kernel
from townsquare_agents.rng import Purpose, name_key, uniform, uniform_array

KNOWN = (0.41842098894367985, 0.08384108880868657, 5337594794641087683)
AXES = ("seed", "purpose", "tick", "subject", "object")
COUNT = 1 << 17
PLACES = (0, 1_000_003)  # where on the other axes, and from where on its own, an axis is walked


@allocating
def walk(axis: int, place: int, count: int) -> NDArray[np.uint64]:
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


@kernel
def exp_of(values: NDArray[np.float64], out: NDArray[np.float64]) -> None:
    for i in range(values.size):
        out[i] = rng.exp(values[i])


@kernel
def poisson_of(seed: int, mean: float, out: NDArray[np.int64]) -> None:
    key = rng.stream_key(seed, 0, 0)
    for i in range(out.size):
        out[i] = rng.poisson(rng.draw(key, i, 0), mean)


@kernel
def below_of(seed: int, bound: int, out: NDArray[np.int64]) -> None:
    key = rng.stream_key(seed, 0, 0)
    for i in range(out.size):
        out[i] = rng.below(rng.draw(key, i, 0), bound)


def even(observed: NDArray[np.int64]) -> float:
    """Return the p-value of Pearson's test that all classes are equally likely."""
    return float(stats.chisquare(observed).pvalue)


# --- the battery: each test gives a p-value for the hypothesis "as random as it should be"


def uniformity(bits: NDArray[np.uint64], shift: int) -> float:
    return even(np.bincount((bits >> np.uint64(shift) & np.uint64(1023)).astype(np.int64), minlength=1024))


def smoothness(bits: NDArray[np.uint64]) -> float:
    return float(stats.kstest((bits >> np.uint64(11)) * 2.0**-53, "uniform").pvalue)


def serial_correlation(bits: NDArray[np.uint64], lag: int) -> float:
    values = (bits >> np.uint64(11)) * 2.0**-53 - 0.5
    r = float((values[:-lag] * values[lag:]).mean() * 12)
    return float(2 * stats.norm.sf(abs(r) * math.sqrt(values.size - lag)))


def serial_pairs(bits: NDArray[np.uint64], shift: int, lag: int) -> float:
    classes = (bits >> np.uint64(shift) & np.uint64(31)).astype(np.int64)
    return even(np.bincount(classes[:-lag:2] * 32 + classes[lag::2][: classes[:-lag:2].size], minlength=1024))


def weights(bits: NDArray[np.uint64]) -> float:
    ones = np.bitwise_count(bits).astype(np.int64)
    observed = np.bincount(np.clip(ones, 18, 46) - 18, minlength=29)
    law = stats.binom(64, 0.5)
    expected = law.pmf(np.arange(18, 47))
    expected[0], expected[-1] = law.cdf(18), law.sf(45)
    return float(stats.chisquare(observed, expected * ones.size).pvalue)


def birthday_spacings(bits: NDArray[np.uint64]) -> float:
    """Marsaglia's test: 4096 birthdays in 2**32 days leave Poisson(4) equal spacings."""
    days = np.sort((bits >> np.uint64(32)).astype(np.int64).reshape(-1, 4096), axis=1)
    spacings = np.sort(np.diff(days, axis=1), axis=1)
    equal = int((np.diff(spacings, axis=1) == 0).sum())
    law = stats.poisson(4.0 * days.shape[0])
    return float(min(1.0, 2 * min(law.cdf(equal), law.sf(equal - 1))))


def collisions(bits: NDArray[np.uint64]) -> float:
    """The top 32 bits repeat as often as chance has it."""
    repeated = bits.size - np.unique(bits >> np.uint64(32)).size
    law = stats.poisson(bits.size**2 / 2.0**33)
    return float(min(1.0, 2 * min(law.cdf(repeated), law.sf(repeated - 1))))


def battery(axis: int, place: int) -> dict[str, float]:
    bits = walk(axis, place, COUNT)
    found = {f"uniformity of bits {shift}-{shift + 9}": uniformity(bits, shift) for shift in (0, 11, 22, 33, 44, 54)}
    found |= {"smoothness (Kolmogorov-Smirnov)": smoothness(bits), "ones in 64 bits": weights(bits)}
    found |= {f"serial correlation, lag {lag}": serial_correlation(bits, lag) for lag in (1, 2, 3, 64, 1024)}
    found |= {
        f"pairs of bits {shift}+, lag {lag}": serial_pairs(bits, shift, lag) for shift in (0, 59) for lag in (1, 3)
    }
    found |= {"birthday spacings": birthday_spacings(bits), "collisions": collisions(bits)}
    return found


def test_the_battery_finds_nothing(artifacts: Path) -> None:
    rows = [
        (axis, place, test, p)
        for number, axis in enumerate(AXES)
        for place in PLACES
        for test, p in battery(number, place).items()
    ]
    text = "\n".join(f"{axis:8} from {place:>9,}  {test:32} p = {p:.4f}" for axis, place, test, p in rows)
    (artifacts / "keyed-randomness.txt").write_text(text + "\n")
    values = np.array([p for *_, p in rows])
    assert values.size == 190
    assert values.min() > 1e-5, min(rows, key=lambda row: row[3])
    # p-values of true hypotheses are themselves uniform
    assert stats.kstest(values, "uniform").pvalue > 1e-3


def test_the_battery_finds_a_bad_generator() -> None:
    counter = np.arange(COUNT, dtype=np.uint64) * rng.GOLDEN  # Weyl's sequence: even, but anything but random
    assert serial_correlation(counter, 1) < 1e-6
    assert serial_pairs(counter, 59, 1) < 1e-6
    assert birthday_spacings(counter) < 1e-6
    assert weights(np.zeros(COUNT, np.uint64)) < 1e-6


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(range(5), 2)))
def test_parts_of_the_key_do_not_know_each_other(one: int, other: int) -> None:
    # draws along one part against draws along another, step by step from the same place
    a, b = walk(one, 17, 1 << 16) >> np.uint64(59), walk(other, 17, 1 << 16) >> np.uint64(59)
    assert even(np.bincount((a * np.uint64(32) + b).astype(np.int64), minlength=1024)) > 1e-5


@pytest.mark.parametrize("axis", range(5))
def test_every_bit_of_a_key_changes_half_the_bits_of_its_draw(axis: int) -> None:
    base = [12345, 40, 6, 98765, 4321]

    def bits(parts: list[int]) -> int:
        return round(uniform(*parts) * 2**53)

    for flipped in range(0, 31, 3):
        changed = []
        for offset in range(300):
            parts = [part + 7919 * offset for part in base]
            other = list(parts)
            other[axis] ^= 1 << flipped
            changed.append((bits(parts) ^ bits(other)).bit_count())
        assert np.mean(changed) == pytest.approx(26.5, abs=5 * math.sqrt(53 / 4 / 300))


# --- what is certain


@pytest.mark.small
def test_known_draws() -> None:
    assert uniform(1, 2, 3, 4, 5) == KNOWN[0]
    assert uniform(2**63 - 1, int(Purpose.EDGE), 10**6, 10**9, 10**9) == KNOWN[1]
    many = uniform_array(1, 2, 3, np.arange(10), 5)
    assert many.tolist() == [uniform(1, 2, 3, i, 5) for i in range(10)]
    assert name_key("A", 3, "slot-1") == KNOWN[2]
    assert name_key("A", 3) != name_key("A3") != name_key("A", "3", "")


@pytest.mark.small
def test_no_two_pairs_of_indices_share_a_draw() -> None:
    # (ds, do) collides when ds * S + do * O = 0 modulo 2**64: reduce that lattice and look at its shortest vectors
    modulus = 2**64
    subject, object_ = int(rng.SUBJECT_STRIDE), int(rng.OBJECT_STRIDE)
    a, b = (1, -subject * pow(object_, -1, modulus) % modulus), (0, modulus)
    while True:
        if a[0] ** 2 + a[1] ** 2 > b[0] ** 2 + b[1] ** 2:
            a, b = b, a
        norm, dot = a[0] ** 2 + a[1] ** 2, a[0] * b[0] + a[1] * b[1]
        times = (2 * dot + norm) // (2 * norm)
        if times == 0:
            break
        b = (b[0] - times * a[0], b[1] - times * a[1])
    assert (a[0] * subject + a[1] * object_) % modulus == 0
    assert max(abs(a[0]), abs(a[1])) >= 2**31 - 1


@pytest.mark.small
def test_mix_is_a_bijection_with_the_published_values() -> None:
    # splitmix64 from 1234567: Vigna's reference implementation
    state, found = 1234567, []
    for _ in range(3):
        state = (state + int(rng.GOLDEN)) % 2**64
        found.append(mixed(state))
    assert found == [6457827717110365317, 3203168211198807973, 9817491932198370423]


def mixed(value: int) -> int:
    out = np.empty(1, np.uint64)
    mix_of(np.array([value], np.uint64), out)
    return int(out[0])


@kernel
def mix_of(values: NDArray[np.uint64], out: NDArray[np.uint64]) -> None:
    for i in range(values.size):
        out[i] = rng.mix(values[i])


@pytest.mark.small
def test_purposes_are_distinct() -> None:
    assert len({int(purpose) for purpose in Purpose}) == len(Purpose.__members__)


@pytest.mark.small
def test_exp_is_exact_to_a_few_units_in_the_last_place() -> None:
    values = np.concatenate((np.random.default_rng(1).uniform(-700, 700, 1500), np.linspace(-2, 2, 401), [0.0, 1.0]))
    out = np.empty_like(values)
    exp_of(values, out)
    with localcontext() as context:
        context.prec = 40
        errors = [abs(float(Decimal(float(y)) / Decimal(float(x)).exp() - 1)) for x, y in zip(values, out, strict=True)]
    assert max(errors) < 1e-15
    extremes = np.array([-1e9, -709.0, 710.0, 1e9])
    edge = np.empty(4)
    exp_of(extremes, edge)
    assert edge.tolist() == [0.0, 0.0, math.inf, math.inf]


@pytest.mark.parametrize("mean", [0.0, 0.05, 1.0, 7.5, 60.0, 400.0])
def test_poisson_has_its_law(mean: float) -> None:
    out = np.empty(100_000, np.int64)
    poisson_of(5, mean, out)
    if mean == 0.0:
        assert not out.any()
        return
    law = stats.poisson(mean)
    low, high = int(law.ppf(0.001)), int(law.ppf(0.999))
    expected = law.pmf(np.arange(low, high + 1))
    expected[0], expected[-1] = law.cdf(low), law.sf(high - 1)
    observed = np.bincount(np.clip(out, low, high) - low, minlength=expected.size)
    assert float(stats.chisquare(observed, expected * out.size).pvalue) > 1e-4


@pytest.mark.parametrize("bound", [1, 2, 3, 1000, 2**31 - 1])
def test_below_is_even(bound: int) -> None:
    out = np.empty(200_000, np.int64)
    below_of(3, bound, out)
    assert out.min() >= 0
    assert out.max() < bound
    classes = min(bound, 500)
    if classes > 1:
        observed = np.bincount(out * classes // bound, minlength=classes)
        width = np.diff(np.ceil(np.arange(classes + 1) * bound / classes))
        assert float(stats.chisquare(observed, width / bound * out.size).pvalue) > 1e-4
