"""Groups: who joins, who leaves, how much sales talk a group bears, what peers say at the moment of need.

Open groups fill with whoever comes; a gate keeps out those whom the topic does not concern; moderation removes sales
talk, strict moderation some of the rest as well. Noise is the share of sales talk among all posts, members' own
included; it makes members look away and leave.
"""

from __future__ import annotations

import numpy as np

from townsquare_agents.compiled import inline
from townsquare_agents.kernels.attention import DIGEST_EVERY, digest_day
from townsquare_agents.kernels.codes import Cause, Feed, Gate, Happening, Relationship, code
from townsquare_agents.kernels.events import NO_MESSAGE, NOBODY, tell
from townsquare_agents.kernels.tables import World
from townsquare_agents.kernels.word_of_mouth import hear
from townsquare_agents.rng import Purpose, below, draw, unit

_GROUP = int(Relationship.GROUP)
_DIGEST = int(Feed.DIGEST)
_OPEN = int(Gate.OPEN)
_QUALIFIED = int(Gate.QUALIFIED)
_P_JOIN = int(Purpose.JOIN)
_P_QUIT = int(Purpose.QUIT)
_P_PEER = int(Purpose.PEER)
_JOINED = code(Happening.JOINED)
_LEFT_PLATFORM = code(Happening.LEFT_PLATFORM)
_PEER_ASKED = code(Happening.PEER_ASKED)
_NONE = code(Cause.NONE)
_SALES_TALK = code(Cause.TOO_MUCH_SALES_TALK)
_PEER_TRIES = 4


@inline
def _may_join(rules: np.void, gate: int, interest: float, invited: bool) -> bool:
    if gate == _OPEN:
        return True
    if gate == _QUALIFIED:
        return interest >= rules["groups_qualified_at"]
    return invited


@inline
def _ask_a_peer(world: World, tick: int, i: int, p: int) -> None:
    """Let a buyer in the market ask members at random until one is somebody's customer, and hear what that one says."""
    rules = world.rules[0]
    for attempt in range(_PEER_TRIES):
        j = below(draw(world.keys[_P_PEER], i, p * _PEER_TRIES + attempt), world.buyers.size)
        account = world.accounts[world.buyers[j]["account"]]
        v = account["supplier"]
        if not world.member[j, p] or v < 0 or world.buyers[j]["account"] == world.buyers[i]["account"]:
            continue
        good = account["satisfaction"] >= rules["experience_advocate_at"]
        bad = rules["on_negative_word_of_mouth"] != 0.0 and account["satisfaction"] <= rules["experience_unhappy_at"]
        if good or bad:
            tell(world.log, tick, i, v, _PEER_ASKED, _NONE, NO_MESSAGE, account["satisfaction"])
            hear(world.log, rules, world.relations[i, v], world.word, tick, i, v, j, good)
        return


@inline
def _meet(world: World, tick: int, p: int, hosting: float) -> None:
    """Let one group change its members, and let its members talk."""
    rules, platform = world.rules[0], world.platforms[p]
    topic, noise = platform["topic"], platform["noise"]
    join_key, quit_key, peer_key = world.keys[_P_JOIN], world.keys[_P_QUIT], world.keys[_P_PEER]
    for i in range(world.buyers.size):
        interest = world.interest[i, topic] if topic >= 0 else rules["response_general_interest"]
        account = world.accounts[world.buyers[i]["account"]]
        if not world.member[i, p]:
            if unit(join_key, i, p) < rules["groups_join"] * interest * (1.0 + hosting):
                if _may_join(rules, platform["gate"], interest, account["supplier"] >= 0):
                    world.member[i, p] = 1
                    tell(world.log, tick, i, NOBODY, _JOINED, _NONE, NO_MESSAGE, interest)
        elif unit(quit_key, i, p) < rules["groups_quit"] * (noise + rules["groups_bored"] * (1.0 - interest)):
            world.member[i, p] = 0
            tell(world.log, tick, i, NOBODY, _LEFT_PLATFORM, _SALES_TALK, NO_MESSAGE, noise)
        elif account["in_market"] and rules["on_peers"] != 0.0:
            if unit(peer_key, i, 1000 + p) < rules["groups_peer_rate"] * (1.0 - noise):
                _ask_a_peer(world, tick, i, p)


@inline
def _thank_hosts(world: World, p: int) -> None:
    """Let members credit the vendors that host this group, as far as it is a conversation."""
    for v in range(world.vendors.size):
        hosting = world.hosting[p, v]
        if hosting > 0.0:
            gain = world.rules[0]["groups_host_gain"] * min(1.0, hosting) * (1.0 - world.platforms[p]["noise"])
            for i in range(world.buyers.size):
                if world.member[i, p]:
                    relation = world.relations[i, v]
                    relation["trust"] += gain * (1.0 - relation["trust"])
                    relation["awareness"] += gain * (1.0 - relation["awareness"])


@inline
def _hear_sales_talk(world: World, tick: int, p: int) -> None:
    """Move a group's noise towards the share of sales talk among all that its members are offered: daily, by digest."""
    rules, platform, days = world.rules[0], world.platforms[p], 1
    if platform["feed"] == _DIGEST:
        if not digest_day(tick):
            return
        days = DIGEST_EVERY
    members = 0
    for i in range(world.buyers.size):
        members += world.member[i, p]
    talk = platform["sales_talk"] / max(1.0, platform["offered"] + days * platform["background"] * members)
    for _ in range(days):
        platform["noise"] += rules["groups_noise_speed"] * (talk - platform["noise"])


@inline
def gather(world: World, tick: int) -> None:
    """Let each open group hear its sales talk, change its members and let members talk."""
    rules = world.rules[0]
    if rules["on_groups"] == 0.0:
        return
    for p in range(world.platforms.size):
        platform = world.platforms[p]
        if platform["relationship"] == _GROUP and platform["open"]:
            _hear_sales_talk(world, tick, p)
            hosting = 0.0
            for v in range(world.vendors.size):
                hosting += world.hosting[p, v]
            _meet(world, tick, p, hosting)
            _thank_hosts(world, p)
