"""Sums over the population that the yardsticks are made of, and the one byte a buyer shows on the projector."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.compiled import inline, kernel
from townsquare_agents.kernels.codes import Relationship
from townsquare_agents.kernels.feelings import is_customer
from townsquare_agents.kernels.tables import Table, World

_INBOX = int(Relationship.INBOX)
_NO_TIE = np.uint32(0)
_TICKS_PER_YEAR = 365.0

TRUST, FOLLOWERS, PERMISSIONS, CUSTOMERS, CUSTOMER_VALUE, GOODWILL = range(6)
MEASURES = 6

# the projector's six states (ServerNodes): interested and evaluating are both "considering"
_SHOWN = np.array([0, 1, 2, 2, 3, 4, 5], np.uint8)
_RANK = np.array([0, 2, 3, 4, 5, 6, 1], np.int8)  # the stage that wins when a buyer stands differently with each vendor


@inline
def customer_value(rules: np.void, vendor: np.void, retention: float) -> float:
    """Return what an account is worth to its supplier: CLV = m r / (1 + d - r), at the supplier's own price."""
    yearly = vendor["revenue_per_account"] * _TICKS_PER_YEAR * rules["money_margin"]
    value: float = yearly * retention / (1.0 + rules["money_discount"] - retention)
    return value


@inline
def _bits(platforms: Table, inbox: bool) -> np.uint32:
    """Return the tie bits of all open inboxes, or of all other open platforms."""
    bits = np.uint32(0)
    for p in range(platforms.size):
        if platforms[p]["open"] and (platforms[p]["relationship"] == _INBOX) == inbox:
            bits = np.uint32(bits | np.uint32(1 << p))
    return bits


@inline
def _measure_relations(
    relations: Table,
    followed: np.uint32,
    permitted: np.uint32,
    tied: NDArray[np.uint32],
    out: NDArray[np.float64],
) -> None:
    """Add up what is measured, and take down the ties while they are at hand."""
    for i in range(relations.shape[0]):
        for v in range(relations.shape[1]):
            # no branches: who follows whom cannot be predicted, and a wrong guess costs more than an addition
            relation = relations[i, v]
            ties = relation["ties"]
            tied[v, i] = ties
            out[v, TRUST] += relation["trust"]
            out[v, GOODWILL] += (
                relation["awareness"] * relation["trust"] * np.float64(not is_customer(relation["stage"]))
            )
            out[v, FOLLOWERS] += np.float64((ties & followed) != _NO_TIE)
            out[v, PERMISSIONS] += np.float64((ties & permitted) != _NO_TIE)


@inline
def measure(world: World) -> None:
    """Fill ``measured[V, MEASURES]``.

    TRUST is a sum over all buyers, GOODWILL over those who are not customers; CUSTOMER_VALUE is money.
    """
    rules, out = world.rules[0], world.measured
    out[:] = 0.0
    followed, permitted = _bits(world.platforms, False), _bits(world.platforms, True)
    _measure_relations(world.relations, followed, permitted, world.tied, out)
    for a in range(world.accounts.size):
        account = world.accounts[a]
        v = account["supplier"]
        if v >= 0:
            stays = rules["money_retention_floor"] + rules["money_retention_satisfaction"] * account["satisfaction"]
            retention = rules["money_retention"] * min(1.0, stays)
            out[v, CUSTOMERS] += 1.0
            out[v, CUSTOMER_VALUE] += customer_value(rules, world.vendors[v], retention)


@kernel
def node_states(buyers: Table, relations: Table, ticks: int, out: NDArray[np.uint8]) -> None:
    """Fill ``out[N]``: bits 0-2 the most advanced stage, 3-5 its vendor, 6 set when a vendor's message was seen.

    ``ticks`` is how many are over.
    """
    for i in range(relations.shape[0]):
        best = 0
        for v in range(1, relations.shape[1]):
            rank, top = _RANK[relations[i, v]["stage"]], _RANK[relations[i, best]["stage"]]
            if rank > top or (rank == top and relations[i, v]["awareness"] > relations[i, best]["awareness"]):
                best = v
        shown = _SHOWN[relations[i, best]["stage"]]
        touched = ticks > 0 and buyers[i]["touched"] == ticks
        out[i] = np.uint8(shown | (min(best, 7) << 3) | (touched << 6))
