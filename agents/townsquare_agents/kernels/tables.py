"""The tables that kernels read and write. What happens between a buyer and a vendor touches one record.

N buyers, V vendors, A accounts, T topics, P platforms. Buyers are numbered by account: the committee of an account is
a range of buyers. The records of a buyer and of a relation are 64 bytes, one line of the cache each; what a message
does not touch stands beside them. A record is a pointer: kernels hand records to their helpers, never the whole
`World`, whose arrays would be copied at each call (measured: 40 s of compilation instead of 280, and a tick 5 times as
fast). All reals are float64: NumPy and compiled code then round alike, and a run is the same bits with and without the
JIT. Integers of records are int64, because each mixture of widths that a helper is called with is compiled anew.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

F = NDArray[np.float64]
Table = NDArray[np.void]
Keys = NDArray[np.uint64]

BUYER = np.dtype(
    [
        ("archetype", np.int64),
        ("account", np.int64),
        ("opportunism", np.float64),  # 0..1, how much a prize attracts
        ("privacy", np.float64),  # 0..1, reluctance to register
        ("risk_aversion", np.float64),  # 0..1
        ("peer_weight", np.float64),  # how much the buyer leans on peers
        ("activity", np.float64),  # multiplies the attention budget
        ("overload", np.float64),  # moving average of inflow over capacity, 1 is full
    ],
    align=True,
)

RELATION = np.dtype(
    [
        # what fades a little each day lies side by side
        ("awareness", np.float64),  # goodwill of Nerlove & Arrow, 0..1
        ("irritation", np.float64),  # 0..
        ("frequency", np.float64),  # moving sum of the vendor's messages seen
        ("expertise", np.float64),  # access to experts felt, 0..1
        ("score", np.float64),  # lead score
        ("trust", np.float64),  # 0..1
        ("offers", np.float64),  # moving average of promotion in its messages seen, 0..1
        ("ties", np.uint32),  # bit p: platform p; above: bits of Tie
        ("stage", np.int16),  # Stage
        ("reached", np.int16),  # 1 when the vendor's message was seen in this round
    ],
    align=True,
)

ACCOUNT = np.dtype(
    [
        ("first", np.int64),  # its committee: buyers first..last - 1
        ("last", np.int64),
        ("supplier", np.int64),  # vendor, -1 none
        ("customer_since", np.int64),
        ("in_market", np.int64),
        ("decision_tick", np.int64),
        ("expectation", np.float64),  # what its members expect of a product, beyond the average
        ("satisfaction", np.float64),  # with the supplier
        ("left", np.float64),  # decaying trace of a defection, read by neighbours
    ],
    align=True,
)

MESSAGE = np.dtype(
    [
        ("key", np.int64),
        ("tick", np.int64),
        ("vendor", np.int64),  # -1: a spammer
        ("play", np.int64),
        ("platform", np.int64),
        ("topic", np.int64),  # -1: none
        ("audience", np.int64),  # an archetype, -1: everyone
        ("stage", np.int64),  # only buyers at this stage, -1: everyone
        ("reach", np.int64),
        ("volume", np.int64),  # addressees of the sampled reaches
        ("arm", np.int64),  # of an A/B test: 0 both, 1 and 2 half the buyers each
        ("usefulness", np.float64),
        ("promotion", np.float64),
        ("incentive", np.float64),
        ("entertainment", np.float64),
        ("personal", np.float64),
        ("length", np.float64),
        ("novelty", np.float64),
        ("stage_fit", np.float64),  # 0 ignores the buyer's stage, 1 is timed to it
        ("unsolicited", np.int64),
        ("automated", np.int64),
        ("form", np.int64),  # asks the reader to register
        ("qualified", np.int64),  # the prize is worth something only to those who care about the topic
        ("gaffe", np.int64),  # an unfiltered slip: a breach of trust
        ("seen", np.int64),  # counted by the kernels
        ("clicks", np.int64),
        ("reactions", np.int64),  # likes and shares
        ("reports", np.int64),  # of a spammer's message
    ],
    align=True,
)

PLATFORM = np.dtype(
    [
        ("relationship", np.int64),
        ("feed", np.int64),
        ("open", np.int64),  # 0 until the platform exists
        ("network", np.int64),  # index of its ties, -1 none
        ("tracked", np.int64),  # the vendor sees who clicks
        ("gate", np.int64),
        ("moderation", np.int64),
        ("topic", np.int64),  # of a group, -1 none
        ("background", np.float64),  # other people's posts per member and tick
        ("attention", np.float64),  # posts a member looks at per tick, mean
        ("detection", np.float64),  # chance per tick that a spamming account is found
        ("detection_delay", np.float64),  # ticks that an account lives before anybody looks
        ("report_weight", np.float64),  # chance that one report bans an account
        ("spam_filter", np.float64),  # share of spam that never comes before a reader
        ("porosity", np.float64),  # chance that a share is repeated on another platform
        ("credibility", np.float64),  # weight of what is said there; 1 is usual
        ("interruption", np.float64),  # 0 a feed; 1 a ringing phone
        ("traffic", np.float64),  # searchers of an owned platform; 1 is usual
        ("tolerated", np.float64),  # share of sales talk that a group's rules allow in a message
        ("noise", np.float64),  # moving average of the share of sales talk in a group
        ("offered", np.int64),  # messages offered to a group's members this tick
        ("sales_talk", np.int64),  # sales talk among them
        ("waiting", np.int64),  # the first day whose messages have not gone out there
    ],
    align=True,
)

VENDOR = np.dtype(
    [
        ("quality", np.float64),
        ("price", np.float64),  # relative to the market's mean
        ("revenue_per_account", np.float64),  # money per tick
        ("reference_effort", np.float64),
        ("lead_scoring", np.float64),
        ("pass_everything", np.float64),  # sales calls everybody who registers
        ("sales_information", np.float64),  # sales knows what the buyer has read
        ("own_up", np.float64),  # shortfalls are admitted
        ("answers_per_tick", np.float64),
        ("credit", np.float64),  # answers that hours still allow
        ("spend_per_tick", np.float64),
        ("spent", np.float64),
        ("expected", np.float64),  # customers expected from the pipeline
        # of one committee's choice, while it chooses
        ("considered", np.int64),
        ("peers", np.float64),  # share of a member's friends who are happy customers
        ("weight", np.float64),
    ],
    align=True,
)

ENTRY = np.dtype(
    [
        ("buyer", np.int64),
        ("message", np.int64),
        ("platform", np.int64),
        # 0 the vendor, 1 + i buyer i who shares it, SAMPLED + j the j-th of a sample; over a strong tie, STRONG more
        ("source", np.int64),
    ],
    align=True,
)
"""A message offered to a buyer on a platform; also a share (the buyer who shares, what, and where)."""

SAMPLED = 1 << 32
STRONG = 1 << 33

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
        ("tick", np.int64),
        ("buyer", np.int64),
        ("vendor", np.int64),
        ("complaint", np.int64),
        ("key", np.int64),
    ],
    align=True,
)


class Log(NamedTuple):
    """Where kernels write down what happened."""

    events: Table  # EVENT
    counters: NDArray[np.int64]  # [V + 1, plays + 1, HAPPENINGS] of this tick; last row: spammers, last play: none
    sizes: NDArray[np.int64]  # [8] see SIZE_*


FRIENDS = 0
"""The network along which word of mouth travels, and whose strong ties are known."""


class Ties(NamedTuple):
    """The networks over buyers, one after the other: row g of ``start`` belongs to network g. Fixed during a game.

    `FRIENDS` are the buyers' friends, and colleagues on a committee. Row i of a network lists who sees what buyer i
    shares.
    """

    start: NDArray[np.int64]  # [G, N + 1]
    target: NDArray[np.int32]
    strong: NDArray[np.int8]  # of `FRIENDS`: 1 where the tie is strong (same account, or with a friend in common)


class World(NamedTuple):
    """All that a tick reads and writes."""

    buyers: Table  # BUYER [N]
    relations: Table  # RELATION [N, V]
    accounts: Table  # ACCOUNT [A]
    interest: F  # [N, T] 0..1
    member: NDArray[np.int8]  # [N, P] 1 while on the platform
    word: F  # [N, V] what peers say of a vendor, negative is bad
    touched: NDArray[np.int32]  # [N] the tick, counted from 1, on which a vendor's message was last seen; 0 never
    happy_with: NDArray[np.int8]  # [N] the vendor whose happy customer a buyer is, -1 nobody's, as of last night
    offered: NDArray[np.int32]  # [N, P] messages offered this tick; settling counts them and clears them again
    tied: NDArray[np.uint32]  # [V, N] the relations' ties as of last night, which delivery can sweep quickly
    fit: F  # [V, T] how much the product stands out for a topic, 0..1
    hosting: F  # [P, V] effort that a vendor puts into a group this round
    ties: Ties
    messages: Table  # MESSAGE: all so far
    platforms: Table  # PLATFORM [P]
    vendors: Table  # VENDOR [V]
    rules: Table  # one record, see rules.rules_record
    budgets: F  # [P, 1024] quantiles of the attention budget
    questions: Table  # QUESTION: the queue
    entries: Table  # ENTRY: what is offered this tick
    shares: Table  # ENTRY: what was shared last tick
    shared: NDArray[np.int32]  # [N, 4] the last messages a buyer shared
    measured: F  # [V, MEASURES]
    keys: NDArray[np.uint64]  # [purposes] stream keys of this tick
    log: Log


SIZE_ENTRIES = 0
SIZE_SHARES = 1
SIZE_EVENTS = 2
SIZE_LOST_EVENTS = 3
SIZE_QUESTIONS = 4
SIZE_NEED = 5  # entries that delivery would have needed: the buffer is grown and the tick begun again
SIZE_NEED_QUESTIONS = 6  # the most questions that may wait today, likewise
