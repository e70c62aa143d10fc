"""The marketer runs one vendor's plan: it posts what is due today. A team in a browser or a policy makes the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from townsquare_agents.agent import MarketAgent
from townsquare_agents.kernels.columns import Reach
from townsquare_agents.plays import Sending, schedule
from townsquare_agents.rng import name_key
from townsquare_agents.vendor import Vendor

if TYPE_CHECKING:
    from townsquare_agents.market import Market


class Marketer(MarketAgent):
    """Posts the messages of the plan in force, with the ideas there are, and remembers what it said before."""

    def __init__(self, model: Market, vendor: Vendor) -> None:
        super().__init__(model)
        self.vendor = vendor
        self._days: list[list[Sending]] = []
        self._said: dict[tuple[str, str | None], tuple[float, int]] = {}

    def start_round(self) -> None:
        """Lay out the plan in force over the days of the round."""
        self._days = schedule(self.model.definition, self.vendor.plan)

    def step(self) -> None:
        """Post what is due today."""
        if self._days:
            for sending in self._days[self.model.tick_in_round]:
                self._post(sending)

    def _novelty(self, sending: Sending) -> float:
        """Return 1 / (1 + weight x recent repetitions) of this play on this topic, and remember this one."""
        market = self.model
        rules = market.rules[0]
        what = (sending.play.id, sending.action.topic)
        repetitions, last = self._said.get(what, (0.0, market.tick))
        for _ in range(market.tick - last):
            repetitions *= float(rules["wear_out_decay"])
        self._said[what] = (repetitions + 1.0, market.tick)
        if not rules["on_wear_out"]:
            return 1.0
        return 1.0 / (1.0 + float(rules["wear_out_weight"]) * repetitions)

    def _substance(self, ideas: float) -> float:
        """Use up ideas; return the share of full usefulness that the message then has."""
        rules = self.model.rules[0]
        if ideas <= 0.0 or not rules["on_ideas"]:
            return 1.0
        used = min(ideas, self.vendor.ideas)
        self.vendor.ideas -= used
        bland = float(rules["expertise_bland"])
        return bland + (1.0 - bland) * used / ideas

    def _post(self, sending: Sending) -> None:
        market = self.model
        action, play, spec, spec_index, number = sending
        buyers = market.definition.population.buyers
        level = action.level if spec.scales == "volume" else 1
        topic = market.topic_index.get(action.topic, -1) if action.topic else -1
        audience = market.archetype_index.get(action.audience, -1) if action.audience else -1
        market.board.post(
            key=name_key(self.vendor.id, market.round, action.slot, spec_index, number),
            tick=market.tick,
            vendor=self.vendor.index,
            play=market.play_index[play.id],
            platform=market.platform_index[spec.platform],
            topic=topic,
            audience=audience,
            reach=Reach[spec.reach.upper()],
            volume=round(spec.volume * level * buyers / 1000),
            usefulness=spec.usefulness * self._substance(spec.ideas),
            promotion=spec.promotion,
            incentive=spec.incentive,
            entertainment=spec.entertainment,
            personal=spec.personal,
            length=spec.length,
            novelty=self._novelty(sending),
            stage_fit=spec.stage_fit,
            unsolicited=spec.unsolicited,
            automated=spec.automated,
            form=spec.form,
        )
