"""Evening: what fades fades, stages move, and the sums over relations are taken: the one sweep over all of them.

It also writes down what the next day looks up at random: whose happy customer a buyer is, a byte each, and who is tied
to a vendor, four bytes each, instead of the records that they stand in (docs/model.md, 7.7 and 7.14).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.compiled import inline
from townsquare_agents.kernels.codes import Relationship, Stage
from townsquare_agents.kernels.lanes import prefetch
from townsquare_agents.kernels.measures import AHEAD, FOLLOWERS, GOODWILL, PERMISSIONS, TRUST
from townsquare_agents.kernels.tables import Table, World
from townsquare_agents.rng import Purpose, unit

_UNAWARE = int(Stage.UNAWARE)
_AWARE = int(Stage.AWARE)
_INTERESTED = int(Stage.INTERESTED)
_EVALUATING = int(Stage.EVALUATING)
_CUSTOMER = int(Stage.CUSTOMER)
_ADVOCATE = int(Stage.ADVOCATE)
_LOST = int(Stage.LOST)
_INBOX = int(Relationship.INBOX)
_STAGE = int(Purpose.STAGE)
_NO_TIE = np.uint32(0)


def _next_stage(stage: int, faint: bool, aware: bool, searching: bool, chance: bool) -> int:
    """Return where a buyer stands tomorrow with a vendor that is not its supplier.

    ``faint``: it hardly remembers the vendor any more; ``chance``: today's draw is for interest, or for a new look.
    """
    if stage in (_CUSTOMER, _ADVOCATE):
        return stage
    if stage == _LOST:
        return _AWARE if chance else _LOST
    if faint:
        return _UNAWARE
    if stage == _UNAWARE:
        return _AWARE if aware else _UNAWARE
    if stage == _AWARE:
        return (_EVALUATING if searching else _INTERESTED) if chance else _AWARE
    if stage == _INTERESTED and not searching:
        return _INTERESTED if aware else _AWARE
    return _EVALUATING if searching else _INTERESTED


# the rule as a table: which stage comes next cannot be predicted, and a wrong guess costs more than a look-up
_NEXT_STAGE = np.array(
    [
        [_next_stage(stage, bool(n & 8), bool(n & 4), bool(n & 2), bool(n & 1)) for n in range(16)]
        for stage in range(len(Stage))
    ],
    np.int16,
)
_PROSPECT = np.array([stage not in (_CUSTOMER, _ADVOCATE) for stage in range(len(Stage))], np.float64)


@inline
def _move(
    relation: np.void, u: float, faint_at: float, aware_at: float, rate: float, again: float, searching: bool
) -> None:
    """Move one buyer's stage with a vendor.

    ``rate`` is how fast somebody who knows and trusts it gets interested, ``again`` how fast a lost one looks again.
    """
    stage, awareness = relation["stage"], relation["awareness"]
    chance = again if stage == _LOST else rate * awareness * relation["trust"]
    faint, aware = awareness < faint_at, awareness >= aware_at
    relation["stage"] = _NEXT_STAGE[stage, faint * 8 + aware * 4 + searching * 2 + (u < chance)]


@inline
def _overload(
    buyer: np.void, platforms: Table, member: NDArray[np.int8], offered: NDArray[np.int32], fade: float
) -> None:
    """Move a buyer's overload towards today's inflow over its capacity, on the platforms that it belongs to."""
    others, messages, capacity = 0.0, 0, 0.0
    for p in range(platforms.size):  # no branches: who belongs where cannot be predicted
        there = member[p] & platforms[p]["open"]
        others += there * platforms[p]["background"]
        capacity += there * platforms[p]["attention"]
        messages += there * offered[p]
        offered[p] = 0
    load = (others + messages / buyer["activity"]) / capacity if capacity > 0.0 else 0.0
    buyer["overload"] = fade * buyer["overload"] + (1.0 - fade) * load


@inline
def _bits(platforms: Table, inbox: bool) -> np.uint32:
    """Return the tie bits of all open inboxes, or of all other open platforms."""
    bits = np.uint32(0)
    for p in range(platforms.size):
        if platforms[p]["open"] and (platforms[p]["relationship"] == _INBOX) == inbox:
            bits = np.uint32(bits | np.uint32(1 << p))
    return bits


@inline
def _add_up(relation: np.void, followed: np.uint32, permitted: np.uint32, sums: NDArray[np.float64]) -> None:
    """Add a relation to its vendor's sums: no branches, since who follows whom cannot be predicted."""
    ties = relation["ties"]
    sums[TRUST] += relation["trust"]
    sums[GOODWILL] += relation["awareness"] * relation["trust"] * _PROSPECT[relation["stage"]]
    sums[FOLLOWERS] += np.float64((ties & followed) != _NO_TIE)
    sums[PERMISSIONS] += np.float64((ties & permitted) != _NO_TIE)


@inline
def settle(world: World) -> None:
    """Let a day end for every buyer, and fill ``measured`` but for what accounts bring."""
    rules, key = world.rules[0], world.keys[_STAGE]
    awareness_fade = rules["awareness_decay"] if rules["on_awareness_decay"] != 0.0 else 1.0
    irritation_fade, frequency_fade = rules["irritation_decay"], rules["exits_frequency_decay"]
    word_fade, expertise_fade = rules["word_of_mouth_decay"], rules["expertise_decay"]
    score_fade, overload_fade = rules["leads_decay"], rules["attention_overload_decay"]
    aware_at = rules["awareness_aware_at"]
    faint_at, again = rules["awareness_forgotten"] * aware_at, 1.0 / rules["churn_comeback"]
    happy_at = rules["experience_advocate_at"] if rules["on_peers"] != 0.0 else 2.0
    buyers, relations, accounts, platforms = world.buyers, world.relations, world.accounts, world.platforms
    word, tied, happy_with, measured = world.word, world.tied, world.happy_with, world.measured
    followed, permitted = _bits(platforms, False), _bits(platforms, True)
    flat, vendors = relations.reshape(relations.size), relations.shape[1]
    measured[:] = 0.0
    for i in range(buyers.size):
        buyer = buyers[i]
        account = accounts[buyer["account"]]
        happy_with[i] = account["supplier"] if account["satisfaction"] >= happy_at else -1
        _overload(buyer, platforms, world.member[i], world.offered[i], overload_fade)
        searching = account["in_market"] != 0
        rate = rules["awareness_interest_rate"] * (rules["need_search"] if searching else 1.0)
        for v in range(vendors):
            prefetch(flat, min(i * vendors + v + AHEAD, flat.size - 1))
            relation = relations[i, v]
            relation["awareness"] *= awareness_fade
            relation["irritation"] *= irritation_fade
            relation["frequency"] *= frequency_fade
            relation["expertise"] *= expertise_fade
            relation["score"] *= score_fade
            word[i, v] *= word_fade
            _move(relation, unit(key, i, v), faint_at, aware_at, rate, again, searching)
            _add_up(relation, followed, permitted, measured[v])
            tied[v, i] = relation["ties"]
