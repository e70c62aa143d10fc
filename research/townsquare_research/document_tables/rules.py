"""The tables of parameters and switches, read from the fields of the schema and from who reads a switch."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import townsquare_agents
from townsquare_agents.parameters import Mechanisms, Parameters
from townsquare_agents.parameters.quantity import ASSUMED, origin
from townsquare_agents.scenario import load_scenario
from townsquare_research.document_tables.cells import markdown, number, range_text


def parameter_table() -> str:
    """Return every parameter by group: default, range, unit, source, meaning."""
    parts = []
    for group, model in Parameters():
        rows = [
            (
                f"`{group}.{name}`",
                number(f.default),
                range_text(f),
                origin(f)["unit"],
                origin(f)["source"],
                f.description or "",
            )
            for name, f in type(model).model_fields.items()
        ]
        text = " ".join((model.__doc__ or "").split())
        table = markdown(("parameter", "default", "range", "unit", "source", "meaning"), rows)
        parts.append(f"**{group.replace('_', ' ')}.** {text}\n\n{table}")
    return "\n\n".join(parts)


def assumed_count() -> str:
    """Return how many parameters nobody has measured."""
    sources = [origin(field)["source"] for _, model in Parameters() for field in type(model).model_fields.values()]
    assumed = sources.count(ASSUMED)
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
    for name in Mechanisms.model_fields:
        readers = [f"`{path}`" for path, text in _sources().items() if f'"on_{name}"' in text]
        rows.append((f"`mechanisms.{name}`", ", ".join(readers)))
    return markdown(("switch", "read in"), rows)
