"""Compressed rows: the counting sorts do what a stable sort does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from townsquare_agents.kernels import csr

pytestmark = pytest.mark.small


@settings(deadline=None, derandomize=True)
@given(st.integers(1, 9), st.data(), st.booleans())
def test_buckets_and_transpose_are_a_stable_sort(n: int, data: st.DataObject, both_ways: bool) -> None:
    pairs = data.draw(st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=30))
    sources = np.array([u for u, _ in pairs], np.int32)
    targets = np.array([v for _, v in pairs], np.int32)
    weights = np.arange(len(pairs), dtype=np.float64)
    reversed_rows = csr.buckets(n, sources, targets, weights, both_ways)
    indptr, indices, order = csr.transpose(*reversed_rows)
    arcs = [(u, v, i) for i, (u, v) in enumerate(pairs)]
    if both_ways:
        arcs = [arc for u, v, i in arcs for arc in ((u, v, i), (v, u, i))]
    expected = sorted(arcs, key=lambda arc: arc[:2])
    rows = np.repeat(np.arange(n), np.diff(indptr))
    assert list(zip(rows.tolist(), indices.tolist(), order.astype(int).tolist(), strict=True)) == expected
    assert (indptr.dtype, indices.dtype, order.dtype) == (np.int64, np.int32, np.float64)


def test_without_weights_there_are_none() -> None:
    empty = np.empty(0, np.float64)
    rows = csr.buckets(3, np.array([0, 2], np.int32), np.array([1, 1], np.int32), empty, False)
    assert rows[2].size == 0
    assert csr.transpose(*rows)[2].size == 0


@settings(deadline=None, derandomize=True)
@given(st.integers(1, 8), st.data())
def test_a_tie_is_embedded_where_its_ends_have_a_friend_in_common(n: int, data: st.DataObject) -> None:
    pairs = data.draw(st.sets(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=20))
    sources = np.array([u for u, v in pairs if u < v], np.int32)
    targets = np.array([v for u, v in pairs if u < v], np.int32)
    indptr, indices, _ = csr.buckets(n, sources, targets, np.ones(sources.size), True)
    rows = np.repeat(np.arange(n), np.diff(indptr))
    friends = [set(indices[indptr[u] : indptr[u + 1]].tolist()) for u in range(n)]
    expected = [int(bool(friends[u] & friends[v])) for u, v in zip(rows.tolist(), indices.tolist(), strict=True)]
    assert csr.embedded(indptr, indices).tolist() == expected
