"""What a buyer feels about a vendor, and where it stands: the few rules that several kernels share.

Law: awareness, trust and access to experts stay shares, whatever the parameters; a mechanism that is switched off does
not act here either.
"""

from __future__ import annotations

import numpy as np

from townsquare_agents.compiled import inline
from townsquare_agents.kernels.codes import Stage

_INTERESTED = int(Stage.INTERESTED)
_ADVOCATE = int(Stage.ADVOCATE)


@inline
def is_interested(stage: int) -> bool:
    """Say whether a buyer cares for what the vendor offers: interested or further, but not lost."""
    return _INTERESTED <= stage <= _ADVOCATE


@inline
def lose_trust(rules: np.void, relation: np.void, share: float) -> None:
    """Take this share of the trust, times the loss ratio, and never more than there is."""
    ratio = rules["trust_loss_ratio"] if rules["on_asymmetric_trust"] != 0.0 else 1.0
    relation["trust"] *= 1.0 - min(1.0, share * ratio)


@inline
def irritate(rules: np.void, relation: np.void, amount: float) -> None:
    """Let a buyer be irritated, in units of one wholly irrelevant message."""
    if rules["on_irritation"] != 0.0:
        relation["irritation"] += rules["irritation_gain"] * amount
