"""The editorial calendar: approval, voices, ideas, tests between two topics, and what a plan's extras do."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from small_markets import entries_of, plan_alone
from townsquare_agents import Market
from townsquare_agents.kernels.codes import Happening, Reach
from townsquare_agents.plan import Action, Plan
from townsquare_agents.scenario import Scenario

Change = Callable[..., Scenario]


def _market(scenario: Scenario, plan: Plan, ticks: int = 28, seed: int = 1) -> Market:
    market = Market(scenario, seed, collect=False)
    for _ in range(ticks):
        if market.tick_in_round == 0:
            plan_alone(market, plan)
        market.step()
    return market


def _own(market: Market) -> np.ndarray:
    return market.board.rows[market.board.rows["vendor"] == 0]


def test_corporate_approval_delays_and_filters(whole: Scenario, changed: Change) -> None:
    plan = Plan.of([Action("articles", "guest_article", 2)])
    free = _own(_market(whole, plan))
    filtered = _own(_market(changed(whole, {"vendors.0.approval_days": 5, "vendors.0.filtering": 1}), plan))
    assert filtered["tick"].min() == free["tick"].min() + 5
    assert filtered["personal"].max() == 0 < free["personal"].min()
    assert filtered["usefulness"].max() < free["usefulness"].max()


def test_what_waits_for_approval_comes_in_the_next_round(whole: Scenario, changed: Change) -> None:
    plan = Plan.of([Action("articles", "guest_article", 4)])
    slow = changed(whole, {"vendors.0.approval_days": 20})
    assert len(_own(_market(slow, plan, ticks=28))) < 8
    assert len(_own(_market(slow, plan, ticks=56))) >= 8


def test_unleashed_employees_speak_in_proportion_to_staff(whole: Scenario, changed: Change) -> None:
    plan = Plan.of([Action("voices", "expert_training", 2), Action("chat", "organised_chat", 1)])
    reach = {}
    for staff in (10, 400):
        rows = _own(_market(changed(whole, {"vendors.0.staff": staff}), plan))
        reach[staff] = int(rows["volume"][rows["reach"] == Reach.VOICES].sum())
    assert reach[400] == pytest.approx(40 * reach[10], rel=0.05)


def test_employees_voices_are_earned_and_outlive_the_media(whole: Scenario) -> None:
    """When paid reach collapses, an advertisement reaches half, and what employees say reaches as many as before."""
    plans = {
        "ads": Plan.of([Action("ads", "ad_burst", 4)]),
        "voices": Plan.of([Action("voices", "expert_training", 2), Action("chat", "organised_chat", 1)]),
    }
    delivered: dict[tuple[str, bool], int] = {}
    for name, plan in plans.items():
        for collapse in (False, True):
            market = Market(whole, 1, collect=False)
            if collapse:
                market.inject("media_collapse")
            plan_alone(market, plan)
            reach = Reach.PAID if name == "ads" else Reach.VOICES
            count = 0
            for _ in range(14):
                market.step()
                entries = entries_of(market)
                rows = market.board.rows[entries["message"]]
                own = (rows["vendor"] == 0) & (rows["reach"] == reach) & (rows["tick"] == market.tick - 1)
                count += int(own.sum())
            delivered[name, collapse] = count
    assert delivered["ads", True] == pytest.approx(0.5 * delivered["ads", False], rel=0.05)
    assert delivered["voices", True] == delivered["voices", False] > 50


def test_a_voice_is_worth_what_it_repeats(whole: Scenario, changed: Change) -> None:
    """Without ideas articles are bland, in an employee's mouth too; saying it again does not wear the topic out."""
    barren = changed(whole, {"parameters.expertise.ideas_per_hour": 0})
    article = Action("article", "expert_article", 3)
    alone = _own(_market(barren, Plan.of([article])))
    rows = _own(_market(barren, Plan.of([Action("voices", "expert_training", 2), article])))
    voices, own = rows[rows["reach"] == Reach.VOICES], rows[rows["reach"] == Reach.FOLLOWERS]
    assert voices.size == own.size > 10
    for name in ("tick", "usefulness", "novelty", "entertainment", "length"):
        assert (voices[name] == own[name]).all(), name
    rich = _own(_market(whole, Plan.of([article])))
    assert voices["usefulness"].max() < rich["usefulness"].max()
    followers = alone[alone["reach"] == Reach.FOLLOWERS]
    assert np.array_equal(own["novelty"], followers["novelty"])


def test_voices_of_a_test_repeat_each_its_own_topic(whole: Scenario) -> None:
    voices = Action("voices", "expert_training", 2)
    tested = Action("article", "expert_article", 3, topic="growth", alternative="people")
    rows = _own(_market(whole, Plan.of([voices, tested])))
    rows = rows[rows["arm"] > 0]
    spoken, own = rows[rows["reach"] == Reach.VOICES], rows[rows["reach"] == Reach.FOLLOWERS]
    assert spoken.size == own.size > 2
    for name in ("tick", "arm", "topic", "usefulness", "novelty"):
        assert (spoken[name] == own[name]).all(), name


def test_six_levers_make_experts_share_ideas(whole: Scenario) -> None:
    idle = _market(whole, Plan())
    pulled = _market(whole, Plan.of([Action("ideas", "idea_organisation", 3)]))
    made = [sum(e.ideas_made for e in market.experts if e.vendor.index == 0) for market in (idle, pulled)]
    assert made[1] > 2 * made[0] > 0


def test_an_ab_test_gives_each_half_one_topic_and_then_all_the_better(whole: Scenario) -> None:
    action = Action("ads", "ad_burst", 3, topic="security", alternative="growth")
    market = _market(whole, Plan.of([action]))
    rows = _own(market)
    week = rows[rows["tick"] < 7]
    later = rows[rows["tick"] >= 7]
    assert set(week["arm"]) == {1, 2}
    assert set(later["arm"]) == {0}
    assert len(set(later["topic"])) == 1
    rates = {}
    for arm in (1, 2):
        own = week[week["arm"] == arm]
        rates[int(own["topic"][0])] = own["clicks"].sum() / own["seen"].sum()
    assert later["topic"][0] == max(rates, key=lambda topic: rates[topic])


def test_testing_a_topic_against_itself_changes_nothing(whole: Scenario, changed: Change) -> None:
    """An A/A test is the plan without a test, bit for bit: arms share keys, ideas, slips and wear-out.

    On a feed that nobody ranks and without shares: a share, like a rank, belongs to one message of the pair.
    """
    quiet = changed(whole, {"mechanisms.sharing": False})
    quiet = changed(quiet, {f"platforms.{p}.feed": "recent" for p in range(len(whole.platforms))})
    plain = Action("articles", "expert_article", 4, topic="growth")
    tested = Action("articles", "expert_article", 4, topic="growth", alternative="growth")
    one, other = _market(quiet, Plan.of([plain])), _market(quiet, Plan.of([tested]))
    assert set(_own(other)["arm"]) == {0, 1, 2}
    assert len(_own(other)) > len(_own(one))
    for mine, theirs in zip(one.columns, other.columns, strict=True):
        assert np.array_equal(mine, theirs)


def test_without_experiments_a_plan_keeps_to_its_first_topic(whole: Scenario, changed: Change) -> None:
    plain = Action("ads", "ad_burst", 3, topic="security")
    tested = Action("ads", "ad_burst", 3, topic="security", alternative="growth")
    digests = {
        (on, action): _market(changed(whole, {"mechanisms.experiments": on}), Plan.of([action])).digest()
        for on in (True, False)
        for action in (plain, tested)
    }
    assert digests[False, tested] == digests[False, plain]
    assert digests[True, tested] != digests[True, plain]


def test_wear_out_is_booked_on_the_topic_that_was_sent(whole: Scenario) -> None:
    tested = Plan.of([Action("ads", "ad_burst", 3, topic="security", alternative="growth")])
    market = _market(whole, tested)
    later = _own(market)
    winner = int(later["topic"][later["tick"] >= 7][0])
    said = market.marketers[0].said[market.play_index["ad_burst"]]
    loser = market.topic_index["growth" if winner == market.topic_index["security"] else "security"]
    assert said["repetitions"][winner] > 3 * said["repetitions"][loser] > 0
    assert said["last"][loser] == 6  # last said in the week of the test


def test_a_late_message_does_not_answer_the_next_rounds_test(whole: Scenario, changed: Change) -> None:
    """What approval held back from one round's slot keeps its own round's topic, and stays out of the next test."""
    slow = changed(whole, {"vendors.0.approval_days": 10})
    market = Market(slow, 1, collect=False)
    for topic, other in (("people", None), ("security", "growth")):
        plan_alone(market, Plan.of([Action("ads", "ad_burst", 3, topic=topic, alternative=other)]))
        for _ in range(28):
            market.step()
    rows = _own(market)
    people = rows[rows["topic"] == market.topic_index["people"]]
    assert people["tick"].max() == 37
    assert set(people["arm"]) == {0}


def test_a_form_keeps_clicks_away_and_opens_inboxes(whole: Scenario) -> None:
    clicks, registered = {}, {}
    for form in (False, True):
        market = _market(whole, Plan.of([Action("ads", "ad_burst", 5, topic="growth", form=form)]))
        clicks[form] = int(_own(market)["clicks"].sum())
        rows = market.stories.rows()
        registered[form] = int(((rows["what"] == Happening.REGISTER) & (rows["vendor"] == 0)).sum())
    assert clicks[True] < 0.8 * clicks[False]
    assert registered[True] > registered[False] == 0


def test_a_qualified_prize_draws_those_who_care(whole: Scenario, changed: Change) -> None:
    """C03's lever: the same contest draws followers with more interest when its prize is an assessment."""
    plays = [play.id for play in whole.plays]
    topical = changed(whole, {f"plays.{plays.index('contest')}.takes_topic": True})
    interest = {}
    for qualified in (False, True):
        action = Action("contest", "contest", 3, topic="growth", qualified=qualified)
        market = _market(topical, Plan.of([action]))
        rows = market.stories.rows()
        came = rows[(rows["what"] == Happening.FOLLOW) & (rows["vendor"] == 0)]["buyer"]
        interest[qualified] = float(market.columns.interest[came, market.topic_index["growth"]].mean())
    assert interest[True] > interest[False]


def test_product_work_raises_fit_for_its_topic_only(whole: Scenario) -> None:
    before = Market(whole, 1, collect=False).columns.fit[0].copy()
    after = _market(whole, Plan.of([Action("work", "product_work", 2, topic="people")])).columns.fit[0]
    people = [topic.id for topic in whole.topics].index("people")
    assert after[people] > before[people]
    assert np.array_equal(np.delete(after, people), np.delete(before, people))


def test_launch_research_replaces_belief_by_measurement(whole: Scenario) -> None:
    believed = Market(whole, 1, collect=False).observation("A").demand
    assert max(believed, key=lambda topic: believed[topic]) == "growth"  # what Aurora's staff believe
    market = _market(whole, Plan.of([Action("ask", "launch_research", 2)]))
    measured = market.observation("A").demand
    truth = dict(zip(measured, market.columns.interest.mean(axis=0), strict=True))
    for topic, interest in measured.items():
        assert interest == pytest.approx(truth[topic], abs=0.08)


def test_passing_every_lead_annoys_those_it_does_not_concern(whole: Scenario, changed: Change) -> None:
    whole = changed(whole, {"parameters.response.click": 1.0})
    ads = Action("ads", "ad_burst", 4, topic="growth", form=True)
    selective = _market(whole, Plan.of([ads]))
    everything = _market(whole, Plan.of([ads, Action("pass", "pass_all_leads", 1)]))
    unwelcome = [
        int((market.stories.rows()["what"] == Happening.SALES_CALL_UNWELCOME).sum())
        for market in (selective, everything)
    ]
    assert unwelcome[0] == 0 < unwelcome[1]


def test_only_circles_and_inboxes_sort_followers(whole: Scenario, changed: Change) -> None:
    """A message to followers aimed at one archetype reaches all on a follow network, but only those in a circle."""
    plays = [play.id for play in whole.plays]
    index = plays.index("broadcast")
    for platform, sorted_ in (("follow_network", False), ("circles_network", True)):
        message = {"platform": platform, "reach": "followers", "sends": 20}
        aimed = changed(whole, {f"plays.{index}.messages": [message], f"plays.{index}.takes_audience": True})
        market = _market(aimed, Plan.of([Action("b", "broadcast", 4, audience="function_head")]))
        reached = np.asarray(market._world.relations["reached"])[:, 0] > 0
        kinds = set(market.columns.archetype[reached])
        assert (kinds == {market.archetype_index["function_head"]}) == sorted_
