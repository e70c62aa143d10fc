"""A team's shared plan: edited by several people at once, field by field, each change kept with its author.

Law: the last change of a field wins and touches no other field; a change that the scenario or the budget does not
allow is refused whole, so that a plan is always one that the market takes.
"""

from __future__ import annotations

import math
import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from townsquare_agents.errors import PlanError
from townsquare_agents.plan import Action, Plan
from townsquare_agents.plays import check_plan, plan_cost
from townsquare_agents.scenario import Scenario
from townsquare_agents.scenario_parts import Archetype, Play, Topic
from townsquare_server.errors import Code, RefusalError
from townsquare_server.wire import ClientEditPlan, EditView, PlanView, SlotView

HISTORY = 20
MOST_SLOTS = 24
_SLOT = re.compile(r"([A-Za-z][A-Za-z0-9_]{0,39})(#[2-9])?", re.ASCII)

Slots = dict[str, SlotView]


class Budget(NamedTuple):
    """Money and hours: what a round has, or what a plan costs."""

    money: float
    hours: float


def to_plan(slots: Slots) -> Plan:
    """Return the market's form of a plan."""
    return Plan.of(Action(name, slot.play, slot.level, slot.topic, slot.audience) for name, slot in slots.items())


def from_plan(plan: Plan, at: int) -> Slots:
    """Return the slots of a plan that the computer made."""
    return {
        action.slot: SlotView(action.play, action.level, action.topic, action.audience, None, at)
        for action in plan.actions
    }


@dataclass(slots=True)
class SharedPlan:
    """One team's plan for the coming round. It stays when a round begins, as the start of the next one."""

    slots: Slots = field(default_factory=dict)
    ready: bool = False
    history: deque[EditView] = field(default_factory=lambda: deque(maxlen=HISTORY))

    def edited(
        self, scenario: Scenario, vendor: str, edit: ClientEditPlan, seat: str, at: int, budget: Budget
    ) -> Slots:
        """Return the slots after an edit, or refuse it; this plan stays as it is."""
        play = _play(scenario, edit.slot)
        _check_value(scenario, play, edit)
        if edit.field != "level" and edit.slot not in self.slots:
            detail = f"the slot {edit.slot!r} is empty, so it has no {edit.field}; set its level first"
            raise RefusalError(Code.EMPTY_SLOT, detail)
        slots = merged(self.slots, play.id, edit, seat, at)
        if len(slots) > MOST_SLOTS:
            raise RefusalError(Code.TOO_MANY_SLOTS, f"the plan would have {len(slots)} slots; at most {MOST_SLOTS} fit")
        _check_budget(cost(scenario, slots), cost(scenario, self.slots), budget, f"for {edit.slot!r} or empty another")
        try:
            check_plan(scenario, vendor, to_plan(slots), money=math.inf, hours=math.inf)
        except PlanError as error:
            raise RefusalError(Code.BAD_PLAN, str(error)) from error
        return slots

    def apply(self, edit: ClientEditPlan, seat: str, at: int) -> None:
        """Take an edit that was accepted: called for live edits and for those that a log replays."""
        slots = merged(self.slots, edit.slot.partition("#")[0], edit, seat, at)
        if slots == self.slots:
            return
        self.slots = slots
        self.ready = False  # what was called done was another plan
        self.history.append(EditView(at, seat, edit.slot, edit.field, edit.value))

    def check_affordable(self, scenario: Scenario, budget: Budget) -> None:
        """Refuse a plan that costs more than the round has."""
        _check_budget(cost(scenario, self.slots), Budget(0.0, 0.0), budget, "of a play or empty a")

    def afford(self, scenario: Scenario, budget: Budget) -> None:
        """Take the newest levels back until the plan fits: it was made for a round that had more."""
        while lacking := _lacking(cost(scenario, self.slots), budget):
            dear = {play.id for play in scenario.plays if any(getattr(play, kind) for kind in lacking)}
            names = [name for name, slot in self.slots.items() if slot.play in dear]
            newest = max(names, key=lambda name: (self.slots[name].at, name))
            slot = self.slots[newest]
            lower = {newest: msgspec.structs.replace(slot, level=slot.level - 1)} if slot.level > 1 else {}
            self.slots = {name: lower.get(name, old) for name, old in self.slots.items() if name != newest or lower}

    def view(self, scenario: Scenario, budget: Budget) -> PlanView:
        """Return this plan as its team sees it."""
        used = cost(scenario, self.slots)
        return PlanView(
            slots=self.slots,
            money=budget.money,
            hours=budget.hours,
            money_used=used.money,
            hours_used=used.hours,
            ready=self.ready,
            history=list(self.history),
        )


def merged(slots: Slots, play: str, edit: ClientEditPlan, seat: str, at: int) -> Slots:
    """Return `slots` with one field of one slot set; level 0 empties the slot, and an equal value changes nothing."""
    old = slots.get(edit.slot)
    if edit.field == "level" and edit.value == 0:
        return {name: slot for name, slot in slots.items() if name != edit.slot}
    if old is not None and getattr(old, edit.field) == edit.value:
        return slots
    base = old or SlotView(play, 0, None, None, None, at)
    changed = msgspec.structs.replace(base, **{edit.field: edit.value}, author=seat, at=at)
    return {**slots, edit.slot: changed}


def _play(scenario: Scenario, slot: str) -> Play:
    match = _SLOT.fullmatch(slot)
    play = next((play for play in scenario.plays if match and play.id == match[1]), None)
    if play is None:
        detail = f"the slot {slot[:60]!r} names no play; use one of {_listed(scenario.plays)}, or such as 'play#2'"
        raise RefusalError(Code.UNKNOWN_PLAY, detail)
    return play


def _check_value(scenario: Scenario, play: Play, edit: ClientEditPlan) -> None:
    value = edit.value
    if edit.field == "level":
        if not isinstance(value, int):
            raise RefusalError(Code.BAD_VALUE, f"a level is a whole number (found {_short(value)}); 0 empties the slot")
        if not 0 <= value <= play.max_level:
            detail = f"level {value} of {play.id!r} must lie between 0 (empty) and {play.max_level}"
            raise RefusalError(Code.BAD_LEVEL, detail)
        return
    takes, known, code = (
        (play.takes_topic, scenario.topics, Code.UNKNOWN_TOPIC)
        if edit.field == "topic"
        else (play.takes_audience, scenario.archetypes, Code.UNKNOWN_AUDIENCE)
    )
    if value is None:
        return
    if not takes:
        raise RefusalError(Code.BAD_VALUE, f"{play.id!r} has no {edit.field}; leave it out (found {_short(value)})")
    if value not in [item.id for item in known]:
        detail = f"there is no {edit.field} {_short(value)}; use one of {_listed(known)}, or null for all"
        raise RefusalError(code, detail)


def cost(scenario: Scenario, slots: Slots) -> Budget:
    """Return what these slots cost."""
    return Budget(*plan_cost(scenario, to_plan(slots)))


def _lacking(used: Budget, budget: Budget) -> list[str]:
    return [kind for kind in Budget._fields if getattr(used, kind) > getattr(budget, kind) + 1e-9]


def _check_budget(used: Budget, before: Budget, budget: Budget, remedy: str) -> None:
    """Refuse what a round does not have; a plan that is too dear already may still become cheaper."""
    lacking = [kind for kind in _lacking(used, budget) if getattr(used, kind) > getattr(before, kind)]
    if "money" in lacking:
        detail = f"the plan would cost {used.money:,.0f} but a round has {budget.money:,.0f}"
        raise RefusalError(Code.TOO_EXPENSIVE, f"{detail}; choose a lower level {remedy} slot")
    if "hours" in lacking:
        detail = f"the plan would take {used.hours:g} hours but a round has {budget.hours:g}"
        raise RefusalError(Code.TOO_MANY_HOURS, f"{detail}; choose a lower level {remedy} slot")


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _listed(items: Iterable[Play | Topic | Archetype]) -> str:
    return ", ".join(item.id for item in items)
