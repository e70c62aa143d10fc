"""A subject-matter expert: makes the ideas without which articles are bland."""

from __future__ import annotations

from typing import TYPE_CHECKING

from townsquare_agents.agent import MarketAgent
from townsquare_agents.vendor import Vendor

if TYPE_CHECKING:
    from townsquare_agents.market import Market


class Expert(MarketAgent):
    """Works for one vendor; its hours are what it has anyway plus its share of what the plan gives experts.

    How many ideas an hour yields is up to the vendor's idea organisation: six levers, none of which does it alone.
    """

    def __init__(self, model: Market, vendor: Vendor, number: int) -> None:
        super().__init__(model)
        self.vendor = vendor
        self.number = number
        self.ideas_made = 0.0
        self._ideas_per_tick = 0.0

    def follow_rules(self) -> None:
        """Work out the rate of ideas, from the rules and from what the vendor has built."""
        rules = self.model.rules[0]
        hours = float(rules["expertise_free_hours"]) + self.vendor.capacity("expert_hours") / self.vendor.spec.experts
        rate = 1.0
        if rules["on_organisation"]:
            pulled = sum(self.vendor.levers.values()) / len(self.vendor.levers)
            floor, top = float(rules["organisation_idea_floor"]), float(rules["organisation_idea_top"])
            rate = floor + (top - floor) * pulled
        ticks = self.model.definition.calendar.ticks_per_round
        self._ideas_per_tick = hours * float(rules["expertise_ideas_per_hour"]) * rate / ticks

    def step(self) -> None:
        """Add today's ideas to the vendor's stock."""
        self.ideas_made += self._ideas_per_tick
        self.vendor.ideas += self._ideas_per_tick
