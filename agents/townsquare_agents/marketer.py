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
from townsquare_agents.messages import make_message
from townsquare_agents.plays import Sending, schedule
from townsquare_agents.rng import Purpose, name_key, uniform
from townsquare_agents.vendor import Vendor

if TYPE_CHECKING:
    from townsquare_agents.market import Market

TEST_DAYS = 7  # an A/B test is read after a week of the round


@dataclass(slots=True)
class Due:
    """A message that waits for its day; while two topics are tested, both arms of it."""

    messages: NDArray[np.void]  # MESSAGE[1], or MESSAGE[2]: two arms under one key
    play: str
    test: tuple[int, str]  # round and slot: what an A/B test belongs to
    ideas: float
    voices: float = 0.0  # share of the staff that repeats the message in public; 0: the vendor's own message


class Marketer(MarketAgent):
    """Posts the messages of the plan in force, with the ideas there are, and remembers what it said before."""

    def __init__(self, model: Market, vendor: Vendor) -> None:
        super().__init__(model)
        self.vendor = vendor
        self._due: dict[int, list[Due]] = {}  # tick -> what is due
        self._said: dict[tuple[str, int], tuple[float, int]] = {}  # play, topic -> fading repetitions, last tick
        self._templates: dict[tuple[str, int, bool], NDArray[np.void]] = {}  # slot, specification, tested
        self._tests: dict[tuple[int, str], list[list[int]]] = {}  # round, slot -> messages posted in each arm

    def start_round(self) -> None:
        """Lay the plan in force out over the days to come; what still waits for approval stays on the calendar."""
        market = self.model
        self._templates = {}
        delay = self.vendor.spec.approval_days if market.rules[0]["on_organisation"] else 0
        for day, sendings in enumerate(schedule(market.definition, self.vendor.plan)):
            for sending in sendings:
                tested = sending.action.alternative is not None and day < TEST_DAYS
                self._due.setdefault(market.tick + day + delay, []).extend(self._prepare(sending, tested))

    def step(self) -> None:
        """Post what is due today."""
        for due in self._due.pop(self.model.tick, ()):
            self._post(due)

    def _prepare(self, sending: Sending, tested: bool) -> list[Due]:
        """Return what a sending puts on the calendar: the vendor's message, and what employees make of it."""
        market, action, spec = self.model, sending.action, sending.spec
        what = (action.slot, sending.spec_index, tested)
        if what not in self._templates:
            self._templates[what] = self._template(sending, tested)
        messages = self._templates[what].copy()
        messages["key"] = name_key(self.vendor.id, market.round, action.slot, sending.spec_index, sending.number)
        prepared = [Due(messages, sending.play.id, (market.round, action.slot), spec.ideas)]
        share = min(1.0, self.vendor.capacity("employee_voices"))
        if share > 0.0 and spec.reach == "followers" and market.rules[0]["on_organisation"]:
            voices = messages.copy()
            voices["key"] = name_key("voices", int(messages["key"][0]))
            voices["reach"] = Reach.VOICES
            # employees repeat; they have no idea of their own
            prepared.append(Due(voices, sending.play.id, (market.round, action.slot), 0.0, share))
        return prepared

    def _template(self, sending: Sending, tested: bool) -> NDArray[np.void]:
        """Return what all messages of one specification of an action share; of a tested one, both arms."""
        market = self.model
        action, play, spec, _, _ = sending
        volume = spec.volume * (action.level if spec.scales == "volume" else 1)
        message = make_message(
            vendor=self.vendor.index,
            play=market.play_index[play.id],
            platform=market.platform_index[spec.platform],
            topic=market.topic_index[action.topic] if action.topic else -1,
            audience=market.archetype_index[action.audience] if action.audience else -1,
            stage=Stage[action.stage.upper()] if action.stage else -1,
            reach=Reach[spec.reach.upper()],
            volume=round(volume * market.definition.population.buyers / 1000),
            usefulness=spec.usefulness,
            promotion=spec.promotion,
            incentive=spec.incentive,
            entertainment=spec.entertainment,
            personal=spec.personal,
            length=spec.length,
            stage_fit=spec.stage_fit,
            unsolicited=spec.unsolicited,
            automated=spec.automated,
            form=spec.form or action.form,
            qualified=spec.qualified or action.qualified,
        )
        if tested and action.alternative is not None:
            message = np.repeat(message, 2)
            message["arm"] = 1, 2
            message["topic"][1] = market.topic_index[action.alternative]
        return message

    def _novelty(self, said: tuple[str, int]) -> float:
        """Return 1 / (1 + weight x recent repetitions) of a play on a topic."""
        rules = self.model.rules[0]
        if not rules["on_wear_out"]:
            return 1.0
        return 1.0 / (1.0 + float(rules["wear_out_weight"]) * self._repetitions(said))

    def _repetitions(self, said: tuple[str, int]) -> float:
        repetitions, last = self._said.get(said, (0.0, 0))
        fade = float(self.model.rules[0]["wear_out_decay"])
        for _ in range(self.model.tick - last if repetitions else 0):
            repetitions *= fade
        return repetitions

    def _remember(self, said: tuple[str, int], share: float) -> None:
        """Count one more repetition, heard by a share of the market."""
        self._said[said] = (self._repetitions(said) + share, self.model.tick)

    def _substance(self, ideas: float) -> float:
        """Use up ideas; return the share of full usefulness that the message then has."""
        rules = self.model.rules[0]
        if ideas <= 0.0 or not rules["on_ideas"]:
            return 1.0
        used = min(ideas, self.vendor.ideas)
        self.vendor.ideas -= used
        bland = float(rules["expertise_bland"])
        return bland + (1.0 - bland) * used / ideas

    def _approve(self, messages: NDArray[np.void]) -> None:
        """Let corporate approval take the person out of messages, and some of the use and the fun."""
        rules, filtering = self.model.rules[0], self.vendor.spec.filtering
        if filtering > 0.0 and rules["on_organisation"]:
            messages["usefulness"] *= 1.0 - filtering * rules["organisation_filtered_usefulness"]
            messages["personal"] *= 1.0 - filtering
            messages["entertainment"] *= 1.0 - 0.5 * filtering

    def _let_employees_speak(self, messages: NDArray[np.void], share: float) -> None:
        """Turn copies of a message into what employees make of it, on accounts of their own."""
        rules, buyers = self.model.rules[0], self.model.definition.population.buyers
        contacts = share * self.vendor.spec.staff * float(rules["organisation_contacts_per_voice"])
        messages["volume"] = round(contacts * buyers / 1000)
        messages["personal"] = rules["organisation_voice_personal"]

    def _slips(self, message: np.void) -> bool:
        """Say whether a personal message goes wrong, as unfiltered ones sometimes do."""
        rules = self.model.rules[0]
        if message["personal"] == 0.0 or not rules["on_gaffes"] or not rules["on_organisation"]:
            return False
        chance = float(rules["organisation_gaffe"]) * float(message["personal"])
        return uniform(self.model.seed, int(Purpose.GAFFE), 0, self.vendor.index, int(message["key"])) < chance

    def _post(self, due: Due) -> None:
        messages = due.messages
        tested = self._tests.get(due.test)
        if messages.size == 1 and tested is not None:
            messages["topic"] = self._better_topic(tested)
        said = [(due.play, topic) for topic in messages["topic"].tolist()]
        messages["tick"] = self.model.tick
        messages["novelty"] = [self._novelty(what) for what in said]
        for what in said:
            self._remember(what, 1.0 / len(said))
        self._approve(messages)
        messages["usefulness"] *= self._substance(due.ideas)
        if due.voices > 0.0:
            self._let_employees_speak(messages, due.voices)
        messages["gaffe"] = self._slips(messages[0])
        for message in messages:
            number = self.model.board.post(message)
            if message["arm"] > 0:
                self._tests.setdefault(due.test, [[], []])[message["arm"] - 1].append(number)

    def _better_topic(self, tested: list[list[int]]) -> int:
        """Return the topic of the arm that got more clicks per message seen; the first one in a draw."""
        rows = self.model.board.rows
        rates = []
        for arm in tested:
            seen, clicks = int(rows["seen"][arm].sum()), int(rows["clicks"][arm].sum())
            rates.append(clicks / seen if seen else 0.0)
        best = 1 if tested[1] and rates[1] > rates[0] else 0
        return int(rows["topic"][tested[best][0]])
