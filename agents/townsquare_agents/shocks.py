"""Events of a scenario (recession, opt-out law, ...): changes, from a tick on, to the numbers of the model.

Law: what an event sets was checked when the scenario was loaded; what it multiplies is held to the schema's range here.
After an event, all that follows from the rules is worked out again, so that no change stays without effect.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from townsquare_agents.errors import ScenarioError
from townsquare_agents.event_checks import PLATFORM_WORDS, what_may_be
from townsquare_agents.parameters.quantity import Range
from townsquare_agents.rules import refresh_decays
from townsquare_agents.scenario_parts import Change, Event

if TYPE_CHECKING:
    from townsquare_agents.market import Market

_SHORTEST_LIFE = 0.01  # retention stays this far below 1 + discount: no customer is worth infinitely much


def event_of(market: Market, name: str) -> Event:
    """Return an event of the scenario by identifier; raises ScenarioError."""
    for event in market.definition.events:
        if event.id == name:
            return event
    known = ", ".join(event.id for event in market.definition.events) or "none"
    raise ScenarioError("there is no such event", value=name, remedy=f"events of this scenario: {known}")


def apply_event(market: Market, event: Event) -> None:
    """Apply all changes of an event to a market, between two ticks."""
    for change in event.changes:
        _apply(market, change)
    rules = market.rules[0]
    rules["money_retention"] = min(rules["money_retention"], 1.0 + rules["money_discount"] - _SHORTEST_LIFE)
    refresh_decays(market.rules)
    market.follow_rules()
    market.happened.append((market.tick, event.id))


def _changed(market: Market, change: Change, value: float) -> float:
    if change.set is not None:
        return float(change.set)
    assert change.multiply is not None
    allowed = what_may_be(market.definition, change.path)
    assert isinstance(allowed, Range)
    return allowed.held(value * change.multiply)


def _apply(market: Market, change: Change) -> None:
    kind, *rest = change.path.split(".")
    rules = market.rules[0]
    if kind == "calendar":
        budget = "money" if rest[0] == "money_per_round" else "hours"
        setattr(market, budget, _changed(market, change, getattr(market, budget)))
    elif kind == "mechanisms":
        rules[f"on_{rest[0]}"] = _changed(market, change, 0.0)
    elif kind == "parameters":
        name = f"{rest[0]}_{rest[1]}"
        rules[name] = _changed(market, change, float(rules[name]))
    else:
        _change_platform(market, change, market.platform_index[rest[0]], rest[1])


def _change_platform(market: Market, change: Change, p: int, name: str) -> None:
    row = market.platforms[p]
    if name == "open" and change.set:
        market.open_platform(p)
    elif name in PLATFORM_WORDS:
        row[name] = PLATFORM_WORDS[name][str(change.set).upper()]
    else:
        row[name] = _changed(market, change, float(row[name]))
