"""A plan: what one vendor does in one round. A plan is data; what follows from it is the market's business."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Action:
    """One play at one level. ``slot`` is its stable name within the plan: random keys are made of it.

    ``topic``, ``audience`` (an archetype) and ``stage`` (of the buying journey) are identifiers, or None for "all".
    ``alternative`` is a second topic for an A/B test: half the buyers get each for a week, then all get the better
    one. ``form`` asks readers to register; ``qualified`` makes a prize worth something only to those who care about
    the topic.
    """

    slot: str
    play: str
    level: int
    topic: str | None = None
    audience: str | None = None
    stage: str | None = None
    alternative: str | None = None
    form: bool = False
    qualified: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """Actions in order of their slots, so that equal plans compare equal."""

    actions: tuple[Action, ...] = ()

    @classmethod
    def of(cls, actions: Iterable[Action]) -> Plan:
        """Return the plan with these actions, in order of slot."""
        return cls(tuple(sorted(actions, key=lambda action: action.slot)))

    def without(self, slot: str) -> Plan:
        """Return this plan with one slot removed."""
        return Plan(tuple(action for action in self.actions if action.slot != slot))

    def untested(self) -> Plan:
        """Return this plan without its A/B tests: each action on its first topic alone."""
        return Plan(tuple(replace(action, alternative=None) for action in self.actions))
