"""Why buyers leave a vendor: the reasons recorded by the market, in the order in which a survey found them.

Law: as in `validation.stylised`.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.kernels.codes import Cause, Happening
from townsquare_agents.market import Market
from townsquare_agents.scenario import Scenario
from townsquare_research.validation.findings import Fact, mean_interval
from townsquare_research.validation.stylised import Progress

SURVEYED = (Cause.TOO_FREQUENT, Cause.CROWDED, Cause.REPETITIVE, Cause.ONLY_OFFERS)
"""From the most frequent reason to the least."""


def reasons_to_leave(scenario: Scenario, seed: int) -> NDArray[np.int64]:
    """Return how often each cause ended a tie in one game in which every vendor mixes campaigns and relationships."""
    policies = {vendor.id: "mixed" for vendor in scenario.vendors}
    market = Market(scenario, seed, policies=policies, stories=True, collect=False)
    while not market.over:
        market.step()
    rows = market.stories.rows()
    left = rows[np.isin(rows["what"], (Happening.UNFOLLOW, Happening.UNSUBSCRIBE))]
    return np.bincount(left["cause"], minlength=len(Cause)).astype(np.int64)


def exit_reasons(games: list[NDArray[np.int64]]) -> Fact:
    """Return whether reasons to leave rank as surveyed (ExactTarget 2011), by the narrowest of the three gaps."""
    shares = np.array([game / max(1, game.sum()) for game in games])
    gaps = [mean_interval(shares[:, more] - shares[:, less]) for more, less in itertools.pairwise(SURVEYED)]
    narrowest = min(gaps, key=lambda gap: gap.found)
    total = np.sum(games, axis=0)
    ranked = sorted((cause for cause in Cause if total[cause]), key=lambda cause: -total[cause])
    return Fact(
        name="Reasons to leave",
        source="ExactTarget 2011",
        claim="people leave because of messages too frequent > a feed too crowded > repetitive content > only offers",
        measured="every tie cut in `whole_square`, all vendors by the mixed policy, by the reason recorded (one for "
        "each exit, where the survey let people name several); smallest of the three differences between "
        "neighbouring reasons, in shares of all exits",
        wanted="above 0",
        interval=narrowest,
        verdict=narrowest.verdict(math.ulp(0.0), math.inf),
        details=(
            "shares of exits: "
            + ", ".join(f"{cause.name.lower()} {total[cause] / max(1, total.sum()):.3f}" for cause in ranked),
            f"{int(total.sum())} exits in {len(games)} games; survey: 44, 43, 38 and 26 % named the four reasons",
        ),
    )


def watched_exits(scenario: Scenario, seeds: range, progress: Progress) -> list[NDArray[np.int64]]:
    """Play a game for each seed."""
    games = []
    for seed in seeds:
        games.append(reasons_to_leave(scenario, seed))
        progress()
    return games
