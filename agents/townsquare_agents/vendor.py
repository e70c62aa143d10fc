"""A vendor: the company that sells. It holds what a plan builds; its marketer and experts act for it."""

from __future__ import annotations

from dataclasses import dataclass, field

from townsquare_agents.plan import Plan
from townsquare_agents.scenario import Vendor as VendorSpec


@dataclass(slots=True)
class Vendor:
    """State of one vendor that is no column: ideas, capacities of the running round, the plan in force."""

    index: int
    spec: VendorSpec
    ideas: float = 0.0
    plan: Plan = field(default_factory=Plan)
    spend_per_tick: float = 0.0
    spent: float = 0.0
    expert_hours: float = 0.0  # extra hours per tick, from the plan
    survey_sample: int = 0

    @property
    def id(self) -> str:
        """Identifier in the scenario."""
        return self.spec.id
