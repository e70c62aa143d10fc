"""Keyed randomness: known bits, functions as exact as promised; the statistical battery is in `validation`."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from townsquare_agents import rng
from townsquare_agents.compiled import kernel
from townsquare_agents.rng import Purpose, name_key, name_keys, uniform, uniform_array

KNOWN = (0.41842098894367985, 0.08384108880868657, 5337594794641087683)


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


def test_keys_of_numbered_names_are_those_of_each() -> None:
    assert name_keys("A", 3, "slot-1", count=12).tolist() == [name_key("A", 3, "slot-1", n) for n in range(12)]
