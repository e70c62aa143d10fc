"""A day of a spam campaign: it loses what is banned, makes accounts while they pay, follows en masse, and writes.

Law: no rule says where spam goes. An account reaches whom the platform's relationship lets it reach, costs the same
everywhere, and a campaign grows where its accounts earn more than they cost (docs/model.md, 7.11). Accounts are counted
by age, not named; of those who follow back only the number is known.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.compiled import inline, kernel
from townsquare_agents.kernels.codes import Gate, Relationship
from townsquare_agents.kernels.powers import decay, power
from townsquare_agents.kernels.tables import Table
from townsquare_agents.rng import Purpose, stream_key, successes

CAMPAIGN = np.dtype(
    [
        ("wanted", np.float64),  # accounts it would like to have
        ("income", np.float64),
        ("cost", np.float64),
        ("earned", np.float64),  # fading sums of income and cost, which it compares
        ("paid", np.float64),
        ("platform", np.int64),
        ("made", np.int64),  # accounts so far, and those of them that were banned
        ("banned", np.int64),
        ("accounts", np.int64),  # alive
        ("followers", np.int64),  # buyers who followed back, or agreed to a tie
        ("sent", np.int64),
        ("posted", np.int64),  # yesterday's message, -1 none
        ("cohorts", np.int64),  # that are alive: the first so many rows
    ],
    align=True,
)

COHORT = np.dtype(
    [
        ("born", np.int64),
        ("key", np.int64),
        ("accounts", np.int64),
        ("followers", np.int64),
    ],
    align=True,
)
"""Accounts made on one day, and how many buyers are tied to them."""

_PERMISSION = int(Relationship.PERMISSION)
_GROUP = int(Relationship.GROUP)
_INBOX = int(Relationship.INBOX)
_VIRAL = int(Relationship.VIRAL)
_MIXED = int(Relationship.MIXED)
_OPEN = int(Gate.OPEN)
_DETECTION = int(Purpose.DETECTION)
_FOLLOW_BACK = int(Purpose.FOLLOW_BACK)


@inline
def _anybody_follows(relationship: int) -> bool:
    return relationship == _VIRAL or relationship == _MIXED


@inline
def _rounded(x: float) -> int:
    return int(np.rint(x))


@inline
def _be_policed(campaign: np.void, cohorts: Table, place: np.void, reports: int, seed: int, tick: int) -> None:
    """Lose accounts to detection, once they are old enough to be looked at, and to yesterday's reports."""
    key = stream_key(seed, _DETECTION, tick)
    spared = power(1.0 - place["report_weight"], reports / max(1, campaign["accounts"]))
    kept = 0
    for c in range(campaign["cohorts"]):
        cohort = cohorts[c]
        looked_at = tick - cohort["born"] >= place["detection_delay"]
        found = 1.0 - spared * (1.0 - place["detection"] if looked_at else 1.0)
        banned = successes(key, cohort["accounts"], cohort["key"], found)
        lost = _rounded(cohort["followers"] * banned / cohort["accounts"])
        cohort["accounts"] -= banned
        cohort["followers"] -= lost
        campaign["accounts"] -= banned
        campaign["banned"] += banned
        campaign["followers"] -= lost
        if cohort["accounts"] > 0:
            cohorts[kept] = cohort
            kept += 1
    campaign["cohorts"] = kept


@inline
def _recruit(campaign: np.void, cohorts: Table, rules: np.void, buyers: int, most: float, key: int, tick: int) -> None:
    """Want more accounts while income exceeds cost, fewer while it does not; pay for the new ones.

    Nobody wants more accounts than messages that a campaign can send.
    """
    growth = rules["spam_growth"]
    campaign["wanted"] *= 1.0 + (growth if campaign["earned"] > campaign["paid"] else -growth)
    least = rules["spam_start_volume"] / rules["spam_messages"] * buyers / 1000
    campaign["wanted"] = min(max(1.0, least, campaign["wanted"]), most)
    new = max(0, _rounded(campaign["wanted"]) - campaign["accounts"])
    if new > 0:
        cohort = cohorts[campaign["cohorts"]]
        cohort["born"] = tick
        cohort["key"] = key
        cohort["accounts"] = new
        cohort["followers"] = 0
        campaign["cohorts"] += 1
        campaign["accounts"] += new
        campaign["made"] += new
    price = new * rules["spam_account_cost"]
    campaign["cost"] += price
    campaign["paid"] = campaign["paid"] * decay(rules["spam_memory"]) + price


@inline
def _follow(campaign: np.void, cohorts: Table, rules: np.void, seed: int, tick: int) -> None:
    """Follow buyers en masse, or ask for ties; some follow back, or agree."""
    key = stream_key(seed, _FOLLOW_BACK, tick)
    for c in range(campaign["cohorts"]):
        cohort = cohorts[c]
        followed = _rounded(cohort["accounts"] * rules["spam_follows"])
        back = successes(key, followed, cohort["key"], rules["spam_follow_back"])
        cohort["followers"] += back
        campaign["followers"] += back


@inline
def _in_reach(campaign: np.void, rules: np.void, place: np.void, members: int) -> float:
    """Return how many messages the accounts can place today: what the platform's rule lets an account reach."""
    if members == 0:
        return 0.0
    if place["relationship"] == _GROUP:
        return float(campaign["accounts"] * members) if place["gate"] == _OPEN else 0.0  # all members see a post
    if _anybody_follows(place["relationship"]) or place["relationship"] == _INBOX:
        return campaign["followers"] + campaign["accounts"] * rules["spam_messages"]
    return float(campaign["followers"])


@inline
def _write(campaign: np.void, rules: np.void, place: np.void, most: float, members: int) -> float:
    """Write to everybody in reach, as far as the campaign's machines allow; return how much passes the filter.

    That alone sells. Income is an expected value.
    """
    volume = min(_rounded(_in_reach(campaign, rules, place, members)), _rounded(most))
    passed: float = volume * (1.0 - place["spam_filter"])
    income = passed * rules["spam_return_per_message"] * rules["spam_sale"]
    campaign["earned"] = campaign["earned"] * decay(rules["spam_memory"]) + income
    campaign["income"] += income
    campaign["sent"] += volume
    return passed


@kernel
def run_campaign(
    campaigns: Table,
    cohorts: Table,
    platforms: Table,
    member: NDArray[np.int8],
    board: Table,
    at: int,
    rules: Table,
    templates: Table,
    key: int,
    seed: int,
    tick: int,
) -> bool:
    """Let a day of the campaign in the one row of ``campaigns`` pass; say whether it writes.

    What it writes stands in row ``at`` of the board, a copy of the one row of ``templates``; ``key`` names what it
    makes today. There must be room for one more cohort than are alive.
    """
    campaign, rule = campaigns[0], rules[0]
    p, buyers = campaign["platform"], member.shape[0]
    place = platforms[p]
    if rule["on_spam"] == 0.0 or not place["open"] or place["spam_filter"] >= 1.0:
        return False
    reports = board[campaign["posted"]]["reports"] if campaign["posted"] >= 0 else 0
    campaign["posted"] = -1
    if rule["on_policing"] != 0.0:
        _be_policed(campaign, cohorts, place, reports, seed, tick)
    most = rule["spam_most_volume"] * buyers / 1000
    _recruit(campaign, cohorts, rule, buyers, most, key, tick)
    if _anybody_follows(place["relationship"]) or place["relationship"] == _PERMISSION:
        _follow(campaign, cohorts, rule, seed, tick)
    members = 0
    for i in range(buyers):
        members += member[i, p] != 0
    passed = _write(campaign, rule, place, most, members)
    if passed == 0.0:
        return False
    board[at] = templates[0]
    message = board[at]
    message["key"] = key
    message["tick"] = tick
    message["volume"] = _rounded(passed * buyers / members)  # who is no member is lost
    campaign["posted"] = at
    return True
