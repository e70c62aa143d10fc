"""Say in a person's words what the schema refuses: the place, the value, and what would be right.

Law: a remedy is read from the schema itself (its keys, its ranges, its choices), so that it is never out of date.
"""

from __future__ import annotations

import difflib
from typing import Any

from pydantic import ValidationError

from townsquare_agents.errors import Location, ScenarioError, ScenarioErrors
from townsquare_agents.parameters.quantity import range_of
from townsquare_agents.scenario_checks import CrossChecksError
from townsquare_agents.toml_source import Document, key_path

_WRONG_TYPES = {
    "int_type": "is not a whole number",
    "int_from_float": "is not a whole number",
    "float_type": "is not a number",
    "string_type": "is not text in quotes",
    "bool_type": "is neither true nor false",
}


def explain(error: ValidationError, document: Document | None) -> ScenarioErrors:
    """Turn pydantic's errors into ours."""
    found: list[ScenarioError] = []
    for item in error.errors(include_url=False):
        cause = item.get("ctx", {}).get("error")
        if isinstance(cause, CrossChecksError):
            found += [_mistake(each.location, each.problem, each.value, each.remedy, document) for each in cause.found]
        else:
            found.append(_explain_one(dict(item), document))
    return ScenarioErrors(found)


def _explain_one(item: dict[str, Any], document: Document | None) -> ScenarioError:
    location: Location = tuple(part for part in item["loc"])
    problem, value, remedy = str(item["msg"]), item.get("input"), None
    kind = item["type"]
    if kind == "extra_forbidden":
        problem, value = "is not a key that a scenario has here", None
        remedy = _nearest(location)
    elif kind == "missing":
        problem, value, remedy = "is missing", None, "add it; docs/scenarios.md shows how"
    elif kind in ("greater_than_equal", "less_than_equal"):
        problem = "is outside its range"
        remedy = _range(location)
    elif kind == "value_error":
        problem = problem.removeprefix("Value error, ")
    elif kind == "literal_error":
        problem, remedy = "is not one of the choices", f"use {item['ctx']['expected']}"
    else:
        problem = _WRONG_TYPES.get(kind, problem[:1].lower() + problem[1:])
        remedy = _range(location)
    return _mistake(location, problem, None if isinstance(value, dict | list) else value, remedy, document)


def _mistake(
    location: Location, problem: str, value: object, remedy: str | None, document: Document | None
) -> ScenarioError:
    if document is not None:
        return document.mistake(location, problem, value, remedy)
    return ScenarioError(problem, key=key_path(location), value=value, remedy=remedy)


def _fields(location: Location) -> dict[str, Any]:
    """Return the fields among which the last key of a path stands, found by walking the schema along the path."""
    from townsquare_agents.scenario import Scenario

    model: Any = Scenario
    for part in location[:-1]:
        if isinstance(part, int):
            continue
        fields = getattr(model, "model_fields", {})
        if part not in fields:
            return {}
        annotation = fields[part].annotation
        candidates = [annotation, *getattr(annotation, "__args__", ())]
        model = next((c for c in candidates if hasattr(c, "model_fields")), None)
    return dict(getattr(model, "model_fields", {}))


def _nearest(location: Location) -> str | None:
    fields = _fields(location)
    near = difflib.get_close_matches(str(location[-1]), fields, 1)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"keys here are {', '.join(sorted(fields))}" if fields else None


def _range(location: Location) -> str | None:
    fields = _fields(location)
    field = fields.get(str(location[-1])) if location else None
    allowed = None if field is None else range_of(field)
    return None if field is None or allowed is None else f"use a number {allowed}; the default is {field.default:.12g}"
