"""What an event may change: whatever the running market goes on reading. Anything else is refused when loading.

Law: a value that an event sets lies in the schema's range, checked here; the product of a multiplication is held to
that range when it happens (`held`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, get_args

from townsquare_agents.kernels.codes import Feed, Gate, Moderation
from townsquare_agents.parameters.quantity import Range, range_of
from townsquare_agents.parameters.start import Start
from townsquare_agents.scenario_parts import Calendar, Change, Platform

if TYPE_CHECKING:
    from townsquare_agents.scenario import Scenario

BUDGETS = ("money_per_round", "hours_per_round")
PLATFORM_NUMBERS = (
    *("background", "attention", "detection", "detection_delay", "report_weight", "porosity", "credibility"),
    *("spam_filter", "traffic", "interruption", "tolerated"),
)
PLATFORM_WORDS = {"feed": Feed, "gate": Gate, "moderation": Moderation}
PLATFORM_SWITCHES = ("open", "tracked")
ONLY_AT_THE_START = {
    "parameters.trust.start": "change parameters.trust.gain or parameters.trust.loss_ratio, which go on working",
    "parameters.experience.expectation_spread": "change parameters.experience.floor, which goes on working",
} | {
    f"parameters.start.{name}": "change what goes on working: parameters.awareness, trust, expertise and the others"
    for name in Start.model_fields
}
_PATHS = (
    "parameters.GROUP.NAME, mechanisms.NAME, calendar.money_per_round, calendar.hours_per_round, or platforms.ID. with "
    + ", ".join((*PLATFORM_NUMBERS, *PLATFORM_WORDS, *PLATFORM_SWITCHES))
)


class Mistake(NamedTuple):
    """What is wrong with a change: at which of its keys, why, the value found, and what would be right."""

    key: str
    problem: str
    value: object
    remedy: str


SWITCH = Range(0.0, 1.0, "off or on")


def what_may_be(scenario: Scenario, path: str) -> Range | tuple[str, ...] | None:
    """Return the range, or the words, that what a path names may have; None where there is nothing to change."""
    kind, *rest = path.split(".")
    if path in ONLY_AT_THE_START:
        return None
    if kind == "calendar" and len(rest) == 1 and rest[0] in BUDGETS:
        return range_of(Calendar.model_fields[rest[0]])
    if kind == "mechanisms" and len(rest) == 1 and rest[0] in type(scenario.mechanisms).model_fields:
        return SWITCH
    if len(rest) != 2:
        return None
    owner, name = rest
    if kind == "parameters":
        fields = getattr(type(getattr(scenario.parameters, owner, None)), "model_fields", {})
        return range_of(fields[name]) if name in fields else None
    if kind != "platforms" or owner not in {platform.id for platform in scenario.platforms}:
        return None
    if name in PLATFORM_WORDS:
        return get_args(Platform.model_fields[name].annotation)
    if name in PLATFORM_SWITCHES:
        return SWITCH
    return range_of(Platform.model_fields[name]) if name in PLATFORM_NUMBERS else None


def check_change(scenario: Scenario, change: Change) -> Mistake | None:
    """Return what is wrong with a change of an event, if anything."""
    if change.path in ONLY_AT_THE_START:
        problem = "is read only when the market begins, so that an event cannot change it"
        return Mistake("path", problem, change.path, ONLY_AT_THE_START[change.path])
    allowed = what_may_be(scenario, change.path)
    if allowed is None:
        return Mistake("path", "names nothing that an event can change", change.path, f"use {_PATHS}")
    if isinstance(allowed, Range):
        return _check_switch(change) if allowed is SWITCH else _check_number(change, allowed)
    return _check_word(change, allowed)


def _check_number(change: Change, allowed: Range) -> Mistake | None:
    if change.set is None or (not isinstance(change.set, str) and change.set == allowed.held(change.set)):
        return None
    remedy = f"use a number {allowed}"
    return Mistake("set", "is outside its range", change.set, remedy)


def _check_switch(change: Change) -> Mistake | None:
    if change.set in (0.0, 1.0):
        return None
    remedy = "use set = 1 for on, set = 0 for off"
    if change.set is None:
        return Mistake("multiply", "cannot multiply a switch", change.multiply, remedy)
    return Mistake("set", "is neither on nor off", change.set, remedy)


def _check_word(change: Change, allowed: tuple[str, ...]) -> Mistake | None:
    if change.set in allowed:
        return None
    remedy = f"set it to one of {', '.join(allowed)}"
    if change.set is None:
        return Mistake("multiply", "cannot multiply a word", change.multiply, remedy)
    return Mistake("set", "is not one of the choices", change.set, remedy)
