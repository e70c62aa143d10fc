"""What a parameter is: a number with a range, a unit and a source, in a group of its mechanism.

A source of "assumed" says honestly that nobody measured it: the sensitivity study shows which of those matter.
"""

from __future__ import annotations

from typing import Any

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


def limits(field: FieldInfo) -> tuple[float, float] | None:
    """Return the least and the most that a field's number may be; None where it has no range."""
    low = next((item.ge for item in field.metadata if hasattr(item, "ge")), None)
    high = next((item.le for item in field.metadata if hasattr(item, "le")), None)
    return None if low is None or high is None else (float(low), float(high))


class Group(BaseModel):
    """Parameters that belong to one mechanism; unknown keys are mistakes.

    Defaults are validated too, which makes a float of the integer that a float's default is written as: kernels get the
    same types whether a value was left out, written in TOML or read back from JSON.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, validate_default=True)
