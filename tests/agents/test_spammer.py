"""Spammers live on reach: they grow where an account earns more than it costs, and police and reports cost them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from townsquare_agents import Market
from townsquare_agents.plan import Action, Plan
from townsquare_agents.scenario import Scenario
from townsquare_agents.spammer import Spammer

Change = Callable[..., Scenario]


def _spammer(
    scenario: Scenario, changed: Change, ticks: int = 56, spam: dict[str, Any] | None = None, **rules: Any
) -> Spammer:
    """Return the spammer of the follow network, after some days under these rules of it."""
    settings = {f"platforms.0.{name}": value for name, value in rules.items()}
    settings |= {f"parameters.spam.{name}": value for name, value in (spam or {}).items()}
    market = Market(changed(scenario, settings), 1, policies=dict.fromkeys("ABCD", "relationship"), collect=False)
    for _ in range(ticks):
        market.step()
    return next(spammer for spammer in market.spammers if spammer.platform == 0)


def test_a_campaign_grows_while_its_accounts_pay_and_not_longer(shipped: Scenario, changed: Change) -> None:
    paying = _spammer(shipped, changed)
    assert paying.income > paying.cost > 0
    assert (
        paying.accounts
        > 4 * shipped.parameters.spam.start_volume / shipped.parameters.spam.messages * shipped.population.buyers / 1000
    )
    dear = _spammer(shipped, changed, spam={"account_cost": 0.1})
    assert dear.accounts <= 2
    assert dear.sent < paying.sent / 4
    unread = _spammer(shipped, changed, spam={"return_per_message": 0})
    assert unread.sent < paying.sent / 4


def test_income_is_the_return_of_each_message_sent(shipped: Scenario, changed: Change) -> None:
    """Kanich 2008: about one sale in ten million messages."""
    spam = shipped.parameters.spam
    assert spam.return_per_message == pytest.approx(1e-7)
    spammer = _spammer(shipped, changed)
    assert spammer.income == pytest.approx(spammer.sent * 1e-7 * spam.sale)


def test_most_accounts_are_banned_within_a_day_where_the_police_looks(shipped: Scenario, changed: Change) -> None:
    """Thomas 2011: 77 % of the accounts that were suspended were so within a day of their first message."""
    quick = _spammer(
        shipped,
        changed,
        detection=0.77,
        detection_delay=1,
        spam={"start_volume": 200, "most_volume": 5000, "growth": 0},
    )
    assert quick.accounts_banned / quick.accounts_made > 0.9
    made_daily = quick.accounts_made / 56
    assert quick.accounts_banned / 56 == pytest.approx(made_daily, rel=0.1)
    assert made_daily == pytest.approx(0.77 * 40, rel=0.15)


def test_a_ban_costs_what_a_new_account_costs(shipped: Scenario, changed: Change) -> None:
    spammer = _spammer(shipped, changed)
    assert spammer.accounts_banned > 0
    assert spammer.cost == pytest.approx(spammer.accounts_made * shipped.parameters.spam.account_cost)
    assert spammer.accounts_made == spammer.accounts_banned + spammer.accounts


def test_late_police_and_weak_police_leave_more_spam(shipped: Scenario, changed: Change) -> None:
    sent = {d: _spammer(shipped, changed, detection=0.9, detection_delay=d).sent for d in (1, 10)}
    assert sent[1] < sent[10]
    assert _spammer(shipped, changed, detection=0.0).sent > 2 * sent[1]


def test_reports_ban(shipped: Scenario, changed: Change) -> None:
    """With a blind police, reports alone find accounts, as far as the platform acts on one."""
    blind = {"detection": 0.0, "spam": {"report": 0.5, "start_volume": 50}}
    ignored = _spammer(shipped, changed, report_weight=0.0, **blind)
    heeded = _spammer(shipped, changed, report_weight=0.5, **blind)
    assert ignored.accounts_banned == 0 < heeded.accounts_banned
    assert heeded.sent < ignored.sent


def test_some_of_those_followed_follow_back_and_carry_the_spam(shipped: Scenario, changed: Change) -> None:
    shy = _spammer(shipped, changed, detection=0.2, spam={"follow_back": 0})
    sociable = _spammer(shipped, changed, detection=0.2, spam={"follow_back": 0.2})
    assert shy.followers == 0 < sociable.followers
    assert sociable.sent > shy.sent


def test_the_open_platform_gets_the_spam_because_accounts_reach_more_there(shipped: Scenario, changed: Change) -> None:
    """C12: the same police, the same members, the same ties; only who may be written to differs."""
    ties = {"generator": "small_world", "mean_degree": 10}
    sent = {
        relationship: _spammer(shipped, changed, relationship=relationship, network=ties, detection=0.5).sent
        for relationship in ("viral", "permission")
    }
    assert sent["viral"] > 4 * sent["permission"]


def test_reports_are_counted_where_a_message_is_reported(shipped: Scenario, changed: Change) -> None:
    market = Market(changed(shipped, {"parameters.spam.report": 1.0}), 1, collect=False)
    for _ in range(8):
        market.step()
    rows = market.board.rows
    spam = rows["vendor"] < 0
    assert (rows["reports"][spam] == rows["seen"][spam]).all()
    assert rows["reports"][spam].sum() > 0 == rows["reports"][~spam].sum()


def _mail(scenario: Scenario, changed: Change, ticks: int = 28, **rules: Any) -> tuple[Market, Spammer]:
    """Return a market and the spammer of its inbox, where no vendor writes unasked, after some days."""
    settings = {f"platforms.2.{name}": value for name, value in rules.items()}
    market = Market(changed(scenario, settings), 1, policies=dict.fromkeys("ABCD", "relationship"), collect=False)
    for _ in range(ticks):
        market.step()
    return market, next(spammer for spammer in market.spammers if spammer.platform == 2)


def _mailed(market: Market) -> Any:
    rows = market.board.rows
    return rows[(rows["vendor"] < 0) & (rows["platform"] == 2)]


def test_an_address_is_all_that_mail_needs(shipped: Scenario, changed: Change) -> None:
    """Kanich 2008: mail is sent to anybody, a filter keeps three of four from being delivered, few of the rest read."""
    market, spammer = _mail(shipped, changed)
    rows = _mailed(market)
    assert spammer.sent > 0 == spammer.followers
    assert rows["volume"].sum() == pytest.approx(0.24 * spammer.sent, rel=0.05)
    assert 0 < rows["seen"].sum() < 0.2 * rows["volume"].sum()


def test_police_and_filter_decide_what_mail_a_spammer_sends_and_sells(shipped: Scenario, changed: Change) -> None:
    usual = _mail(shipped, changed)[1]
    lawless = _mail(shipped, changed, detection=0.0, spam_filter=0.0)[1]
    assert lawless.sent > 3 * usual.sent
    filtered = _mail(shipped, changed, detection=0.0, spam_filter=0.99)[1]
    assert filtered.income < 0.01 * lawless.income
    market, none = _mail(shipped, changed, spam_filter=1.0)
    assert none.accounts_made == none.sent == 0 == _mailed(market).size


def test_nobody_leaves_an_inbox_over_spam(shipped: Scenario, changed: Change) -> None:
    angry = changed(shipped, {"parameters.spam.quit_rate": 1.0})
    market, _ = _mail(angry, changed, detection=0.0, spam_filter=0.0)
    assert _mailed(market)["seen"].sum() > 10
    assert market.columns.member[:, 2].all()
    assert not market.columns.member[:, 0].all()


def test_a_law_binds_vendors_and_lets_spam_be_reported(shipped: Scenario, changed: Change) -> None:
    """Everybody refuses what comes unasked: vendors obey, spammers do not, and are reported by whom they write to."""
    spam = {"parameters.spam.report": 0.0, "parameters.spam.report_refused": 1.0, "platforms.0.report_weight": 0}
    sent = {}
    for refusal in (0, 2):
        market = Market(changed(shipped, spam | {"parameters.contact.refusal": refusal}), 1, collect=False)
        for _ in range(28):
            if market.tick_in_round == 0:
                for vendor in market.vendor_index:
                    market.set_plan(vendor, Plan.of([Action("robots", "auto_dm", 2)]))
            market.step()
        rows = market.board.rows[market.board.rows["platform"] == 0]
        outlaws, direct = rows[rows["vendor"] < 0], rows[rows["vendor"] >= 0]
        sent[refusal] = int(outlaws["volume"].sum())
        assert outlaws["seen"].sum() > 20
        assert outlaws["reports"].sum() == (outlaws["seen"].sum() if refusal else 0)
        assert (direct["seen"].sum() > 20) is not bool(refusal)
    assert sent[0] == sent[2] > 0


def test_without_police_no_account_is_banned(shipped: Scenario, changed: Change) -> None:
    """Neither detection nor reports find anybody, until an event brings the police back."""
    strict = {"platforms.0.detection": 1.0, "parameters.spam.report": 1.0, "mechanisms.policing": False}
    back = {"id": "back", "name": {"en": "x"}, "changes": [{"path": "mechanisms.policing", "set": 1}]}
    market = Market(changed(shipped, {**strict, "events": [back]}), 1, collect=False)
    for _ in range(14):
        market.step()
    spammer = next(spammer for spammer in market.spammers if spammer.platform == 0)
    assert spammer.accounts_banned == 0 < spammer.accounts
    market.inject("back")
    market.step()
    market.step()
    assert spammer.accounts_banned > 0
