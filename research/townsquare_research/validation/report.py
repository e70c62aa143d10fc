"""Everything that `townsquare validate` measures, and the document that it writes.

Law: the same version gives the same report, to the last digit: seeds are fixed, and no time or machine is printed. What
fails is printed as failing.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from townsquare_agents.scenario import Scenario, load_scenario
from townsquare_research import sensitivity
from townsquare_research.sensitivity import Screening
from townsquare_research.validation import advertising, causal, exact, exact_models, leaving, stylised
from townsquare_research.validation.findings import Fact, Row, Verdict
from townsquare_research.validation.randomness import Battery, run_battery

SCENARIO = "first_market"
WHOLE = "whole_square"
Step = Callable[[str], None]

EXACT: Mapping[str, Callable[[bool], Iterator[Row]]] = {
    "Cascades and thresholds by enumeration": exact.cascades,
    "Percolation": exact.percolation,
    "Threshold cascades": exact.thresholds,
    "Shared posts": exact.shared_posts,
    "Bass": exact_models.bass_curves,
    "Generators": exact_models.networks,
    "Attribution": exact_models.shares_of_an_outcome,
}


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is run."""

    games: int  # watched from day to day
    exits: int  # games of the whole square, for the reasons to leave
    advertisers: int  # worlds, each played at every level of advertising
    worlds: int  # pairs of worlds for cause and effect
    short_worlds: int  # the same where two rounds are enough
    near: int  # trajectories of the screening around the defaults
    wide: int  # and over all that the schema allows
    rounds: int  # of a screening's game


FULL = Sizes(games=24, exits=8, advertisers=72, worlds=96, short_worlds=60, near=5, wide=3, rounds=4)
QUICK = Sizes(games=2, exits=2, advertisers=2, worlds=3, short_worlds=4, near=0, wide=0, rounds=1)


@dataclass(frozen=True, slots=True)
class Report:
    """What was found."""

    quick: bool
    scenario: str
    digest: str
    rows: Mapping[str, list[Row]]
    battery: Battery
    facts: list[Fact]
    screenings: Mapping[str, Screening]
    sizes: Sizes

    @property
    def exact_failures(self) -> list[Row]:
        """Rows of the exact table that fail."""
        return [row for rows in self.rows.values() for row in rows if row.verdict is Verdict.FAIL]

    def to_json(self) -> dict[str, Any]:
        """Return plain data; what is not a finite number is null."""
        plain: dict[str, Any] = _finite(self._plain())
        return plain

    def _plain(self) -> dict[str, Any]:
        return {
            "quick": self.quick,
            "scenario": self.scenario,
            "digest": self.digest,
            "exact": {name: [dataclasses.asdict(row) for row in rows] for name, rows in self.rows.items()},
            "randomness": {
                "walks": self.battery.walks,
                "tests": self.battery.tests,
                "p": self.battery.p.tolist(),
                "p_of_even_p": self.battery.even,
            },
            "facts": [dataclasses.asdict(fact) for fact in self.facts],
            "screenings": {name: _screening_json(found) for name, found in self.screenings.items()},
        }


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _screening_json(found: Screening) -> dict[str, Any]:
    return {
        "trajectories": found.effects.shape[0],
        "factors": [factor._asdict() for factor in found.factors],
        "outcomes": {
            name: {
                "mu": found.mu(name).tolist(),
                "mu_star": found.mu_star(name).tolist(),
                "sigma": found.sigma(name).tolist(),
            }
            for name in found.outcomes
        },
        "idle": found.idle(),
    }


def steps(quick: bool, scenario: Scenario) -> int:
    """Return how often `validate` will call its ``progress``."""
    sizes = QUICK if quick else FULL
    runs = sum(
        trajectories * (len(sensitivity.schema_factors(scenario, near=near)) + 1)
        for trajectories, near in ((sizes.near, True), (sizes.wide, False))
    )
    facts = sizes.games + sizes.exits + sizes.advertisers + 1 + 3 * sizes.worlds + 4 * sizes.short_worlds
    return len(EXACT) + 1 + facts + runs


def validate(quick: bool, progress: Step = lambda what: None, scenario: Scenario | None = None) -> Report:
    """Measure everything; ``progress`` is told what has been done."""
    scenario = scenario or load_scenario(SCENARIO)
    sizes = QUICK if quick else FULL
    rows = {}
    for name, section in EXACT.items():
        rows[name] = list(section(quick))
        progress("exact results")
    battery = run_battery()
    progress("keyed randomness")
    facts = _facts(quick, scenario, sizes, lambda: progress("stylised facts"))
    screenings = {}
    for name, trajectories, near in (("near", sizes.near, True), ("schema", sizes.wide, False)):
        if trajectories:
            screenings[name] = _screening(scenario, sizes.rounds, trajectories, near, progress)
    return Report(quick, scenario.id, scenario.digest, rows, battery, facts, screenings, sizes)


def _facts(quick: bool, scenario: Scenario, sizes: Sizes, progress: Callable[[], None]) -> list[Fact]:
    games = stylised.watched_games(scenario, range(1, sizes.games + 1), progress)
    elite = stylised.elite_attention(quick)
    progress()
    worlds, short = range(1, sizes.worlds + 1), range(1, sizes.short_worlds + 1)
    advertisers = advertising.watched_advertisers(scenario, range(1, sizes.advertisers + 1), progress)
    return [
        stylised.referral_depth(games),
        stylised.hubs(games),
        elite,
        causal.carry_over(scenario, worlds, progress),
        causal.homophily(scenario, worlds, progress),
        *(causal.lift(scenario, play, short, progress) for play in ("ad_burst", "broadcast")),
        advertising.advertising_elasticity(advertisers),
        leaving.exit_reasons(leaving.watched_exits(load_scenario(WHOLE), range(1, sizes.exits + 1), progress)),
    ]


def _screening(scenario: Scenario, rounds: int, trajectories: int, near: bool, progress: Step) -> Screening:
    def model(values: Mapping[str, float], seed: int) -> Mapping[str, float]:
        return sensitivity.market_outcomes(sensitivity.with_parameters(scenario, values), seed, rounds=rounds)

    return sensitivity.screen(
        sensitivity.schema_factors(scenario, near=near),
        model,
        trajectories=trajectories,
        progress=lambda: progress("sensitivity"),
    )
