"""How many more customers more advertising wins: the elasticity, from worlds that differ in nothing else.

Law: as in `validation.stylised`.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.kernels.codes import Happening
from townsquare_agents.market import Market
from townsquare_agents.plan import Action, Plan
from townsquare_agents.scenario import Scenario
from townsquare_research.validation.findings import Fact, Interval, ratio_interval
from townsquare_research.validation.stylised import Progress
from townsquare_research.validation.watching import run_rounds, world_of

LEVELS = (1, 2, 4)
"""Two doublings of what is spent; a round's money would pay for one level more."""
_FIRST_VENDOR = 0


def customers_won(scenario: Scenario, seed: int, level: int) -> int:
    """Return how many customers the first vendor wins in a game in which it does nothing but advertise at one level."""
    vendor = scenario.vendors[_FIRST_VENDOR]
    plan = Plan.of([Action("ad_burst", "ad_burst", level, topic=vendor.niche)] if level else [])
    market = _CountsSales(scenario, seed, stories=False, collect=False)
    run_rounds(market, [{vendor.id: plan}] * scenario.calendar.rounds)
    return market.won


class _CountsSales(Market):
    """A market that counts the first vendor's sales from day to day."""

    won = 0

    def step(self) -> None:
        super().step()
        self.won += int(world_of(self).log.counters[_FIRST_VENDOR, :, Happening.BOUGHT].sum())


def watched_advertisers(scenario: Scenario, seeds: range, progress: Progress) -> NDArray[np.int64]:
    """Return customers won without advertising and at each level, in paired worlds: int64[seeds, 1 + levels]."""
    games = np.zeros((len(seeds), 1 + len(LEVELS)), np.int64)
    for game, seed in enumerate(seeds):
        games[game] = [customers_won(scenario, seed, level) for level in (0, *LEVELS)]
        progress()
    return games


def elasticity(more: NDArray[np.int64], less: NDArray[np.int64], factor: float) -> Interval:
    """Return the logarithm of the ratio of customers over that of what was spent."""
    ratio = ratio_interval(more, less)
    return Interval(*(_log(value) / math.log(factor) for value in (ratio.found, ratio.low, ratio.high)))


def _log(value: float) -> float:
    return math.log(value) if value > 0.0 else -math.inf


def advertising_elasticity(games: NDArray[np.int64]) -> Fact:
    """Return the advertising elasticity of new customers (Sethuraman, Tellis & Briesch 2011)."""
    least, middle, most = games.T[1:]
    interval = elasticity(most, least, LEVELS[2] / LEVELS[0])
    first, second = elasticity(middle, least, 2.0), elasticity(most, middle, 2.0)
    return Fact(
        name="Advertising elasticity",
        source="Sethuraman, Tellis & Briesch 2011",
        claim="the elasticity of sales to advertising is about .12 in the short run and .24 in the long (means over "
        "studies of advertising of brands to consumers)",
        measured="one vendor advertises at level 1 or 4 (`ad_burst`, nothing else) from the first day to the last, the "
        "others by their policies; new customers in the whole game: so more than the short run, and not quite the "
        "long; log of the ratio of customers over log of the ratio of money",
        wanted=".12 to .24",
        interval=interval,
        verdict=interval.verdict(0.12, 0.24),
        details=(
            f"from level 1 to 2: {first:.2f}; from 2 to 4: {second:.2f}",
            f"new customers in {len(games)} paired worlds: "
            + ", ".join(
                f"{count} at level {level}" for level, count in zip((0, *LEVELS), games.sum(axis=0), strict=True)
            ),
            "advertising buys consideration, of which there is only so much: see section 8 of the model's description",
        ),
    )
