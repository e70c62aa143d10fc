"""An adaptive outsider: grows while nobody stops it, is found and banned, starts again (Thomas 2011; Kanich 2008)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from townsquare_agents.agent import MarketAgent
from townsquare_agents.kernels.codes import Reach
from townsquare_agents.messages import make_message
from townsquare_agents.rng import Purpose, name_key, uniform

if TYPE_CHECKING:
    from townsquare_agents.market import Market


class Spammer(MarketAgent):
    """One spam campaign on one open platform."""

    def __init__(self, model: Market, number: int, platform: int) -> None:
        super().__init__(model)
        self.number = number
        self.platform = platform
        self.volume = float(model.rules[0]["spam_start_volume"])
        self.accounts_banned = 0
        self.sent = 0
        self.income = 0.0
        self._message = make_message(
            vendor=-1,
            play=len(model.play_index),
            platform=platform,
            reach=Reach.DIRECT,
            promotion=1.0,
            novelty=1.0,
            unsolicited=1,
            automated=1,
        )[0]

    def step(self) -> None:
        """Send today's messages, then grow, or start again when found."""
        market = self.model
        rules, platform = market.rules[0], market.platforms[self.platform]
        if not rules["on_spam"] or not platform["open"]:
            return
        volume = round(self.volume * market.definition.population.buyers / 1000)
        message = self._message
        message["key"] = name_key("spam", self.number, self.platform, market.tick)
        message["tick"] = market.tick
        message["volume"] = volume
        market.board.post(message)
        self.sent += volume
        self.income += volume * float(rules["spam_return_per_message"])
        found = uniform(market.seed, int(Purpose.DETECTION), market.tick, self.number, self.platform)
        if found < platform["detection"]:
            self.accounts_banned += 1
            self.volume = float(rules["spam_start_volume"])
        else:
            grown = self.volume * (1.0 + float(rules["spam_growth"]))
            self.volume = min(grown, float(rules["spam_most_volume"]))
