"""The tables of what ships with `whole_square`: platforms, plays, archetypes, events."""

from __future__ import annotations

from functools import cache

from townsquare_agents import scenario_parts
from townsquare_agents.scenario import Scenario, load_scenario
from townsquare_research.document_tables.cells import markdown, number


@cache
def _whole() -> Scenario:
    return load_scenario("whole_square")


def _platform_rules(platform: scenario_parts.Platform) -> str:
    rules = []
    if platform.relationship == "group":
        rules.append(f"gate {platform.gate}, moderation {platform.moderation}, tolerates {platform.tolerated:g}")
    if platform.network is not None:
        rules.append(f"{platform.network.generator}, {platform.network.mean_degree:g} ties")
    for name in ("traffic", "credibility", "interruption", "porosity"):
        if getattr(platform, name) != scenario_parts.Platform.model_fields[name].default:
            rules.append(f"{name} {getattr(platform, name):g}")
    if not platform.tracked:
        rules.append("clicks not seen")
    return "; ".join(rules)


def platform_table() -> str:
    """Return the shipped platforms."""
    rows = [
        (
            f"`{p.id}`",
            p.relationship,
            p.format,
            p.feed,
            number(p.background),
            number(p.attention),
            number(p.members),
            number(p.detection),
            number(p.followed_at_start),
            _platform_rules(p),
        )
        for p in _whole().platforms
    ]
    head = (
        "platform",
        "relationship",
        "format",
        "feed",
        "background",
        "attention",
        "members",
        "detection",
        "tied at start",
        "more",
    )
    return markdown(head, rows)


def _message_text(spec: scenario_parts.MessageSpec) -> str:
    count = f"{spec.sends} to {spec.reach} on `{spec.platform}`"
    names = ("usefulness", "promotion", "incentive", "entertainment", "personal", "length", "stage_fit", "ideas")
    parts = [f"{name} {getattr(spec, name):g}" for name in names if getattr(spec, name)]
    parts += [name for name in ("unsolicited", "automated", "form", "qualified") if getattr(spec, name)]
    volume = f", {spec.volume:g} per 1000" if spec.volume else ""
    return f"{count}{volume}: {', '.join(parts) or 'nothing'}"


def _capacity_text(capacity: scenario_parts.Capacity) -> str:
    parts = [f"{name} {value:g}" for name, value in capacity if name != "levers" and value]
    parts += [f"lever {name} {value:g}" for name, value in capacity.levers.items()]
    return ", ".join(parts)


def play_table() -> str:
    """Return the shipped plays: cost and level, messages, capacities."""
    rows = [
        (
            f"`{play.id}`",
            play.side,
            play.risk,
            number(play.money),
            number(play.hours),
            play.max_level,
            "<br>".join(_message_text(spec) for spec in play.messages),
            _capacity_text(play.capacity),
        )
        for play in _whole().plays
    ]
    return markdown(("play", "side", "risk", "money", "hours", "levels", "messages a round", "builds"), rows)


def archetype_table() -> str:
    """Return the shipped archetypes of buyers."""
    traits = ("share", "opportunism", "privacy", "risk_aversion", "peer_weight", "activity")
    topics, unnamed = [topic.id for topic in _whole().topics], _whole().parameters.start.interest
    rows = [
        (
            f"`{kind.id}`",
            *(number(getattr(kind, name)) for name in traits),
            *(number(kind.interests.get(t, unnamed)) for t in topics),
        )
        for kind in _whole().archetypes
    ]
    return markdown(("archetype", *(t.replace("_", " ") for t in traits), *topics), rows)


def _change_text(change: scenario_parts.Change) -> str:
    what = f"= {number(change.set)}" if change.set is not None else f"x {change.multiply:g}"
    return f"`{change.path}` {what}"


def event_table() -> str:
    """Return the shipped events and what they change."""
    rows = []
    for event in _whole().events:
        changes = [_change_text(change) for change in event.changes]
        rows.append((f"`{event.id}`", event.summary["en"], "<br>".join(changes)))
    return markdown(("event", "what it says", "what it changes"), rows)
