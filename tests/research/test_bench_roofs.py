"""What the roofs measure is really done: sums are right and shares are those asked for."""

from __future__ import annotations

import numpy as np
import pytest

from townsquare_agents.kernels.lanes import as_limits
from townsquare_research import bench_roofs


def test_gathers_visit_everything_asked_for() -> None:
    rng = np.random.default_rng(1)
    state = rng.integers(0, 100, 1000).astype(np.int32)
    order = rng.integers(0, 1000, 5000).astype(np.int32)
    assert bench_roofs.gather_plainly(state, order) == int(state[order].sum())
    assert bench_roofs.gather(state, order) == int(state[order[: -bench_roofs.AHEAD]].sum())


def test_every_way_of_drawing_gives_the_share_asked_for() -> None:
    count = 1 << 18
    limits, out = as_limits(np.array([0.05])), np.empty(64, np.uint32)
    for found in (
        bench_roofs.keyed_draws(count),
        bench_roofs.stateful_draws(count),
        bench_roofs.lane_draws(count, limits, out),
    ):
        assert found == pytest.approx(0.05 * count, abs=5 * np.sqrt(0.05 * count))
