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

    def start_round(self) -> None:
        """Work out the round's rate of ideas."""
        definition = self.model.definition
        expertise, organisation = definition.parameters.expertise, definition.parameters.organisation
        hours = expertise.free_hours + self.vendor.capacity("expert_hours") / self.vendor.spec.experts
        rate = 1.0
        if self.model.rules[0]["on_organisation"]:
            pulled = sum(self.vendor.levers.values()) / len(self.vendor.levers)
            rate = organisation.idea_floor + (organisation.idea_top - organisation.idea_floor) * pulled
        self._ideas_per_tick = hours * expertise.ideas_per_hour * rate / definition.calendar.ticks_per_round

    def step(self) -> None:
        """Add today's ideas to the vendor's stock."""
        self.ideas_made += self._ideas_per_tick
        self.vendor.ideas += self._ideas_per_tick
