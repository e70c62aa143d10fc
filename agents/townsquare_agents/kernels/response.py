"""Respond: what a buyer does with a message that it has seen (docs/model.md, 7.4).

No rule here knows a play by name: a rule reads the attributes of one message and the state of one buyer.
"""

from __future__ import annotations

import numpy as np

from townsquare_agents.compiled import inline
from townsquare_agents.kernels.attention import seen_in_feed, seen_in_inbox
from townsquare_agents.kernels.codes import Cause, Happening, Reach, Relationship, Stage, Tie, code
from townsquare_agents.kernels.conversation import ask
from townsquare_agents.kernels.events import NOBODY, count, tell
from townsquare_agents.kernels.exits import leave
from townsquare_agents.kernels.feed import has_refused, platform_bit
from townsquare_agents.kernels.feelings import is_interested
from townsquare_agents.kernels.lanes import prefetch
from townsquare_agents.kernels.leads import visit
from townsquare_agents.kernels.learning import learn
from townsquare_agents.kernels.sharing import cross_post, share
from townsquare_agents.kernels.tables import SAMPLED, SIZE_ENTRIES, SIZE_SHARES, STRONG, Keys, Log, World
from townsquare_agents.rng import Purpose, draw, unit

_PAID = int(Reach.PAID)
_INBOX = int(Relationship.INBOX)
_PERMISSION = int(Relationship.PERMISSION)
_GROUP = int(Relationship.GROUP)
_BLOCKED = np.uint32(Tie.BLOCKED)
_INCENTIVE = np.uint32(Tie.INCENTIVE)
_NO_TIE = np.uint32(0)
_INTERESTED = int(Stage.INTERESTED)
_EVALUATING = int(Stage.EVALUATING)
_IMPRESSION = code(Happening.IMPRESSION)
_REACHED = code(Happening.REACHED)
_DELIVERED = code(Happening.DELIVERED)
_LIKE = code(Happening.LIKE)
_SHARE = code(Happening.SHARE)
_FOLLOWED = code(Happening.FOLLOW)
_REPORT = code(Happening.REPORT)
_ASK = code(Happening.ASK)
_LEFT_PLATFORM = code(Happening.LEFT_PLATFORM)
_P_ATTEND = int(Purpose.ATTEND)
_P_LIKE = int(Purpose.LIKE)
_P_SHARE = int(Purpose.SHARE)
_P_CROSS = int(Purpose.CROSS_POST)
_P_FOLLOW = int(Purpose.FOLLOW)
_P_ASK = int(Purpose.ASK)
_P_REPORT = int(Purpose.REPORT)
_P_QUIT = int(Purpose.QUIT)
_P_REFUSAL = int(Purpose.REFUSAL)
_C_NONE = code(Cause.NONE)
_C_NOTHING = code(Cause.NOTHING_TO_WIN)
_C_UNASKED = code(Cause.UNASKED)

_WANTS_TO_SHARE, _WANTS_TO_ASK = 1, 2
_ONE = np.uint64(1)
_AHEAD = 12  # entries whose records are fetched ahead: a third off the tick of a million buyers, nothing lost at 2 000


@inline
def _exposure(message: np.void, entry: np.void) -> int:
    """Return the name of one exposure: by whom a message came, and where. Each has draws of its own.

    What the vendor itself posts has the message's own name.
    """
    source = entry["source"] % STRONG
    if source == 0:
        own: int = message["key"]
        return own
    return np.int64(draw(np.uint64(message["key"]), source, entry["platform"]) >> _ONE)  # type: ignore[return-value]


@inline
def _meet_spam(
    log: Log, keys: Keys, rules: np.void, buyer: np.void, message: np.void, inbox: bool, tick: int, i: int, m: int
) -> bool:
    """See a spammer's message, and perhaps report it; return whether the buyer leaves the platform over it.

    Whoever has refused such messages by law knows where to complain; nobody can do without an inbox.
    """
    spam_row = log.counters.shape[0] - 1
    reports = rules["spam_report"]
    if has_refused(keys[_P_REFUSAL], rules, buyer, i):
        reports = rules["spam_report_refused"]
    if unit(keys[_P_REPORT], i, message["key"]) < reports:
        message["reports"] += 1
        count(log, spam_row, message["play"], _REPORT)
    if not inbox and unit(keys[_P_QUIT], i, message["key"]) < rules["spam_quit_rate"]:
        tell(log, tick, i, NOBODY, _LEFT_PLATFORM, _C_UNASKED, m, rules["spam_quit_rate"])
        return True
    return False


@inline
def _follow(
    log: Log,
    key: np.uint64,
    rules: np.void,
    relation: np.void,
    message: np.void,
    tick: int,
    i: int,
    m: int,
    name: int,
    bit: np.uint32,
    needs_trust: bool,
    appeal: float,
    prize: float,
) -> None:
    """Become a follower, for the content or for the prize."""
    v = message["vendor"]
    for_content = rules["response_follow"] * appeal
    if needs_trust:
        for_content *= rules["response_follow_stranger"] + relation["trust"]
    u = unit(key, i, name)
    if u < for_content:
        relation["ties"] |= bit
        count(log, v, message["play"], _FOLLOWED)
        tell(log, tick, i, v, _FOLLOWED, _C_NONE, m, for_content)
    elif u < for_content + rules["response_prize_follow"] * prize:
        relation["ties"] |= bit | _INCENTIVE
        count(log, v, message["play"], _FOLLOWED)
        tell(log, tick, i, v, _FOLLOWED, _C_NOTHING, m, prize)


@inline
def _chance_to_share(
    rules: np.void, message: np.void, relevance: float, dulled: float, appeal: float, prize: float, strong: bool
) -> float:
    """Return how likely a reader passes a message on: short reaches further, and so does what a close friend sent."""
    caring = rules["sharing_indifferent"] + (1.0 - rules["sharing_indifferent"]) * relevance
    chance: float = rules["sharing_rate"] * dulled * caring * (appeal + rules["sharing_prize"] * prize)
    shortness = max(0.0, 1.0 - message["length"] / max(0.01, rules["expertise_long"]))
    chance *= 1.0 + rules["sharing_short_further"] * shortness
    if strong and rules["on_strong_ties"] != 0.0:
        chance *= 1.0 + rules["sharing_strong_tie"]
    return chance


@inline
def _respond(
    log: Log,
    keys: Keys,
    rules: np.void,
    buyer: np.void,
    relation: np.void,
    vendor: np.void,
    message: np.void,
    platform: np.void,
    tick: int,
    i: int,
    m: int,
    p: int,
    name: int,
    relevance: float,
    strong: bool,
) -> int:
    """Let a buyer act on a vendor's message that it has seen; return what else it wants: to share, to ask.

    ``strong`` says whether the message came over a strong tie.
    """
    v = message["vendor"]
    looking = relation["stage"] == _INTERESTED or relation["stage"] == _EVALUATING
    if message["stage_fit"] > 0.0 and looking and rules["on_stage_timing"] != 0.0:
        relevance += message["stage_fit"] * rules["response_timing"] * (1.0 - relevance)
    dulled = 1.0
    if rules["on_overload"] != 0.0:
        dulled = 1.0 / (1.0 + rules["attention_overload_weight"] * max(0.0, buyer["overload"] - 1.0))
    fresh = rules["wear_out_floor"] + (1.0 - rules["wear_out_floor"]) * message["novelty"]
    if p != message["platform"]:
        fresh *= 1.0 - rules["sharing_crossing_loss"]
    useful = message["usefulness"] * relevance * fresh
    prize = message["incentive"] * (relevance if message["qualified"] else buyer["opportunism"])
    appeal = max(useful, message["entertainment"] * fresh)
    pull = useful + rules["response_prize_pull"] * prize
    if is_interested(relation["stage"]):
        pull += rules["response_offer_pull"] * message["promotion"] * relevance
    learn(log, rules, relation, message, platform, tick, i, m, relevance, useful, dulled)
    if unit(keys[_P_LIKE], i, name) < rules["response_like"] * dulled * (appeal + prize):
        message["reactions"] += 1
        count(log, v, message["play"], _LIKE)
        relation["trust"] += rules["response_like_effect"] * (1.0 - relation["trust"])
    wishes = 0
    if rules["on_sharing"] != 0.0:
        chance = _chance_to_share(rules, message, relevance, dulled, appeal, prize, strong)
        if unit(keys[_P_SHARE], i, name) < chance:
            wishes = _WANTS_TO_SHARE
    bit, relationship = platform_bit(p), platform["relationship"]
    inbox = relationship == _INBOX
    if not inbox and relationship != _GROUP and not relation["ties"] & (bit | _BLOCKED):
        trusted = relationship == _PERMISSION
        _follow(log, keys[_P_FOLLOW], rules, relation, message, tick, i, m, name, bit, trusted, dulled * appeal, prize)
    tracked, wanted = platform["tracked"], dulled * pull
    visit(log, keys, rules, buyer, relation, vendor, message, tracked, tick, i, m, name, useful, wanted)
    if rules["on_service"] != 0.0 and message["length"] > rules["expertise_long"]:
        face = 1.0 + rules["trust_face"] * message["personal"]
        if unit(keys[_P_ASK], i, name) < rules["response_ask"] * useful * face:
            wishes += _WANTS_TO_ASK
    if rules["on_exits"] != 0.0:
        leave(log, keys, rules, buyer, relation, message, tick, i, m, name, bit, inbox, relevance)
    return wishes


@inline
def attend_and_respond(world: World, tick: int) -> None:
    """Let each offered message compete for attention and let the buyers who see one act.

    Shares of this tick replace those of the last one.
    """
    log, keys, rules, entries = world.log, world.keys, world.rules[0], world.entries
    messages, platforms, buyers, relations = world.messages, world.platforms, world.buyers, world.relations
    vendors, interest, offered, budgets, sizes = world.vendors, world.interest, world.offered, world.budgets, log.sizes
    touched, topics = world.touched, interest.shape[1]
    porous = rules["on_porous_platforms"] != 0.0
    sizes[SIZE_SHARES] = 0
    spam_row = log.counters.shape[0] - 1
    flat_relations, flat_offered = relations.reshape(relations.size), offered.reshape(offered.size)
    flat_interest = interest.reshape(interest.size)
    last = sizes[SIZE_ENTRIES] - 1
    for e in range(sizes[SIZE_ENTRIES]):
        ahead = entries[min(e + _AHEAD, last)]
        reader = ahead["buyer"]
        prefetch(buyers, reader)
        prefetch(flat_offered, reader * offered.shape[1] + ahead["platform"])
        prefetch(flat_interest, reader * topics)
        prefetch(flat_relations, reader * relations.shape[1] + max(0, messages[ahead["message"]]["vendor"]))
        i, m, p = entries[e]["buyer"], entries[e]["message"], entries[e]["platform"]
        message, platform, buyer = messages[m], platforms[p], buyers[i]
        name = _exposure(message, entries[e])
        v, play = message["vendor"], message["play"]
        row = v if v >= 0 else spam_row
        count(log, row, play, _DELIVERED)
        if platform["relationship"] == _GROUP:
            platform["offered"] += 1
            if message["promotion"] > platform["tolerated"]:
                platform["sales_talk"] += 1
        many = offered[i, p]
        inbox = platform["relationship"] == _INBOX
        if inbox:
            trust = relations[i, v]["trust"] if v >= 0 else 0.0
            asked = v >= 0 and (relations[i, v]["ties"] & platform_bit(p)) != _NO_TIE
            seen = seen_in_inbox(keys[_P_ATTEND], rules, platform, i, name, trust, asked, many)
        else:
            bought = message["reach"] == _PAID and SAMPLED <= entries[e]["source"] < STRONG  # a share of it is earned
            activity = buyer["activity"]
            seen = seen_in_feed(keys, rules, platform, message, budgets, activity, tick, i, p, name, bought, many)
        if not seen:
            continue
        count(log, row, play, _IMPRESSION)
        message["seen"] += 1
        if v < 0:
            if _meet_spam(log, keys, rules, buyer, message, inbox, tick, i, m):
                world.member[i, p] = 0
            continue
        relation = relations[i, v]
        touched[i] = tick + 1
        if relation["reached"] == 0:
            relation["reached"] = 1
            count(log, v, play, _REACHED)
        relevance = interest[i, message["topic"]] if message["topic"] >= 0 else rules["response_general_interest"]
        vendor, strong = vendors[v], entries[e]["source"] >= STRONG
        wishes = _respond(
            *(log, keys, rules, buyer, relation, vendor, message, platform, tick, i, m, p, name, relevance, strong)
        )
        if wishes & _WANTS_TO_SHARE and share(world.shares, sizes, world.shared, i, m, p):
            message["reactions"] += 1
            count(log, v, play, _SHARE)
            if porous:
                cross_post(world.shares, sizes, keys[_P_CROSS], platforms, world.member, i, m, p, message["key"])
        if wishes & _WANTS_TO_ASK:
            count(log, v, play, _ASK)
            ask(world.questions, sizes, tick, i, v, 0, message["key"])
