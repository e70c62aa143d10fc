"""Attend and respond.

Which of the offered messages a buyer sees, and what it does with each (model.md, sections 2.3, 2.4 and 5).

No rule here knows a play by name: a rule reads the attributes of one message and the state of one buyer.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.compiled import inline, kernel
from townsquare_agents.kernels.columns import (
    SIZE_ENTRIES,
    SIZE_QUESTIONS,
    SIZE_SHARES,
    Cause,
    Columns,
    Feed,
    Happening,
    Relationship,
    Scratch,
    Stage,
    Tie,
)
from townsquare_agents.kernels.events import count, tell
from townsquare_agents.rng import Purpose, draw, stream_key, unit

_DIGEST = int(Feed.DIGEST)
_RANKED = int(Feed.RANKED)
_INBOX = int(Relationship.INBOX)
_PERMISSION = int(Relationship.PERMISSION)
_FOLLOW = np.uint8(Tie.FOLLOW)
_CONNECTED = np.uint8(Tie.CONNECTED)
_OPT_IN = np.uint8(Tie.OPT_IN)
_BLOCKED = np.uint8(Tie.BLOCKED)
_INCENTIVE = np.uint8(Tie.INCENTIVE)
_NO_TIE = np.uint8(0)
_INTERESTED = int(Stage.INTERESTED)
_EVALUATING = int(Stage.EVALUATING)
_BUDGET_BITS = np.uint64(54)  # 1024 quantiles
DIGEST_EVERY = 7  # ticks between two digests

_IMPRESSION = int(Happening.IMPRESSION)
_REACHED = int(Happening.REACHED)
_DELIVERED = int(Happening.DELIVERED)
_LIKE = int(Happening.LIKE)
_SHARE = int(Happening.SHARE)
_FOLLOWED = int(Happening.FOLLOW)
_UNFOLLOW = int(Happening.UNFOLLOW)
_CLICK = int(Happening.CLICK)
_REGISTER = int(Happening.REGISTER)
_UNSUBSCRIBE = int(Happening.UNSUBSCRIBE)
_BLOCK = int(Happening.BLOCK)
_REPORT = int(Happening.REPORT)
_ASK = int(Happening.ASK)
_SALES_READY = int(Happening.SALES_READY)

_P_BUDGET = int(Purpose.BUDGET)
_P_ATTEND = int(Purpose.ATTEND)
_P_LIKE = int(Purpose.LIKE)
_P_SHARE = int(Purpose.SHARE)
_P_FOLLOW = int(Purpose.FOLLOW)
_P_CLICK = int(Purpose.CLICK)
_P_REGISTER = int(Purpose.REGISTER)
_P_ASK = int(Purpose.ASK)
_P_EXIT = int(Purpose.EXIT)
_P_BLOCK = int(Purpose.BLOCK)
_P_REPORT = int(Purpose.REPORT)
_P_QUIT = int(Purpose.MEMBERSHIP)

_C_NONE = int(Cause.NONE)
_C_FREQUENT = int(Cause.TOO_FREQUENT)
_C_CROWDED = int(Cause.CROWDED)
_C_REPETITIVE = int(Cause.REPETITIVE)
_C_OFFERS = int(Cause.ONLY_OFFERS)
_C_IRRELEVANT = int(Cause.IRRELEVANT)
_C_NOTHING = int(Cause.NOTHING_TO_WIN)
_C_UNASKED = int(Cause.UNASKED)


@inline
def _seen(
    seed: int,
    tick: int,
    columns: Columns,
    scratch: Scratch,
    message: np.void,
    platform: np.void,
    rules: np.void,
    budgets: NDArray[np.float64],
    i: int,
) -> bool:
    """Decide whether the buyer's attention reaches this message."""
    p = message["platform"]
    offered = scratch.offered[i, p]
    u = unit(stream_key(seed, _P_ATTEND, tick), i, message["key"])
    if platform["relationship"] == _INBOX:
        vendor = message["vendor"]
        trust = columns.trust[i, vendor] if vendor >= 0 else 0.0
        asked = vendor >= 0 and (columns.ties[i, vendor] & _OPT_IN) != _NO_TIE
        opens = rules["attention_inbox_open"] * (0.25 + 0.75 * trust) * (1.0 if asked else 0.35)
        return u < opens / (1.0 + 0.1 * (offered - 1))
    if rules["on_finite_attention"] == 0.0:
        return True
    if platform["feed"] == _DIGEST and tick % DIGEST_EVERY != i % DIGEST_EVERY:
        return False
    bits = draw(stream_key(seed, _P_BUDGET, tick), i, p)
    budget = budgets[p, np.int64(bits >> _BUDGET_BITS)] * columns.activity[i]
    chance = budget / (platform["background"] * columns.activity[i] + offered)
    if platform["feed"] == _RANKED:
        appeal = max(message["usefulness"], message["entertainment"])
        chance *= 0.6 + 0.8 * appeal
    return u < chance


@inline
def _exit_hazard(columns: Columns, message: np.void, rules: np.void, i: int, relevance: float) -> tuple[float, int]:
    """Return the hazard of leaving after this message and its largest part (order of reasons: ExactTarget 2011)."""
    v = message["vendor"]
    over = columns.frequency[i, v] / rules["exits_tolerance"] - 1.0
    frequent = rules["exits_frequent"] * max(0.0, over)
    crowded = rules["exits_crowded"] * max(0.0, columns.overload[i] - 1.0)
    repetitive = rules["exits_repetitive"] * (1.0 - message["novelty"])
    offers = rules["exits_offers"] * max(0.0, 2.0 * columns.offers[i, v] - 1.0)
    irrelevant = rules["exits_irrelevant"] * (1.0 - relevance) * (1.0 - message["entertainment"])
    nothing = 0.0
    if columns.ties[i, v] & _INCENTIVE and message["incentive"] == 0.0:
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
    return total * rules["exits_rate"] * (1.25 - columns.trust[i, v]), cause


@inline
def _leave(
    tick: int,
    columns: Columns,
    scratch: Scratch,
    counters: NDArray[np.int64],
    message: np.void,
    platform: np.void,
    rules: np.void,
    i: int,
    m: int,
    relevance: float,
    exit_key: np.uint64,
    block_key: np.uint64,
) -> None:
    """Unfollow, unsubscribe or block after one message too many."""
    v = message["vendor"]
    hazard, cause = _exit_hazard(columns, message, rules, i, relevance)
    ties = columns.ties[i, v]
    if platform["relationship"] == _INBOX:
        tie, what = _OPT_IN, _UNSUBSCRIBE
    elif platform["relationship"] == _PERMISSION:
        tie, what = _CONNECTED, _UNFOLLOW
    else:
        tie, what = _FOLLOW, _UNFOLLOW
    if ties & tie and unit(exit_key, i, message["key"]) < hazard:
        columns.ties[i, v] = ties & ~(tie | _INCENTIVE)
        count(counters, v, message["play"], what)
        tell(scratch, tick, i, v, what, cause, m, hazard)
    if message["unsolicited"] and unit(block_key, i, message["key"]) < hazard * columns.irritation[i, v]:
        columns.ties[i, v] = _BLOCKED
        count(counters, v, message["play"], _BLOCK)
        tell(scratch, tick, i, v, _BLOCK, _C_UNASKED, m, hazard)


@inline
def _score_lead(
    tick: int,
    columns: Columns,
    scratch: Scratch,
    counters: NDArray[np.int64],
    vendor: np.void,
    rules: np.void,
    i: int,
    v: int,
    play: int,
    m: int,
) -> None:
    """Recognise a sales-ready lead by its score; sales then calls on somebody who wants to talk."""
    if columns.score[i, v] < rules["leads_ready_at"]:
        return
    columns.score[i, v] = 0.0
    count(counters, v, play, _SALES_READY)
    tell(scratch, tick, i, v, _SALES_READY, _C_NONE, m, vendor["lead_scoring"])
    gain = rules["leads_conversation"] * vendor["lead_scoring"]
    columns.expertise[i, v] += gain * (1.0 - columns.expertise[i, v])
    columns.awareness[i, v] += gain * (1.0 - columns.awareness[i, v])


@inline
def _share(scratch: Scratch, i: int, m: int) -> bool:
    """Queue a share for the next tick, once per buyer and message; return whether it was queued."""
    n = scratch.sizes[SIZE_SHARES]
    if n >= scratch.share_buyer.size:
        return False
    for k in range(scratch.shared.shape[1]):
        if scratch.shared[i, k] == m:
            return False
    for k in range(scratch.shared.shape[1] - 1, 0, -1):
        scratch.shared[i, k] = scratch.shared[i, k - 1]
    scratch.shared[i, 0] = m
    scratch.share_buyer[n] = i
    scratch.share_message[n] = m
    scratch.sizes[SIZE_SHARES] = n + 1
    return True


@inline
def ask(
    scratch: Scratch, questions: NDArray[np.void], tick: int, buyer: int, vendor: int, complaint: int, key: int
) -> None:
    """Put a question or complaint into the queue; the caller keeps the queue long enough."""
    n = scratch.sizes[SIZE_QUESTIONS]
    if n < questions.size:
        questions[n]["tick"] = tick
        questions[n]["buyer"] = buyer
        questions[n]["vendor"] = vendor
        questions[n]["complaint"] = complaint
        questions[n]["key"] = key
        scratch.sizes[SIZE_QUESTIONS] = n + 1


@kernel
def attend_and_respond(
    seed: int,
    tick: int,
    columns: Columns,
    scratch: Scratch,
    messages: NDArray[np.void],
    platforms: NDArray[np.void],
    rules_array: NDArray[np.void],
    budgets: NDArray[np.float64],
    vendors: NDArray[np.void],
    counters: NDArray[np.int64],
    questions: NDArray[np.void],
) -> None:
    """Let each offered message compete for attention and let the buyers who see one act.

    ``budgets`` float64[P, 1024]: quantiles of the attention budget. ``counters`` int64[V + 1, plays + 1, happenings].
    Shares of this tick replace those of the last one.
    """
    rules = rules_array[0]
    like_key = stream_key(seed, _P_LIKE, tick)
    share_key = stream_key(seed, _P_SHARE, tick)
    follow_key = stream_key(seed, _P_FOLLOW, tick)
    click_key = stream_key(seed, _P_CLICK, tick)
    register_key = stream_key(seed, _P_REGISTER, tick)
    ask_key = stream_key(seed, _P_ASK, tick)
    exit_key = stream_key(seed, _P_EXIT, tick)
    block_key = stream_key(seed, _P_BLOCK, tick)
    report_key = stream_key(seed, _P_REPORT, tick)
    quit_key = stream_key(seed, _P_QUIT, tick)
    scratch.sizes[SIZE_SHARES] = 0
    spam_row = counters.shape[0] - 1
    for e in range(scratch.sizes[SIZE_ENTRIES]):
        i = scratch.entry_buyer[e]
        m = scratch.entry_message[e]
        message = messages[m]
        platform = platforms[message["platform"]]
        v = message["vendor"]
        play = message["play"]
        key = message["key"]
        row = v if v >= 0 else spam_row
        count(counters, row, play, _DELIVERED)
        if not _seen(seed, tick, columns, scratch, message, platform, rules, budgets, i):
            continue
        count(counters, row, play, _IMPRESSION)
        if v < 0:
            if unit(report_key, i, key) < rules["spam_report"]:
                count(counters, row, play, _REPORT)
            if unit(quit_key, i, key) < rules["spam_quit_rate"]:
                columns.member[i, message["platform"]] = 0
            continue
        scratch.touched[i] = 1
        if scratch.reached[i, v] == 0:
            scratch.reached[i, v] = 1
            count(counters, v, play, _REACHED)
        topic = message["topic"]
        relevance = columns.interest[i, topic] if topic >= 0 else 0.35
        stage = columns.stage[i, v]
        if message["stage_fit"] > 0.0 and (stage == _INTERESTED or stage == _EVALUATING):
            relevance += message["stage_fit"] * 0.5 * (1.0 - relevance)
        dulled = 1.0
        if rules["on_overload"] != 0.0:
            dulled = 1.0 / (1.0 + rules["attention_overload_weight"] * max(0.0, columns.overload[i] - 1.0))
        useful = message["usefulness"] * relevance * (0.4 + 0.6 * message["novelty"])
        fun = message["entertainment"] * (0.4 + 0.6 * message["novelty"])
        prize = message["incentive"] * columns.opportunism[i]
        face = 1.0 + rules["trust_face"] * message["personal"]
        # awareness and trust
        columns.awareness[i, v] += rules["awareness_gain"] * dulled * (1.0 - columns.awareness[i, v])
        value = min(1.0, useful * face * dulled * (1.0 - 0.5 * message["promotion"]))
        gain = rules["trust_gain"]
        columns.trust[i, v] += gain * (1.0 - columns.trust[i, v]) * value
        if message["length"] > 0.5:
            columns.expertise[i, v] += rules["expertise_gain"] * value * (1.0 - columns.expertise[i, v])
        push = message["promotion"] * (1.0 - relevance)
        if message["unsolicited"]:
            push += 1.0
        loss = rules["trust_loss_ratio"] if rules["on_asymmetric_trust"] != 0.0 else 1.0
        if message["unsolicited"] and message["automated"]:
            columns.trust[i, v] -= gain * loss * columns.trust[i, v]
        if rules["on_irritation"] != 0.0:
            columns.irritation[i, v] += rules["irritation_gain"] * push
        columns.frequency[i, v] += 1.0
        columns.offers[i, v] += 0.2 * (message["promotion"] - columns.offers[i, v])
        # what the buyer does
        appeal = max(useful, fun)
        if unit(like_key, i, key) < rules["response_like"] * dulled * (appeal + prize):
            count(counters, v, play, _LIKE)
            columns.trust[i, v] += rules["response_like_effect"] * (1.0 - columns.trust[i, v])
        if rules["on_sharing"] != 0.0 and unit(share_key, i, key) < (
            rules["sharing_rate"] * dulled * (0.2 + 0.8 * relevance) * (appeal + 0.5 * prize)
        ):
            if _share(scratch, i, m):
                count(counters, v, play, _SHARE)
        ties = columns.ties[i, v]
        if platform["relationship"] != _INBOX and not (ties & _BLOCKED):
            tie = _CONNECTED if platform["relationship"] == _PERMISSION else _FOLLOW
            if not (ties & tie):
                for_content = rules["response_follow"] * dulled * appeal
                if tie == _CONNECTED:
                    for_content *= 0.25 + columns.trust[i, v]
                u = unit(follow_key, i, key)
                if u < for_content:
                    columns.ties[i, v] |= tie
                    count(counters, v, play, _FOLLOWED)
                    tell(scratch, tick, i, v, _FOLLOWED, _C_NONE, m, for_content)
                elif u < for_content + rules["response_prize_follow"] * prize:
                    columns.ties[i, v] |= tie | _INCENTIVE
                    count(counters, v, play, _FOLLOWED)
                    tell(scratch, tick, i, v, _FOLLOWED, _C_NOTHING, m, prize)
        pull = useful + 0.5 * prize
        if stage >= _INTERESTED:
            pull += 0.5 * message["promotion"] * relevance
        click = rules["response_click"] * dulled * pull
        if message["form"]:
            click *= 1.0 - rules["response_form_cost"]
        if unit(click_key, i, key) < click:
            count(counters, v, play, _CLICK)
            columns.score[i, v] += rules["leads_click"]
            if message["form"] and not (columns.ties[i, v] & (_OPT_IN | _BLOCKED)):
                willing = rules["response_registration"] * (1.0 - columns.privacy[i]) * (0.4 + columns.trust[i, v])
                if unit(register_key, i, key) < willing:
                    columns.ties[i, v] |= _OPT_IN
                    columns.score[i, v] += rules["leads_click"]
                    count(counters, v, play, _REGISTER)
                    tell(scratch, tick, i, v, _REGISTER, _C_NONE, m, willing)
        if columns.ties[i, v] & _OPT_IN:
            columns.score[i, v] += rules["leads_reading"] * useful
        if vendors[v]["lead_scoring"] > 0.0 and (stage == _INTERESTED or stage == _EVALUATING):
            _score_lead(tick, columns, scratch, counters, vendors[v], rules, i, v, play, m)
        if rules["on_service"] != 0.0 and message["length"] > 0.5:
            if unit(ask_key, i, key) < rules["response_ask"] * useful * face:
                count(counters, v, play, _ASK)
                ask(scratch, questions, tick, i, v, 0, key)
        if rules["on_exits"] != 0.0:
            _leave(tick, columns, scratch, counters, message, platform, rules, i, m, relevance, exit_key, block_key)
