"""A subject-matter expert: makes the ideas without which articles are bland."""

from __future__ import annotations

from typing import TYPE_CHECKING

from townsquare_agents.agent import MarketAgent
from townsquare_agents.vendor import Vendor

if TYPE_CHECKING:
    from townsquare_agents.market import Market


class Expert(MarketAgent):
    """Works for one vendor; its hours are what it has anyway plus its share of what the plan gives experts."""

    def __init__(self, model: Market, vendor: Vendor, number: int) -> None:
        super().__init__(model)
        self.vendor = vendor
        self.number = number
        self.ideas_made = 0.0

    def step(self) -> None:
        """Add today's ideas to the vendor's stock."""
        rules = self.model.rules[0]
        ticks = self.model.definition.calendar.ticks_per_round
        hours = float(rules["expertise_free_hours"]) / ticks
        hours += self.vendor.expert_hours / self.vendor.spec.experts
        ideas = hours * float(rules["expertise_ideas_per_hour"])
        self.ideas_made += ideas
        self.vendor.ideas += ideas
