"""Attend: whether a finite attention reaches a message that was offered (model.md, section 2.3)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.compiled import inline
from townsquare_agents.kernels.codes import Feed, Relationship
from townsquare_agents.kernels.tables import Keys
from townsquare_agents.rng import Purpose, draw, unit

_DIGEST = int(Feed.DIGEST)
_RANKED = int(Feed.RANKED)
_GROUP = int(Relationship.GROUP)
_BUDGET_BITS = np.uint64(54)  # 1024 quantiles
DIGEST_EVERY = 7  # ticks between two digests
_P_BUDGET = int(Purpose.BUDGET)
_P_ATTEND = int(Purpose.ATTEND)


@inline
def seen_in_inbox(
    key: np.uint64, rules: np.void, platform: np.void, i: int, name: int, trust: float, asked: bool, offered: int
) -> bool:
    """Decide whether a mail is opened or a call taken: by trust, and by how far the channel insists."""
    stranger = rules["attention_inbox_stranger"]
    opens = rules["attention_inbox_open"] * (stranger + (1.0 - stranger) * trust)
    if not asked:
        opens *= rules["attention_inbox_unasked"]
    opens += platform["interruption"] * (1.0 - opens)
    return unit(key, i, name) < opens / (1.0 + rules["attention_inbox_crowding"] * (offered - 1))


@inline
def seen_in_feed(
    keys: Keys,
    rules: np.void,
    platform: np.void,
    message: np.void,
    budgets: NDArray[np.float64],
    activity: float,
    tick: int,
    i: int,
    p: int,
    name: int,
    offered: int,
) -> bool:
    """Decide whether a finite budget, competing posts and the feed's rule let the buyer see a message."""
    if rules["on_finite_attention"] == 0.0:
        return True
    if platform["feed"] == _DIGEST and tick % DIGEST_EVERY != i % DIGEST_EVERY:
        return False
    bits = draw(keys[_P_BUDGET], i, p)
    budget = budgets[p, np.int64(bits >> _BUDGET_BITS)] * activity
    chance = budget / (platform["background"] * activity + offered)
    if platform["feed"] == _RANKED:
        chance *= 0.6 + 0.8 * max(message["usefulness"], message["entertainment"])
    if platform["relationship"] == _GROUP:
        chance *= 1.0 - platform["noise"]
    return unit(keys[_P_ATTEND], i, name) < chance
