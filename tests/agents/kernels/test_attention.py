"""Feeds have an order: last in first seen, by engagement, or the week's best at once; readers go as far as they go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from small_markets import entries_of, made_up, plan_alone
from townsquare_agents import Market
from townsquare_agents.kernels.attention import DIGEST_EVERY, seen_in_feed
from townsquare_agents.kernels.codes import Feed, Happening
from townsquare_agents.messages import make_message
from townsquare_agents.plan import Action, Plan
from townsquare_agents.rng import Purpose, draw, unit
from townsquare_agents.scenario import Scenario

Change = Callable[..., Scenario]
QUIET = {
    "spam.campaigns": 0,
    "mechanisms.word_of_mouth": False,
    "mechanisms.sharing": False,
    "mechanisms.exits": False,
    "parameters.need.per_quarter": 0,
}


def _market(scenario: Scenario, platform: dict[str, Any], messages: list[dict[str, Any]], ticks: int) -> Market:
    """Run one vendor's messages on the follow network under these rules; nobody else says a word."""
    data = scenario.model_dump(mode="json")
    data["platforms"][0].update({"members": 1.0, "followed_at_start": 0.5, **platform})
    spec = {"platform": "follow_network", "reach": "followers"}
    data["plays"] = [made_up(messages=[{**spec, **m} for m in messages])]
    market = Market(Scenario.model_validate(data), 1, stories=True, collect=False)
    while market.tick < ticks:
        if market.tick_in_round == 0:
            plan_alone(market, Plan.of([Action("it", "it", 1)]))
        market.step()
    return market


@pytest.fixture(scope="module")
def quiet(shipped: Scenario, changed: Change) -> Scenario:
    return changed(shipped, QUIET)


@pytest.fixture(scope="module")
def day(quiet: Scenario) -> Market:
    """Return a market whose first day's keys are set."""
    market = Market(quiet, 1, collect=False)
    market.step()
    return market


def _seen(market: Market, feed: Feed, buyer: int, keys: list[int], engaged: list[int]) -> list[bool]:
    """Return which of a day's messages a reader comes to."""
    world, p = market._world, 0
    platform = market.platforms[p : p + 1].copy()
    platform["feed"] = feed
    seen = []
    for key, count in zip(keys, engaged, strict=True):
        message = make_message(key=key, platform=p, seen=50, reactions=count)
        seen.append(
            bool(
                seen_in_feed(
                    *(world.keys, market.rules[0], platform[0], message[0], world.budgets, 1.0, 0, buyer, p, key),
                    *(False, len(keys)),
                )
            )
        )
    return seen


@settings(deadline=None, max_examples=200)
@given(
    buyer=st.integers(0, 1999),
    keys=st.lists(st.integers(0, 2**62), min_size=2, max_size=12, unique=True),
    engaged=st.lists(st.integers(0, 50), min_size=12, max_size=12),
    feed=st.sampled_from([Feed.RECENT, Feed.RANKED]),
)
def test_a_reader_goes_down_the_feed_and_stops(
    day: Market, buyer: int, keys: list[int], engaged: list[int], feed: Feed
) -> None:
    """What is seen is a beginning of the feed: never a message without those that stand before it."""
    seen = _seen(day, feed, buyer, keys, engaged[: len(keys)])
    if feed is Feed.RANKED:
        before = [-count for count in engaged[: len(keys)]]
    else:
        bits = draw(day._world.keys[Purpose.BUDGET], buyer, 0)
        visit = float(int(bits) & ((1 << 53) - 1)) / 2**53
        before = [(visit - unit(day._world.keys[Purpose.HOUR], 0, key)) % 1.0 for key in keys]
    furthest = max((place for place, hit in zip(before, seen, strict=True) if hit), default=-np.inf)
    nearest = min((place for place, hit in zip(before, seen, strict=True) if not hit), default=np.inf)
    assert furthest < nearest


def test_a_ranked_feed_shows_what_engages(quiet: Scenario) -> None:
    """Two posts a day, one of which entertains: with engagement so far it is seen more, on a ranked feed alone."""
    pair = [{"sends": 28, "entertainment": 1.0}, {"sends": 28, "promotion": 0.1}]
    ratio = {}
    for feed in ("recent", "ranked"):
        rows = _market(quiet, {"background": 40, "attention": 15, "feed": feed}, pair, ticks=28).board.rows
        engaging = rows["entertainment"] > 0.5
        ratio[feed] = rows["seen"][engaging].sum() / rows["seen"][~engaging].sum()
    assert 0.9 < ratio["recent"] < 1.1
    assert ratio["ranked"] > 2


def test_a_bought_place_is_no_matter_of_rank(quiet: Scenario) -> None:
    """An advertisement that nobody likes is seen as often on a ranked feed as on one that shows the newest first."""
    dull = [{"reach": "paid", "volume": 400, "sends": 28, "promotion": 1.0}]
    seen = {
        feed: int(_market(quiet, {"feed": feed, "followed_at_start": 0}, dull, ticks=28).board.rows["seen"].sum())
        for feed in ("recent", "ranked")
    }
    assert seen["ranked"] == seen["recent"] > 1000


def test_what_is_shared_of_an_advertisement_is_earned_on_a_digest_too(quiet: Scenario) -> None:
    """An advertisement that everybody passes on comes to the digest of another platform, and stands at its top."""
    data = quiet.model_dump(mode="json")
    data["mechanisms"]["sharing"] = True
    data["parameters"]["sharing"].update(rate=1.0, indifferent=1.0, short_further=0.0)
    data["platforms"][1].update(members=1.0, feed="recent", attention=200, background=0, porosity=1.0)
    hush = {"path": "platforms.professional_network.attention", "set": 0.1}  # so that what is seen, the digest shows
    data["events"] = [{"id": "hush", "name": {"en": "x"}, "round": 1, "tick": DIGEST_EVERY, "changes": [hush]}]
    day = {"first_day": DIGEST_EVERY - 1, "last_day": DIGEST_EVERY - 1, "sends": 1}
    advertisement = {"platform": "professional_network", "reach": "paid", "volume": 50, "entertainment": 1.0, **day}
    digest = {"feed": "digest", "background": 60, "attention": 20}
    market = _market(Scenario.model_validate(data), digest, [advertisement], ticks=DIGEST_EVERY - 1)
    before = int(market.board.rows["seen"].sum())
    market.step()
    entries = entries_of(market)
    shared = int((entries["platform"] == 0).sum())
    assert shared > 100
    assert (int(market.board.rows["seen"].sum()) - before) / shared > 0.8


def test_a_digest_gathers_the_week_and_delivers_it_at_once(quiet: Scenario) -> None:
    daily = [{"sends": 28, "usefulness": 0.5}]
    market = _market(quiet, {"feed": "digest"}, daily, ticks=DIGEST_EVERY - 1)
    assert len(market.board) == DIGEST_EVERY - 1
    assert market.board.rows["seen"].sum() == 0
    market.step()
    followers = int(((market.columns.ties[:, 0] & 1) > 0).sum())
    assert entries_of(market).size == pytest.approx(DIGEST_EVERY * followers, rel=0.05)
    assert (market.board.rows["seen"] > 0).all()
    market.step()
    assert entries_of(market).size == 0


@pytest.mark.parametrize(("before", "after"), [("recent", "digest"), ("digest", "recent")])
def test_a_feed_that_becomes_a_digest_within_a_week_delivers_each_message_once(
    quiet: Scenario, before: str, after: str
) -> None:
    """And one that no longer is one delivers at once what had waited for the week's end."""
    turn = {"id": "turn", "name": {"en": "x"}, "round": 1, "tick": 4}
    change = {"path": "platforms.follow_network.feed", "set": after}
    data = quiet.model_dump(mode="json")
    data["events"] = [{**turn, "changes": [change]}]
    scenario = Scenario.model_validate(data)
    daily = [{"sends": 28, "usefulness": 0.5}]
    offered: dict[int, list[int]] = {}
    for ticks in range(1, 2 * DIGEST_EVERY + 1):
        market = _market(scenario, {"feed": before}, daily, ticks)
        for message in np.unique(entries_of(market)["message"]):
            offered.setdefault(int(message), []).append(ticks)
    turned, first, second = turn["tick"], DIGEST_EVERY, 2 * DIGEST_EVERY
    days = range(1, second + 1)
    if after == "digest":
        expected = [day if day < turned else first if day <= first else second for day in days]
    else:
        expected = [max(day, turned) for day in days]
    assert [offered[message] for message in range(second)] == [[day] for day in expected]


def test_a_digest_begins_with_the_weeks_best(quiet: Scenario) -> None:
    week = [{"sends": 28, "entertainment": 1.0}, {"sends": 28, "promotion": 0.1}]
    rows = _market(quiet, {"feed": "digest", "background": 40, "attention": 15}, week, ticks=28).board.rows
    engaging = rows["entertainment"] > 0.5
    assert rows["seen"][engaging].sum() > 2 * rows["seen"][~engaging].sum()


def test_a_weeks_posts_get_a_weeks_attention(quiet: Scenario) -> None:
    """What is worth as much as other people's posts is seen about as often in a digest as day by day."""
    usual = [{"sends": 28, "reach": "paid", "volume": 300, "promotion": 0.5}]
    seen = {
        feed: int(_market(quiet, {"feed": feed, "followed_at_start": 0}, usual, ticks=28).board.rows["seen"].sum())
        for feed in ("recent", "digest")
    }
    assert seen["digest"] == pytest.approx(seen["recent"], rel=0.1)


def test_a_line_is_passed_on_more_than_a_paper(quiet: Scenario, changed: Change) -> None:
    """Short reaches further: the same content in a line is shared more; at half a page and beyond, length is alike."""
    sharing = changed(quiet, {"mechanisms.sharing": True, "parameters.sharing.rate": 0.3})
    shares = {}
    for length in (0.0, 0.5, 1.0):
        post = [{"sends": 28, "entertainment": 0.8, "length": length}]
        market = _market(sharing, {"format": "both"}, post, ticks=14)
        shares[length] = int((market.stories.rows()["what"] == Happening.SHARE).sum()) + int(
            market.history[:, 0, 3].sum()
        )
    assert shares[0.0] > 1.2 * shares[0.5]
    assert shares[0.5] == pytest.approx(shares[1.0], rel=0.15)
