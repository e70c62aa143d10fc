"""What a parameter is: a number with a range, a unit and a source, in a group of its mechanism.

A source of "assumed" says honestly that nobody measured it: the sensitivity study shows which of those matter.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo

ASSUMED = "assumed"


def quantity(default: float, low: float, high: float, unit: str, source: str, text: str) -> Any:
    """Return a pydantic field for a number with its range, unit, source and meaning."""
    return Field(
        default,
        ge=low,
        le=high,
        description=text,
        json_schema_extra={"unit": unit, "source": source},
    )


class Range(NamedTuple):
    """What a number may be."""

    low: float
    high: float
    unit: str

    def __str__(self) -> str:
        return f"from {self.low:.12g} to {self.high:.12g} ({self.unit})"

    def held(self, value: float) -> float:
        """Return the number of the range that lies nearest."""
        return min(max(value, self.low), self.high)


def origin(field: FieldInfo) -> dict[str, Any]:
    """Return the unit and the source of a `quantity`; nothing for any other field."""
    return dict(field.json_schema_extra) if isinstance(field.json_schema_extra, dict) else {}


def range_of(field: FieldInfo) -> Range | None:
    """Return what a `quantity` may be; None for any other field."""
    ends = {name: getattr(item, name) for item in field.metadata for name in ("ge", "le") if hasattr(item, name)}
    return Range(float(ends["ge"]), float(ends["le"]), origin(field)["unit"]) if origin(field) else None


class Group(BaseModel):
    """Parameters that belong to one mechanism; unknown keys are mistakes.

    Defaults are validated too, which makes a float of the integer that a float's default is written as: kernels get the
    same types whether a value was left out, written in TOML or read back from JSON.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, validate_default=True)
