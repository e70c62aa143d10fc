"""Customers speak when they feel strongly; references let the happy speak more, owning up the others less."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from small_markets import made_up, plan_alone
from townsquare_agents import Market
from townsquare_agents.kernels.codes import Happening
from townsquare_agents.plan import Action, Plan
from townsquare_agents.scenario import Scenario

Change = Callable[..., Scenario]


def _heard(scenario: Scenario, changed: Change, quality: float, **capacity: float) -> Market:
    """Let customers of one quality talk for three weeks; vendor A does what builds this capacity, and nothing else."""
    quiet = {
        "spam.campaigns": 0,
        "mechanisms.churn": False,
        "parameters.need.per_quarter": 0,
        "plays": [made_up(capacity=capacity)],
    }
    quiet |= {f"vendors.{v}.quality": quality for v in range(4)}
    market = Market(changed(scenario, {**quiet, "mechanisms.service": False}), 1, collect=False)
    plan_alone(market, Plan.of([Action("it", "it", 1)]))
    for _ in range(21):
        market.step()
    return market


def _told(market: Market, what: Happening) -> np.ndarray:
    rows = market.stories.rows()
    return np.bincount(rows["vendor"][rows["what"] == what], minlength=4)


def test_a_reference_programme_makes_the_happy_speak_more(shipped: Scenario, changed: Change) -> None:
    alone, asked = (_heard(shipped, changed, 0.9, reference_effort=effort) for effort in (0.0, 1.0))
    spoke = [_told(market, Happening.SPOKE_WELL) for market in (alone, asked)]
    assert spoke[1][0] == pytest.approx(2 * spoke[0][0], rel=0.1)
    assert np.array_equal(spoke[1][1:], spoke[0][1:])
    assert asked.columns.word[:, 0].sum() > alone.columns.word[:, 0].sum()


def test_owning_up_keeps_the_unhappy_quieter(shipped: Scenario, changed: Change) -> None:
    silent, honest = (_heard(shipped, changed, 0.0, own_up=own_up) for own_up in (0.0, 1.0))
    spoke = [_told(market, Happening.SPOKE_ILL) for market in (silent, honest)]
    relief = shipped.parameters.service.own_up_relief
    assert spoke[1][0] == pytest.approx((1 - relief) * spoke[0][0], rel=0.15)
    assert np.array_equal(spoke[1][1:], spoke[0][1:])


def test_bad_news_is_louder_and_leaves_trust_alone(shipped: Scenario, changed: Change) -> None:
    """With nothing else going on, a warning moves the word by so much more than praise, and trust not at all."""
    start = Market(shipped, 1, collect=False).columns.trust
    praised, warned = _heard(shipped, changed, 1.0), _heard(shipped, changed, 0.0)
    heard = [_told(praised, Happening.PRAISE_HEARD).sum(), _told(warned, Happening.WARNING_HEARD).sum()]
    assert min(heard) > 50
    per_remark = [praised.columns.word.sum() / heard[0], -warned.columns.word.sum() / heard[1]]
    assert per_remark[1] / per_remark[0] == pytest.approx(shipped.parameters.word_of_mouth.bad_is_louder, rel=0.1)
    assert (praised.columns.trust > start).any()
    assert np.array_equal(warned.columns.trust, start)


def test_nobody_speaks_when_word_of_mouth_is_off(shipped: Scenario, changed: Change) -> None:
    off = {"mechanisms.word_of_mouth": False}
    for quality, what in ((1.0, Happening.SPOKE_WELL), (0.0, Happening.SPOKE_ILL)):
        assert _told(_heard(changed(shipped, off), changed, quality), what).sum() == 0
    no_bad_news = changed(shipped, {"mechanisms.negative_word_of_mouth": False})
    assert _told(_heard(no_bad_news, changed, 0.0), Happening.SPOKE_ILL).sum() == 0
    assert _told(_heard(no_bad_news, changed, 1.0), Happening.SPOKE_WELL).sum() > 0
