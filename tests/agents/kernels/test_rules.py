"""The rules of one tick, one by one, through small markets that isolate them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from small_markets import made_up, plan_alone
from townsquare_agents import Market
from townsquare_agents.kernels.codes import Cause, Happening, Stage, Tie
from townsquare_agents.kernels.tables import SIZE_ENTRIES
from townsquare_agents.metrics import METRICS
from townsquare_agents.plan import Action, Plan
from townsquare_agents.scenario import Scenario
from townsquare_research.validation.watching import world_of

Change = Callable[..., Scenario]
QUIET = {
    "spam.campaigns": 0,
    "mechanisms.word_of_mouth": False,
    "parameters.need.per_quarter": 0,
    "mechanisms.churn": False,
}


def _play(scenario: Scenario, play: dict[str, object], level: int = 1, ticks: int = 8, seed: int = 1) -> Market:
    """Run one vendor's made-up play in a market where nobody else does anything."""
    data = scenario.model_dump(mode="json")
    data["plays"] = [made_up(max_level=20, **play)]
    data["calendar"]["rounds"] = 1
    data["calendar"]["ticks_per_round"] = ticks
    market = Market(Scenario.model_validate(data), seed, collect=False)
    plan_alone(market, Plan.of([Action("it", "it", level)]))
    for _ in range(ticks):
        market.step()
    return market


def _total(market: Market, metric: str, vendor: int = 0) -> float:
    return float(market.history[: market.tick, vendor, METRICS.index(metric)].sum())


def _paid(**attributes: object) -> dict[str, object]:
    spec: dict[str, object] = {"platform": "follow_network", "reach": "paid", "sends": 8, "last_day": 8, "volume": 800}
    spec["scales"] = "volume"
    return {"messages": [{**spec, **attributes}]}


@pytest.fixture(scope="module")
def quiet(shipped: Scenario, changed: Change) -> Scenario:
    return changed(shipped, QUIET)


def test_awareness_halves_in_its_half_life(quiet: Scenario, changed: Change) -> None:
    market = _play(changed(quiet, {"mechanisms.service": False}), {}, ticks=21)
    start = Market(quiet, 1, collect=False).columns.awareness
    assert np.allclose(market.columns.awareness, 0.5 * start, rtol=1e-12)


def test_attention_is_finite_and_shared(quiet: Scenario, changed: Change) -> None:
    """A budget of 20 among 60 other posts: about a quarter of one message a day is seen, and less of each of many."""
    one = _play(quiet, _paid(promotion=0.5))
    seen = _total(one, "impressions") / one.history.shape[0] / (0.8 * 2000 * 0.6)
    assert 0.2 < seen < 0.4
    crowd = _paid(promotion=0.5)
    crowd["messages"] = list(crowd["messages"]) * 20  # type: ignore[call-overload]
    many = _play(quiet, crowd)
    assert _total(many, "impressions") < 0.9 * 20 * _total(one, "impressions")
    unlimited = _play(changed(quiet, {"mechanisms.finite_attention": False}), _paid(promotion=0.5))
    assert _total(unlimited, "impressions") > 2.8 * _total(one, "impressions")


def test_trust_rises_with_useful_content_and_falls_with_unasked_robots(quiet: Scenario) -> None:
    start = Market(quiet, 1, collect=False).columns.trust[:, 0].mean()
    useful = _play(quiet, _paid(usefulness=1.0))
    assert useful.columns.trust[:, 0].mean() > start
    robots = _play(quiet, _paid(reach="direct", unsolicited=True, automated=True, promotion=0.9))
    assert robots.columns.trust[:, 0].mean() < start


def test_a_breach_costs_the_loss_ratio_times_the_gain(quiet: Scenario, changed: Change) -> None:
    robots = _paid(reach="direct", unsolicited=True, automated=True, promotion=1.0, sends=1, last_day=1, volume=50)
    falls = []
    for ratio in (1, 4):
        before = Market(quiet, 1, collect=False).columns.trust[:, 0]
        after = _play(changed(quiet, {"parameters.trust.loss_ratio": ratio}), robots, ticks=2).columns.trust[:, 0]
        falls.append(float((before - after).sum()))
    assert falls[1] == pytest.approx(4 * falls[0], rel=0.02)


def test_a_like_moves_no_trust_by_default(quiet: Scenario, changed: Change) -> None:
    fun = _paid(entertainment=1.0)
    never = _play(changed(quiet, {"parameters.response.like": 0}), fun)
    often = _play(changed(quiet, {"parameters.response.like": 1}), fun)
    assert _total(often, "likes") > 0
    assert _total(never, "likes") == 0
    assert np.array_equal(never.columns.trust, often.columns.trust)


def test_those_who_came_for_a_prize_leave_when_there_is_none(quiet: Scenario, changed: Change) -> None:
    contest = _paid(incentive=1.0, entertainment=0.5)
    offers = {"platform": "follow_network", "reach": "followers", "sends": 30, "first_day": 9, "last_day": 40}
    contest["messages"] = [*contest["messages"], {**offers, "promotion": 0.3}]  # type: ignore[misc]
    rows = _play(changed(quiet, {"parameters.exits.rate": 0.03}), contest, ticks=40).stories.rows()
    followed = rows[rows["what"] == Happening.FOLLOW]
    left = rows[rows["what"] == Happening.UNFOLLOW]
    share = {}
    for reason in (Cause.NOTHING_TO_WIN, Cause.NONE):  # for the prize, for the content
        came = np.unique(followed["buyer"][followed["cause"] == reason])
        share[reason] = np.isin(came, left["buyer"]).mean()
    assert (left["cause"] == Cause.NOTHING_TO_WIN).sum() > 20
    assert share[Cause.NOTHING_TO_WIN] > share[Cause.NONE] > 0


def _one_reason(scenario: Scenario, changed: Change, reason: str, market: dict[str, object]) -> float:
    """Return the share of followers lost when one reason alone weighs, at the same degree of annoyance."""
    weights = {f"parameters.exits.{name}": 0 for name in ("frequent", "crowded", "repetitive", "offers", "irrelevant")}
    default = getattr(scenario.parameters.exits, reason)
    alone = changed(scenario, {**weights, f"parameters.exits.{reason}": default, "parameters.exits.rate": 0.2})
    played = _play(alone, market, level=1, ticks=28)
    rows = played.stories.rows()
    return float((rows["what"] == Happening.UNFOLLOW).sum())


def test_reasons_to_leave_rank_as_surveyed(quiet: Scenario) -> None:
    """ExactTarget 2011: too frequent > crowded > repetitive > only offers."""
    exits = quiet.parameters.exits
    assert exits.frequent > exits.crowded > exits.repetitive > exits.offers


@pytest.mark.parametrize("reason", ["frequent", "repetitive", "offers"])
def test_each_reason_alone_makes_followers_leave(quiet: Scenario, changed: Change, reason: str) -> None:
    spam = {"platform": "follow_network", "reach": "followers", "sends": 80, "last_day": 28, "promotion": 1.0}
    assert _one_reason(quiet, changed, reason, {"messages": [spam]}) > 5


def test_reasons_are_told_in_proportion_to_their_parts(quiet: Scenario, changed: Change) -> None:
    """Competing risks: a reason that weighs twice as much is told twice as often."""
    alone = {
        f"parameters.exits.{name}": 0 for name in ("frequent", "crowded", "repetitive", "offers", "nothing_to_win")
    }
    heavy = {"parameters.exits.irrelevant": 2.0, "parameters.exits.unasked": 1.0, "parameters.exits.rate": 0.5}
    robot = {"platform": "follow_network", "reach": "followers", "sends": 8, "last_day": 8, "promotion": 0.5}
    robot |= {"unsolicited": True, "automated": True}
    nobody_cares = {"parameters.response.general_interest": 0, "mechanisms.irritation": False}
    rows = _play(changed(quiet, alone | heavy | nobody_cares), {"messages": [robot]}).stories.rows()
    told = np.bincount(rows[rows["what"] == Happening.UNFOLLOW]["cause"], minlength=len(Cause))
    assert told.sum() == told[Cause.IRRELEVANT] + told[Cause.UNASKED] > 30
    assert told[Cause.IRRELEVANT] / told.sum() == pytest.approx(2 / 3, abs=0.15)


def test_overload_is_inflow_over_capacity_where_the_buyer_is(quiet: Scenario, changed: Change) -> None:
    """It rises with other people's posts and with vendors' messages, and only on one's own platforms."""
    silent = _play(quiet, {})
    load = {platform.id: (platform.background, platform.attention) for platform in quiet.platforms}
    for i in (0, 1, 2, 3, 4, 5):
        mine = [load[p.id] for n, p in enumerate(quiet.platforms) if silent.columns.member[i, n]]
        assert silent.columns.overload[i] == pytest.approx(sum(b for b, _ in mine) / sum(a for _, a in mine))
    shouting = _play(quiet, _paid(promotion=0.5, volume=4000))
    assert np.all(shouting.columns.overload >= silent.columns.overload)
    member = silent.columns.member[:, 0].astype(bool)
    assert np.mean(shouting.columns.overload[member] > silent.columns.overload[member]) > 0.9
    assert np.array_equal(shouting.columns.overload[~member], silent.columns.overload[~member])
    fuller = _play(changed(quiet, {"platforms.0.background": 120}), {})
    assert np.all(fuller.columns.overload[member] > silent.columns.overload[member])
    assert np.array_equal(fuller.columns.overload[~member], silent.columns.overload[~member])


def test_each_exposure_to_a_shared_message_is_a_trial_of_its_own(quiet: Scenario, changed: Change) -> None:
    """Of several friends' copies on one day, a reader may see some and not others."""
    keen = {"parameters.sharing.rate": 1.0, "mechanisms.porous_platforms": False, "mechanisms.exits": False}
    post = _paid(usefulness=1.0, entertainment=1.0, sends=1, last_day=1, volume=300)
    market = _play(changed(quiet, keen), post, ticks=1)
    before = market.columns.frequency[:, 0].copy()
    market = _play(changed(quiet, keen), post, ticks=2)
    fade = market.rules[0]["exits_frequency_decay"]
    seen = np.rint(market.columns.frequency[:, 0] / fade - before).astype(int)
    world = world_of(market)
    offered = np.bincount(world.entries["buyer"][: world.log.sizes[SIZE_ENTRIES]], minlength=seen.size)
    several = offered >= 2
    assert several.sum() > 20
    assert np.all(seen <= offered)
    assert np.any((seen > 0) & (seen < offered) & several)


def test_expectations_make_advocates_and_critics_of_one_product(shipped: Scenario, changed: Change) -> None:
    """Oliver 1980: alike performance, unlike expectations; without them all customers are satisfied alike."""
    quality = {f"vendors.{v}.quality": 0.65 for v in range(4)}
    shares = {}
    for on in (True, False):
        columns = Market(changed(shipped, {**quality, "mechanisms.expectations": on}), 1, collect=False).columns
        satisfaction = columns.satisfaction[columns.supplier >= 0]
        shares[on] = float((satisfaction >= shipped.parameters.experience.advocate_at).mean())
        if on:
            assert np.abs(columns.expectation.mean()) < 0.02
            assert columns.expectation.std() == pytest.approx(0.15, rel=0.1)
    assert 0.3 < shares[True] < 0.6
    assert shares[False] == 0.0


def test_colleagues_are_no_peers(shipped: Scenario, changed: Change) -> None:
    """Where nobody has friends outside the own account, happy friends weigh nothing."""
    lonely = {f"platforms.{n}.network": {"generator": "erdos_renyi", "mean_degree": 0} for n in (0, 1)}
    busy = {"parameters.need.per_quarter": 1.0, "parameters.need.shortest": 5, **lonely}
    one, other = (
        Market(changed(shipped, {**busy, "parameters.choice.peers": weight}), 1, collect=False)
        for weight in (0.0, 20.0)
    )
    for market in (one, other):
        for _ in range(28):
            market.step()
    assert (one.stories.rows()["what"] == Happening.BOUGHT).sum() > 20
    assert np.array_equal(one.columns.supplier, other.columns.supplier)


def test_strong_word_of_mouth_reaches_other_accounts(shipped: Scenario) -> None:
    ties = world_of(Market(shipped, 1, collect=False)).ties
    account = Market(shipped, 1, collect=False).columns.account
    start = ties.start[0]
    owner = np.repeat(np.arange(account.size), np.diff(start))
    target, strong = ties.target[start[0] : start[-1]], ties.strong[start[0] : start[-1]].astype(bool)
    same = account[owner] == account[target]
    assert np.all(strong[same])
    assert 0.05 < strong[~same].mean() < 0.6


def test_service_answers_in_time_build_trust_and_silence_breaks_it(quiet: Scenario, changed: Change) -> None:
    asking = changed(
        quiet, {"parameters.need.per_quarter": 1.0, "parameters.service.question_rate": 0.5, "mechanisms.churn": False}
    )
    trust = {}
    for hours in (0, 10_000):
        with_hours = changed(asking, {"parameters.service.baseline_hours": 0})
        market = _play(with_hours, {"capacity": {"service_hours": hours}}, ticks=40)
        rows = market.stories.rows()
        rows = rows[rows["vendor"] == 0]
        answered = (rows["what"] == Happening.ANSWERED).sum()
        never = (rows["what"] == Happening.NEVER_ANSWERED).sum()
        assert (answered > 20 and never == 0) if hours else (answered == 0 and never > 20)
        trust[hours] = market.columns.trust[:, 0].mean()
    assert trust[10_000] > trust[0]


def test_more_spam_where_policing_is_slow(shipped: Scenario, changed: Change) -> None:
    sent = {}
    for detection in (0.0, 0.9):
        market = Market(changed(shipped, {"platforms.0.detection": detection}), 1, collect=False)
        for _ in range(28):
            market.step()
        sent[detection] = sum(spammer.sent for spammer in market.spammers if spammer.platform == 0)
    assert sent[0.0] > 3 * sent[0.9] > 0


def test_wear_out_lowers_novelty_and_clicks(quiet: Scenario, changed: Change) -> None:
    weekly = _paid(usefulness=0.5, sends=28, last_day=28, volume=400)
    fresh = _play(changed(quiet, {"mechanisms.wear_out": False}), weekly, ticks=28)
    worn = _play(quiet, weekly, ticks=28)
    assert worn.board.rows["novelty"][0] == 1.0
    assert np.all(np.diff(worn.board.rows["novelty"]) < 0)
    assert _total(worn, "clicks") < 0.85 * _total(fresh, "clicks")


def test_articles_without_ideas_are_bland(quiet: Scenario, changed: Change) -> None:
    article = {
        "messages": [{"platform": "follow_network", "reach": "followers", "sends": 20, "usefulness": 0.8, "ideas": 2}]
    }
    none = _play(changed(quiet, {"vendors.0.experts": 0}), article, ticks=28)
    bland = quiet.parameters.expertise.bland
    assert np.allclose(none.board.rows["usefulness"], 0.8 * bland)
    some = _play(quiet, article, ticks=28)
    assert some.board.rows["usefulness"].mean() > 0.8 * bland


def test_customers_of_a_bad_product_leave_and_warn(quiet: Scenario, changed: Change) -> None:
    shaky = changed(
        quiet,
        {
            "mechanisms.word_of_mouth": True,
            "mechanisms.churn": True,
            "parameters.churn.rate": 0.005,
            "vendors.0.quality": 0.0,
            "vendors.1.quality": 1.0,
        },
    )
    market = _play(shaky, {}, ticks=56)
    rows = market.stories.rows()
    spoke_ill = rows[rows["what"] == Happening.SPOKE_ILL]
    assert np.mean(spoke_ill["vendor"] == 0) > 0.8
    spoke_well = rows[rows["what"] == Happening.SPOKE_WELL]
    assert np.mean(spoke_well["vendor"] == 0) < 0.02
    assert np.bincount(spoke_well["vendor"]).argmax() == 1
    lost = [int(((rows["what"] == Happening.CHURNED) & (rows["vendor"] == v)).sum()) for v in (0, 1)]
    assert lost[0] > 2 * lost[1]
    assert market.columns.word[:, 0].min() < 0 < market.columns.word[:, 1].max()


def test_a_contented_customer_that_leaves_gives_no_reason(quiet: Scenario, changed: Change) -> None:
    """An account that would have left without its grievance left at the end of its contract, by the same draw."""
    reasons = {}
    for quality in (1.0, 0.0):
        leaving = {"mechanisms.churn": True, "parameters.churn.rate": 0.01, "parameters.churn.neighbour": 3}
        leaving |= {f"vendors.{v}.quality": quality for v in range(4)}
        rows = _play(changed(quiet, leaving), {}, ticks=56).stories.rows()
        reasons[quality] = np.bincount(rows[rows["what"] == Happening.CHURNED]["cause"], minlength=len(Cause))
    assert reasons[1.0][Cause.UNHAPPY] == 0
    assert reasons[1.0][Cause.END_OF_CONTRACT] > 20
    assert reasons[1.0][Cause.NEIGHBOUR_LEFT] > 20
    assert reasons[0.0][Cause.UNHAPPY] > reasons[0.0][Cause.END_OF_CONTRACT] > 20


def test_need_enters_at_its_rate(shipped: Scenario, changed: Change) -> None:
    market = Market(changed(shipped, {"population.buyers": 20_000}), 3, collect=False)
    for _ in range(91):
        market.step()
    rows = market.stories.rows()
    entered = rows[rows["what"] == Happening.ENTERED_MARKET]
    accounts = np.unique(market.columns.account[entered["buyer"]]).size
    rate = shipped.parameters.need.per_quarter
    assert accounts / market.columns.supplier.size == pytest.approx(rate, rel=0.15)


def test_choice_follows_trust(shipped: Scenario, changed: Change) -> None:
    """All else alike, the vendor that everybody trusts wins the accounts that decide."""
    busy = changed(shipped, {**QUIET, "parameters.need.per_quarter": 1.0, "parameters.need.shortest": 5})
    market = Market(busy, 1, collect=False)
    market.columns.trust[:, 0] = 0.9
    market.columns.trust[:, 1:] = 0.1
    for vendor in market.vendor_index:
        market.set_plan(vendor, Plan())
    for _ in range(28):
        market.step()
    rows = market.stories.rows()
    bought = np.bincount(rows[rows["what"] == Happening.BOUGHT]["vendor"], minlength=4)
    assert bought[0] > 2 * bought[1:].max()


def test_customers_are_customers_in_every_column(shipped: Scenario) -> None:
    market = Market(shipped, 5, policies={"A": "campaign"}, collect=False)
    for _ in range(112):
        market.step()
    columns = market.columns
    supplier = columns.supplier[columns.account]
    for v in range(4):
        stage = columns.stage[:, v]
        assert np.array_equal(np.isin(stage, (Stage.CUSTOMER, Stage.ADVOCATE)), supplier == v)
    for name in ("awareness", "trust", "expertise"):
        values = getattr(columns, name)
        assert values.min() >= 0
        assert values.max() <= 1
    assert columns.satisfaction.min() >= 0
    assert columns.satisfaction.max() <= 1
    blocked = (columns.ties & np.uint32(Tie.BLOCKED)).astype(bool)
    assert not np.any(blocked & (columns.ties & np.uint32(0xFFFF)).astype(bool))
