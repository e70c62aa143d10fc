"""The marketer runs one vendor's plan: an editorial calendar of messages, posted when due.

Corporate approval delays and filters what people say; ideas give it substance; repetition wears it out; an A/B test
decides between two topics.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.agent import MarketAgent
from townsquare_agents.kernels.codes import Reach, Stage
from townsquare_agents.kernels.tables import MESSAGE
from townsquare_agents.messages import make_message
from townsquare_agents.plays import Sending, schedule
from townsquare_agents.rng import Purpose, name_key, uniform
from townsquare_agents.vendor import Vendor

if TYPE_CHECKING:
    from townsquare_agents.market import Market

TEST_DAYS = 7  # an A/B test is read after a week of the round


@dataclass(slots=True)
class Due:
    """A message that waits for its day."""

    message: np.void
    ideas: float
    said: tuple[str, int]  # play and topic: what wears out
    slot: str


class Marketer(MarketAgent):
    """Posts the messages of the plan in force, with the ideas there are, and remembers what it said before."""

    def __init__(self, model: Market, vendor: Vendor) -> None:
        super().__init__(model)
        self.vendor = vendor
        self._due: dict[int, list[Due]] = {}
        self._said: dict[tuple[str, int], tuple[float, int]] = {}
        self._templates: dict[tuple[str, int, int], tuple[NDArray[np.void], NDArray[np.void] | None]] = {}
        self._tests: dict[str, list[list[int]]] = {}  # slot -> messages posted in each arm of its A/B test

    def start_round(self) -> None:
        """Lay the plan in force out over the days to come; what still waits for approval stays on the calendar."""
        market = self.model
        self._tests, self._templates = {}, {}
        delay = self.vendor.spec.approval_days if market.rules[0]["on_organisation"] else 0
        drafts: list[tuple[int, Sending, NDArray[np.void], int]] = []
        for day, sendings in enumerate(schedule(market.definition, self.vendor.plan)):
            for sending in sendings:
                for arm in (1, 2) if sending.action.alternative and day < TEST_DAYS else (0,):
                    for template, key in self._prepare(sending, arm):
                        drafts.append((market.tick + day + delay, sending, template, key))
        if not drafts:
            return
        messages = np.empty(len(drafts), MESSAGE)
        for number, (_, _, template, _) in enumerate(drafts):
            messages[number : number + 1] = template
        messages["key"] = [key for _, _, _, key in drafts]
        for message, (day, sending, _, _) in zip(messages, drafts, strict=True):
            own = message["reach"] == Reach[sending.spec.reach.upper()]
            due = Due(
                message,
                sending.spec.ideas if own else 0.0,  # employees repeat; they have no idea of their own
                (sending.play.id, int(message["topic"])),
                sending.action.slot,
            )
            self._due.setdefault(day, []).append(due)

    def step(self) -> None:
        """Post what is due today."""
        for due in self._due.pop(self.model.tick, ()):
            self._post(due)

    def _prepare(self, sending: Sending, arm: int) -> list[tuple[NDArray[np.void], int]]:
        """Return the message of a sending, as far as it is known in advance, and its key; also what employees say."""
        action, _, _, spec_index, number = sending
        what = (action.slot, spec_index, arm)
        if what not in self._templates:
            template = self._template(sending, arm)
            self._templates[what] = (template, self._voices(template))
        template, voices = self._templates[what]
        key = name_key(self.vendor.id, self.model.round, action.slot, spec_index, number, arm)
        prepared = [(template, key)]
        return prepared if voices is None else [*prepared, (voices, name_key("voices", key))]

    def _template(self, sending: Sending, arm: int) -> NDArray[np.void]:
        """Return what all messages of one specification of an action share."""
        market = self.model
        action, play, spec, _, _ = sending
        topic = action.alternative if arm == 2 else action.topic
        filtered = self.vendor.spec.filtering if market.rules[0]["on_organisation"] else 0.0
        usefulness = spec.usefulness * (1.0 - filtered * market.definition.parameters.organisation.filtered_usefulness)
        volume = spec.volume * (action.level if spec.scales == "volume" else 1)
        platform = market.platform_index[spec.platform]
        volume *= market.definition.platforms[platform].traffic
        return make_message(
            vendor=self.vendor.index,
            play=market.play_index[play.id],
            platform=platform,
            topic=market.topic_index[topic] if topic else -1,
            audience=market.archetype_index[action.audience] if action.audience else -1,
            stage=Stage[action.stage.upper()] if action.stage else -1,
            reach=Reach[spec.reach.upper()],
            volume=round(volume * market.definition.population.buyers / 1000),
            arm=arm,
            usefulness=usefulness,
            promotion=spec.promotion,
            incentive=spec.incentive,
            entertainment=spec.entertainment * (1.0 - 0.5 * filtered),
            personal=spec.personal * (1.0 - filtered),
            length=spec.length,
            stage_fit=spec.stage_fit,
            unsolicited=spec.unsolicited,
            automated=spec.automated,
            form=spec.form or action.form,
            qualified=spec.qualified or action.qualified,
        )

    def _voices(self, template: NDArray[np.void]) -> NDArray[np.void] | None:
        """Return what employees who speak in public make of a message to followers, or None."""
        market, organisation = self.model, self.model.definition.parameters.organisation
        share = min(1.0, self.vendor.capacity("employee_voices"))
        if share == 0.0 or template["reach"][0] != Reach.FOLLOWERS or not market.rules[0]["on_organisation"]:
            return None
        contacts = share * self.vendor.spec.staff * organisation.contacts_per_voice
        voices = template.copy()
        voices["reach"] = Reach.PAID
        voices["volume"] = round(contacts * market.definition.population.buyers / 1000)
        voices["personal"] = organisation.voice_personal
        return voices

    def _novelty(self, said: tuple[str, int]) -> float:
        """Return 1 / (1 + weight x recent repetitions) of a play on a topic, and remember this one."""
        market = self.model
        rules = market.rules[0]
        repetitions, last = self._said.get(said, (0.0, market.tick))
        fade = float(rules["wear_out_decay"])
        for _ in range(market.tick - last):
            repetitions *= fade
        self._said[said] = (repetitions + 1.0, market.tick)
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

    def _slips(self, message: np.void) -> bool:
        """Say whether a personal message goes wrong, as unfiltered ones sometimes do."""
        if message["personal"] == 0.0 or not self.model.rules[0]["on_organisation"]:
            return False
        chance = float(self.model.rules[0]["organisation_gaffe"]) * float(message["personal"])
        return uniform(self.model.seed, int(Purpose.GAFFE), 0, self.vendor.index, int(message["key"])) < chance

    def _post(self, due: Due) -> None:
        message = due.message
        tested = self._tests.get(due.slot)
        if message["arm"] == 0 and tested is not None:
            message["topic"] = self._better_topic(tested)
        message["tick"] = self.model.tick
        message["novelty"] = self._novelty(due.said)
        message["usefulness"] *= self._substance(due.ideas)
        message["gaffe"] = self._slips(message)
        number = self.model.board.post(message)
        if message["arm"] > 0:
            self._tests.setdefault(due.slot, [[], []])[message["arm"] - 1].append(number)

    def _better_topic(self, tested: list[list[int]]) -> int:
        """Return the topic of the arm that got more clicks per message seen; the first one in a draw."""
        rows = self.model.board.rows
        rates = []
        for arm in tested:
            seen, clicks = int(rows["seen"][arm].sum()), int(rows["clicks"][arm].sum())
            rates.append(clicks / seen if seen else 0.0)
        best = 1 if tested[1] and rates[1] > rates[0] else 0
        return int(rows["topic"][tested[best][0]])
