"""Attend: whether a finite attention reaches a message that was offered (docs/model.md, 7.3)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.compiled import inline
from townsquare_agents.kernels.codes import Feed, Relationship
from townsquare_agents.kernels.tables import Keys
from townsquare_agents.rng import Purpose, draw, unit

_RECENT = int(Feed.RECENT)
_DIGEST = int(Feed.DIGEST)
_GROUP = int(Relationship.GROUP)
_BUDGET_BITS = np.uint64(54)  # the first ten bits choose one of 1024 quantiles, the last 53 the hour
_VISIT_BITS = np.uint64((1 << 53) - 1)
_VISIT_UNIT = 1.0 / 9007199254740992.0  # 2**-53
DIGEST_EVERY = 7  # ticks between two digests
_P_BUDGET = int(Purpose.BUDGET)
_P_ATTEND = int(Purpose.ATTEND)
_P_HOUR = int(Purpose.HOUR)


@inline
def digest_day(tick: int) -> bool:
    """Say whether digests go out on this tick: at the end of each week."""
    return tick % DIGEST_EVERY == DIGEST_EVERY - 1


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
def _place(rules: np.void, platform: np.void, message: np.void, hour: float, visit: float, bought: bool) -> float:
    """Return where in a feed a message stands when its reader comes by: 0 is the first post, 1 the last.

    Last in, first seen; on a ranked feed, by engagement so far against what other people's posts get. A bought place
    is anywhere.
    """
    if platform["feed"] == _RECENT or bought:
        age = visit - hour
        return age if age >= 0.0 else age + 1.0
    usual, views = rules["attention_usual_engagement"], rules["attention_first_views"]
    engaged = message["reactions"] + message["clicks"]
    return usual / (usual + (usual * views + engaged) / (views + message["seen"]))


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
    bought: bool,
    offered: int,
) -> bool:
    """Decide whether a reader who looks at so many posts, in the feed's order, comes to a message.

    One draw for each reader, platform and tick gives the budget and the hour of the visit; one for each message and
    tick its own hour. A digest has a week's posts and gets a week's attention.
    """
    if rules["on_finite_attention"] == 0.0:
        return True
    bits = draw(keys[_P_BUDGET], i, p)
    budget = budgets[p, np.int64(bits >> _BUDGET_BITS)] * activity
    visit = np.float64(bits & _VISIT_BITS) * _VISIT_UNIT
    others, days = platform["background"] * activity, 1.0
    if platform["feed"] == _DIGEST and digest_day(tick):
        days = np.float64(DIGEST_EVERY)
    if platform["relationship"] == _GROUP:
        budget *= 1.0 - platform["noise"]
    place = _place(rules, platform, message, unit(keys[_P_HOUR], 0, name), visit, bought)
    return place * (days * others + offered) < days * budget
