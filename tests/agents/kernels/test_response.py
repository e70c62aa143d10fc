"""What is passed on depends on the reader, the message and the tie that it came over."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from small_markets import entries_of, made_up, plan_alone
from townsquare_agents import Market
from townsquare_agents.kernels.tables import SIZE_SHARES, STRONG
from townsquare_agents.plan import Action, Plan
from townsquare_agents.scenario import Scenario
from townsquare_research.validation.watching import world_of

Change = Callable[..., Scenario]
POST = {
    "platform": "professional_network",
    "reach": "paid",
    "sends": 1,
    "last_day": 1,
    "volume": 500,
    "usefulness": 1.0,
}


@pytest.fixture(scope="module")
def sharing(shipped: Scenario, changed: Change) -> Scenario:
    """Return a market in which one post about one topic is all that anybody can share, and every reader sees it."""
    return changed(
        shipped,
        {
            "plays": [made_up(takes_topic=True, messages=[POST])],
            "spam.campaigns": 0,
            "mechanisms.finite_attention": False,
            "mechanisms.porous_platforms": False,
            "mechanisms.word_of_mouth": False,
            "parameters.sharing.rate": 0.3,
            "parameters.sharing.short_further": 0,
        },
    )


def _second_hand(scenario: Scenario) -> dict[bool, int]:
    """Return how many pass a post on who had it from one friend alone: over a weak tie, over a strong one."""
    offered, shared = {False: 0, True: 0}, {False: 0, True: 0}
    for seed in range(6):
        market = Market(scenario, seed, collect=False)
        plan_alone(market, Plan.of([Action("it", "it", 1, topic="growth")]))
        market.step()
        already = world_of(market).shares["buyer"][: world_of(market).log.sizes[SIZE_SHARES]].copy()
        market.step()
        world = world_of(market)
        entries = entries_of(market)
        shares = world.shares["buyer"][: world.log.sizes[SIZE_SHARES]]
        readers, copies = np.unique(entries["buyer"], return_counts=True)
        alone = np.setdiff1d(readers[copies == 1], already)
        for over_strong in (False, True):
            mine = entries["buyer"][(entries["source"] >= STRONG) == over_strong]
            mine = np.intersect1d(mine, alone)
            offered[over_strong] += mine.size
            shared[over_strong] += int(np.isin(mine, shares).sum())
    assert min(offered.values()) > 1000
    return shared


def test_what_a_close_friend_passed_on_is_passed_on_more(sharing: Scenario, changed: Change) -> None:
    """In the same worlds, with strong ties and without, nothing else differs: over weak ties all is alike."""
    known, unknown = _second_hand(sharing), _second_hand(changed(sharing, {"mechanisms.strong_ties": False}))
    assert known[False] == unknown[False] > 50
    assert known[True] / unknown[True] == pytest.approx(1 + sharing.parameters.sharing.strong_tie, rel=0.1)
