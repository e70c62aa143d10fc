"""Events of a scenario (recession, opt-out law, ...): changes, from a tick on, to the numbers of the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from townsquare_agents.errors import ScenarioError
from townsquare_agents.population import open_platform
from townsquare_agents.rules import refresh_decays
from townsquare_agents.scenario_parts import Change, Event

if TYPE_CHECKING:
    from townsquare_agents.market import Market


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
    market.happened.append((market.tick, event.id))


def _changed(change: Change, value: float) -> float:
    if change.set is not None:
        return change.set
    assert change.multiply is not None
    return value * change.multiply


def _apply(market: Market, change: Change) -> None:
    kind, *rest = change.path.split(".")
    if kind == "calendar":
        budget = "money" if rest[0] == "money_per_round" else "hours"
        setattr(market, budget, _changed(change, getattr(market, budget)))
    elif kind == "mechanisms":
        _set_rule(market, f"on_{rest[0]}", change)
    elif kind == "parameters":
        _set_rule(market, f"{rest[0]}_{rest[1]}", change)
    else:
        platform = market.platform_index[rest[0]]
        row = market.platforms[platform]
        was_open = bool(row["open"])
        row[rest[1]] = _changed(change, float(row[rest[1]]))
        if row["open"] and not was_open:
            open_platform(market.definition, market.seed, market.columns, platform)


def _set_rule(market: Market, name: str, change: Change) -> None:
    market.rules[0][name] = _changed(change, float(market.rules[0][name]))
    if name.endswith("half_life"):
        refresh_decays(market.rules)
