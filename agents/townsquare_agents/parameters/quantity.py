"""What a parameter is: a number with a range, a unit and a source, in a group of its mechanism.

A source of "assumed" says honestly that nobody measured it: the sensitivity study shows which of those matter.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

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


class Group(BaseModel):
    """Parameters that belong to one mechanism; unknown keys are mistakes.

    Defaults are validated too, which makes a float of the integer that a float's default is written as: kernels get the
    same types whether a value was left out, written in TOML or read back from JSON.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, validate_default=True)
