"""Branches of a game: the host goes back to a round, what was played from there on is set aside, and kept.

Law: a branch that was left is never changed and never taken up again: going back to it begins a new one that shares
its past. A branch holds references to what its ancestors hold, never copies of columns.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from townsquare_server.engine import Timelines
from townsquare_server.entries import Due
from townsquare_server.plans import Budget, Slots
from townsquare_server.wire import Driver

FIRST = 1
MOST = 50
"""Branches of a room: each keeps its results."""


@dataclass(frozen=True, slots=True)
class RoundRecord:
    """What came of one round, for every vendor, and what the round after it has."""

    vanity: dict[str, dict[str, float]]
    value: dict[str, dict[str, float]]
    observed: dict[str, dict[str, float | None]]
    plans: dict[str, Slots]
    drivers: dict[str, Driver]
    budget: Budget


@dataclass(frozen=True, slots=True)
class Happening:
    """An event of the scenario and the tick in which it happens."""

    event: str
    due: Due


@dataclass(frozen=True, slots=True)
class Fork:
    """Where a branch began: `round` is the first that is its own, unless it went on at the `end` of another."""

    number: int = FIRST
    parent: int = 0  # none: the first
    round: int = 1
    at: int = 0
    end: bool = False


@dataclass(slots=True)
class Past:
    """The finished rounds of a branch, and the plans with which each round began, also one that did not end."""

    records: list[RoundRecord] = field(default_factory=list)
    endings: list[NDArray[np.uint8]] = field(default_factory=list)  # the buyers' states as each round ended
    digests: list[str] = field(default_factory=list)
    timelines: Timelines = field(default_factory=dict)
    happened: list[Happening] = field(default_factory=list)
    drafts: list[dict[str, Slots]] = field(default_factory=list)

    def before(self, round: int, ticks: int) -> Past:
        """Return what had been played when the planning of a round began."""
        rounds = round - 1
        lines = self.timelines if rounds >= len(self.records) else cut(self.timelines, rounds * ticks)
        return Past(
            self.records[:rounds],
            self.endings[:rounds],
            self.digests[:rounds],
            lines,
            [happening for happening in self.happened if happening.due.round < round],
            self.drafts[:rounds],
        )


def cut(timelines: Timelines, ticks: int) -> Timelines:
    """Return the first ticks of every line."""
    return {
        vendor: {metric: line[:ticks] for metric, line in metrics.items() if ticks}
        for vendor, metrics in timelines.items()
        if ticks
    }
