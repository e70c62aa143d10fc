"""A Mesa model whose buyers are agents only once somebody looks: columns hold them, and most games never ask.

Law: looking changes nothing. Until the first look a market of a million buyers has no object for any of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import mesa

from townsquare_agents.buyer import Buyer
from townsquare_agents.scenario import Scenario

if TYPE_CHECKING:
    from townsquare_agents.market import Market


class BuyersOnDemand(mesa.Model):
    """The agents of a market, its buyers' views made at the first look."""

    definition: Scenario
    _buyers_shown = False

    @property
    def agents(self) -> Any:
        """All agents; the first look makes the buyers' views."""
        self._show_buyers()
        return super().agents

    @agents.setter
    def agents(self, agents: Any) -> None:
        raise AttributeError("agents is Mesa's own attribute and cannot be set")

    @property
    def agents_by_type(self) -> Any:
        """Agents by class; the first look makes the buyers' views."""
        self._show_buyers()
        return super().agents_by_type

    @property
    def agent_types(self) -> Any:
        """Classes of agents in the model."""
        self._show_buyers()
        return super().agent_types

    def _show_buyers(self) -> None:
        if not self._buyers_shown:
            self._buyers_shown = True
            for index in range(self.definition.population.buyers):
                Buyer(cast("Market", self), index)
