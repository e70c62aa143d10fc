"""The marketer runs one vendor's plan: an editorial calendar of messages, posted when due.

Which message stands on which day is `kernels.calendar`'s business, what becomes of it on its day `kernels.posting`'s.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.agent import MarketAgent
from townsquare_agents.compiled import direct
from townsquare_agents.kernels.calendar import MOST, SENDING, lay_out
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

_lay_out, _post = direct(lay_out), direct(post)
TEST_DAYS = 7  # an A/B test is read after a week of the round


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
        self._made: list[NDArray[np.void]] = []  # templates that go there next
        self._known: dict[tuple[Action, int], int] = {}  # the first template of each specification of an action

    def start_round(self) -> None:
        """Lay the plan in force out over the days to come; what still waits for approval stays on the calendar."""
        market, vendor = self.model, self.vendor
        organised = bool(market.rules[0]["on_organisation"])
        share = min(1.0, vendor.capacity("employee_voices")) if organised else 0.0
        plan = vendor.plan if market.rules[0]["on_experiments"] else vendor.plan.untested()
        due = schedule(market.definition, plan)
        if due:
            self._lay_out(due, market.tick + (vendor.spec.approval_days if organised else 0), share)

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

    def _lay_out(self, due: list[Sending], start: int, share: float) -> None:
        """Put on the calendar what is due from a tick on; this ``share`` of the staff may repeat it."""
        names = [(self.vendor.id, self.model.round, sending.action.slot, sending.spec_index) for sending in due]
        keys = np.concatenate([name_keys(*name, count=len(s.days)) for name, s in zip(names, due, strict=True)])
        rows = np.array([self._row(sending, share) for sending in due], SENDING)
        self._templates, self._made = joined(self._templates, *self._made), []
        messages, drafts = np.zeros(MOST * keys.size, MESSAGE), np.zeros(MOST * keys.size, DRAFT)
        count = _lay_out(
            rows,
            np.concatenate([sending.days for sending in due]),
            keys,
            _voices_keys(keys) if share > 0.0 else keys,
            self._templates,
            start,
            messages,
            drafts,
        )
        self._put_on_calendar(messages[:count], drafts[:count])

    def _put_on_calendar(self, messages: NDArray[np.void], drafts: NDArray[np.void]) -> None:
        """Add drafts behind what stands there, in order of their days."""
        messages, drafts = joined(self._calendar.messages, messages), joined(self._calendar.drafts, drafts)
        order = np.argsort(drafts["tick"], kind="stable")
        self._days = drafts["tick"][order].tolist()
        self._calendar = self._calendar._replace(
            messages=as_bytes(messages)[order].view(MESSAGE), drafts=as_bytes(drafts)[order].view(DRAFT)
        )

    def _row(self, sending: Sending, share: float) -> tuple[float, ...]:
        """Return a specification of an action as a `SENDING`; this ``share`` of the staff may repeat its messages."""
        action, spec = sending.action, sending.spec
        tested, test = 0, -1
        if action.alternative is not None:
            tested, test = TEST_DAYS, name_key(self.model.round, action.slot)
        voices = share if spec.reach == "followers" else 0.0
        return self._template(sending), len(sending.days), tested, test, spec.ideas, voices

    def _template(self, sending: Sending) -> int:
        """Return the number of what all messages of a specification of an action share."""
        what = (sending.action, sending.spec_index)
        known = self._known.get(what)
        if known is None:
            known = self._known[what] = self._templates.size + sum(made.size for made in self._made)
            self._made.append(self._make_template(sending))
        return known

    def _make_template(self, sending: Sending) -> NDArray[np.void]:
        """Return the template, and behind it, where two topics are tested, that of each arm."""
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
        if action.alternative is not None:
            message = np.repeat(message, 3)
            message["arm"] = 0, 1, 2
            message["topic"][2] = market.topic_index[action.alternative]
        return message


def _voices_keys(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.array([name_key("voices", key) for key in keys.tolist()], np.int64)
