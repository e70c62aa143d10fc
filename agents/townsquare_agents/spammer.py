"""An adaptive outsider: makes accounts while they pay, follows en masse, writes unasked, is reported and banned.

Law: no rule says where spam goes. An account reaches whom the platform's relationship lets it reach, costs the same
everywhere, and a campaign grows where its accounts earn more than they cost (Kanich 2008; Thomas 2011). Accounts are
counted by age, not named; of those who follow back only the number is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from townsquare_agents.agent import MarketAgent
from townsquare_agents.kernels.codes import Gate, Reach, Relationship
from townsquare_agents.messages import make_message
from townsquare_agents.rng import Purpose, name_key, successes
from townsquare_agents.rules import decay, power

if TYPE_CHECKING:
    from townsquare_agents.market import Market

_ANYBODY_FOLLOWS = (int(Relationship.VIRAL), int(Relationship.MIXED))
_HAS_SPAM = (*_ANYBODY_FOLLOWS, Relationship.PERMISSION, Relationship.GROUP)


def is_spammed(relationship: str) -> bool:
    """Say whether spammers can make accounts on platforms of this kind."""
    return Relationship[relationship.upper()] in _HAS_SPAM


@dataclass(slots=True)
class Cohort:
    """Accounts made on one day, and how many buyers are tied to them."""

    born: int
    key: int
    accounts: int
    followers: int = 0


class Spammer(MarketAgent):
    """One spam campaign on one platform."""

    def __init__(self, model: Market, number: int, platform: int) -> None:
        super().__init__(model)
        self.number = number
        self.platform = platform
        self.cohorts: list[Cohort] = []
        self.wanted = 0.0  # accounts it would like to have
        self.accounts_made = 0
        self.accounts_banned = 0
        self.sent = 0
        self.income = 0.0
        self.cost = 0.0
        self._earned = 0.0  # fading sums of income and cost, which it compares
        self._paid = 0.0
        self._posted = -1
        self._name = name_key("spam", number, model.definition.platforms[platform].id)
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

    @property
    def accounts(self) -> int:
        """Accounts that are alive."""
        return sum(cohort.accounts for cohort in self.cohorts)

    @property
    def followers(self) -> int:
        """Buyers who followed back, or agreed to a tie."""
        return sum(cohort.followers for cohort in self.cohorts)

    def step(self) -> None:
        """Lose what is banned, make accounts while they pay, follow en masse, and write to whom that reaches."""
        if not self.model.rules[0]["on_spam"] or not self.model.platforms[self.platform]["open"]:
            return
        self._be_policed()
        self._recruit()
        self._follow()
        self._write()

    def _be_policed(self) -> None:
        """Lose accounts to detection, once they are old enough to be looked at, and to yesterday's reports."""
        market, place, alive = self.model, self.model.platforms[self.platform], self.accounts
        reports = int(market.board.rows[self._posted]["reports"]) if self._posted >= 0 else 0
        self._posted = -1
        spared = power(1.0 - float(place["report_weight"]), reports / max(1, alive))
        delay, missed = float(place["detection_delay"]), 1.0 - float(place["detection"])
        for cohort in self.cohorts:
            looked_at = market.tick - cohort.born >= delay
            found = 1.0 - spared * (missed if looked_at else 1.0)
            banned = self._count(Purpose.DETECTION, cohort, cohort.accounts, found)
            cohort.followers -= round(cohort.followers * banned / cohort.accounts)
            cohort.accounts -= banned
            self.accounts_banned += banned
        self.cohorts = [cohort for cohort in self.cohorts if cohort.accounts > 0]

    def _recruit(self) -> None:
        """Want more accounts while income exceeds cost, fewer while it does not; pay for the new ones."""
        rules = self.model.rules[0]
        growth = float(rules["spam_growth"])
        self.wanted *= 1.0 + (growth if self._earned > self._paid else -growth)
        least = (
            float(rules["spam_start_volume"] / rules["spam_messages"]) * self.model.definition.population.buyers / 1000
        )
        self.wanted = min(max(1.0, least, self.wanted), self._most())
        new = max(0, round(self.wanted) - self.accounts)
        if new:
            self.cohorts.append(Cohort(self.model.tick, name_key(self._name, self.model.tick), new))
        self.accounts_made += new
        price = new * float(rules["spam_account_cost"])
        self.cost += price
        self._paid = self._remembered(self._paid) + price

    def _follow(self) -> None:
        """Follow buyers en masse, or ask for ties; some follow back, or agree."""
        rules, relationship = self.model.rules[0], int(self.model.platforms[self.platform]["relationship"])
        if relationship not in (*_ANYBODY_FOLLOWS, int(Relationship.PERMISSION)):
            return
        follows, follow_back = float(rules["spam_follows"]), float(rules["spam_follow_back"])
        for cohort in self.cohorts:
            followed = round(cohort.accounts * follows)
            cohort.followers += self._count(Purpose.FOLLOW_BACK, cohort, followed, follow_back)

    def _write(self) -> None:
        """Write to everybody in reach, as far as the campaign's machines allow; income is an expected value."""
        market, rules = self.model, self.model.rules[0]
        members = int(np.count_nonzero(market.columns.member[:, self.platform]))
        volume = min(round(self._in_reach(members)), round(self._most()))
        income = volume * float(rules["spam_return_per_message"]) * float(rules["spam_sale"])
        self._earned = self._remembered(self._earned) + income
        self.income += income
        self.sent += volume
        if volume == 0:
            return
        message = self._message
        message["key"] = name_key(self._name, market.tick)
        message["tick"] = market.tick
        message["volume"] = round(volume * market.definition.population.buyers / members)  # who is no member is lost
        self._posted = market.board.post(message)

    def _in_reach(self, members: int) -> float:
        """Return how many messages the accounts can place today: what the platform's rule lets an account reach."""
        place = self.model.platforms[self.platform]
        if members == 0:
            return 0.0
        relationship = int(place["relationship"])
        if relationship == Relationship.GROUP:
            return float(self.accounts * members) if int(place["gate"]) == Gate.OPEN else 0.0  # all members see a post
        if relationship in _ANYBODY_FOLLOWS:
            return self.followers + self.accounts * float(self.model.rules[0]["spam_messages"])
        return float(self.followers)

    def _most(self) -> float:
        return float(self.model.rules[0]["spam_most_volume"]) * self.model.definition.population.buyers / 1000

    def _remembered(self, amount: float) -> float:
        return amount * decay(float(self.model.rules[0]["spam_memory"]))

    def _count(self, purpose: Purpose, cohort: Cohort, trials: int, chance: float) -> int:
        """Return how many of so many trials succeed."""
        if trials == 0 or chance <= 0.0:
            return 0
        market = self.model
        return successes(market.seed, int(purpose), market.tick, trials, cohort.key, chance)
