"""Unfollow, unsubscribe, block: the hazard after one message too many, and its reason.

Reasons are competing risks: each adds its part to the hazard, and one of them is the reason by its share of it, told by
the draw that decides the exit itself.
"""

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
_CAUSES = np.array(
    [
        *(Cause.TOO_FREQUENT, Cause.CROWDED, Cause.REPETITIVE, Cause.ONLY_OFFERS),
        *(Cause.IRRELEVANT, Cause.NOTHING_TO_WIN, Cause.UNASKED),
    ],
    np.int64,
)
_C_UNASKED = code(Cause.UNASKED)


@inline
def _annoyances(
    rules: np.void, buyer: np.void, relation: np.void, message: np.void, relevance: float
) -> tuple[float, float, float, float, float, float, float]:
    """Return what annoys a buyer about a message, in the order of `_CAUSES` (order of reasons: ExactTarget 2011)."""
    frequent = rules["exits_frequent"] * max(0.0, relation["frequency"] / rules["exits_tolerance"] - 1.0)
    crowded = 0.0
    if rules["on_overload"] != 0.0:
        crowded = rules["exits_crowded"] * max(0.0, buyer["overload"] - 1.0)
    repetitive = rules["exits_repetitive"] * (1.0 - message["novelty"])
    bearable = rules["exits_offers_from"]
    offers = rules["exits_offers"] * max(0.0, relation["offers"] - bearable) / (1.0 - bearable)
    irrelevant = rules["exits_irrelevant"] * (1.0 - relevance) * (1.0 - message["entertainment"])
    nothing = 0.0
    if relation["ties"] & _INCENTIVE and message["incentive"] == 0.0:
        nothing = rules["exits_nothing_to_win"] * buyer["opportunism"] * (1.0 - relevance)
    unasked = 0.0
    if message["unsolicited"] and message["automated"]:
        unasked = rules["exits_unasked"]
    return frequent, crowded, repetitive, offers, irrelevant, nothing, unasked


@inline
def _cause(parts: tuple[float, ...], rest: float) -> int:
    """Return the cause in whose part of the sum ``rest`` lies."""
    for part in range(len(parts)):
        rest -= parts[part]
        if rest < 0.0:
            return int(_CAUSES[part])
    return int(_CAUSES[len(parts) - 1])


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
    name: int,
    bit: np.uint32,
    inbox: bool,
    relevance: float,
) -> None:
    """Unfollow, unsubscribe or block after one message too many."""
    v, ties = message["vendor"], relation["ties"]
    tied = (ties & bit) != _NO_TIE
    if not tied and not message["unsolicited"]:
        return
    parts = _annoyances(rules, buyer, relation, message, relevance)
    total = 0.0
    for part in range(len(parts)):
        total += parts[part]
    hazard = total * rules["exits_rate"] * (1.0 + rules["exits_trusting"] - relation["trust"])
    u = unit(keys[_P_EXIT], i, name)
    if tied and u < hazard:
        relation["ties"] = ties & ~(bit | _INCENTIVE)
        what = _UNSUBSCRIBE if inbox else _UNFOLLOW
        count(log, v, message["play"], what)
        tell(log, tick, i, v, what, _cause(parts, u / min(1.0, hazard) * total), m, hazard)
    if message["unsolicited"]:
        if unit(keys[_P_BLOCK], i, name) < hazard * relation["irritation"]:
            relation["ties"] = _BLOCKED
            count(log, v, message["play"], _BLOCK)
            tell(log, tick, i, v, _BLOCK, _C_UNASKED, m, hazard)
