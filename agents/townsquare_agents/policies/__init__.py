"""Computer players. A policy sees what a team would see and returns a plan; it knows nothing of the market's state."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, get_args

from townsquare_agents.errors import ParameterError
from townsquare_agents.plan import Plan
from townsquare_agents.scenario import PolicyName, Scenario


@dataclass(frozen=True, slots=True)
class RoundReport:
    """One vendor's finished round. ``value`` is exact; only ``observed`` is known to those who run the vendor."""

    plan: Plan
    vanity: Mapping[str, float]
    value: Mapping[str, float]
    observed: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Observation:
    """What those who run a vendor may know before a round."""

    scenario: Scenario
    vendor: str
    round: int
    money: float
    hours: float
    demand: Mapping[str, float]  # topic -> interest of buyers, as believed or, after launch research, as measured
    own: tuple[RoundReport, ...]
    rivals: Mapping[str, tuple[Mapping[str, float], ...]]  # vanity only: everybody sees it


class Policy(Protocol):
    """A computer player."""

    def decide(self, observation: Observation) -> Plan:
        """Return the plan for the coming round; it must fit money and hours."""
        ...


def _makers() -> dict[str, Callable[[], Policy]]:
    from townsquare_agents.policies.spenders import campaign, idle, mixed, relationship

    return {"campaign": campaign, "relationship": relationship, "mixed": mixed, "idle": idle}


POLICIES: tuple[str, ...] = get_args(PolicyName)


def make_policy(name: str) -> Policy:
    """Return a new policy by name; raises ParameterError."""
    makers = _makers()
    if name not in makers:
        near = difflib.get_close_matches(name, makers, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"policies are {', '.join(makers)}"
        raise ParameterError(f"there is no policy {name!r}; {hint}")
    return makers[name]()
