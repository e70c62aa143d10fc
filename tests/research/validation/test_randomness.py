"""Keyed draws pass the battery that bad generators fail; parts of a key do not know each other."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from townsquare_agents import rng
from townsquare_agents.rng import uniform
from townsquare_research.validation.randomness import (
    COUNT,
    Battery,
    birthday_spacings,
    even,
    run_battery,
    serial_correlation,
    serial_pairs,
    walk,
    weights,
)


def test_the_battery_finds_nothing() -> None:
    found = run_battery()
    assert found.p.shape == (19, 10)
    assert len(found.tests) == 19
    assert len(set(found.walks)) == 10
    assert found.smallest > 1e-5
    assert found.even > 1e-3  # p-values of true hypotheses are themselves uniform


def test_a_battery_tells_what_stands_out() -> None:
    found = Battery(("a", "b"), ("one", "two"), np.array([[0.5, 1e-9], [0.25, 0.75]]))
    assert found.smallest == 1e-9
    assert Battery(("a",), ("one",) * 200, np.full((200, 1), 0.5)).even < 1e-9


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
