"""Keyed randomness, proven on whole markets: what does nothing changes nothing, and nothing else moves a draw.

Each property is tried on random worlds: any seed, any plans of any vendors, a market with every mechanism at work.
Equal means equal to the bit, in every column.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from small_markets import tiny
from townsquare_agents import Market, load_scenario
from townsquare_agents.columns import Columns
from townsquare_agents.kernels.tables import MESSAGE
from townsquare_agents.listening import measured_demand
from townsquare_agents.plan import Action, Plan
from townsquare_agents.population import normal_draw, sample_buyers
from townsquare_agents.rng import Purpose, uniform
from townsquare_agents.scenario import Scenario

Plans = Mapping[str, Plan]
EXOGENOUS = ("archetype", "account", "opportunism", "privacy", "risk_aversion", "peer_weight", "activity", "interest")
NEED = ("in_market", "decision_tick")  # of the market's own making: no plan moves them
RELATION_COLUMNS = (
    "awareness",
    "trust",
    "irritation",
    "frequency",
    "offers",
    "word",
    "expertise",
    "score",
    "ties",
    "stage",
)
WRITTEN_LATER = ("seen", "clicks", "reactions", "reports")  # columns of a message that its readers fill
NOBODY_IS_THERE = {"en": "Nobody is there"}


def _to_nobody(play: str, platform: str, reach: str) -> dict[str, Any]:
    message = {"platform": platform, "reach": reach, "sends": 3, "last_day": 8, "promotion": 0.9, "personal": 1.0}
    if reach in ("paid", "direct"):
        message["volume"] = 900
    return {"id": play, "side": "campaign", "name": NOBODY_IS_THERE, "summary": NOBODY_IS_THERE, "messages": [message]}


TO_NOBODY = {
    "to_an_empty_platform": _to_nobody("to_an_empty_platform", "empty", "paid"),
    "to_a_closed_platform": _to_nobody("to_a_closed_platform", "closed", "direct"),
    "to_followers_without_any": _to_nobody("to_followers_without_any", "empty", "followers"),
    "to_ones_own_staff": _to_nobody("to_ones_own_staff", "internal_network", "followers"),
}
TIES = {"generator": "directed_follow", "mean_degree": 4}
NOWHERE = [
    {"id": "empty", "name": NOBODY_IS_THERE, "relationship": "viral", "members": 0, "background": 0, "network": TIES},
    {"id": "closed", "name": NOBODY_IS_THERE, "relationship": "viral", "opens_round": 1000, "network": TIES},
]
NEUTRAL: dict[str, Any] = {
    "plays": _to_nobody("never_played", "email", "customers"),
    "platforms": NOWHERE[1] | {"id": "never_opened"},
    "archetypes": {"id": "nobody", "name": NOBODY_IS_THERE, "share": 0},
    "events": {
        "id": "never",
        "name": NOBODY_IS_THERE,
        "changes": [{"path": "mechanisms.spam", "set": 0}],
    },
}


def _world() -> dict[str, Any]:
    """Return a small market in which a lot happens and nobody looks at the cost."""
    data = tiny(load_scenario("whole_square")).model_dump(mode="json")
    data["calendar"].update(money_per_round=1e9, hours_per_round=1e6)
    data["population"].update(smallest_committee=1, largest_committee=3)
    data["parameters"]["need"].update(per_quarter=1.0, shortest=2, longest=8)
    data["parameters"]["sharing"]["rate"] = 0.5
    data["parameters"]["churn"]["rate"] = 0.01
    data["parameters"]["leads"]["ready_at"] = 0.5
    data["platforms"] += NOWHERE
    data["plays"] += TO_NOBODY.values()
    return data


DATA = _world()
SCENARIO = Scenario.model_validate(DATA)
VENDORS = [vendor.id for vendor in SCENARIO.vendors]
REAL_PLAYS = [play for play in SCENARIO.plays if play.id not in TO_NOBODY]
TOPICS = [topic.id for topic in SCENARIO.topics]

some_topic = st.sampled_from(TOPICS)
seeds = st.integers(0, 2**63 - 1)
properties = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def actions(draw: st.DrawFn, slot: str) -> Action:
    play = draw(st.sampled_from(REAL_PLAYS))
    tested = play.takes_topic and draw(st.booleans())
    return Action(
        slot,
        play.id,
        draw(st.integers(1, play.max_level)),
        topic=draw(some_topic) if play.takes_topic else None,
        alternative=draw(some_topic) if tested else None,
        audience=draw(st.sampled_from(SCENARIO.archetypes)).id if play.takes_audience and draw(st.booleans()) else None,
        stage=draw(st.sampled_from([None, None, None, "aware", "customer"])),
        form=draw(st.booleans()),
        qualified=draw(st.booleans()),
    )


def plans_of(most: int = 3, least: int = 0) -> st.SearchStrategy[Plan]:
    slots = st.integers(least, most).map(lambda count: [f"slot{n}" for n in range(count)])
    return slots.flatmap(lambda names: st.tuples(*(actions(name) for name in names))).map(Plan.of)


plans = st.fixed_dictionaries({vendor: plans_of() for vendor in VENDORS})
some_vendor = st.sampled_from(VENDORS)


def _start(seed: int, scenario: Scenario = SCENARIO) -> Market:
    return Market(scenario, seed, collect=False, stories=False)


def _step(market: Market, plans: Plans) -> None:
    if market.tick_in_round == 0:
        for vendor, plan in plans.items():
            market.set_plan(vendor, plan)
    market.step()


def _play(
    seed: int, plans: Plans, scenario: Scenario = SCENARIO, between: Callable[[Market], None] = lambda _: None
) -> Market:
    market = _start(seed, scenario)
    while not market.over:
        _step(market, plans)
        between(market)
    return market


def _same(one: Market, other: Market, names: Sequence[str] = Columns._fields) -> None:
    for name in names:
        mine, theirs = getattr(one.columns, name), getattr(other.columns, name)
        assert np.array_equal(mine, theirs), name


def _with(plans: Plans, vendor: str, *added: Action) -> Plans:
    return {**plans, vendor: Plan.of([*plans[vendor].actions, *added])}


def test_the_market_of_these_properties_is_alive() -> None:
    """Equal would mean little where nothing happens."""
    plans = {vendor: Plan.of([Action(play.id, play.id, 1) for play in REAL_PLAYS]) for vendor in VENDORS}
    busy, idle = _play(1, plans), _play(1, dict.fromkeys(VENDORS, Plan()))
    changed = [n for n in Columns._fields if not np.array_equal(getattr(busy.columns, n), getattr(idle.columns, n))]
    assert {*EXOGENOUS, *NEED}.isdisjoint(changed)
    assert set(changed) >= {
        "overload",
        "member",
        "supplier",
        "customer_since",
        "satisfaction",
        "fit",
        *RELATION_COLUMNS,
    }
    assert (busy.history.sum(axis=(0, 1)) > 0).all()


@settings(properties, max_examples=25)
@given(seed=seeds, plans=plans, vendor=some_vendor, play=st.sampled_from(sorted(TO_NOBODY)), level=st.integers(1, 5))
def test_an_action_that_delivers_to_nobody_changes_nothing(
    seed: int, plans: Plans, vendor: str, play: str, level: int
) -> None:
    # a slot that comes before or after the others must not matter either
    for slot in ("another", "zero"):
        without, shouted = _play(seed, plans), _play(seed, _with(plans, vendor, Action(slot, play, level)))
        assert len(shouted.board) > len(without.board)
        _same(shouted, without)
        assert np.array_equal(shouted.history, without.history)
        assert shouted.digest() == without.digest()


@settings(properties, max_examples=20)
@given(
    seed=seeds,
    plans=plans,
    keys=st.lists(
        st.tuples(st.sampled_from(list(Purpose)), st.integers(0, 16), st.integers(0, 200), st.integers(0, 2**62)),
        min_size=1,
        max_size=8,
    ),
)
def test_draws_that_others_make_change_nothing(
    seed: int, plans: Plans, keys: list[tuple[Purpose, int, int, int]]
) -> None:
    """Drawing the market's own numbers a second time, or Mesa's and NumPy's, or asking buyers, leaves no trace."""

    def meddle(market: Market) -> None:
        for purpose, tick, subject, object_ in keys:
            uniform(seed, int(purpose), tick, subject, object_)
            sample_buyers(seed, int(purpose), tick, object_, 5, 200)
            normal_draw(seed, int(purpose), tick, object_)
        measured_demand(market, "A", 20)
        market.node_states()
        market.random.random()
        market.rng.random()

    assert _play(seed, plans, between=meddle).digest() == _play(seed, plans).digest()


@pytest.mark.parametrize("kind", sorted(NEUTRAL))
@settings(properties, max_examples=6)
@given(seed=seeds, plans=plans)
def test_what_a_scenario_adds_without_using_it_changes_nothing(kind: str, seed: int, plans: Plans) -> None:
    more = Scenario.model_validate({**DATA, kind: [*DATA[kind], NEUTRAL[kind]]})
    one, other = _play(seed, plans), _play(seed, plans, more)
    _same(other, one, [name for name in Columns._fields if name != "member"])
    platforms = len(SCENARIO.platforms)
    assert np.array_equal(other.columns.member[:, :platforms], one.columns.member)
    assert np.array_equal(other.history, one.history)


@settings(properties, max_examples=12)
@given(
    games=st.lists(st.tuples(seeds, plans), min_size=2, max_size=4, unique_by=lambda game: game[0]),
    order=st.randoms(use_true_random=False),
    threads=st.integers(1, 4),
)
def test_neither_order_nor_threads_nor_taking_turns_change_a_bit(
    games: list[tuple[int, Plans]], order: Any, threads: int
) -> None:
    alone = [_play(seed, plans).digest() for seed, plans in games]
    shuffled = list(range(len(games)))
    order.shuffle(shuffled)
    assert [_play(*games[n]).digest() for n in shuffled] == [alone[n] for n in shuffled]
    with ThreadPoolExecutor(threads) as pool:
        assert list(pool.map(lambda n: _play(*games[n]).digest(), shuffled)) == [alone[n] for n in shuffled]
    markets = [_start(seed) for seed, _ in games]
    turns = [n for n, market in enumerate(markets) for _ in range(market.history.shape[0])]
    order.shuffle(turns)
    for n in turns:
        _step(markets[n], games[n][1])
    assert [market.digest() for market in markets] == alone


def _messages(market: Market, vendor: int, *, tested: bool) -> set[tuple[Any, ...]]:
    """Return what a vendor (-1: spammers) sent; the topic that won an A/B test is the readers' doing."""
    left_out = {*WRITTEN_LATER, "topic", "novelty"} if tested else set(WRITTEN_LATER)
    names = [name for name in MESSAGE.names or () if name not in left_out]
    return {tuple(row[name].item() for name in names) for row in market.board.rows if row["vendor"] == vendor}


@settings(properties, max_examples=25)
@given(seed=seeds, plans=plans, vendor=some_vendor, own=plans_of(least=1), data=st.data())
def test_removing_one_action_leaves_every_message_of_the_others_alone(
    seed: int, plans: Plans, vendor: str, own: Plan, data: st.DataObject
) -> None:
    plans = {**plans, vendor: own}
    slot = data.draw(st.sampled_from([action.slot for action in own.actions]))
    both, without = _play(seed, plans), _play(seed, {**plans, vendor: own.without(slot)})
    for other, index in both.vendor_index.items():
        if other != vendor:
            tested = any(action.alternative for action in plans[other].actions)
            assert _messages(both, index, tested=tested) == _messages(without, index, tested=tested)
    assert _messages(both, -1, tested=False) == _messages(without, -1, tested=False)
    index = both.vendor_index[vendor]
    kept = {int(row["key"]) for row in without.board.rows if row["vendor"] == index}
    assert kept <= {int(row["key"]) for row in both.board.rows if row["vendor"] == index}


@settings(properties, max_examples=25)
@given(seed=seeds, one=plans, other=plans)
def test_no_plan_moves_need_or_what_buyers_are(seed: int, one: Plans, other: Plans) -> None:
    _same(_play(seed, one), _play(seed, other), EXOGENOUS + NEED)
