"""The tables of the keys that a scenario file may have, read from the schema."""

from __future__ import annotations

import re
from collections.abc import Callable

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from townsquare_agents.parameters.quantity import origin
from townsquare_research.document_tables.cells import markdown, range_text


def schema_table(model: type[BaseModel]) -> Callable[[], str]:
    """Return what makes the table of the keys that a scenario may have in one place."""

    def table() -> str:
        rows = []
        for name, field in model.model_fields.items():
            default = "required" if field.is_required() else _default(field)
            rows.append((f"`{name}`", _kind(field), default, field.description or ""))
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
    if origin(field):
        return f"{range_text(field)} ({origin(field)['unit']})"
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
