"""Learn: what one message seen does to awareness, trust, access to experts and patience (docs/model.md, 7.4)."""

from __future__ import annotations

import numpy as np

from townsquare_agents.compiled import inline
from townsquare_agents.kernels.codes import Cause, Happening, code
from townsquare_agents.kernels.events import count, tell
from townsquare_agents.kernels.feelings import irritate, lose_trust
from townsquare_agents.kernels.tables import Log

_OFFENDED = code(Happening.OFFENDED)
_GAFFE = code(Cause.GAFFE)


@inline
def learn(
    log: Log,
    rules: np.void,
    relation: np.void,
    message: np.void,
    platform: np.void,
    tick: int,
    i: int,
    m: int,
    relevance: float,
    useful: float,
    dulled: float,
) -> None:
    """Let awareness, trust, access to experts and irritation follow from one message seen."""
    relation["awareness"] += rules["awareness_gain"] * dulled * (1.0 - relation["awareness"])
    face = 1.0 + rules["trust_face"] * message["personal"]
    value = min(
        1.0, useful * face * platform["credibility"] * dulled * (1.0 - rules["trust_promoted"] * message["promotion"])
    )
    gain = rules["trust_gain"]
    relation["trust"] += gain * (1.0 - relation["trust"]) * value
    if message["length"] > rules["expertise_long"]:
        relation["expertise"] += rules["expertise_gain"] * value * (1.0 - relation["expertise"])
    if message["unsolicited"] and message["automated"]:
        lose_trust(rules, relation, gain)
    if message["gaffe"]:
        lose_trust(rules, relation, rules["organisation_gaffe_size"] * gain)
        count(log, message["vendor"], message["play"], _OFFENDED)
        tell(log, tick, i, message["vendor"], _OFFENDED, _GAFFE, m, rules["organisation_gaffe_size"])
    push = message["promotion"] * (1.0 - relevance)
    if message["unsolicited"]:
        push += rules["irritation_unasked"] + platform["interruption"]
    irritate(rules, relation, push)
    relation["frequency"] += 1.0
    relation["offers"] += rules["exits_offers_memory"] * (message["promotion"] - relation["offers"])
