"""Shares of an outcome: they add up, what does nothing gets exactly 0, and a real market is shared out exactly."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from small_markets import tiny
from townsquare_agents.compiled import JIT_DISABLED
from townsquare_agents.errors import ParameterError
from townsquare_agents.plan import Action, Plan
from townsquare_agents.scenario import load_scenario
from townsquare_research.attribution import MOST_CAUSES, coalition_values, leave_one_out, shapley
from townsquare_research.game import Game

WORTH = {frozenset(): 10.0, frozenset("A"): 30.0, frozenset("B"): 14.0, frozenset("AB"): 40.0}


def test_the_worked_example() -> None:
    assert shapley("AB", WORTH.__getitem__) == {"A": 23.0, "B": 7.0}
    assert leave_one_out("AB", WORTH.__getitem__) == {"A": 26.0, "B": 10.0}


def test_three_players_by_hand() -> None:
    # a left glove and two right ones: a pair is worth 1
    shares = shapley("LRS", lambda c: float("L" in c and bool(c & {"R", "S"})))
    assert shares == pytest.approx({"L": 2 / 3, "R": 1 / 6, "S": 1 / 6})


@settings(deadline=None, derandomize=True)
@given(st.lists(st.floats(-1e9, 1e9), min_size=16, max_size=16))
def test_shares_add_up_and_a_cause_without_effect_gets_exactly_nothing(worth: list[float]) -> None:
    def value(coalition: frozenset[str]) -> float:
        return worth[sum(1 << "abcd".index(cause) for cause in coalition if cause != "z")]

    shares = shapley("abzcd", value)
    assert shares["z"] == 0.0
    assert leave_one_out("abzcd", value)["z"] == 0.0
    assert math.fsum(shares.values()) == pytest.approx(worth[15] - worth[0], abs=1e-5)


def test_every_coalition_is_asked_for_once() -> None:
    asked: list[frozenset[int]] = []

    def value(coalition: frozenset[int]) -> float:
        asked.append(coalition)
        return 0.0

    assert len(coalition_values(range(5), value)) == 32 == len(set(asked)) == len(asked)


def test_what_cannot_be_shared_out_is_refused() -> None:
    with pytest.raises(ParameterError, match="name one twice"):
        shapley("AA", lambda c: 0.0)
    with pytest.raises(ParameterError, match=f"at most {MOST_CAUSES}"):
        shapley(range(MOST_CAUSES + 1), lambda c: 0.0)
    with pytest.raises(ParameterError, match="value nan of"):
        leave_one_out("A", lambda c: math.nan)


@pytest.mark.skipif(JIT_DISABLED, reason="plays games")
def test_trust_in_a_real_market_is_shared_out_over_the_actions_of_a_plan() -> None:
    scenario = tiny(load_scenario("first_market"))
    topic = scenario.topics[0].id
    actions = {
        "articles": Action("articles", "expert_article", 1, topic=topic),
        "ads": Action("ads", "ad_burst", 1, topic=topic),
        "survey": Action("survey", "buyer_survey", 1),  # asks, and changes nothing in the market
    }

    def trust(coalition: frozenset[str]) -> float:
        game = Game(scenario, 3, stories=False)
        game.start_round({"A": Plan.of(actions[slot] for slot in coalition)})
        for _ in range(scenario.calendar.ticks_per_round):
            game.advance()
        return game.finish_round().value["A"]["trust"]

    shares = shapley(tuple(actions), trust)
    assert shares["survey"] == 0.0
    assert shares["articles"] != 0.0
    assert sum(shares.values()) == pytest.approx(trust(frozenset(actions)) - trust(frozenset()), abs=1e-15)
