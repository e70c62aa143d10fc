"""An answer in time, a late one, none, and one that owns up: each is worth what the document says."""

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
COMPLAINTS = {
    "spam.campaigns": 0,
    "mechanisms.word_of_mouth": False,
    "mechanisms.churn": False,
    "mechanisms.need": True,
    "parameters.need.per_quarter": 0,
    "parameters.experience.adapt": 0,
    "parameters.experience.incident": 1.0,
    "parameters.service.baseline_hours": 0,
    "vendors.0.quality": 0.5,
}


def _complaining(
    scenario: Scenario, changed: Change, ticks: int, settings: dict[str, object], **capacity: float
) -> Market:
    market = Market(
        changed(scenario, {**COMPLAINTS, **settings, "plays": [made_up(capacity=capacity)]}), 1, collect=False
    )
    plan_alone(market, Plan.of([Action("it", "it", 1)]))
    for _ in range(ticks):
        market.step()
    return market


def _trust_of_complainers(market: Market) -> float:
    rows = market.stories.rows()
    who = np.unique(rows["buyer"][(rows["what"] == Happening.COMPLAIN) & (rows["vendor"] == 0)])
    return float(market.columns.trust[who, 0].mean())


def _answers(market: Market) -> dict[Happening, int]:
    rows = market.stories.rows()
    mine = rows[rows["vendor"] == 0]
    kinds = (Happening.ANSWERED, Happening.ANSWERED_LATE, Happening.NEVER_ANSWERED)
    return {kind: int((mine["what"] == kind).sum()) for kind in kinds}


def test_prompt_is_better_than_late_and_late_better_than_never(shipped: Scenario, changed: Change) -> None:
    """Oldroyd 2011: late is worth about a seventh of prompt; never is a breach."""
    service = shipped.parameters.service
    assert service.prompt_gain / service.late_gain == pytest.approx(7, abs=1)
    cases: dict[str, tuple[dict[str, object], float]] = {
        "prompt": ({}, 1e4),
        "late": ({"parameters.service.prompt": 0}, 1e4),
        "never": ({}, 0),
    }
    markets = {
        name: _complaining(shipped, changed, 14, settings, service_hours=h) for name, (settings, h) in cases.items()
    }
    answers = {name: _answers(market) for name, market in markets.items()}
    assert answers["prompt"][Happening.ANSWERED] > 50 > answers["prompt"][Happening.NEVER_ANSWERED] == 0
    assert answers["late"][Happening.ANSWERED_LATE] > 50 > answers["late"][Happening.ANSWERED] == 0
    assert answers["never"][Happening.NEVER_ANSWERED] > 50 > answers["never"][Happening.ANSWERED] == 0
    trust = {name: _trust_of_complainers(market) for name, market in markets.items()}
    assert trust["prompt"] > trust["late"] > trust["never"]


def test_hours_bound_how_many_are_answered(shipped: Scenario, changed: Change) -> None:
    for hours in (10, 20):
        answers = _answers(_complaining(shipped, changed, 28, {}, service_hours=hours))
        most = hours / shipped.parameters.service.hours_per_answer
        assert most - 2 <= answers[Happening.ANSWERED] + answers[Happening.ANSWERED_LATE] <= most


def test_owning_up_takes_part_of_the_anger_away(shipped: Scenario, changed: Change) -> None:
    silent, honest = (_complaining(shipped, changed, 14, {}, own_up=own_up) for own_up in (0.0, 1.0))
    assert _answers(silent) == _answers(honest)
    assert _trust_of_complainers(honest) > _trust_of_complainers(silent)
    mine = silent.columns.supplier == 0
    assert honest.columns.satisfaction[mine].mean() > silent.columns.satisfaction[mine].mean()
    assert honest.columns.irritation[:, 0].sum() == pytest.approx(
        (1 - shipped.parameters.service.own_up_relief) * silent.columns.irritation[:, 0].sum()
    )
