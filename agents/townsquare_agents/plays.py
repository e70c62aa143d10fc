"""Plays as data: what a plan costs, whether a vendor may do it, and which message goes out on which day.

A play never says what happens next; that is the kernels' business.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.errors import PlanError
from townsquare_agents.kernels.codes import Stage
from townsquare_agents.plan import Action, Plan
from townsquare_agents.scenario import Scenario
from townsquare_agents.scenario_parts import MessageSpec, Play


def play_of(scenario: Scenario, action: Action) -> Play:
    """Return the play an action names; raises PlanError."""
    for play in scenario.plays:
        if play.id == action.play:
            return play
    known = ", ".join(play.id for play in scenario.plays)
    raise PlanError(f"there is no play {action.play!r}; plays are {known}", slot=action.slot)


def plan_cost(scenario: Scenario, plan: Plan) -> tuple[float, float]:
    """Return (money, staff hours) of a plan for one round; raises PlanError for an unknown play."""
    money = hours = 0.0
    for action in plan.actions:
        play = play_of(scenario, action)
        money += play.money * action.level
        hours += play.hours * action.level
    return money, hours


def vendor_budget(
    scenario: Scenario, vendor: str, money: float | None = None, hours: float | None = None
) -> tuple[float, float]:
    """Return (money, staff hours) that a vendor has in a round which gives one of usual size ``money`` and ``hours``.

    By default, what the scenario's calendar gives; raises PlanError for an unknown vendor.
    """
    spec = next((spec for spec in scenario.vendors if spec.id == vendor), None)
    if spec is None:
        known = ", ".join(v.id for v in scenario.vendors)
        raise PlanError(f"there is no such vendor; vendors are {known}", vendor=vendor)
    money = scenario.calendar.money_per_round if money is None else money
    hours = scenario.calendar.hours_per_round if hours is None else hours
    return money * spec.money, hours * spec.hours


def check_plan(
    scenario: Scenario, vendor: str, plan: Plan, *, money: float | None = None, hours: float | None = None
) -> None:
    """Raise PlanError unless the vendor can do and pay this plan in one round.

    ``money`` and ``hours`` are what the vendor has; by default its part of what the scenario's calendar gives.
    """
    own_money, own_hours = vendor_budget(scenario, vendor)
    seen: set[str] = set()
    for action in plan.actions:
        _check_action(scenario, vendor, action)
        if action.slot in seen:
            raise PlanError(
                "the slot is used twice; give each action a slot of its own", vendor=vendor, slot=action.slot
            )
        seen.add(action.slot)
    money_used, hours_used = plan_cost(scenario, plan)
    money = own_money if money is None else money
    hours = own_hours if hours is None else hours
    if money_used > money + 1e-9:
        raise PlanError(f"the plan costs {money_used:,.0f} but a round has {money:,.0f}; lower a level", vendor=vendor)
    if hours_used > hours + 1e-9:
        raise PlanError(f"the plan takes {hours_used:g} hours but a round has {hours:g}; lower a level", vendor=vendor)


def _check_action(scenario: Scenario, vendor: str, action: Action) -> None:
    play = play_of(scenario, action)

    def refuse(problem: str) -> PlanError:
        return PlanError(problem, vendor=vendor, slot=action.slot)

    if not 1 <= action.level <= play.max_level:
        raise refuse(f"level {action.level} of {play.id!r} must lie between 1 and {play.max_level}")
    topics = [topic.id for topic in scenario.topics]
    for topic in (action.topic, action.alternative):
        if topic is None:
            continue
        if not play.takes_topic:
            raise refuse(f"{play.id!r} has no topic; leave it out (found {topic!r})")
        if topic not in topics:
            raise refuse(f"there is no topic {topic!r}; topics are {', '.join(topics)}")
    stages = [stage.name.lower() for stage in Stage]
    if action.stage is not None and action.stage not in stages:
        raise refuse(f"there is no stage {action.stage!r}; stages are {', '.join(stages)}")
    if action.audience is not None:
        if not play.takes_audience:
            raise refuse(f"{play.id!r} has no audience; leave it out (found {action.audience!r})")
        archetypes = [archetype.id for archetype in scenario.archetypes]
        if action.audience not in archetypes:
            raise refuse(f"there is no archetype {action.audience!r}; archetypes are {', '.join(archetypes)}")


class Sending(NamedTuple):
    """What is due of one specification of an action: a message on each of these days of the round, from 0."""

    action: Action
    play: Play
    spec: MessageSpec
    spec_index: int
    days: NDArray[np.int64]


@lru_cache(maxsize=1024)
def _spread(first: int, last: int, sends: int, ticks: int) -> NDArray[np.int64]:
    """Return so many days of a round, evenly from ``first`` to before ``last``."""
    return np.minimum(first + np.arange(sends, dtype=np.int64) * (last - first) // sends, ticks - 1)


def schedule(scenario: Scenario, plan: Plan) -> list[Sending]:
    """Return what is due in the round, spread evenly from the first to the last day."""
    ticks = scenario.calendar.ticks_per_round
    due: list[Sending] = []
    for action in plan.actions:
        play = play_of(scenario, action)
        for spec_index, spec in enumerate(play.messages):
            sends = spec.sends * (action.level if spec.scales == "sends" else 1)
            days = _spread(spec.first_day - 1, min(spec.last_day, ticks), sends, ticks)
            due.append(Sending(action, play, spec, spec_index, days))
    return due
