"""How a table and what stands in its cells are written. A cell that nobody filled is a dash, never an invention."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pydantic.fields import FieldInfo

from townsquare_agents.parameters.quantity import limits


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


def extra(field: FieldInfo) -> dict[str, Any]:
    """Return what a field says of itself beyond its type: unit, source, text."""
    extra = field.json_schema_extra
    return dict(extra) if isinstance(extra, dict) else {}


def range_of(field: FieldInfo) -> str:
    """Return a field's range in words; nothing when it has none."""
    ends = limits(field)
    return f"{number(ends[0])} to {number(ends[1])}" if ends else ""
