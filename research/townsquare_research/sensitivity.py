"""Screening: which of the model's own numbers carry the outcomes (Morris 1991, Campolongo et al. 2007).

A trajectory starts at a random point of a grid of four levels and moves one factor after the other by two levels; each
move is one elementary effect. mu* is the mean of their sizes, sigma their spread: a large sigma says that a factor's
effect depends on the others.

Law: factors, ranges and sources come from the scenario's schema, never from a list kept by hand. All points of a
trajectory are worlds of the same seed, so that an elementary effect is exact in its world; a factor that does nothing
gets exactly 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.errors import ParameterError
from townsquare_agents.parameters import Parameters
from townsquare_agents.parameters.quantity import origin, range_of
from townsquare_agents.rng import Purpose, name_key, uniform_array
from townsquare_agents.scenario import Scenario
from townsquare_research.game import Game

LEVELS = 4
_MOVE = 2 / 3  # LEVELS / 2 steps of 1 / (LEVELS - 1): every level is then equally likely
NEAR = (0.5, 2.0)  # times the default, where the schema allows it
_MOST_LASTING = 0.99  # retention less discount: a customer then stays for a hundred years
OPEN_ENDED = 1000.0  # times the default: a schema's upper limit beyond that only keeps nonsense out
OUTCOMES = ("equity_gap", "trust", "customers", "churned")
Outcomes = Mapping[str, float]


class Factor(NamedTuple):
    """A number that is varied."""

    name: str  # group.parameter
    low: float
    high: float
    default: float
    unit: str
    source: str

    def at(self, level: float) -> float:
        """Return the value at a level in 0..1."""
        return self.low + level * (self.high - self.low)


@dataclass(frozen=True, slots=True)
class Screening:
    """What became of a screening: effects[trajectory, factor, outcome], each over the whole range of its factor."""

    factors: tuple[Factor, ...]
    outcomes: tuple[str, ...]
    effects: NDArray[np.float64]

    def mu_star(self, outcome: str) -> NDArray[np.float64]:
        """Return the mean size of each factor's effects on an outcome."""
        means: NDArray[np.float64] = np.abs(self._of(outcome)).mean(axis=0)
        return means

    def mu(self, outcome: str) -> NDArray[np.float64]:
        """Return the mean of each factor's effects, with their sign."""
        means: NDArray[np.float64] = self._of(outcome).mean(axis=0)
        return means

    def sigma(self, outcome: str) -> NDArray[np.float64]:
        """Return the standard deviation of each factor's effects."""
        spread: NDArray[np.float64] = self._of(outcome).std(axis=0, ddof=1)
        return spread

    def ranked(self, outcome: str) -> list[int]:
        """Return the factors' indices by falling mu*."""
        return [int(index) for index in np.argsort(-self.mu_star(outcome), kind="stable")]

    def idle(self) -> list[str]:
        """Return the factors that changed no outcome in any trajectory."""
        moved = (self.effects != 0.0).any(axis=(0, 2))
        return [factor.name for factor, moves in zip(self.factors, moved, strict=True) if not moves]

    def _of(self, outcome: str) -> NDArray[np.float64]:
        chosen: NDArray[np.float64] = self.effects[:, :, self.outcomes.index(outcome)]
        return chosen


def schema_factors(scenario: Scenario, *, near: bool) -> tuple[Factor, ...]:
    """Return every number with a range that the schema has.

    ``near``: from half to twice the scenario's value, within the schema's limits; else all that the schema allows,
    but for numbers whose range is open-ended. A value of 0 has no half and no double: near, it is varied over the
    lowest tenth of what the schema allows.
    """
    factors = []
    for group, model in scenario.parameters:
        for name, field in type(model).model_fields.items():
            allowed = range_of(field)
            if allowed is None:
                continue
            low, high, unit = allowed
            default = float(getattr(model, name))
            if near:
                around = sorted((NEAR[0] * default, NEAR[1] * default)) if default else (0.0, high / 10)
                low, high = max(low, around[0]), min(high, around[1])
            elif default and high > OPEN_ENDED * abs(default):
                continue
            factors.append(Factor(f"{group}.{name}", low, high, default, unit, origin(field)["source"]))
    return tuple(factors)


def screen(
    factors: Sequence[Factor],
    model: Callable[[Mapping[str, float], int], Outcomes],
    *,
    trajectories: int,
    seed: int = 1,
    progress: Callable[[], None] = lambda: None,
) -> Screening:
    """Return the elementary effects of ``factors`` on what ``model(values by name, world's seed)`` returns.

    Runs the model trajectories x (factors + 1) times. Raises ParameterError.
    """
    if trajectories < 2:
        raise ParameterError(f"{trajectories} trajectories have no spread; use 2 or more")
    effects: list[NDArray[np.float64]] = []
    names: tuple[str, ...] = ()
    for trajectory in range(trajectories):
        points, order, signs = trajectory_points(len(factors), seed, trajectory)
        results = []
        for point in points:
            values = {factor.name: factor.at(float(x)) for factor, x in zip(factors, point, strict=True)}
            outcomes = model(values, seed + trajectory)
            names = names or tuple(outcomes)
            results.append([outcomes[name] for name in names])
            progress()
        steps = np.diff(np.array(results), axis=0) * signs[:, None] / _MOVE
        effect = np.empty_like(steps)
        effect[order] = steps
        effects.append(effect)
    return Screening(tuple(factors), names, np.array(effects))


def trajectory_points(
    count: int, seed: int, trajectory: int
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
    """Return (points[count + 1, count] with levels in 0..1, the order in which factors move, the sign of each move)."""
    key = name_key(seed, "morris", trajectory)
    level, turn = (uniform_array(key, int(Purpose.TEST), part, np.arange(count), 0) for part in (0, 1))
    start = np.floor(level * LEVELS) / (LEVELS - 1)
    order = np.argsort(turn, kind="stable").astype(np.int64)
    move = np.where(start < 0.5, _MOVE, -_MOVE)
    points = np.tile(start, (count + 1, 1))
    for step, factor in enumerate(order):
        points[step + 1 :, factor] += move[factor]
    return points, order, np.sign(move[order])


def with_parameters(scenario: Scenario, values: Mapping[str, float]) -> Scenario:
    """Return the scenario with these parameters (``group.name``), checked.

    Two combinations that the schema's ranges allow mean nothing: an evaluation whose longest is below its shortest, and
    customers who stay for ever undiscounted, worth infinitely much. The nearest that does is taken.
    """
    data: dict[str, dict[str, float]] = scenario.parameters.model_dump()
    for name, value in values.items():
        group, _, parameter = name.partition(".")
        data[group][parameter] = value
    data["need"]["longest"] = max(data["need"]["longest"], data["need"]["shortest"])
    data["money"]["discount"] = max(data["money"]["discount"], data["money"]["retention"] - _MOST_LASTING)
    return scenario.model_copy(update={"parameters": Parameters.model_validate(data)})


def market_outcomes(scenario: Scenario, seed: int, *, rounds: int | None = None) -> dict[str, float]:
    """Return the main outcomes of a game in which every other vendor builds relationships and the others campaign.

    ``equity_gap`` (money): mean customer equity of the relationship builders less that of the campaigners. The others:
    means over all vendors.
    """
    policies = {v.id: ("relationship", "campaign")[n % 2] for n, v in enumerate(scenario.vendors)}
    game = Game(scenario, seed, policies, stories=False)
    for _ in range(rounds or scenario.calendar.rounds):
        game.play_round({})
    last = [game.results[-1].value[v.id] for v in scenario.vendors]
    equity = [value["customer_equity"] for value in last]
    builders, campaigners = equity[0::2], equity[1::2]
    return {
        "equity_gap": float(np.mean(builders) - np.mean(campaigners)),
        "trust": float(np.mean([value["trust"] for value in last])),
        "customers": float(np.mean([value["customers"] for value in last])),
        "churned": float(np.mean([[r.value[v.id]["churned"] for v in scenario.vendors] for r in game.results]))
        * len(game.results),
    }
