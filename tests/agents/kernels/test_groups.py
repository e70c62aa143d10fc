"""Groups: gates, moderation, noise, peers and hosts."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from small_markets import plan_alone
from townsquare_agents import Market
from townsquare_agents.kernels.codes import Happening
from townsquare_agents.plan import Action, Plan
from townsquare_agents.scenario import Scenario, load_scenario

Change = Callable[..., Scenario]


@pytest.fixture(scope="module")
def whole() -> Scenario:
    return load_scenario("whole_square")


def _group(scenario: Scenario, changed: Change, **rules: object) -> tuple[Scenario, int]:
    index = [platform.id for platform in scenario.platforms].index("industry_group")
    return changed(scenario, {f"platforms.{index}.{key}": value for key, value in rules.items()}), index


def _run(scenario: Scenario, plan: Plan, ticks: int = 56) -> Market:
    market = Market(scenario, 1, collect=False)
    for _ in range(ticks):
        if market.tick_in_round == 0:
            for vendor in market.vendor_index:
                market.set_plan(vendor, plan)
        market.step()
    return market


def _sales_talk(scenario: Scenario, changed: Change) -> Scenario:
    plays = [play.id for play in scenario.plays]
    message = {"platform": "industry_group", "reach": "followers", "sends": 20, "promotion": 0.9}
    return changed(scenario, {f"plays.{plays.index('broadcast')}.messages": [message]})


TALK = Plan.of([Action("talk", "broadcast", 3)])


def test_moderation_keeps_noise_down_and_members_in(whole: Scenario, changed: Change) -> None:
    noise, members = {}, {}
    for moderation in ("none", "democratic", "strict"):
        scenario, p = _group(_sales_talk(whole, changed), changed, moderation=moderation, gate="qualified")
        market = _run(scenario, TALK)
        noise[moderation] = float(market.platforms[p]["noise"])
        members[moderation] = int(market.columns.member[:, p].sum())
    assert noise["none"] > noise["democratic"] > noise["strict"] > 0
    assert members["strict"] > members["none"]


def test_a_gate_decides_who_is_inside(whole: Scenario, changed: Change) -> None:
    inside = {}
    for gate in ("open", "qualified", "invite"):
        scenario, p = _group(whole, changed, gate=gate, members=1.0)
        market = Market(scenario, 1, collect=False)
        inside[gate] = market.columns.member[:, p].astype(bool)
    interest = market.columns.interest[:, market.topic_index["efficiency"]]
    assert inside["open"].all()
    assert np.array_equal(inside["qualified"], interest >= whole.parameters.groups.qualified_at)
    assert np.array_equal(inside["invite"], market.columns.supplier[market.columns.account] >= 0)


def test_spammers_find_open_groups_only(whole: Scenario, changed: Change) -> None:
    _, p = _group(whole, changed)
    for gate, found in (("open", True), ("qualified", False)):
        market = _run(_group(whole, changed, gate=gate)[0], Plan(), ticks=8)
        sent = sum(spammer.sent for spammer in market.spammers if spammer.platform == p)
        assert (sent > 0) == found


def test_a_gate_that_an_event_closes_keeps_spammers_out(whole: Scenario, changed: Change) -> None:
    closing = {"path": "platforms.industry_group.gate", "set": "qualified"}
    event = {"id": "gate", "name": {"en": "x"}, "round": 1, "tick": 5, "changes": [closing]}
    market = Market(changed(whole, {"events": [event]}), 1, collect=False)
    sent = []
    for _ in range(8):
        market.step()
        sent.append(sum(s.sent for s in market.spammers if s.platform == market.platform_index["industry_group"]))
    assert sent[3] > sent[0] > 0
    assert sent[3] == sent[-1]


def test_peers_answer_at_the_moment_of_need(whole: Scenario, changed: Change) -> None:
    busy = changed(whole, {"parameters.groups.peer_rate": 0.5, "parameters.need.per_quarter": 1.0})
    asked = {}
    for peers in (True, False):
        market = _run(changed(busy, {"mechanisms.peers": peers}), Plan())
        asked[peers] = int((market.stories.rows()["what"] == Happening.PEER_ASKED).sum())
    assert asked[True] > 10
    assert asked[False] == 0


def test_members_thank_the_host(whole: Scenario) -> None:
    without = _run(whole, Plan())
    hosted = Market(whole, 1, collect=False)
    for _ in range(56):
        if hosted.tick_in_round == 0:
            plan_alone(hosted, Plan.of([Action("host", "hosted_community", 2)]))
        hosted.step()
    p = hosted.platform_index["peer_community"]
    stayed = (without.columns.member[:, p] > 0) & (hosted.columns.member[:, p] > 0)
    assert stayed.sum() > 20
    assert hosted.columns.trust[stayed, 0].mean() > without.columns.trust[stayed, 0].mean()
    assert np.flatnonzero(hosted._world.hosting.any(axis=1)).tolist() == [p]
    assert hosted.columns.member[:, p].sum() > without.columns.member[:, p].sum()


def test_shares_cross_porous_platforms(whole: Scenario, changed: Change) -> None:
    """With closed borders no buyer off the follow network sees what was said there; with open ones some do."""
    lively = changed(
        whole, {"parameters.sharing.rate": 1.0, "platforms.0.porosity": 1.0, "mechanisms.word_of_mouth": False}
    )
    plays = [play.id for play in whole.plays]
    message = {"platform": "follow_network", "reach": "followers", "sends": 20, "entertainment": 1.0, "usefulness": 0.5}
    lively = changed(lively, {f"plays.{plays.index('organised_chat')}.messages": [message]})
    plan = Plan.of([Action("chat", "organised_chat", 1)])
    seen = {}
    for porous in (True, False):
        market = _run(changed(lively, {"mechanisms.porous_platforms": porous}), plan, ticks=20)
        outside = market.columns.member[:, 0] == 0
        reached = (np.asarray(market._world.relations["reached"]) > 0).any(axis=1)
        seen[porous] = int((outside & reached).sum())
    assert seen[False] == 0 < seen[True]


def test_only_the_group_that_is_hosted_thanks_its_host(whole: Scenario, changed: Change) -> None:
    """Nobody says a word, so that hosting alone moves trust: in the community hosted, not in the other group."""
    plays = [play.id for play in whole.plays]
    where = f"plays.{plays.index('hosted_community')}.messages"
    silent = {"sends": 1, "first_day": 28, "platform": "peer_community", "reach": "followers"}
    scenario = changed(whole, {where: [silent], "mechanisms.word_of_mouth": False, "mechanisms.service": False})
    hosted = Market(scenario, 1, collect=False)
    without = Market(scenario, 1, collect=False)
    for market, plan in ((hosted, Plan.of([Action("host", "hosted_community", 3)])), (without, Plan())):
        plan_alone(market, plan)
        for _ in range(20):
            market.step()
    gained = hosted.columns.trust[:, 0] > without.columns.trust[:, 0]
    inside = hosted.columns.member[:, hosted.platform_index["peer_community"]] > 0
    elsewhere = hosted.columns.member[:, hosted.platform_index["industry_group"]] > 0
    assert gained[inside].mean() > 0.95
    assert gained[elsewhere & ~inside].mean() < 0.05  # those who were inside and left
