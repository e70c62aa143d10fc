"""Screening: exact on functions whose effects are known; the factors are the schema's; the market obeys them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from small_markets import tiny
from townsquare_agents.compiled import JIT_DISABLED
from townsquare_agents.errors import ParameterError
from townsquare_agents.scenario import Scenario, load_scenario
from townsquare_research.sensitivity import (
    LEVELS,
    OUTCOMES,
    Factor,
    market_outcomes,
    schema_factors,
    screen,
    trajectory_points,
    with_parameters,
)


@pytest.fixture(scope="module")
def small() -> Scenario:
    return tiny(load_scenario("first_market"))


def factor(name: str, low: float = 0.0, high: float = 1.0) -> Factor:
    return Factor(name, low, high, low, "1", "assumed")


def test_a_trajectory_moves_each_factor_once_by_two_levels_within_the_grid() -> None:
    for trajectory in range(20):
        points, order, signs = trajectory_points(7, 1, trajectory)
        assert points.shape == (8, 7)
        assert sorted(order) == list(range(7))
        assert np.allclose(points * (LEVELS - 1), np.round(points * (LEVELS - 1)))
        assert points.min() >= 0.0
        assert points.max() <= 1.0
        for step in range(7):
            moved = points[step + 1] - points[step]
            assert np.flatnonzero(moved).tolist() == [order[step]]
            assert moved[order[step]] == pytest.approx(signs[step] * 2 / 3)


def test_levels_are_equally_likely() -> None:
    starts = np.concatenate([trajectory_points(50, 2, t)[0][0] for t in range(80)])
    counts = np.unique(np.round(starts * 3), return_counts=True)[1]
    assert counts.size == 4
    assert np.all(np.abs(counts - 1000) < 5 * np.sqrt(1000 * 0.75))


def test_effects_of_a_linear_function_are_its_coefficients_over_the_range() -> None:
    factors = [factor("a"), factor("b", -1, 3), factor("c")]
    found = screen(factors, lambda v, seed: {"y": 5 * v["a"] - 2 * v["b"] + seed}, trajectories=5)
    assert found.mu_star("y") == pytest.approx([5, 8, 0])
    assert found.mu("y") == pytest.approx([5, -8, 0])
    assert found.sigma("y") == pytest.approx([0, 0, 0], abs=1e-12)
    assert found.ranked("y") == [1, 0, 2]
    assert found.idle() == ["c"]


def test_an_interaction_shows_as_spread() -> None:
    found = screen([factor("a"), factor("b")], lambda v, _: {"y": v["a"] * v["b"]}, trajectories=30)
    assert np.all(found.sigma("y") > 0.2)
    assert found.mu_star("y") == pytest.approx([0.5, 0.5], abs=0.25)


def test_worlds_of_one_trajectory_share_their_seed() -> None:
    seeds: list[int] = []

    def model(values: Mapping[str, float], seed: int) -> Mapping[str, float]:
        seeds.append(seed)
        return {"y": 0.0}

    screen([factor("a"), factor("b")], model, trajectories=2, seed=7)
    assert seeds == [7, 7, 7, 8, 8, 8]
    with pytest.raises(ParameterError, match="1 trajectories"):
        screen([factor("a")], model, trajectories=1)


def test_factors_are_all_numbers_of_the_schema_that_have_a_range(small: Scenario) -> None:
    names = [f.name for f in schema_factors(small, near=True)]
    everything = [f"{group}.{name}" for group, model in small.parameters for name in type(model).model_fields]
    assert names == everything
    for f in schema_factors(small, near=True):
        assert f.low < f.high
        assert f.low <= f.default <= f.high
    wide = {f.name: f for f in schema_factors(small, near=False)}
    assert wide["awareness.half_life"][1:3] == (3, 60)
    assert "money.revenue_per_account" not in wide  # its limit of 10 000 000 is no range


def test_parameters_are_checked_when_they_are_set(small: Scenario) -> None:
    changed = with_parameters(small, {"trust.gain": 0.2, "need.shortest": 200})
    assert changed.parameters.trust.gain == 0.2
    assert changed.parameters.need.longest == 200
    assert small.parameters.trust.gain == 0.05
    with pytest.raises(ValueError, match="less than or equal to 1"):
        with_parameters(small, {"trust.start": 2})


@pytest.mark.skipif(JIT_DISABLED, reason="plays games")
def test_every_corner_of_the_schema_is_a_market(small: Scenario) -> None:
    factors = schema_factors(small, near=False)
    chance = np.random.default_rng(1)
    corners = [{f.name: f.at(float(level)) for f in factors} for level in (0, 1)]
    corners += [{f.name: f.at(float(chance.integers(2))) for f in factors} for _ in range(6)]
    corners.append({"money.retention": 1.0, "money.discount": 0.0})
    for corner in corners:
        assert all(np.isfinite(list(market_outcomes(with_parameters(small, corner), 1, rounds=1).values())))


@pytest.mark.skipif(JIT_DISABLED, reason="plays games")
def test_a_mechanism_that_is_off_makes_its_numbers_idle(small: Scenario) -> None:
    off = small.model_copy(update={"mechanisms": small.mechanisms.model_copy(update={"irritation": False})})
    chosen = [f for f in schema_factors(small, near=True) if f.name in ("irritation.gain", "trust.start")]

    def model(values: Mapping[str, float], seed: int) -> Mapping[str, float]:
        return market_outcomes(with_parameters(off, values), seed, rounds=1)

    found = screen(chosen, model, trajectories=2)
    assert found.outcomes == OUTCOMES
    assert found.idle() == ["irritation.gain"]
    assert market_outcomes(small, 1) == market_outcomes(small, 1)
