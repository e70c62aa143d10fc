"""A vendor: the company that sells. It holds what a plan builds; its marketer and experts act for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from townsquare_agents.plan import Plan
from townsquare_agents.scenario_parts import LEVERS, Capacity, Play
from townsquare_agents.scenario_parts import Vendor as VendorSpec


@dataclass(slots=True)
class Vendor:
    """State of one vendor that no kernel reads: ideas, organisation, the plan in force."""

    index: int
    spec: VendorSpec
    ideas: float = 0.0
    plan: Plan = field(default_factory=Plan)
    capacities: list[tuple[Play, int, str | None]] = field(
        default_factory=list
    )  # play, level, topic of the running round
    levers: dict[str, float] = field(default_factory=dict)
    _built: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.levers = {name: self.spec.levers.get(name, 0.0) for name in LEVERS}

    @property
    def id(self) -> str:
        """Identifier in the scenario."""
        return self.spec.id

    def put_in_force(self, plan: Plan, capacities: list[tuple[Play, int, str | None]], lever_fade: float) -> None:
        """Let a plan rule the coming round: ``capacities`` are its actions' plays, levels and topics."""
        self.plan = plan
        self.capacities = capacities
        self._built = {
            name: float(sum(getattr(play.capacity, name) * level for play, level, _ in capacities))
            for name in Capacity.model_fields
            if name != "levers"
        }
        self._organise(lever_fade)

    def capacity(self, name: str) -> float:
        """Return what the plan in force builds of one capacity, over all its actions."""
        return self._built.get(name, 0.0)

    def hosting(self, platforms: Iterable[str]) -> dict[str, float]:
        """Return the effort put into each of these groups: those that a hosting play's own messages go to."""
        effort = dict.fromkeys(platforms, 0.0)
        for play, level, _ in self.capacities:
            for platform in {message.platform for message in play.messages} & effort.keys():
                effort[platform] += play.capacity.hosting * level
        return effort

    def _organise(self, lever_fade: float) -> None:
        """Let the levers of the idea organisation fade towards what they were, and pull those that the plan pulls."""
        for name in LEVERS:
            start = self.spec.levers.get(name, 0.0)
            pulled = sum(play.capacity.levers.get(name, 0.0) * level for play, level, _ in self.capacities)
            kept = start + lever_fade * (self.levers[name] - start)
            self.levers[name] = min(1.0, kept + pulled * (1.0 - kept))
