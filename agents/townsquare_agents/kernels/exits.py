"""Unfollow, unsubscribe, block: the hazard after one message too many, and its reason."""

from __future__ import annotations

import numpy as np

from townsquare_agents.compiled import inline
from townsquare_agents.kernels.codes import Cause, Happening, Tie, code
from townsquare_agents.kernels.events import count, tell
from townsquare_agents.kernels.tables import Keys, Log
from townsquare_agents.rng import Purpose, unit

_BLOCKED = np.uint32(Tie.BLOCKED)
_INCENTIVE = np.uint32(Tie.INCENTIVE)
_NO_TIE = np.uint32(0)
_UNFOLLOW = code(Happening.UNFOLLOW)
_UNSUBSCRIBE = code(Happening.UNSUBSCRIBE)
_BLOCK = code(Happening.BLOCK)
_P_EXIT = int(Purpose.EXIT)
_P_BLOCK = int(Purpose.BLOCK)
_C_FREQUENT = code(Cause.TOO_FREQUENT)
_C_CROWDED = code(Cause.CROWDED)
_C_REPETITIVE = code(Cause.REPETITIVE)
_C_OFFERS = code(Cause.ONLY_OFFERS)
_C_IRRELEVANT = code(Cause.IRRELEVANT)
_C_NOTHING = code(Cause.NOTHING_TO_WIN)
_C_UNASKED = code(Cause.UNASKED)


@inline
def _exit_hazard(
    rules: np.void, buyer: np.void, relation: np.void, message: np.void, relevance: float
) -> tuple[float, int]:
    """Return the hazard of leaving after this message and its largest part (order of reasons: ExactTarget 2011)."""
    frequent = rules["exits_frequent"] * max(0.0, relation["frequency"] / rules["exits_tolerance"] - 1.0)
    crowded = 0.0
    if rules["on_overload"] != 0.0:
        crowded = rules["exits_crowded"] * max(0.0, buyer["overload"] - 1.0)
    repetitive = rules["exits_repetitive"] * (1.0 - message["novelty"])
    offers = rules["exits_offers"] * max(0.0, 2.0 * relation["offers"] - 1.0)
    irrelevant = rules["exits_irrelevant"] * (1.0 - relevance) * (1.0 - message["entertainment"])
    nothing = 0.0
    if relation["ties"] & _INCENTIVE and message["incentive"] == 0.0:
        nothing = rules["exits_nothing_to_win"] * (1.0 - relevance)
    unasked = 0.0
    if message["unsolicited"] and message["automated"]:
        unasked = rules["exits_unasked"]
    total = frequent + crowded + repetitive + offers + irrelevant + nothing + unasked
    cause, most = _C_FREQUENT, frequent
    if crowded > most:
        cause, most = _C_CROWDED, crowded
    if repetitive > most:
        cause, most = _C_REPETITIVE, repetitive
    if offers > most:
        cause, most = _C_OFFERS, offers
    if irrelevant > most:
        cause, most = _C_IRRELEVANT, irrelevant
    if nothing > most:
        cause, most = _C_NOTHING, nothing
    if unasked > most:
        cause, most = _C_UNASKED, unasked
    return total * rules["exits_rate"] * (1.25 - relation["trust"]), cause


@inline
def leave(
    log: Log,
    keys: Keys,
    rules: np.void,
    buyer: np.void,
    relation: np.void,
    message: np.void,
    tick: int,
    i: int,
    m: int,
    bit: np.uint32,
    inbox: bool,
    relevance: float,
) -> None:
    """Unfollow, unsubscribe or block after one message too many."""
    v, ties = message["vendor"], relation["ties"]
    tied = (ties & bit) != _NO_TIE
    if not tied and not message["unsolicited"]:
        return
    hazard, cause = _exit_hazard(rules, buyer, relation, message, relevance)
    if tied and unit(keys[_P_EXIT], i, message["key"]) < hazard:
        relation["ties"] = ties & ~(bit | _INCENTIVE)
        what = _UNSUBSCRIBE if inbox else _UNFOLLOW
        count(log, v, message["play"], what)
        tell(log, tick, i, v, what, cause, m, hazard)
    if message["unsolicited"]:
        if unit(keys[_P_BLOCK], i, message["key"]) < hazard * relation["irritation"]:
            relation["ties"] = _BLOCKED
            count(log, v, message["play"], _BLOCK)
            tell(log, tick, i, v, _BLOCK, _C_UNASKED, m, hazard)
