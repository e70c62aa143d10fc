"""A vendor knows its books; the rest it must ask for, and an answer has an error."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from small_markets import made_up
from townsquare_agents import Market
from townsquare_agents.metrics import KNOWN_WITHOUT_LISTENING, VALUE
from townsquare_agents.plan import Action, Plan
from townsquare_agents.policies import RoundReport
from townsquare_agents.scenario import Scenario


def _report(scenario: Scenario, plan: Plan, seed: int = 1) -> tuple[Market, RoundReport]:
    market = Market(scenario, seed, collect=False)
    market.set_plan("A", plan)
    for _ in range(scenario.calendar.ticks_per_round):
        market.step()
    return market, market.reports["A"][0]


def test_without_listening_only_the_books_are_known(small: Scenario) -> None:
    _, report = _report(small, Plan())
    known = {name for name, value in report.observed.items() if value is not None}
    assert known == KNOWN_WITHOUT_LISTENING
    assert set(report.observed) == set(VALUE)


def test_a_survey_measures_with_an_error_that_shrinks_with_its_sample(small: Scenario) -> None:
    errors = {}
    for level in (1, 3):
        plan = Plan.of([Action("survey", "buyer_survey", level)])
        reports = [_report(small, plan, seed)[1] for seed in range(30)]
        off = [float(r.observed["trust"] or 0) - r.value["trust"] for r in reports]
        assert all(r.observed["customer_equity"] is not None for r in reports)
        assert abs(np.mean(off)) < 0.02
        errors[level] = float(np.std(off))
    assert 0 < errors[3] < errors[1]


def test_lead_scoring_recognises_leads_that_a_survey_does_not(small: Scenario) -> None:
    _, surveyed = _report(small, Plan.of([Action("survey", "buyer_survey", 1)]))
    _, nurtured = _report(small, Plan.of([Action("nurture", "nurture", 1)]))
    assert surveyed.observed["sales_ready_leads"] is None
    assert nurtured.observed["sales_ready_leads"] == nurtured.value["sales_ready_leads"]


def test_nobody_acts_on_a_false_belief_without_beliefs(small: Scenario, changed: Callable[..., Scenario]) -> None:
    """Staff who believe what is not so let their policy and their product work go after it; others know the market."""
    topics = [topic.id for topic in small.topics]
    interest = Market(small, 1, collect=False).columns.interest.mean(axis=0)
    unwanted, wanted = topics[int(interest.argmin())], topics[int(interest.argmax())]
    market_of = {
        on: Market(
            changed(
                small,
                {
                    "vendors.0.belief": unwanted,
                    "mechanisms.beliefs": on,
                    "plays.0": made_up(capacity={"product_work": 0.5}),
                },
            ),
            1,
            collect=False,
        )
        for on in (True, False)
    }
    demand = {on: market.observation("A").demand for on, market in market_of.items()}
    assert max(demand[True], key=lambda topic: demand[True][topic]) == unwanted
    assert [demand[False][topic] for topic in topics] == pytest.approx(interest.tolist())
    for on, market in market_of.items():
        before = market.columns.fit[0].copy()
        market.set_plan("A", Plan.of([Action("it", "it", 1)]))
        market.step()
        gained = market.columns.fit[0] - before
        assert topics[int(gained.argmax())] == (unwanted if on else wanted)
        assert (gained > 0).sum() == 1
