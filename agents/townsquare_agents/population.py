"""Make the population: buyers and accounts as columns, from the scenario and keyed draws."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.compiled import kernel
from townsquare_agents.kernels.columns import EVENT, Columns, Scratch, Stage, Tie
from townsquare_agents.network import Network
from townsquare_agents.platforms import build_network
from townsquare_agents.rng import Purpose, below, draw, stream_key, uniform_array, unit
from townsquare_agents.scenario import Scenario

MOST_EVENT_BUYERS = 50_000  # above this size stories are kept only when asked for
_ACCOUNT = int(Purpose.ACCOUNT)
_DEFAULT_INTEREST = 0.2
_INTEREST_SPREAD = 0.5
_TRAIT_SPREAD = 0.5
_TICKS_PER_QUARTER = 91.0


@kernel
def _account_starts(seed: int, buyers: int, smallest: int, largest: int, out: NDArray[np.int64]) -> int:
    """Fill committee boundaries; return the number of accounts."""
    key = stream_key(seed, _ACCOUNT, 0)
    count = 0
    at = 0
    while at < buyers:
        out[count] = at
        at += smallest + below(draw(key, count, 0), largest - smallest + 1)
        count += 1
    out[count] = buyers
    return count


def _account_start(scenario: Scenario, seed: int) -> NDArray[np.int64]:
    population = scenario.population
    starts = np.zeros(population.buyers // population.smallest_committee + 2, np.int64)
    count = _account_starts(
        seed, population.buyers, population.smallest_committee, population.largest_committee, starts
    )
    return starts[: count + 1].copy()


def _draws(seed: int, purpose: Purpose, count: int, object_: int) -> NDArray[np.float64]:
    return uniform_array(seed, int(purpose), 0, np.arange(count), object_)


def _trait(seed: int, mean: NDArray[np.float64], number: int) -> NDArray[np.float64]:
    spread = _TRAIT_SPREAD * (_draws(seed, Purpose.TRAIT, mean.size, number) - 0.5)
    return np.clip(mean + spread, 0.0, 1.0)


def _interests(scenario: Scenario, seed: int, archetype: NDArray[np.int8]) -> NDArray[np.float64]:
    means = np.array(
        [[kind.interests.get(topic.id, _DEFAULT_INTEREST) for topic in scenario.topics] for kind in scenario.archetypes]
    )
    interest = means[archetype]
    for topic in range(interest.shape[1]):
        interest[:, topic] += _INTEREST_SPREAD * (_draws(seed, Purpose.INTEREST, archetype.size, topic) - 0.5)
    return np.ascontiguousarray(np.clip(interest, 0.0, 1.0))


def _friends(scenario: Scenario, seed: int, start: NDArray[np.int64]) -> Network:
    """Return the permission platform's ties with those inside each committee added."""
    network = build_network(scenario, seed, "permission")
    sources, targets = network.ties()
    sizes = np.diff(start)
    members = [np.triu_indices(int(size), 1) for size in range(int(sizes.max(initial=0)) + 1)]
    inside = [
        np.stack([np.add.outer(start[:-1][sizes == size], members[int(size)][side]).ravel() for side in (0, 1)])
        for size in np.unique(sizes)
        if size > 1
    ]
    colleagues = np.concatenate([np.zeros((2, 0), np.int64), *inside], axis=1)
    return Network.from_edges(
        np.concatenate([sources, colleagues[0]]),
        np.concatenate([targets, colleagues[1]]),
        directed=False,
        node_count=network.node_count,
    )


def make_columns(scenario: Scenario, seed: int) -> tuple[Columns, Network, Network]:
    """Return the columns at tick 0, the friend network and the follow network (arc u to v: u follows v)."""
    n, vendors = scenario.population.buyers, len(scenario.vendors)
    platforms, kinds = len(scenario.platforms), scenario.archetypes
    start = _account_start(scenario, seed)
    accounts = start.size - 1
    account = np.repeat(np.arange(accounts, dtype=np.int32), np.diff(start))
    edges = np.cumsum([kind.share for kind in kinds])[:-1]
    archetype = np.searchsorted(edges, _draws(seed, Purpose.ARCHETYPE, n, 0), side="right").astype(np.int8)

    def mean(attribute: str) -> NDArray[np.float64]:
        return np.array([getattr(kind, attribute) for kind in kinds], np.float64)[archetype]

    friends, follows = _friends(scenario, seed, start), build_network(scenario, seed, "viral")
    audience = follows.reversed()
    owner = np.repeat(np.arange(n, dtype=np.int32), np.diff(friends.indptr))
    member = np.zeros((n, platforms), np.int8)
    for p, platform in enumerate(scenario.platforms):
        member[:, p] = _draws(seed, Purpose.MEMBERSHIP, n, p) < platform.members
    columns = Columns(
        archetype=archetype,
        account=account,
        interest=_interests(scenario, seed, archetype),
        opportunism=_trait(seed, mean("opportunism"), 0),
        privacy=_trait(seed, mean("privacy"), 1),
        risk_aversion=_trait(seed, mean("risk_aversion"), 2),
        peer_weight=_trait(seed, mean("peer_weight"), 3),
        activity=mean("activity") * (0.5 + _draws(seed, Purpose.TRAIT, n, 4)),
        member=member,
        overload=np.ones(n),
        awareness=np.zeros((n, vendors)),
        trust=np.zeros((n, vendors)),
        irritation=np.zeros((n, vendors)),
        frequency=np.zeros((n, vendors)),
        offers=np.zeros((n, vendors)),
        word=np.zeros((n, vendors)),
        expertise=np.zeros((n, vendors)),
        score=np.zeros((n, vendors)),
        ties=np.zeros((n, vendors), np.uint8),
        stage=np.zeros((n, vendors), np.int8),
        account_start=start,
        in_market=np.zeros(accounts, np.int8),
        decision_tick=np.zeros(accounts, np.int32),
        supplier=np.full(accounts, -1, np.int32),
        customer_since=np.zeros(accounts, np.int32),
        satisfaction=np.zeros(accounts),
        left=np.zeros(accounts),
        friend_start=friends.indptr,
        friend=friends.indices,
        friend_strong=(account[owner] == account[friends.indices]).astype(np.int8),
        follower_start=audience.indptr,
        follower=audience.indices,
    )
    _start_relations(scenario, seed, columns)
    _start_need(scenario, seed, columns)
    return columns, friends, follows


def _start_relations(scenario: Scenario, seed: int, columns: Columns) -> None:
    """Give each vendor its customers, and each buyer what it knows and thinks of each vendor at the start."""
    n = columns.archetype.size
    shares = np.cumsum([vendor.market_share for vendor in scenario.vendors])
    u = _draws(seed, Purpose.CUSTOMER, columns.supplier.size, 0)
    supplier = np.searchsorted(shares, u, side="right").astype(np.int32)
    supplier[supplier == len(scenario.vendors)] = -1
    columns.supplier[:] = supplier
    quality = np.array([vendor.quality for vendor in scenario.vendors])
    columns.satisfaction[:] = np.where(supplier >= 0, 0.35 + 0.6 * quality[supplier], 0.0)
    mean_share = max(1e-9, float(np.mean([vendor.market_share for vendor in scenario.vendors])))
    for v, vendor in enumerate(scenario.vendors):
        customer = supplier[columns.account] == v
        awareness = vendor.awareness * 2.0 * _draws(seed, Purpose.TRAIT, n, 100 + v)
        columns.awareness[:, v] = np.clip(np.where(customer, 0.8, awareness), 0.0, 1.0)
        trust = scenario.parameters.trust.start + 0.3 * (_draws(seed, Purpose.TRAIT, n, 200 + v) - 0.5)
        columns.trust[:, v] = np.clip(np.where(customer, trust + 0.3, trust), 0.0, 1.0)
        columns.expertise[:, v] = np.where(customer, 0.3, 0.0)
        known = columns.awareness[:, v] >= scenario.parameters.awareness.aware_at
        columns.stage[:, v] = np.where(customer, Stage.CUSTOMER, np.where(known, Stage.AWARE, Stage.UNAWARE))
        for p, platform in enumerate(scenario.platforms):
            tie = {"viral": Tie.FOLLOW, "permission": Tie.CONNECTED, "inbox": Tie.OPT_IN}[platform.relationship]
            base = platform.followed_at_start * vendor.market_share / mean_share
            chance = np.where(customer, min(1.0, 0.3 + base), base) * columns.member[:, p]
            tied = _draws(seed, Purpose.FOLLOW, n, 1000 * p + v) < chance
            columns.ties[:, v] |= np.where(tied, np.uint8(tie), np.uint8(0))


def _start_need(scenario: Scenario, seed: int, columns: Columns) -> None:
    """Put as many accounts into the market as a market that has always run would have."""
    need = scenario.parameters.need
    window = 0.5 * (need.shortest + need.longest)
    accounts = columns.in_market.size
    inside = _draws(seed, Purpose.NEED, accounts, 2) < need.per_quarter / _TICKS_PER_QUARTER * window
    columns.in_market[:] = inside
    remaining = 1 + np.floor(need.longest * _draws(seed, Purpose.NEED, accounts, 3))
    columns.decision_tick[:] = np.where(inside, remaining, 0)


def make_scratch(scenario: Scenario, columns: Columns, stories: bool) -> Scratch:
    """Return the buffers of one tick; the entries grow when a tick needs more."""
    n, vendors = columns.awareness.shape
    platforms = len(scenario.platforms)
    entries = max(1024, n)
    return Scratch(
        entry_buyer=np.zeros(entries, np.int32),
        entry_message=np.zeros(entries, np.int32),
        entry_sharer=np.zeros(entries, np.int32),
        offered=np.zeros((n, platforms), np.int32),
        touched=np.zeros(n, np.uint8),
        reached=np.zeros((n, vendors), np.uint8),
        share_buyer=np.zeros(entries, np.int32),
        share_message=np.zeros(entries, np.int32),
        shared=np.full((n, 4), -1, np.int32),
        events=np.zeros(4 * n + 4096 if stories else 0, EVENT),
        sizes=np.zeros(8, np.int64),
    )


@kernel
def sample_buyers(seed: int, purpose: int, tick: int, object_: int, count: int, buyers: int) -> NDArray[np.int64]:
    """Return ``count`` buyers drawn with replacement: int64[count]."""
    key = stream_key(seed, purpose, tick)
    out = np.empty(count, np.int64)
    for j in range(count):
        out[j] = below(draw(key, j, object_), buyers)
    return out


@kernel
def normal_draw(seed: int, purpose: int, tick: int, object_: int) -> float:
    """Return an approximately standard normal variate: the sum of 12 uniforms less 6."""
    key = stream_key(seed, purpose, tick)
    total = -6.0
    for j in range(12):
        total += unit(key, j, object_)
    return total
