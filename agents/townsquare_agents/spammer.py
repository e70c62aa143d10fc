"""An adaptive outsider: makes accounts while they pay, follows en masse, writes unasked, is reported and banned.

Law: what a campaign does is told from its accounts' reach and cost alone; `kernels.spam` says how.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from townsquare_agents.agent import MarketAgent
from townsquare_agents.compiled import direct
from townsquare_agents.kernels.codes import Reach, Relationship
from townsquare_agents.kernels.spam import CAMPAIGN, COHORT, run_campaign
from townsquare_agents.messages import make_message
from townsquare_agents.rng import name_key, name_keys

if TYPE_CHECKING:
    from townsquare_agents.market import Market

_run_campaign = direct(run_campaign)
_HAS_NONE = (Relationship.OWNED, Relationship.INTERNAL)


def is_spammed(relationship: str) -> bool:
    """Say whether spammers can make accounts on platforms of this kind."""
    return Relationship[relationship.upper()] not in _HAS_NONE


class Spammer(MarketAgent):
    """One spam campaign on one platform."""

    def __init__(self, model: Market, number: int, platform: int) -> None:
        super().__init__(model)
        self.number = number
        self.platform = platform
        calendar = model.definition.calendar
        ticks = calendar.rounds * calendar.ticks_per_round
        name = name_key("spam", number, model.definition.platforms[platform].id)
        self._keys = name_keys(name, count=ticks)
        self._campaign = np.zeros(1, CAMPAIGN)
        self._campaign["platform"], self._campaign["posted"] = platform, -1
        self._cohorts = np.zeros(ticks, COHORT)
        self._template = make_message(
            vendor=-1,
            play=len(model.play_index),
            platform=platform,
            reach=Reach.DIRECT,
            promotion=1.0,
            novelty=1.0,
            unsolicited=1,
            automated=1,
        )

    @property
    def accounts(self) -> int:
        """Accounts that are alive."""
        return int(self._campaign["accounts"][0])

    @property
    def accounts_made(self) -> int:
        """Accounts so far."""
        return int(self._campaign["made"][0])

    @property
    def accounts_banned(self) -> int:
        """Accounts that the platform found."""
        return int(self._campaign["banned"][0])

    @property
    def followers(self) -> int:
        """Buyers who followed back, or agreed to a tie."""
        return int(self._campaign["followers"][0])

    @property
    def sent(self) -> int:
        """Messages so far."""
        return int(self._campaign["sent"][0])

    @property
    def income(self) -> float:
        """What its messages brought, as an expected value."""
        return float(self._campaign["income"][0])

    @property
    def cost(self) -> float:
        """What its accounts cost."""
        return float(self._campaign["cost"][0])

    def step(self) -> None:
        """Lose what is banned, make accounts while they pay, follow en masse, and write to whom that reaches."""
        market = self.model
        at = market.board.reserve(1)
        wrote = _run_campaign(
            self._campaign,
            self._cohorts,
            market.platforms,
            market.columns.member,
            market.board.rows,
            at,
            market.rules,
            self._template,
            int(self._keys[market.tick]),
            market.seed,
            market.tick,
        )
        if not wrote:
            market.board.release(1)
