"""The market as a whole: exact to the bit, honest about single actions, at home in Mesa."""

from __future__ import annotations

import gc
import inspect
import os
import subprocess
import sys
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import mesa
import numpy as np
import pytest

from small_markets import tiny
from townsquare_agents import Market
from townsquare_agents.buyer import Buyer
from townsquare_agents.errors import ParameterError, PlanError, ScenarioError
from townsquare_agents.expert import Expert
from townsquare_agents.marketer import Marketer
from townsquare_agents.metrics import METRICS
from townsquare_agents.parameters import Mechanisms
from townsquare_agents.plan import Action, Plan
from townsquare_agents.scenario import Scenario, load_scenario
from townsquare_agents.spammer import Spammer

POLICIES = {"A": "campaign", "B": "relationship"}
Change = Callable[..., Scenario]


def _run(scenario: Scenario, seed: int = 1, ticks: int | None = None, **options: object) -> Market:
    market = Market(scenario, seed, policies=POLICIES, collect=False, **options)  # type: ignore[arg-type]
    while not market.over and (ticks is None or market.tick < ticks):
        market.step()
    return market


def _run_plans(scenario: Scenario, plans: dict[str, Plan], seed: int = 1) -> Market:
    market = Market(scenario, seed, collect=False)
    while not market.over:
        if market.tick_in_round == 0:
            for vendor in market.vendor_index:
                market.set_plan(vendor, plans.get(vendor, Plan()))
        market.step()
    return market


def test_the_same_seed_gives_the_same_bits_and_another_seed_does_not(small: Scenario) -> None:
    assert _run(small).digest() == _run(small).digest()
    assert _run(small).digest() != _run(small, seed=2).digest()


def test_threads_running_side_by_side_do_not_change_a_bit(small: Scenario) -> None:
    alone = [_run(small, seed).digest() for seed in range(4)]
    with ThreadPoolExecutor(2) as pool:
        together = list(pool.map(lambda seed: _run(small, seed).digest(), range(4)))
    assert together == alone


def test_a_fresh_process_without_the_jit_gives_the_same_bits(small: Scenario) -> None:
    """On the first market, and on the whole square, which has groups, digests, voices and every other platform."""
    scenarios = small, tiny(load_scenario("whole_square"))
    code = (
        "import sys\n"
        "from townsquare_agents import Market, Scenario\n"
        "for line in sys.stdin.buffer:\n"
        f"    market = Market(Scenario.from_json(line), 1, policies={POLICIES!r}, collect=False)\n"
        "    while not market.over: market.step()\n"
        "    print(market.digest())"
    )
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    lines = b"\n".join(scenario.to_json() for scenario in scenarios)
    command = [sys.executable, "-W", "error", "-c", code]
    run = subprocess.run(command, input=lines, env=environment, capture_output=True, check=True)
    assert run.stdout.decode().split() == [_run(scenario).digest() for scenario in scenarios]


def test_keeping_stories_does_not_change_a_bit(small: Scenario) -> None:
    assert _run(small, stories=True).digest() == _run(small, stories=False).digest()


def _same_columns(one: Market, other: Market) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one.columns, other.columns, strict=True))


def test_an_action_that_did_nothing_changes_nothing(small: Scenario, changed: Change) -> None:
    """Nobody asked anybody for e-mail, so a nurture mail reaches nobody: every column stays the same."""
    nobody = changed(small, {"platforms.2.followed_at_start": 0})
    plays = [play.id for play in nobody.plays]
    nobody = changed(
        nobody, {f"plays.{plays.index('nurture')}.messages": [{"platform": "email", "reach": "followers"}]}
    )
    nobody = changed(nobody, {"vendors.0.market_share": 0})
    nobody = changed(nobody, {f"plays.{plays.index('nurture')}.capacity.lead_scoring": 0})
    ads = Action("ads", "ad_burst", 2)
    without = _run_plans(nobody, {"A": Plan.of([ads])})
    with_mail = _run_plans(nobody, {"A": Plan.of([ads, Action("mail", "nurture", 1)])})
    assert len(with_mail.board) > len(without.board)
    assert _same_columns(with_mail, without)
    others = [index for index, name in enumerate(METRICS) if name not in ("spend", "customer_equity")]
    assert np.array_equal(with_mail.history[:, :, others], without.history[:, :, others])


def test_removing_one_action_leaves_every_draw_of_the_others_alone(small: Scenario) -> None:
    """The other vendors' messages keep their keys, and need, which no vendor can change, stays the same."""
    plans = {"A": Plan.of([Action("ads", "ad_burst", 1)]), "B": Plan.of([Action("talk", "expert_article", 2)])}
    both, alone = _run_plans(small, plans), _run_plans(small, {"B": plans["B"]})
    keys = {int(row["key"]) for row in both.board.rows if row["vendor"] == 1}
    assert keys == {int(row["key"]) for row in alone.board.rows if row["vendor"] == 1}
    assert np.array_equal(both.columns.in_market, alone.columns.in_market)
    assert np.array_equal(both.columns.decision_tick, alone.columns.decision_tick)
    assert not np.array_equal(both.columns.awareness[:, 0], alone.columns.awareness[:, 0])


def test_every_switch_matters(changed: Change) -> None:
    """Switching any mechanism off gives another world (a market of 200 buyers, lively enough for each to act)."""
    whole = tiny(load_scenario("whole_square"))
    lively = changed(
        whole,
        {
            "calendar.rounds": 6,
            "parameters.need.per_quarter": 1.0,
            "parameters.need.shortest": 3,
            "parameters.need.longest": 10,
            "parameters.churn.rate": 0.02,
            "parameters.experience.incident": 0.5,
            "parameters.groups.peer_rate": 1.0,
            "parameters.sharing.rate": 1.0,
            "platforms.0.porosity": 1.0,
            "platforms.1.porosity": 1.0,
            "parameters.contact.refusal": 0.5,
            "parameters.organisation.gaffe": 0.5,
            "platforms.5.moderation": "strict",
            "vendors.0.quality": 0.1,
            "vendors.2.quality": 0.1,
        },
    )
    aimed = Plan.of(
        [
            Action("ads", "ad_burst", 2, audience="function_head", topic="security", alternative="growth"),
            Action("calls", "cold_calls", 2),
            Action("admit", "own_up", 1),
        ]
    )

    def run(scenario: Scenario) -> Market:
        market = Market(scenario, 1, policies={"A": "campaign", "B": "relationship"}, collect=False)
        while not market.over:
            if market.tick_in_round == 0:
                market.set_plan("C", aimed)
            market.step()
        return market

    base = run(lively)
    assert _same_columns(base, run(lively))
    for name in Mechanisms.model_fields:
        without = run(changed(lively, {f"mechanisms.{name}": False}))
        assert without.rules[0][f"on_{name}"] == 0.0
        assert not _same_columns(without, base), f"switching {name} off changed nothing"


def test_mesa_sees_buyers_only_when_somebody_looks(small: Scenario) -> None:
    market = Market(small, 1)
    market.step()
    assert Buyer not in market._agents_by_type
    assert len(market.agents_by_type[Buyer]) == small.population.buyers
    assert set(market.agent_types) == {Buyer, Marketer, Expert, Spammer}
    buyer = market.agents_by_type[Buyer][7]
    assert buyer.index == 7
    assert buyer.archetype in {kind.id for kind in small.archetypes}
    assert buyer.trust.shape == (4,)
    assert buyer.supplier in (None, "A", "B", "C", "D")
    assert len(buyer.stages) == 4
    market.step()
    assert buyer.awareness[0] == market.columns.awareness[7, 0]


def test_mesas_data_collector_works_unchanged(small: Scenario) -> None:
    market = Market(small, 1)
    collector = mesa.DataCollector(
        model_reporters={"aware": lambda m: float(m.columns.awareness.mean())},
        agent_reporters={"kind": lambda agent: type(agent).__name__, "number": "unique_id"},
        agenttype_reporters={Buyer: {"trust": lambda buyer: float(buyer.trust[0])}},
    )
    for _ in range(3):
        market.step()
        collector.collect(market)
    frame = collector.get_model_vars_dataframe()
    assert list(frame.index) == [0, 1, 2]
    everybody = collector.get_agent_vars_dataframe()
    assert everybody["kind"].value_counts()["Buyer"] == 3 * small.population.buyers
    assert set(everybody["kind"]) == {"Buyer", "Marketer", "Expert", "Spammer"}
    trust = collector.get_agenttype_vars_dataframe(Buyer)
    assert len(trust) == 3 * small.population.buyers
    own = market.datacollector.get_model_vars_dataframe()
    assert own["A.customers"].iloc[-1] == market.history[2, 0, METRICS.index("customers")]


def test_mesas_batch_run_works_unchanged(small: Scenario) -> None:
    # newer versions of Mesa have an argument for seeds, and set the parameter from it whatever we say
    newer = "rng" in inspect.signature(mesa.batch_run).parameters
    rows = mesa.batch_run(
        Market,
        parameters={"scenario": [small]} if newer else {"scenario": [small], "seed": [1, 2]},
        **({"rng": [1, 2]} if newer else {}),
        max_steps=5,
        number_processes=1,
        data_collection_period=-1,
        display_progress=False,
    )
    assert [row["seed"] for row in rows] == [1, 2]
    assert rows[0]["A.customer_equity"] != rows[1]["A.customer_equity"]


def test_run_model_stops_after_the_last_round(small: Scenario) -> None:
    market = Market(small, 1)
    market.run_model()
    assert market.over
    assert market.tick == small.calendar.rounds * small.calendar.ticks_per_round
    with pytest.raises(PlanError, match="the game is over"):
        market.step()


def test_a_market_that_nobody_holds_is_forgotten(small: Scenario) -> None:
    market = Market(small, 1)
    market.step()
    assert len(market.agents) > 200
    gone = weakref.ref(market)
    del market
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize(
    ("plan", "says"),
    [
        (Plan.of([Action("x", "billboard", 1)]), "there is no play 'billboard'"),
        (Plan.of([Action("x", "contest", 9)]), "level 9 of 'contest' must lie between 1 and 3"),
        (Plan.of([Action("x", "contest", 1, topic="growth")]), "has no topic"),
        (Plan.of([Action("x", "ad_burst", 1, topic="sailing")]), "topics are efficiency, security, growth, people"),
        (Plan.of([Action("x", "ad_burst", 1, audience="kings")]), "there is no archetype 'kings'"),
        (Plan.of([Action("x", "contest", 3), Action("y", "ad_burst", 5)]), "the plan costs 78,000"),
        (Plan((Action("x", "contest", 1), Action("x", "contest", 1))), "the slot is used twice"),
    ],
)
def test_an_impossible_plan_is_refused_in_words(small: Scenario, plan: Plan, says: str) -> None:
    market = Market(small, 1)
    with pytest.raises(PlanError, match=says):
        market.set_plan("A", plan)


def test_plans_change_only_between_rounds(small: Scenario) -> None:
    market = Market(small, 1)
    market.step()
    with pytest.raises(PlanError, match="only be set between rounds"):
        market.set_plan("A", Plan())


def test_unknown_vendors_and_policies_are_named(small: Scenario) -> None:
    with pytest.raises(ScenarioError, match="use one of A, B, C, D"):
        Market(small, 1, policies={"Z": "mixed"})
    with pytest.raises(ParameterError, match="did you mean 'campaign'"):
        Market(small, 1, policies={"A": "campain"})


@pytest.mark.parametrize("seed", [None, -1, 0.5, 2**63])
def test_a_market_without_a_usable_seed_is_refused_in_words(small: Scenario, seed: object) -> None:
    with pytest.raises(ParameterError, match="a market needs a seed"):
        Market(small, seed)  # type: ignore[arg-type]


def test_a_market_without_a_permission_or_viral_platform_runs(small: Scenario, changed: Change) -> None:
    email = next(p for p in small.model_dump(mode="json")["platforms"] if p["id"] == "email")
    play = small.model_dump(mode="json")["plays"][6]
    play["messages"] = [{"platform": "email", "reach": "customers"}]
    market = _run(changed(small, {"platforms": [email], "plays": [play], "events": []}))
    assert market.over


def test_consumers_decide_alone(small: Scenario, changed: Change) -> None:
    consumers = changed(small, {"population.smallest_committee": 1, "population.largest_committee": 1})
    market = _run(consumers)
    assert market.columns.supplier.size == consumers.population.buyers


def test_friends_want_similar_things_as_far_as_the_scenario_says(changed: Change) -> None:
    def likeness(share: float) -> float:
        scenario = changed(load_scenario("first_market"), {"population.alike": share})
        market = Market(scenario, 3, stories=False, collect=False)
        wants, friends = market.columns.interest, market.friend_network
        owner = np.repeat(np.arange(friends.node_count), friends.out_degree)
        topics = range(wants.shape[1])
        return float(np.mean([np.corrcoef(wants[owner, t], wants[friends.indices, t])[0, 1] for t in topics]))

    assert abs(likeness(0.0)) < 0.03
    assert 0.1 < likeness(0.5) < likeness(1.0)


def test_who_follows_a_vendor_at_the_start_cares_for_what_it_stands_for() -> None:
    scenario = load_scenario("first_market")
    market = Market(scenario, 3, stories=False, collect=False)
    for v, vendor in enumerate(scenario.vendors):
        niche = next(number for number, topic in enumerate(scenario.topics) if topic.id == vendor.niche)
        follows = market.columns.ties[:, v] != 0
        assert market.columns.interest[follows, niche].mean() > market.columns.interest[~follows, niche].mean()
