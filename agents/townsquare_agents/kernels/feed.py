"""Deliver: messages cross ties to the buyers who could see them.

Output is a list of entries (buyer, message, platform) and, for each buyer and platform, how many messages were offered
this tick. Cost follows the messages, but for one sweep over a vendor's ties per message to followers.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.compiled import inline
from townsquare_agents.kernels.attention import digest_day
from townsquare_agents.kernels.codes import Feed, Moderation, Reach, Relationship, Tie
from townsquare_agents.kernels.lanes import prefetch
from townsquare_agents.kernels.tables import (
    FRIENDS,
    SAMPLED,
    SIZE_ENTRIES,
    SIZE_NEED,
    SIZE_SHARES,
    STRONG,
    Table,
    World,
)
from townsquare_agents.rng import Purpose, below, draw, stream_key, unit

_FOLLOWERS = int(Reach.FOLLOWERS)
_CUSTOMERS = int(Reach.CUSTOMERS)
_READERS = int(Reach.READERS)
_PAID = int(Reach.PAID)
_DIGEST = int(Feed.DIGEST)
_GROUP = int(Relationship.GROUP)
_INBOX = int(Relationship.INBOX)
_MIXED = int(Relationship.MIXED)
_NO_MODERATION = int(Moderation.NONE)
_DEMOCRATIC = int(Moderation.DEMOCRATIC)
_BLOCKED = np.uint32(Tie.BLOCKED)
_P_AUDIENCE = int(Purpose.AUDIENCE)
_P_REMOVAL = int(Purpose.REMOVAL)
_P_REFUSAL = int(Purpose.REFUSAL)
_P_ARM = int(Purpose.ARM)
_PURPOSE_NUMBERS = np.array([int(purpose) for purpose in Purpose], np.int64)
PLAYS_APART = 1024  # vendor x this + play names a play in the draws of A/B tests: a scenario has fewer plays
_AHEAD = 12  # addressees whose records are fetched ahead
_AIMED_TRIES = 8  # a sampled audience is found by rejection; one below 1/8 of the buyers is reached less often
_LOW_16 = np.uint64(0xFFFF)  # a draw's lowest bits are not those that chose the buyer
_SHIFT_16 = np.uint64(16)


@inline
def platform_bit(platform: int) -> np.uint32:
    """Return the bit of a relation's ties that stands for a platform."""
    return np.uint32(1 << platform)


@inline
def _start(world: World, seed: int, tick: int) -> None:
    """Compute the tick's stream keys and clear its counters."""
    for n in range(_PURPOSE_NUMBERS.size):
        purpose = _PURPOSE_NUMBERS[n]
        standing = purpose == _P_REFUSAL or purpose == _P_ARM  # decided once for the whole game
        world.keys[purpose] = stream_key(seed, purpose, 0 if standing else tick)
    world.log.counters[:] = 0
    world.log.sizes[SIZE_ENTRIES] = 0
    world.log.sizes[SIZE_NEED] = 0
    for p in range(world.platforms.size):
        world.platforms[p]["offered"] = 0
        world.platforms[p]["sales_talk"] = 0


@inline
def _offer(entries: Table, sizes: NDArray[np.int64], offered: NDArray[np.int32], i: int, m: int, platform: int) -> None:
    n = sizes[SIZE_NEED]
    sizes[SIZE_NEED] = n + 1
    if n < entries.size:
        entry = entries[n]
        entry["buyer"] = i
        entry["message"] = m
        entry["platform"] = platform
        entry["source"] = 0
        offered[i, platform] += 1
        sizes[SIZE_ENTRIES] = n + 1


@inline
def _offer_from(
    entries: Table, sizes: NDArray[np.int64], offered: NDArray[np.int32], i: int, m: int, platform: int, source: int
) -> None:
    """Offer a message by way of somebody else than the vendor's own wall, or for the j-th time today."""
    _offer(entries, sizes, offered, i, m, platform)
    if sizes[SIZE_NEED] == sizes[SIZE_ENTRIES]:
        entries[sizes[SIZE_ENTRIES] - 1]["source"] = source


@inline
def _in_arm(arm_key: np.uint64, message: np.void, i: int) -> bool:
    """Say whether a buyer is in the half that sees this arm of an A/B test: by buyer and play, alike every day."""
    arm = message["arm"]
    if arm == 0:
        return True
    first_half = unit(arm_key, i, message["vendor"] * PLAYS_APART + message["play"]) < 0.5
    return first_half == (arm == 1)


@inline
def has_refused(refusal_key: np.uint64, rules: np.void, buyer: np.void, i: int) -> bool:
    """Say whether a buyer has opted out of being written to unasked (an opt-out or do-not-call law).

    Vendors obey; spammers do not, and are reported.
    """
    refusal = rules["contact_refusal"]
    if refusal == 0.0 or rules["on_refusal"] == 0.0:
        return False
    return unit(refusal_key, i, 0) < refusal * (0.5 + buyer["privacy"])


@inline
def _removed(removal_key: np.uint64, rules: np.void, message: np.void, place: np.void) -> bool:
    """Say whether a group's moderation removes a message before anybody sees it."""
    if place["relationship"] != _GROUP or place["moderation"] == _NO_MODERATION or rules["on_moderation"] == 0.0:
        return False
    sales_talk = message["promotion"] > place["tolerated"] or message["vendor"] < 0
    if place["moderation"] == _DEMOCRATIC:
        chance = rules["groups_democratic"] if sales_talk else 0.0
    else:
        chance = rules["groups_strict"] if sales_talk else rules["groups_overreach"]
    return unit(removal_key, 0, message["key"]) < chance


@inline
def _is_aimed_at(buyer: np.void, relation: np.void, audience: int, stage: int) -> bool:
    """Say whether a buyer is of the archetype and at the stage that a message is for (-1: any)."""
    if audience >= 0 and buyer["archetype"] != audience:
        return False
    return stage < 0 or relation["stage"] == stage


@inline
def _to_tied(world: World, m: int) -> None:
    """Deliver to those tied to the vendor on the message's platform; on a group, to its members.

    Only circles and inboxes let a vendor sort its followers by archetype.
    """
    message = world.messages[m]
    vendor, platform = message["vendor"], message["platform"]
    relationship = world.platforms[platform]["relationship"]
    bit = platform_bit(platform)
    everybody = relationship == _GROUP
    targeting = world.rules[0]["on_targeting"] != 0.0
    sorted_ = targeting and (relationship == _MIXED or relationship == _INBOX)
    audience = message["audience"] if sorted_ else -1
    stage = message["stage"] if targeting else -1
    arm_key = world.keys[_P_ARM]
    buyers, relations, member, offered = world.buyers, world.relations, world.member, world.offered
    entries, sizes, tied = world.entries, world.log.sizes, world.tied[vendor]
    for i in range(buyers.size):
        if not (tied[i] & bit or (everybody and not tied[i] & _BLOCKED)):
            continue
        relation = relations[i, vendor]
        if not _is_aimed_at(buyers[i], relation, audience, stage):
            continue
        if member[i, platform] and _in_arm(arm_key, message, i):
            _offer(entries, sizes, offered, i, m, platform)


@inline
def _to_customers(world: World, m: int) -> None:
    """Deliver to the members of customers' committees, whom the vendor knows by archetype and stage."""
    message, targeting = world.messages[m], world.rules[0]["on_targeting"] != 0.0
    vendor, platform, arm_key = message["vendor"], message["platform"], world.keys[_P_ARM]
    audience = message["audience"] if targeting else -1
    stage = message["stage"] if targeting else -1
    for a in range(world.accounts.size):
        account = world.accounts[a]
        if account["supplier"] == vendor:
            for i in range(account["first"], account["last"]):
                relation = world.relations[i, vendor]
                if relation["ties"] & _BLOCKED or not _is_aimed_at(world.buyers[i], relation, audience, stage):
                    continue
                if world.member[i, platform] and _in_arm(arm_key, message, i):
                    _offer(world.entries, world.log.sizes, world.offered, i, m, platform)


@inline
def _looks_for(interest: float, in_market: int, bits: np.uint64) -> bool:
    """Say whether a buyer searches for a topic: by its interest; in the market it looks twice."""
    missed = 1.0 - interest
    if in_market:
        missed *= missed
    return bool(np.float64((bits >> _SHIFT_16) & _LOW_16) / 65536.0 >= missed)


@inline
def _to_sample(world: World, m: int) -> None:
    """Deliver to ``volume`` members drawn at random, aimed as far as targeting still works; readers search by topic."""
    message, rules = world.messages[m], world.rules[0]
    vendor, platform, topic = message["vendor"], message["platform"], message["topic"]
    targeting = rules["on_targeting"] != 0.0 and vendor >= 0
    audience = message["audience"] if targeting else -1
    stage = message["stage"] if targeting else -1
    searchers = message["reach"] == _READERS
    unasked = message["unsolicited"] and vendor >= 0
    volume = message["volume"]
    if message["reach"] == _PAID:
        volume = int(volume * rules["contact_paid_reach"])
    if searchers:
        volume = int(volume * world.platforms[platform]["traffic"])
    key, arm_key, refusal_key = world.keys[_P_AUDIENCE], world.keys[_P_ARM], world.keys[_P_REFUSAL]
    buyers, relations, member, offered = world.buyers, world.relations, world.member, world.offered
    entries, sizes = world.entries, world.log.sizes
    flat_relations, flat_member = relations.reshape(relations.size), member.reshape(member.size)
    flat_offered = offered.reshape(offered.size)
    for j in range(volume):
        next_ = below(draw(key, (j + _AHEAD) * _AIMED_TRIES, message["key"]), buyers.size)
        prefetch(flat_member, next_ * member.shape[1] + platform)
        prefetch(flat_offered, next_ * offered.shape[1] + platform)
        prefetch(flat_relations, next_ * relations.shape[1] + max(0, vendor))
        for attempt in range(_AIMED_TRIES):
            bits = draw(key, j * _AIMED_TRIES + attempt, message["key"])
            i = below(bits, buyers.size)
            if not _is_aimed_at(buyers[i], relations[i, max(0, vendor)], audience, stage):
                if np.float64(bits & _LOW_16) / 65536.0 < rules["contact_precision"]:
                    continue
            if searchers:
                interest = world.interest[i, topic] if topic >= 0 else rules["response_general_interest"]
                if not _looks_for(interest, world.accounts[buyers[i]["account"]]["in_market"], bits):
                    continue
            if not member[i, platform] or not _in_arm(arm_key, message, i):
                break
            if unasked and has_refused(refusal_key, rules, buyers[i], i):
                break
            if vendor < 0 or not relations[i, vendor]["ties"] & _BLOCKED:
                _offer_from(entries, sizes, offered, i, m, platform, SAMPLED + j)
            break


@inline
def _to_network(world: World, share: np.void) -> None:
    """Deliver a shared message to those who see what the sharer posts: nobody where the platform has closed."""
    platform, m, sharer = share["platform"], share["message"], share["buyer"]
    vendor = world.messages[m]["vendor"]
    network = world.platforms[platform]["network"]
    if network < 0 or not world.platforms[platform]["open"]:
        return
    relations, member, offered, target = world.relations, world.member, world.offered, world.ties.target
    entries, sizes, strong = world.entries, world.log.sizes, world.ties.strong
    for arc in range(world.ties.start[network, sharer], world.ties.start[network, sharer + 1]):
        i = int(np.int64(target[arc]))
        if member[i, platform] and not relations[i, vendor]["ties"] & _BLOCKED:
            source = 1 + sharer
            if network == FRIENDS and strong[arc]:
                source += STRONG
            _offer_from(entries, sizes, offered, i, m, platform, source)


@inline
def _goes_out(place: np.void, tick: int) -> bool:
    """Say whether a platform delivers today what was posted there: a digest waits for its day."""
    return bool(place["feed"] != _DIGEST or digest_day(tick))


@inline
def _first_waiting(platforms: Table, messages: Table, tick: int) -> int:
    """Return the first message of the days that have not gone out everywhere; messages are in order of time."""
    day, first = tick, messages.size
    for p in range(platforms.size):
        day = min(day, platforms[p]["waiting"])
    while first > 0 and messages[first - 1]["tick"] >= day:
        first -= 1
    return first


@inline
def delivered(world: World, tick: int) -> None:
    """Let nothing that went out today wait any longer, so that no message is delivered twice."""
    for p in range(world.platforms.size):
        if _goes_out(world.platforms[p], tick):
            world.platforms[p]["waiting"] = tick + 1


@inline
def deliver(world: World, seed: int, tick: int) -> None:
    """Fill the entries of this tick from the messages that wait and from the shares of the previous tick.

    What is posted where a digest goes out waits for it. How many are needed stands in ``sizes[SIZE_NEED]``, also when
    that is more than the buffer holds.
    """
    _start(world, seed, tick)
    rules = world.rules[0]
    for m in range(_first_waiting(world.platforms, world.messages, tick), world.messages.size):
        message = world.messages[m]
        reach, place = message["reach"], world.platforms[message["platform"]]
        if message["tick"] < place["waiting"] or not _goes_out(place, tick):
            continue
        if not place["open"] or _removed(world.keys[_P_REMOVAL], rules, message, place):
            continue
        if message["vendor"] >= 0 and (reach == _FOLLOWERS or reach == _READERS):
            _to_tied(world, m)
        if message["vendor"] >= 0 and reach == _CUSTOMERS:
            _to_customers(world, m)
        elif reach != _FOLLOWERS:
            _to_sample(world, m)
    for s in range(world.log.sizes[SIZE_SHARES]):
        _to_network(world, world.shares[s])
