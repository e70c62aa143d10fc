"""What the server and the process that computes its games say to one another: each call has one answer, in order.

Law: values that can be pickled, in a module that both import under the same name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Method: TypeAlias = Literal["warm_up", "start", "carry_out", "draw"]


@dataclass(frozen=True, slots=True)
class Call:
    """Have a method of a game called; games that are `forgotten` are never asked again."""

    method: Method
    game: int
    arguments: tuple[Any, ...]
    forgotten: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the call under way is, from 0 to 1: no answer yet."""

    share: float


@dataclass(frozen=True, slots=True)
class Returned:
    """What the call returned."""

    value: Any


@dataclass(frozen=True, slots=True)
class Raised:
    """What was wrong: exceptions themselves cannot always cross."""

    words: str
    trace: str
