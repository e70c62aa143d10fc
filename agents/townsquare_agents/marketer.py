"""The marketer runs one vendor's plan: an editorial calendar of messages, posted when due.

What becomes of a draft on its day is `kernels.posting`'s business.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.agent import MarketAgent
from townsquare_agents.compiled import direct
from townsquare_agents.kernels.codes import Reach, Stage
from townsquare_agents.kernels.posting import DRAFT, SAID, Calendar, post
from townsquare_agents.kernels.tables import MESSAGE
from townsquare_agents.messages import as_bytes, joined, make_message
from townsquare_agents.plan import Action
from townsquare_agents.plays import Sending, schedule
from townsquare_agents.rng import name_key, name_keys
from townsquare_agents.vendor import Vendor

if TYPE_CHECKING:
    from townsquare_agents.market import Market

_post = direct(post)
TEST_DAYS = 7  # an A/B test is read after a week of the round


class Entry(NamedTuple):
    """What goes on the calendar: one message; two, under one key, while two topics are tested."""

    tick: int
    template: int
    key: int
    ideas: float
    voices: float
    test: int


class Marketer(MarketAgent):
    """Posts the messages of the plan in force, with the ideas there are, and remembers what it said before."""

    def __init__(self, model: Market, vendor: Vendor) -> None:
        super().__init__(model)
        self.vendor = vendor
        self.said = np.zeros((len(model.play_index), len(model.topic_index) + 1), SAID)
        self._calendar = Calendar(np.zeros(0, MESSAGE), np.zeros(0, DRAFT), self.said)
        self._days: list[int] = []  # of each draft
        self._posted = 0  # drafts that are
        self._templates = np.zeros(0, MESSAGE)
        self._known: dict[tuple[Action, int, bool, bool], range] = {}  # templates, one for each arm
        self._of_round: dict[tuple[str, int, bool, bool], range] = {}  # the same, by slot

    def start_round(self) -> None:
        """Lay the plan in force out over the days to come; what still waits for approval stays on the calendar."""
        entries: list[Entry] = []
        self._of_round = {}
        market, number = self.model, self.model.round
        organised = bool(market.rules[0]["on_organisation"])
        delay = self.vendor.spec.approval_days if organised else 0
        share = min(1.0, self.vendor.capacity("employee_voices")) if organised else 0.0
        plan = self.vendor.plan if market.rules[0]["on_experiments"] else self.vendor.plan.untested()
        for sending in schedule(market.definition, plan):
            entries += self._prepare(number, market.tick + delay, share, sending)
        if entries:
            self._put_on_calendar(entries)

    def step(self) -> None:
        """Post what is due today."""
        market, spec = self.model, self.vendor.spec
        first, last = self._posted, bisect_right(self._days, market.tick, self._posted)
        if first == last:
            return
        at = market.board.reserve(last - first)
        self._posted = last
        self.vendor.ideas = _post(
            self._calendar,
            first,
            last,
            market.board.rows,
            at,
            market.rules,
            self.vendor.ideas,
            spec.filtering,
            float(spec.staff),
            market.definition.population.buyers,
            market.seed,
            market.tick,
        )

    def _put_on_calendar(self, entries: list[Entry]) -> None:
        """Add entries behind what stands there, in order of their days."""
        ticks, templates, keys, *others = zip(*entries, strict=True)
        messages = as_bytes(self._templates)[list(templates)].view(MESSAGE)
        messages["key"] = keys
        drafts = np.zeros(messages.size, DRAFT)
        for name, values in zip(("tick", "ideas", "voices", "test"), (ticks, *others), strict=True):
            drafts[name] = values
        messages, drafts = joined(self._calendar.messages, messages), joined(self._calendar.drafts, drafts)
        order = np.argsort(drafts["tick"], kind="stable")
        self._days = drafts["tick"][order].tolist()
        self._calendar = self._calendar._replace(
            messages=as_bytes(messages)[order].view(MESSAGE), drafts=as_bytes(drafts)[order].view(DRAFT)
        )

    def _prepare(self, number: int, start: int, share: float, sending: Sending) -> list[Entry]:
        """Return what a sending puts on the calendar in a round with this number, whose messages go out from a tick on.

        That is the vendor's messages, and what this ``share`` of the employees makes of each.
        """
        action, spec = sending.action, sending.spec
        test = -1 if action.alternative is None else name_key(number, action.slot)
        keys = name_keys(self.vendor.id, number, action.slot, sending.spec_index, count=len(sending.days))
        voices = share > 0.0 and spec.reach == "followers"
        prepared: list[Entry] = []
        for day, key in zip(sending.days, keys, strict=True):
            tested = action.alternative is not None and day < TEST_DAYS
            for template in self._template(sending, tested, False):
                prepared.append(Entry(start + day, template, key, spec.ideas, 0.0, test))
            if voices:
                voices_key = name_key("voices", key)
                for template in self._template(sending, tested, True):  # they repeat what stands before it
                    prepared.append(Entry(start + day, template, voices_key, 0.0, share, test))
        return prepared

    def _template(self, sending: Sending, tested: bool, voices: bool) -> range:
        """Return the numbers of what all messages of one specification of an action share, one for each arm."""
        what = (sending.action.slot, sending.spec_index, tested, voices)
        if what not in self._of_round:
            ever = (sending.action, sending.spec_index, tested, voices)
            if ever not in self._known:
                made = self._make_template(sending, tested, voices)
                self._known[ever] = range(self._templates.size, self._templates.size + made.size)
                self._templates = joined(self._templates, made)
            self._of_round[what] = self._known[ever]
        return self._of_round[what]

    def _make_template(self, sending: Sending, tested: bool, voices: bool) -> NDArray[np.void]:
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
            reach=Reach.VOICES if voices else Reach[spec.reach.upper()],
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
