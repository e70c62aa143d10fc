"""The generated tables of the written documents (`model_document` puts them into place).

Each function returns Markdown and reads only what the model itself reads: pydantic fields, dtypes and their comments,
enumerations, shipped scenarios. A cell that nobody filled is a dash, never an invention.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum
from functools import cache
from pathlib import Path
from typing import Any, cast

import numpy as np
from pydantic import BaseModel
from pydantic.fields import FieldInfo

import townsquare_agents
from townsquare_agents import parameters, scenario_parts
from townsquare_agents.kernels import codes, tables
from townsquare_agents.metrics import FLOWS, KNOWN_WITHOUT_LISTENING, VALUE, VANITY
from townsquare_agents.rng import Purpose
from townsquare_agents.scenario import Scenario, load_scenario

_FIELD = re.compile(r'^\s*\("(?P<name>\w+)", np\.\w+\),(?:\s*# (?P<text>.*))?$', re.MULTILINE)
_MEMBER = re.compile(r"^    (?P<name>[A-Z_]+) = [^#\n]+(?:# (?P<text>.*))?$", re.MULTILINE)
_NO_SWITCH_READERS = ("parameters.py",)


def markdown(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table; an empty cell becomes a dash."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for row in rows:
        lines.append("| " + " | ".join(str(cell).replace("|", "\\|") or "-" for cell in row) + " |")
    return "\n".join(lines)


def number(value: object) -> str:
    """Return a number as people write it, anything else as it is."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float | int):
        return (f"{int(value):,}" if value == int(value) else f"{value:.7g}").replace(",", " ")
    return str(value)


@cache
def _whole() -> Scenario:
    return load_scenario("whole_square")


# ------------------------------------------------------------------------------------------------ parameters


def _extra(field: FieldInfo) -> dict[str, Any]:
    extra = field.json_schema_extra
    return dict(extra) if isinstance(extra, dict) else {}


def _range(field: FieldInfo) -> str:
    low = next((m.ge for m in field.metadata if hasattr(m, "ge")), None)
    high = next((m.le for m in field.metadata if hasattr(m, "le")), None)
    return f"{number(low)} to {number(high)}" if low is not None and high is not None else ""


def parameter_table() -> str:
    """Return every parameter by group: default, range, unit, source, meaning."""
    parts = []
    for group, field in parameters.Parameters.model_fields.items():
        model = cast(type[BaseModel], field.annotation)
        rows = [
            (
                f"`{group}.{name}`",
                number(f.default),
                _range(f),
                _extra(f)["unit"],
                _extra(f)["source"],
                f.description or "",
            )
            for name, f in model.model_fields.items()
        ]
        text = " ".join((model.__doc__ or "").split())
        table = markdown(("parameter", "default", "range", "unit", "source", "meaning"), rows)
        parts.append(f"**{group.replace('_', ' ')}.** {text}\n\n{table}")
    return "\n\n".join(parts)


def assumed_count() -> str:
    """Return how many parameters nobody has measured."""
    sources = [
        str(_extra(f)["source"])
        for field in parameters.Parameters.model_fields.values()
        for f in field.annotation.model_fields.values()  # type: ignore[union-attr]
    ]
    assumed = sources.count(parameters.ASSUMED)
    return f"Of {len(sources)} parameters, {assumed} are **assumed**: nobody has measured them for this model."


def shipped_changes() -> str:
    """Return what the shipped scenarios change among the parameters."""
    rows = []
    for name in ("first_market", "whole_square"):
        scenario = load_scenario(name)
        for group, model in scenario.parameters:
            for key, value in model:
                default = type(model).model_fields[key].default
                if value != default:
                    rows.append((f"`{name}`", f"`{group}.{key}`", number(default), number(value)))
    return markdown(("scenario", "parameter", "default", "there"), rows)


@cache
def _sources() -> dict[str, str]:
    folder = Path(townsquare_agents.__file__).parent
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in sorted(folder.rglob("*.py"))}


def switch_table() -> str:
    """Return every switch and the files that read it."""
    rows = []
    for name in parameters.Mechanisms.model_fields:
        readers = [
            f"`{path}`"
            for path, text in _sources().items()
            if f'"on_{name}"' in text and path not in _NO_SWITCH_READERS
        ]
        rows.append((f"`mechanisms.{name}`", ", ".join(readers)))
    return markdown(("switch", "read in"), rows)


# -------------------------------------------------------------------------------------------- state variables


def _comments(name: str) -> dict[str, str]:
    source = inspect.getsource(tables)
    start = source.index(f"\n{name} = np.dtype(")
    block = source[start : source.index("align=True", start)]
    return {found["name"]: found["text"] or "" for found in _FIELD.finditer(block)}


def _dtype_table(name: str) -> Callable[[], str]:
    def table() -> str:
        dtype: np.dtype[Any] = getattr(tables, name)
        comments = _comments(name)
        rows = [(f"`{field}`", str(dtype[field]), comments[field]) for field in dtype.names or ()]
        return markdown(("variable", "type", "meaning"), rows)

    return table


def _enum_table(enum: type[IntEnum]) -> Callable[[], str]:
    def table() -> str:
        text = {found["name"]: found["text"] or "" for found in _MEMBER.finditer(inspect.getsource(enum))}
        return markdown(("number", "name", "note"), [(int(m), f"`{m.name}`", text.get(m.name, "")) for m in enum])

    return table


def purpose_table() -> str:
    """Return the purposes of draws in one line each block."""
    return ", ".join(f"`{purpose.name}` {int(purpose)}" for purpose in Purpose if purpose)


def metric_table() -> str:
    """Return both yardsticks."""
    rows = []
    for name in (*VANITY, *VALUE):
        yardstick = "vanity" if name in VANITY else "value"
        kind = "sum over the round" if name in FLOWS else "level at the end of the round"
        known = "everybody, live" if name in VANITY else "only by listening"
        if name in KNOWN_WITHOUT_LISTENING:
            known = "the vendor's own books"
        if name == "sales_ready_leads":
            known = "the vendor, if it scores leads"
        rows.append((f"`{name}`", yardstick, kind, known))
    return markdown(("metric", "yardstick", "kind", "who knows it"), rows)


# ------------------------------------------------------------------------------------------- shipped scenarios


def _platform_rules(platform: scenario_parts.Platform) -> str:
    rules = []
    if platform.relationship == "group":
        rules.append(f"gate {platform.gate}, moderation {platform.moderation}, tolerates {platform.tolerated:g}")
    if platform.network is not None:
        rules.append(f"{platform.network.generator}, {platform.network.mean_degree:g} ties")
    for name, usual in (("traffic", 1.0), ("credibility", 1.0), ("interruption", 0.0), ("porosity", 0.05)):
        if getattr(platform, name) != usual:
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
    topics = [topic.id for topic in _whole().topics]
    rows = [
        (
            f"`{kind.id}`",
            *(number(getattr(kind, name)) for name in traits),
            *(number(kind.interests.get(t, 0.2)) for t in topics),
        )
        for kind in _whole().archetypes
    ]
    return markdown(("archetype", *(t.replace("_", " ") for t in traits), *topics), rows)


def _change_text(change: scenario_parts.Change) -> str:
    what = f"= {change.set:g}" if change.set is not None else f"x {change.multiply:g}"
    return f"`{change.path}` {what}"


def event_table() -> str:
    """Return the shipped events and what they change."""
    rows = []
    for event in _whole().events:
        changes = [
            f"`{c.path}` " + (f"= {c.set:g}" if c.set is not None else f"x {c.multiply:g}") for c in event.changes
        ]
        rows.append((f"`{event.id}`", event.summary["en"], "<br>".join(changes)))
    return markdown(("event", "what it says", "what it changes"), rows)


# ------------------------------------------------------------------------------------------------ the schema


def _schema_table(model: type[BaseModel]) -> Callable[[], str]:
    def table() -> str:
        rows = []
        for name, field in model.model_fields.items():
            default = "required" if field.is_required() else _default(field)
            rows.append((f"`{name}`", _kind(field), default, field.description or _extra(field).get("text", "")))
        return markdown(("key", "what it takes", "default", "meaning"), rows)

    return table


def _default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True)
    if isinstance(value, BaseModel):
        return "its own defaults"
    if value in ({}, [], None) or value == {"en": ""}:
        return "none"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f'`"{value}"`' if isinstance(value, str) else f"`{value:.12g}`"


def _kind(field: FieldInfo) -> str:
    unit = _extra(field).get("unit")
    if unit is not None:
        return f"{_range(field)} ({unit})"
    text = str(field.annotation)
    choices = re.findall(r"'([a-z_]+)'", text) if "Literal" in text else []
    if choices:
        return ", ".join(f'`"{choice}"`' for choice in choices)
    if field.annotation is bool:
        return "`true` or `false`"
    if "MessageSpec" in text or "Change" in text:
        return "a list of tables, see below"
    if "Capacity" in text or "NetworkSpec" in text:
        return "a table, see below"
    if "dict[str, str]" in text:
        return "a text for each language, `en` at least"
    if "dict[" in text:
        return "a table of numbers"
    if "int" in text:
        return "a whole number"
    return "a number" if "float" in text else "a name"


TABLES: dict[str, Callable[[], str]] = {
    "parameters": parameter_table,
    "assumed": assumed_count,
    "shipped_changes": shipped_changes,
    "switches": switch_table,
    "buyer": _dtype_table("BUYER"),
    "relation": _dtype_table("RELATION"),
    "account": _dtype_table("ACCOUNT"),
    "vendor": _dtype_table("VENDOR"),
    "platform": _dtype_table("PLATFORM"),
    "message": _dtype_table("MESSAGE"),
    "stages": _enum_table(codes.Stage),
    "reaches": _enum_table(codes.Reach),
    "causes": _enum_table(codes.Cause),
    "purposes": purpose_table,
    "metrics": metric_table,
    "platforms": platform_table,
    "plays": play_table,
    "archetypes": archetype_table,
    "events": event_table,
    "keys_calendar": _schema_table(scenario_parts.Calendar),
    "keys_population": _schema_table(scenario_parts.Population),
    "keys_spam": _schema_table(scenario_parts.Spamming),
    "keys_topic": _schema_table(scenario_parts.Topic),
    "keys_archetype": _schema_table(scenario_parts.Archetype),
    "keys_vendor": _schema_table(scenario_parts.Vendor),
    "keys_platform": _schema_table(scenario_parts.Platform),
    "keys_network": _schema_table(scenario_parts.NetworkSpec),
    "keys_play": _schema_table(scenario_parts.Play),
    "keys_message": _schema_table(scenario_parts.MessageSpec),
    "keys_capacity": _schema_table(scenario_parts.Capacity),
    "keys_event": _schema_table(scenario_parts.Event),
    "keys_change": _schema_table(scenario_parts.Change),
}
