"""Memory is measured where it is told, and is what the arrays take."""

from __future__ import annotations

import numpy as np
import pytest

from townsquare_agents import generators
from townsquare_research.bench_memory import Memory, measure_memory, peak_bytes


def test_the_peak_rises_with_what_is_held() -> None:
    before = peak_bytes()
    if before is None:
        pytest.skip("this system does not tell a process's peak")
    held = np.ones(30_000_000)
    after = peak_bytes()
    assert after is not None
    assert after - before > 0.5 * held.nbytes or after > held.nbytes


def test_a_cascade_takes_its_rows_and_its_state() -> None:
    measured = measure_memory(generators.erdos_renyi(200_000, 20, seed=1))
    if measured is None:
        pytest.skip("this system does not tell a process's peak")
    assert measured.least == pytest.approx(4 * 4_000_000 + 13 * 200_000, rel=0.01)
    assert 0.3 < measured.ratio < 1.3


def test_a_ratio_is_a_ratio() -> None:
    assert Memory(peak=30, least=20).ratio == 1.5
