"""Verdicts follow from numbers: a bias is never passed, noise is never judged, intervals cover."""

from __future__ import annotations

import math

import numpy as np
import pytest

from townsquare_research.validation.findings import (
    Interval,
    Verdict,
    estimated,
    exactly,
    mean_interval,
    pooled_share,
    ratio_gap,
    ratio_interval,
    sampled,
    share_interval,
)


def test_what_is_not_random_is_equal_or_wrong() -> None:
    assert exactly("x", 23, 23).verdict is Verdict.PASS
    assert exactly("x", 23, 23 + 1e-9).verdict is Verdict.FAIL
    assert exactly("x", 0, 1e-9).verdict is Verdict.FAIL


@pytest.mark.parametrize(
    ("found", "error", "verdict"),
    [
        (1.0, 0.001, "pass"),
        (1.003, 0.001, "pass"),
        (1.02, 0.001, "fail"),
        (1.02, 0.01, "unresolved"),
        (9, 0.01, "fail"),
    ],
)
def test_an_estimate_passes_only_when_a_bias_would_have_been_seen(found: float, error: float, verdict: str) -> None:
    assert estimated("x", 1.0, found, error).verdict == verdict


def test_a_bias_of_two_percent_never_passes() -> None:
    for error in np.geomspace(1e-6, 1, 50):
        assert estimated("x", 1.0, 1.0201, float(error)).verdict is not Verdict.PASS


def test_one_run_says_nothing() -> None:
    assert sampled("x", 1.0, [1.0]).verdict is Verdict.UNRESOLVED
    assert mean_interval([1.0]).verdict(0, 2) is Verdict.UNRESOLVED


def test_an_interval_lies_inside_outside_or_across() -> None:
    interval = Interval(0.5, 0.4, 0.6)
    assert interval.verdict(0.3, math.inf) is Verdict.PASS
    assert interval.verdict(0.7, 1.0) is Verdict.FAIL
    assert interval.verdict(0.5, 1.0) is Verdict.UNRESOLVED


def test_an_interval_is_told_as_what_was_found_and_between_which_ends() -> None:
    assert f"{Interval(0.51234, 0.4, 0.6):.2f}" == "0.51 (0.40 to 0.60)"
    assert f"{Interval(1234.5, -math.inf, math.inf):.3g}" == "1.23e+03 (-inf to inf)"
    assert f"{Interval(math.nan, -math.inf, math.inf):.3g}" == "nothing"


def test_intervals_cover_what_they_claim_to() -> None:
    chance = np.random.default_rng(1)
    means = ratios = shares = 0
    for _ in range(2000):
        interval = mean_interval(chance.normal(3, 2, 8))
        means += interval.low <= 3 <= interval.high
        below = chance.normal(4, 0.5, 20)
        interval = ratio_interval(2 * below + chance.normal(0, 1, 20), below)
        ratios += interval.low <= 2 <= interval.high
        interval = share_interval(int(chance.binomial(60, 0.1)), 60)
        shares += interval.low <= 0.1 <= interval.high
    for covered in (means, ratios, shares):
        assert 0.93 <= covered / 2000 <= 0.975


def test_a_gap_between_ratios_of_the_same_worlds_knows_what_they_share() -> None:
    """Two ratios that rise and fall together differ by less than each of them varies."""
    chance = np.random.default_rng(2)
    covered, narrower = 0, 0
    for _ in range(1000):
        world, below = chance.normal(0, 1, 20), chance.normal(4, 0.5, 20)
        first, second = 2 * below + world + chance.normal(0, 0.1, 20), below + world
        gap = ratio_gap(first, below, second, below)
        covered += gap.low <= 1 <= gap.high
        apart = [ratio_interval(above, below) for above in (first, second)]
        narrower += gap.high - gap.low < sum(each.high - each.low for each in apart) / 4
    assert 0.92 <= covered / 1000 <= 0.98
    assert narrower == 1000
    assert ratio_gap([1, 2], [1, 1], [1, 2], [0, 0]).verdict(0, 1) is Verdict.UNRESOLVED


def test_what_never_happened_still_has_an_interval() -> None:
    interval = pooled_share([0, 0, 0], [100, 100, 100])
    assert interval.low == 0.0
    assert 0.005 < interval.high < 0.02
    assert pooled_share([0, 0], [0, 0]).verdict(0, 1) is Verdict.UNRESOLVED
    assert ratio_interval([1.0, 2.0], [0.0, 0.0]).verdict(0, 1) is Verdict.UNRESOLVED
