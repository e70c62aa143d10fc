"""Sixteen arcs at a time: vectors, scans and plain Python agree, and the draws are as random as they must be."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from townsquare_agents.compiled import JIT_DISABLED, allocating, kernel
from townsquare_agents.kernels import diffusion, lanes
from townsquare_agents.rng import draw, stream_key

ROWS = 4000


@kernel
def live_by_packing(key: np.uint64, start: int, degree: int, limits: lanes.Words, out: lanes.Arcs) -> int:
    return lanes.append_live(key, start, degree, limits, out, 3)


@kernel
def live_by_scanning(key: np.uint64, start: int, degree: int, limits: lanes.Words, out: lanes.Arcs) -> int:
    low, high = np.uint32(key & np.uint64(0xFFFFFFFF)), np.uint32(key >> np.uint64(32))
    return lanes._append_scanned(low, high, start, degree, limits, out, 3)


@allocating
def row_keys(seed: int, count: int) -> NDArray[np.uint64]:
    out = np.empty(count, np.uint64)
    key = stream_key(seed, 3, 0)
    for node in range(count):
        out[node] = draw(key, node, 0)
    return out


def draws(keys: NDArray[np.uint64], places: int) -> NDArray[np.int64]:
    """Return `row_draw` for every row and place, vectorised by NumPy: a second statement of the law."""
    low = (keys & np.uint64(0xFFFFFFFF)).astype(np.uint32)[:, None]
    high = (keys >> np.uint64(32)).astype(np.uint32)[:, None]
    x = low + np.arange(places, dtype=np.uint32) * np.uint32(lanes.STRIDE)
    x = (x ^ (x >> np.uint32(16))) * np.uint32(lanes.MULTIPLIER_1)
    x = ((x ^ (x >> np.uint32(15))) + high) * np.uint32(lanes.MULTIPLIER_2)
    return ((x ^ (x >> np.uint32(15))) >> np.uint32(1)).astype(np.int64)


@pytest.mark.small
def test_a_draw_has_known_bits() -> None:
    assert [lanes.row_draw(0, 0, 0), lanes.row_draw(1, 2, 3), lanes.row_draw(2**32 - 1, 2**32 - 1, 100)] == KNOWN
    keys = row_keys(1, 20)
    expected = [[lanes.row_draw(int(k) & 0xFFFFFFFF, int(k) >> 32, place) for place in range(40)] for k in keys]
    np.testing.assert_array_equal(draws(keys, 40), expected)


KNOWN = [0, 1061597617, 1246543781]


@pytest.mark.small
@pytest.mark.parametrize(
    "way", ["packing", pytest.param("scanning", marks=pytest.mark.skipif(JIT_DISABLED, reason="JIT"))]
)
def test_every_way_finds_the_same_live_arcs(way: str) -> None:
    find = live_by_packing if way == "packing" else live_by_scanning
    rng = np.random.default_rng(3)
    keys = row_keys(7, 60)
    for key in keys:
        degree, start = int(rng.integers(0, 90)), int(rng.integers(0, 50))
        one = np.full(lanes.LANES, rng.integers(0, 2**31 + 1), np.uint32)
        each = rng.integers(0, 2**31 + 1, start + degree + lanes.LANES).astype(np.uint32)
        for limits in (one, each):
            out = np.full(degree + 4, 12345, np.uint32)
            end = find(np.uint64(key), start, degree, limits, out)
            bounds = limits[0] if limits is one else limits[start : start + degree]
            expected = start + np.flatnonzero(draws(np.array([key]), degree)[0] < bounds)
            np.testing.assert_array_equal(out[3:end], expected)
            assert (out[:3] == 12345).all()


@pytest.mark.small
def test_limits_of_never_and_always() -> None:
    assert lanes.as_limits(np.array([0.0, 1.0, 0.5])).tolist()[:3] == [0, 2**31, 2**30]
    assert lanes.as_limits(np.array([1.0])).tolist() == [2**31] * lanes.LANES
    out = np.empty(60, np.uint32)
    key = np.uint64(row_keys(1, 1)[0])
    assert live_by_packing(key, 0, 50, lanes.as_limits(np.array([1.0])), out) == 53
    assert live_by_packing(key, 0, 50, lanes.as_limits(np.array([0.0])), out) == 3


def p_value(observed: NDArray[np.int64], expected: NDArray[np.float64] | float) -> float:
    expected = np.broadcast_to(expected, observed.shape)
    return float(stats.chi2.sf(((observed - expected) ** 2 / expected).sum(), observed.size - 1))


@pytest.mark.parametrize("seed", [1, 2, 2**63 - 1])
def test_draws_are_uniform_in_every_place_and_in_their_low_bits(seed: int) -> None:
    table = draws(row_keys(seed, 200_000), 24)
    for place in range(24):
        assert p_value(np.bincount(table[:, place] >> 23, minlength=256), 200_000 / 256) > 1e-4
        assert p_value(np.bincount(table[:, place] & 255, minlength=256), 200_000 / 256) > 1e-4


@pytest.mark.parametrize("apart", [1, 2, 3, 8, 16])
def test_draws_of_one_row_do_not_know_each_other(apart: int) -> None:
    table = draws(row_keys(5, ROWS), 100) >> 27  # 16 classes
    pairs = table[:, :-apart] * 16 + table[:, apart:]
    assert p_value(np.bincount(pairs.ravel(), minlength=256), pairs.size / 256) > 1e-4
    rows = table[:-1] * 16 + table[1:]
    assert p_value(np.bincount(rows.ravel(), minlength=256), rows.size / 256) > 1e-4


@pytest.mark.parametrize("p", [0.01, 0.05, 0.5])
def test_live_arcs_of_a_row_are_binomial(p: float) -> None:
    degree = 20
    live = (draws(row_keys(9, 300_000), degree) < p * lanes.CERTAIN).sum(axis=1)
    expected = stats.binom.pmf(np.arange(degree + 1), degree, p) * live.size
    enough = expected >= 10
    observed = np.bincount(live, minlength=degree + 1)
    folded = np.append(observed[enough], observed[~enough].sum())
    assert p_value(folded, np.append(expected[enough], expected[~enough].sum())) > 1e-4


def test_thinning_multiplies_probabilities() -> None:
    # a triangle with certain arcs, thinned to p
    indptr, indices = np.array([0, 2, 4, 6]), np.array([1, 2, 0, 2, 0, 1], np.int32)
    sizes = np.empty(200_000, np.int64)
    p = 0.3
    limits, seeds = lanes.as_limits(np.array([1.0])), np.zeros(1, np.int64)
    scratch = np.zeros(3, np.uint8), np.empty(4, np.int32), np.empty(diffusion.BUFFER + 2, np.uint32)
    diffusion.cascade_sizes(indptr, indices, limits, np.uint64(p * 2**64), seeds, 1, 0, sizes, *scratch)
    assert sizes.mean() == pytest.approx(1 + 2 * (p + p**2 - p**3), abs=4 * sizes.std() / np.sqrt(sizes.size))
    assert not scratch[0].any()


def test_rows_longer_than_the_buffer() -> None:
    degree = 3 * diffusion.BUFFER + 5
    indptr = np.array([0, *[degree] * (degree + 1)])
    indices = np.arange(1, degree + 1, dtype=np.int32)
    sizes = np.empty(2, np.int64)
    limits, seeds = lanes.as_limits(np.array([1.0])), np.zeros(1, np.int64)
    room = diffusion.BUFFER + diffusion.largest_row(indptr)
    scratch = np.zeros(degree + 1, np.uint8), np.empty(degree + 2, np.int32), np.empty(room, np.uint32)
    diffusion.cascade_sizes(indptr, indices, limits, np.uint64(0), seeds, 1, 0, sizes, *scratch)
    assert sizes.tolist() == [degree + 1] * 2
