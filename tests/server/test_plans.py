"""A shared plan takes what the market takes, field by field, and refuses the rest in words."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from townsquare_agents.plays import check_plan, plan_cost
from townsquare_server.errors import RefusalError
from townsquare_server.plans import HISTORY, Budget, SharedPlan, from_plan, to_plan
from townsquare_server.wire import ClientEditPlan

sys.path.insert(0, str(Path(__file__).parent))
from driving import small_scenario

steady = settings(deadline=None, derandomize=True)  # the same examples on every machine, however busy

SCENARIO = small_scenario()
BUDGET = Budget(SCENARIO.calendar.money_per_round, SCENARIO.calendar.hours_per_round)
TOPIC, AUDIENCE = SCENARIO.topics[0].id, SCENARIO.archetypes[0].id


def edit(plan: SharedPlan, slot: str, field: str, value: object, seat: str = "s1", at: int = 5) -> None:
    message = ClientEditPlan(1, slot, field, value)  # type: ignore[arg-type]
    slots = plan.edited(SCENARIO, "A", message, seat, at, BUDGET)
    plan.apply(message, seat, at)
    assert plan.slots == slots


def planned(**levels: int) -> SharedPlan:
    plan = SharedPlan()
    for slot, level in levels.items():
        edit(plan, slot, "level", level)
    return plan


def test_fields_of_one_slot() -> None:
    plan = SharedPlan()
    edit(plan, "ad_burst", "level", 2, "s1", 5)
    edit(plan, "ad_burst", "topic", TOPIC, "s2", 6)
    edit(plan, "ad_burst", "audience", AUDIENCE, "s3", 7)
    edit(plan, "ad_burst", "level", 1, "s1", 8)
    slot = plan.slots["ad_burst"]
    assert (slot.play, slot.level, slot.topic, slot.audience, slot.author, slot.at) == (
        "ad_burst",
        1,
        TOPIC,
        AUDIENCE,
        "s1",
        8,
    )
    edit(plan, "ad_burst", "topic", None, "s2", 9)
    assert plan.slots["ad_burst"].topic is None
    assert [(e.author, e.field, e.value) for e in plan.history][-1] == ("s2", "topic", None)
    edit(plan, "ad_burst", "level", 0, "s2", 10)
    assert plan.slots == {}


def test_second_use_of_a_play_has_a_slot_of_its_own() -> None:
    plan = SharedPlan()
    edit(plan, "ad_burst", "level", 1)
    edit(plan, "ad_burst#2", "level", 2)
    edit(plan, "ad_burst#2", "topic", TOPIC)
    assert [(a.slot, a.play, a.level, a.topic) for a in to_plan(plan.slots).actions] == [
        ("ad_burst", "ad_burst", 1, None),
        ("ad_burst#2", "ad_burst", 2, TOPIC),
    ]


@pytest.mark.parametrize(
    ("slot", "field", "value", "code", "words"),
    [
        ("billboard", "level", 1, "unknown_play", "'billboard' names no play; use one of ad_burst, contest"),
        ("ad_burst#1", "level", 1, "unknown_play", "play#2"),
        ("ad_burst#22", "level", 1, "unknown_play", "play#2"),
        ("ad_burst\n", "level", 1, "unknown_play", "play#2"),
        ("", "level", 1, "unknown_play", "play#2"),
        ("contest", "level", 4, "bad_level", "level 4 of 'contest' must lie between 0 (empty) and 3"),
        ("contest", "level", -1, "bad_level", "level -1"),
        ("contest", "level", "2", "bad_value", "a level is a whole number (found '2')"),
        ("contest", "level", None, "bad_value", "found None"),
        ("contest", "topic", TOPIC, "bad_value", "'contest' has no topic"),
        ("contest", "audience", AUDIENCE, "bad_value", "'contest' has no audience"),
        ("ad_burst", "topic", "weather", "unknown_topic", f"there is no topic 'weather'; use one of {TOPIC}"),
        ("ad_burst", "topic", 3, "unknown_topic", "there is no topic 3"),
        ("ad_burst", "audience", "aliens", "unknown_audience", f"'aliens'; use one of {AUDIENCE}"),
        ("nurture", "topic", TOPIC, "empty_slot", "the slot 'nurture' is empty"),
        ("ad_burst#2", "level", 5, "too_expensive", "would cost 63,000 but a round has 60,000; choose a lower level"),
        ("answer_questions#2", "level", 5, "too_many_hours", "lower level for 'answer_questions#2'"),
    ],
)
def test_refusals_name_the_value_and_the_remedy(slot: str, field: str, value: object, code: str, words: str) -> None:
    plan = planned(ad_burst=2, answer_questions=3 if slot.startswith("answer") else 0)
    before = dict(plan.slots), list(plan.history), plan.ready
    with pytest.raises(RefusalError) as caught:
        edit(plan, slot, field, value)
    assert (caught.value.code, words in caught.value.detail) == (code, True), caught.value.detail
    assert (dict(plan.slots), list(plan.history), plan.ready) == before


def test_too_many_slots() -> None:
    plan = SharedPlan()
    names = [
        f"{play}{n}" for n in ("", *(f"#{k}" for k in range(2, 10))) for play in ("auto_dm", "broadcast", "contest")
    ]
    for name in names[:24]:
        plan.apply(ClientEditPlan(1, name, "level", 1), "s1", 1)
    with pytest.raises(RefusalError, match="25 slots"):
        plan.edited(SCENARIO, "A", ClientEditPlan(1, names[24], "level", 1), "s1", 1, Budget(1e9, 1e6))


def test_edit_that_changes_nothing_leaves_no_trace() -> None:
    plan = planned(contest=1)
    plan.ready = True
    edit(plan, "contest", "level", 1, "s2", 99)
    edit(plan, "broadcast", "level", 0, "s2", 99)
    assert plan.ready
    assert plan.slots["contest"].author == "s1"
    assert len(plan.history) == 1
    edit(plan, "contest", "level", 2, "s2", 99)
    assert not plan.ready


def test_history_keeps_the_newest_changes() -> None:
    plan = SharedPlan()
    for n in range(30):
        edit(plan, "contest", "level", 1 + n % 2, at=n)
    assert [change.at for change in plan.history] == list(range(30 - HISTORY, 30))


def test_view_says_what_the_plan_costs() -> None:
    plan = planned(contest=2, buyer_survey=1)
    view = plan.view(SCENARIO, BUDGET)
    assert (view.money_used, view.hours_used) == plan_cost(SCENARIO, to_plan(plan.slots))
    assert (view.money, view.hours) == (60_000, 320)


def test_computers_plan_has_no_author() -> None:
    slots = from_plan(to_plan(planned(contest=2).slots), at=7)
    assert slots["contest"].author is None
    assert to_plan(slots) == to_plan(planned(contest=2).slots)


SLOTS = st.sampled_from([play.id for play in SCENARIO.plays] + [f"{play.id}#2" for play in SCENARIO.plays])
EDITS = st.tuples(
    SLOTS,
    st.sampled_from(["level", "level", "topic", "audience"]),
    st.integers(-1, 6) | st.none() | st.sampled_from([TOPIC, AUDIENCE, "nothing"]),
)


@steady
@given(st.lists(EDITS, max_size=25))
def test_plan_is_always_one_that_the_market_takes(edits: list[tuple[str, str, object]]) -> None:
    plan = SharedPlan()
    for change in edits:
        try:
            edit(plan, *change)
        except RefusalError:
            continue
        check_plan(SCENARIO, "A", to_plan(plan.slots))


@steady
@given(st.lists(EDITS, max_size=12), st.randoms())
def test_edits_of_different_fields_commute(edits: list[tuple[str, str, object]], order: object) -> None:
    accepted: dict[tuple[str, str], ClientEditPlan] = {}
    plan = planned(ad_burst=1, auto_dm=1)
    for slot, field, value in edits:
        message = ClientEditPlan(1, slot, field, value)  # type: ignore[arg-type]
        if (slot, field) in accepted or slot not in plan.slots or (field == "level" and value == 0):
            continue
        try:
            plan.edited(SCENARIO, "A", message, "s1", 5, BUDGET)
        except RefusalError:
            continue
        accepted[slot, field] = message
        plan.apply(message, "s1", 5)
    shuffled = list(accepted.values())
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    other = planned(ad_burst=1, auto_dm=1)
    for message in shuffled:
        other.apply(message, "s1", 5)
    assert other.slots == plan.slots
