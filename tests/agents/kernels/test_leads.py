"""A sales conversation is worth more to whom it concerns, and more when sales knows what was read."""

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
MAIL = {"platform": "email", "reach": "followers", "sends": 1, "last_day": 1, "usefulness": 1.0}


@pytest.fixture(scope="module")
def reading(shipped: Scenario, changed: Change) -> Scenario:
    """Return a market in which vendor A writes one mail, and whoever asked for mail and opens it gets a score."""
    return changed(
        shipped,
        {
            "spam.campaigns": 0,
            "mechanisms.word_of_mouth": False,
            "mechanisms.churn": False,
            "mechanisms.exits": False,
            "parameters.need.per_quarter": 0,
            "parameters.attention.inbox_open": 1.0,
            "parameters.attention.inbox_stranger": 1.0,
            "parameters.leads.ready_at": 0.1,
            "parameters.leads.conversation": 0.2,
            "platforms.2.followed_at_start": 0.5,
        },
    )


def _after_one_mail(scenario: Scenario, changed: Change, **capacity: float) -> Market:
    market = Market(changed(scenario, {"plays": [made_up(messages=[MAIL], capacity=capacity)]}), 1, collect=False)
    plan_alone(market, Plan.of([Action("it", "it", 1)]))
    market.step()
    return market


def _ready(market: Market) -> np.ndarray:
    rows = market.stories.rows()
    return np.asarray(rows["buyer"][rows["what"] == Happening.SALES_READY])


def test_a_conversation_is_worth_more_when_sales_knows_what_was_read(reading: Scenario, changed: Change) -> None:
    """Of the missing access to experts a call fills conversation x strength x (1 + information x what sales knows)."""
    none = _after_one_mail(reading, changed)
    assert _ready(none).size == 0
    called = {known: _after_one_mail(reading, changed, lead_scoring=1.0, sales_information=known) for known in (0, 1)}
    leads = _ready(called[0])
    assert leads.size > 20
    assert np.array_equal(leads, _ready(called[1]))
    fade, missing = called[0].rules[0]["expertise_decay"], 1.0 - none.columns.expertise[leads, 0]
    for known, filled in ((0, 0.2), (1, 0.4)):
        left = 1.0 - called[known].columns.expertise[leads, 0] / fade
        assert left == pytest.approx((1.0 - (1.0 - missing) / fade) * (1 - filled))
    strangers = np.setdiff1d(np.arange(missing.size), leads)
    assert np.array_equal(none.columns.expertise[strangers, 0], called[1].columns.expertise[strangers, 0])


def test_a_weaker_definition_of_a_lead_gives_weaker_conversations(reading: Scenario, changed: Change) -> None:
    trust = {s: _after_one_mail(reading, changed, lead_scoring=s).columns.trust[:, 0].sum() for s in (0.0, 0.5, 1.0)}
    assert trust[0.0] < trust[0.5] < trust[1.0]
