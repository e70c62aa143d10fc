"""How a table and what stands in its cells are written. A cell that nobody filled is a dash, never an invention."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pydantic.fields import FieldInfo

from townsquare_agents.parameters.quantity import range_of


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


def range_text(field: FieldInfo) -> str:
    """Return the range of a `quantity` in words; nothing for any other field."""
    allowed = range_of(field)
    return f"{number(allowed.low)} to {number(allowed.high)}" if allowed else ""
