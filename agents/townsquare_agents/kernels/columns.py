"""The arrays that kernels read and write: one NamedTuple for the market's columns, dtypes for the small tables.

N buyers, V vendors, A accounts, T topics, P platforms. Buyers are numbered by account, so that the committee of
account a is the range ``account_start[a] : account_start[a + 1]``. What concerns a buyer and a vendor has shape [N,
V]: one buyer's row is one cache line. All reals are float64: NumPy and compiled code then round alike, and a run is
the same bits with and without the JIT.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

F = NDArray[np.float64]


class Stage(IntEnum):
    """Where a buyer stands with a vendor (model.md, section 5, journey)."""

    UNAWARE = 0
    AWARE = 1
    INTERESTED = 2
    EVALUATING = 3
    CUSTOMER = 4
    ADVOCATE = 5
    LOST = 6


class Tie(IntEnum):
    """Bits of ``Columns.ties``: what a buyer allows a vendor."""

    FOLLOW = 1  # may be addressed on a viral platform
    CONNECTED = 2  # both agreed: a permission platform
    OPT_IN = 4  # asked for e-mail
    BLOCKED = 8
    INCENTIVE = 16  # came for a prize: leaves more easily when nothing is to be won


class Reach(IntEnum):
    """To whom a message goes out."""

    FOLLOWERS = 0  # of the vendor on the message's platform
    PAID = 1  # a random sample of the platform's members
    OPTED_IN = 2  # buyers who asked for e-mail
    PURCHASED = 3  # a bought list: a random sample that never asked
    DIRECT = 4  # a random sample of members, each written to alone and unasked
    CUSTOMERS = 5


class Relationship(IntEnum):
    """The rule of a platform (model.md, section 3)."""

    PERMISSION = 0
    VIRAL = 1
    INBOX = 2


class Feed(IntEnum):
    """What decides which messages a buyer sees first."""

    RECENT = 0
    RANKED = 1
    DIGEST = 2


class Happening(IntEnum):
    """What can happen to a buyer: the vocabulary of a buyer's story and of the counters."""

    IMPRESSION = 0
    LIKE = 1
    SHARE = 2
    FOLLOW = 3
    UNFOLLOW = 4
    CLICK = 5
    REGISTER = 6
    UNSUBSCRIBE = 7
    BLOCK = 8
    REPORT = 9
    ASK = 10
    ANSWERED = 11
    ANSWERED_LATE = 12
    NEVER_ANSWERED = 13
    COMPLAIN = 14
    PRAISE_HEARD = 15
    WARNING_HEARD = 16
    BOUGHT = 17
    CHURNED = 18
    RENEWED = 19
    ENTERED_MARKET = 20
    LEFT_MARKET = 21
    BECAME_ADVOCATE = 22
    SALES_READY = 23
    DELIVERED = 24
    SPOKE_WELL = 25
    SPOKE_ILL = 26
    REACHED = 27


HAPPENINGS = len(Happening)


class Cause(IntEnum):
    """Why a buyer left: the largest part of the hazard at that moment."""

    NONE = 0
    TOO_FREQUENT = 1
    CROWDED = 2
    REPETITIVE = 3
    ONLY_OFFERS = 4
    IRRELEVANT = 5
    NOTHING_TO_WIN = 6
    UNASKED = 7
    UNHAPPY = 8
    NEIGHBOUR_LEFT = 9
    BETTER_OFFER = 10


MESSAGE = np.dtype(
    [
        ("key", np.int64),
        ("tick", np.int32),
        ("vendor", np.int32),  # -1: a spammer
        ("play", np.int32),
        ("platform", np.int32),
        ("topic", np.int32),  # -1: none
        ("audience", np.int32),  # an archetype, -1: everyone
        ("reach", np.int32),
        ("volume", np.int32),  # addressees of the sampled reaches
        ("usefulness", np.float64),
        ("promotion", np.float64),
        ("incentive", np.float64),
        ("entertainment", np.float64),
        ("personal", np.float64),
        ("length", np.float64),
        ("novelty", np.float64),
        ("stage_fit", np.float64),  # 0 ignores the buyer's stage, 1 is timed to it
        ("unsolicited", np.int8),
        ("automated", np.int8),
        ("form", np.int8),  # asks the reader to register
    ],
    align=True,
)

PLATFORM = np.dtype(
    [
        ("relationship", np.int32),
        ("feed", np.int32),
        ("background", np.float64),  # other people's posts per member and tick
        ("attention", np.float64),  # posts a member looks at per tick, mean
        ("short", np.int32),
        ("long", np.int32),
        ("detection", np.float64),  # chance per tick that a spamming account is found
        ("network", np.int32),  # 0 friends, 1 follow, -1 none
    ],
    align=True,
)

VENDOR = np.dtype(
    [
        ("quality", np.float64),
        ("price", np.float64),  # relative to the market's mean
        ("remarkability", np.float64),
        ("niche", np.int32),  # topic the product is best at, -1: none
        ("revenue_per_account", np.float64),  # money per tick
        ("reference_effort", np.float64),
        ("lead_scoring", np.float64),
        ("answers_per_tick", np.float64),
    ],
    align=True,
)

EVENT = np.dtype(
    [
        ("tick", np.int32),
        ("buyer", np.int32),
        ("vendor", np.int16),
        ("what", np.int16),
        ("cause", np.int16),
        ("message", np.int32),
        ("value", np.float64),
    ],
    align=True,
)

QUESTION = np.dtype(
    [
        ("tick", np.int32),
        ("buyer", np.int32),
        ("vendor", np.int32),
        ("complaint", np.int32),
        ("key", np.int64),
    ],
    align=True,
)


class Columns(NamedTuple):
    """The market's state. Arrays only: a kernel changes them in place."""

    # buyers, fixed
    archetype: NDArray[np.int8]  # [N]
    account: NDArray[np.int32]  # [N]
    interest: F  # [N, T] 0..1
    opportunism: F  # [N] 0..1, how much a prize attracts
    privacy: F  # [N] 0..1, reluctance to register
    risk_aversion: F  # [N] 0..1
    peer_weight: F  # [N] how much the buyer leans on peers
    activity: F  # [N] multiplies the attention budget
    # buyers, changing
    member: NDArray[np.int8]  # [N, P] 1 while on the platform
    overload: F  # [N] moving average of messages offered per message of budget
    # buyer and vendor
    awareness: F  # [N, V] goodwill of Nerlove & Arrow, 0..1
    trust: F  # [N, V] 0..1
    irritation: F  # [N, V] 0..
    frequency: F  # [N, V] moving sum of the vendor's messages seen
    offers: F  # [N, V] moving average of promotion in them, 0..1
    word: F  # [N, V] what peers say, negative is bad
    expertise: F  # [N, V] access to experts felt, 0..1
    score: F  # [N, V] lead score
    ties: NDArray[np.uint8]  # [N, V] bits of Tie
    stage: NDArray[np.int8]  # [N, V] Stage
    # accounts
    account_start: NDArray[np.int64]  # [A + 1]
    in_market: NDArray[np.int8]  # [A]
    decision_tick: NDArray[np.int32]  # [A]
    supplier: NDArray[np.int32]  # [A] vendor, -1 none
    customer_since: NDArray[np.int32]  # [A]
    satisfaction: F  # [A] with the supplier
    left: F  # [A] decaying trace of a defection, read by neighbours
    # both networks, over buyers
    friend_start: NDArray[np.int64]  # [N + 1]
    friend: NDArray[np.int32]
    friend_strong: NDArray[np.int8]  # 1 where the tie is strong (same account)
    follower_start: NDArray[np.int64]  # [N + 1] who sees what buyer i shares
    follower: NDArray[np.int32]


class Scratch(NamedTuple):
    """Buffers of one tick; their content does not outlive it, but for shares and questions."""

    entry_buyer: NDArray[np.int32]
    entry_message: NDArray[np.int32]
    entry_sharer: NDArray[np.int32]  # -1: from the vendor itself
    offered: NDArray[np.int32]  # [N, P] messages offered this tick
    touched: NDArray[np.uint8]  # [N] 1 when a vendor's message was seen this tick
    reached: NDArray[np.uint8]  # [N, V] 1 when the vendor's message was seen in this round
    share_buyer: NDArray[np.int32]
    share_message: NDArray[np.int32]
    shared: NDArray[np.int32]  # [N, 4] the last messages a buyer shared
    events: NDArray[np.void]  # EVENT
    sizes: NDArray[np.int64]  # [8] see SIZE_*


SIZE_ENTRIES = 0
SIZE_SHARES = 1
SIZE_EVENTS = 2
SIZE_LOST_EVENTS = 3
SIZE_QUESTIONS = 4
SIZE_NEED = 5  # entries that delivery would have needed: the buffer is grown and the step repeated
