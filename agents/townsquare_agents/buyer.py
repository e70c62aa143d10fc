"""A buyer seen as a Mesa agent: a window on one row of the columns, made only when somebody looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.agent import MarketAgent
from townsquare_agents.kernels.codes import Stage

if TYPE_CHECKING:
    from townsquare_agents.market import Market


class Buyer(MarketAgent):
    """Row ``index`` of the market's columns; it holds no state of its own and does not step."""

    def __init__(self, model: Market, index: int) -> None:
        super().__init__(model)
        self.index = index

    @property
    def archetype(self) -> str:
        """Identifier of the buyer's archetype."""
        kind: str = self.model.definition.archetypes[int(self.model.columns.archetype[self.index])].id
        return kind

    @property
    def account(self) -> int:
        """Index of the account whose committee the buyer sits on."""
        return int(self.model.columns.account[self.index])

    @property
    def awareness(self) -> NDArray[np.float64]:
        """Awareness of each vendor, float64[V]."""
        row: NDArray[np.float64] = self.model.columns.awareness[self.index]
        return row

    @property
    def trust(self) -> NDArray[np.float64]:
        """Trust in each vendor, float64[V]."""
        row: NDArray[np.float64] = self.model.columns.trust[self.index]
        return row

    @property
    def stages(self) -> list[Stage]:
        """Stage of the journey with each vendor."""
        return [Stage(int(stage)) for stage in self.model.columns.stage[self.index]]

    @property
    def supplier(self) -> str | None:
        """Identifier of the vendor that the buyer's account buys from."""
        vendor = int(self.model.columns.supplier[self.account])
        return self.model.definition.vendors[vendor].id if vendor >= 0 else None
