"""The phases of a room and the one table of how they follow each other; the documentation's diagram is drawn from it.

Law: a room changes its phase along a row of `TRANSITIONS` and in no other way.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple, Protocol

from townsquare_server.wire import PhaseName


class Phase(StrEnum):
    """Where a room is."""

    LOBBY = "lobby"
    BRIEFING = "briefing"
    PLANNING = "planning"
    RUNNING = "running"
    REVIEW = "review"
    DEBRIEF = "debrief"
    CLOSED = "closed"


class Cause(StrEnum):
    """What ends a phase."""

    FACILITATOR = "facilitator"  # asks for it
    TIMER = "timer"  # has run out
    READY = "ready"  # every team of people says that its plan is done
    TICKS = "ticks"  # all of the round's are published


class When(StrEnum):
    """Which rounds a transition belongs to."""

    ALWAYS = "always"
    ROUNDS_LEFT = "rounds left"
    LAST_ROUND = "after the last round"


class Transition(NamedTuple):
    """One row of the table."""

    start: Phase
    end: Phase
    causes: tuple[Cause, ...]
    when: When = When.ALWAYS


TRANSITIONS = (
    Transition(Phase.LOBBY, Phase.BRIEFING, (Cause.FACILITATOR,)),
    Transition(Phase.BRIEFING, Phase.PLANNING, (Cause.TIMER, Cause.FACILITATOR)),
    Transition(Phase.PLANNING, Phase.RUNNING, (Cause.TIMER, Cause.FACILITATOR, Cause.READY)),
    # the facilitator makes the remaining ticks due at once; the phase still ends only when they are published
    Transition(Phase.RUNNING, Phase.REVIEW, (Cause.TICKS,)),
    Transition(Phase.REVIEW, Phase.PLANNING, (Cause.TIMER, Cause.FACILITATOR), When.ROUNDS_LEFT),
    Transition(Phase.REVIEW, Phase.DEBRIEF, (Cause.TIMER, Cause.FACILITATOR), When.LAST_ROUND),
    Transition(Phase.DEBRIEF, Phase.CLOSED, (Cause.FACILITATOR,)),
)


class Calendar(Protocol):
    """What the table needs of a scenario's calendar; a scenario's own type satisfies it."""

    @property
    def rounds(self) -> int:
        """Rounds in a game."""

    @property
    def briefing_seconds(self) -> float:
        """How long the briefing lasts."""

    @property
    def planning_seconds(self) -> float:
        """How long a planning lasts."""

    @property
    def running_seconds(self) -> float:
        """How long the publication of a round's ticks lasts."""

    @property
    def review_seconds(self) -> float:
        """How long a review lasts."""


def name_of(phase: Phase) -> PhaseName:
    """Return the name that a phase has on the wire and in the log."""
    return phase.value


def following(phase: Phase, round: int, rounds: int) -> Transition | None:
    """Return the transition out of a phase of this round; None from where there is no way on."""
    excluded = When.ROUNDS_LEFT if round >= rounds else When.LAST_ROUND
    return next((row for row in TRANSITIONS if row.start is phase and row.when is not excluded), None)


def milliseconds(phase: Phase, calendar: Calendar) -> int | None:
    """Return how long a phase lasts; None when it has no timer."""
    seconds = {
        Phase.BRIEFING: calendar.briefing_seconds,
        Phase.PLANNING: calendar.planning_seconds,
        Phase.RUNNING: calendar.running_seconds,
        Phase.REVIEW: calendar.review_seconds,
    }.get(phase)
    return None if seconds is None else round(seconds * 1000)


def mermaid() -> str:
    """Return the table as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", f"    [*] --> {TRANSITIONS[0].start}"]
    for row in TRANSITIONS:
        when = "" if row.when is When.ALWAYS else f" ({row.when})"
        lines.append(f"    {row.start} --> {row.end}: {' or '.join(row.causes)}{when}")
    starts = {row.start for row in TRANSITIONS}
    lines += [f"    {phase} --> [*]" for phase in Phase if phase not in starts]
    return "\n".join(lines) + "\n"
