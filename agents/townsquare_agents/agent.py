"""Base of our Mesa agents. Mesa numbers agents in a table keyed by model that never forgets a model.

Ours forgets with the model.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import mesa

if TYPE_CHECKING:
    from townsquare_agents.market import Market


class _Numbers(WeakKeyDictionary["Market", "Iterator[int]"]):
    def __getitem__(self, market: Market) -> Iterator[int]:
        return self.setdefault(market, itertools.count(1))


class MarketAgent(mesa.Agent):
    """An agent of a `Market`."""

    _ids = _Numbers()
    model: Market
