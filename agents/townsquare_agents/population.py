"""Make the population: buyers and accounts as columns, from the scenario and keyed draws."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.columns import Columns, columns_of, zeros_in_lines
from townsquare_agents.compiled import allocating, kernel
from townsquare_agents.kernels.codes import Stage
from townsquare_agents.kernels.journey import TICKS_PER_QUARTER
from townsquare_agents.kernels.tables import ACCOUNT, BUYER, RELATION, Table
from townsquare_agents.rng import Purpose, below, draw, stream_key, uniform_array, unit
from townsquare_agents.scenario import Scenario
from townsquare_agents.scenario_parts import Population

_ACCOUNT = int(Purpose.ACCOUNT)


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


def _trait(seed: int, mean: NDArray[np.float64], spread: float, number: int) -> NDArray[np.float64]:
    return np.clip(mean + spread * (_draws(seed, Purpose.TRAIT, mean.size, number) - 0.5), 0.0, 1.0)


def industries(population: Population) -> NDArray[np.int64]:
    """Return the industry of each buyer, int64[N]: buyers of one industry lie side by side."""
    blocks = max(1, min(population.industries, population.buyers // 10))
    sizes = [population.buyers // blocks + (block < population.buyers % blocks) for block in range(blocks)]
    return np.repeat(np.arange(blocks, dtype=np.int64), sizes)


def _interests(scenario: Scenario, seed: int, archetype: NDArray[np.int64]) -> NDArray[np.float64]:
    start = scenario.parameters.start
    means = np.array(
        [[kind.interests.get(topic.id, start.interest) for topic in scenario.topics] for kind in scenario.archetypes]
    )
    interest = means[archetype]
    industry = industries(scenario.population)
    own, common = np.sqrt(1.0 - scenario.population.alike), np.sqrt(scenario.population.alike)
    for topic in range(interest.shape[1]):
        of_buyer = _draws(seed, Purpose.INTEREST, archetype.size, topic) - 0.5
        of_industry = _draws(seed, Purpose.INDUSTRY, int(industry[-1]) + 1, topic) - 0.5
        interest[:, topic] += start.interest_spread * (own * of_buyer + common * of_industry[industry])
    return np.ascontiguousarray(np.clip(interest, 0.0, 1.0))


class Tables(NamedTuple):
    """What a population is made of: the first members of a `World`."""

    buyers: Table  # BUYER [N]
    relations: Table  # RELATION [N, V]
    accounts: Table  # ACCOUNT [A]
    interest: NDArray[np.float64]  # [N, T]
    member: NDArray[np.int8]  # [N, P]
    word: NDArray[np.float64]  # [N, V]
    fit: NDArray[np.float64]  # [V, T]


def make_population(scenario: Scenario, seed: int) -> tuple[Tables, Columns]:
    """Return the tables at tick 0, and the columns that are views of them."""
    n, begin = scenario.population.buyers, scenario.parameters.start
    start = _account_start(scenario, seed)
    accounts = start.size - 1
    account = np.repeat(np.arange(accounts, dtype=np.int64), np.diff(start))
    edges = np.cumsum([kind.share for kind in scenario.archetypes])[:-1]
    archetype = np.searchsorted(edges, _draws(seed, Purpose.ARCHETYPE, n, 0), side="right").astype(np.int64)

    def mean(attribute: str) -> NDArray[np.float64]:
        return np.array([getattr(kind, attribute) for kind in scenario.archetypes], np.float64)[archetype]

    buyers = zeros_in_lines((n,), BUYER)
    buyers["archetype"], buyers["account"] = archetype, account
    for number, name in enumerate(("opportunism", "privacy", "risk_aversion", "peer_weight")):
        buyers[name] = _trait(seed, mean(name), begin.trait_spread, number)
    around = 1.0 - 0.5 * begin.activity_spread + begin.activity_spread * _draws(seed, Purpose.TRAIT, n, 4)
    buyers["activity"] = mean("activity") * around
    account_rows = np.zeros(accounts, ACCOUNT)
    account_rows["first"], account_rows["last"] = start[:-1], start[1:]
    member = np.zeros((n, len(scenario.platforms)), np.int8)
    tables = Tables(
        buyers=buyers,
        relations=zeros_in_lines((n, len(scenario.vendors)), RELATION),
        accounts=account_rows,
        interest=_interests(scenario, seed, archetype),
        member=member,
        word=np.zeros((n, len(scenario.vendors))),
        fit=_fit(scenario),
    )
    columns = columns_of(**tables._asdict())
    _start_customers(scenario, seed, columns)
    for p, platform in enumerate(scenario.platforms):
        if platform.opens_round == 1:
            qualified_at = scenario.parameters.groups.qualified_at
            open_platform(scenario, seed, columns, p, gate=platform.gate, qualified_at=qualified_at)
    _start_overload(scenario, columns)
    for v in range(len(scenario.vendors)):
        _start_with_vendor(scenario, seed, columns, v)
    _start_need(scenario, seed, columns)
    return tables, columns


def _fit(scenario: Scenario) -> NDArray[np.float64]:
    """Return how much each product stands out for each topic, float64[V, T]."""
    topics = [topic.id for topic in scenario.topics]
    fit = np.zeros((len(scenario.vendors), len(topics)))
    for v, vendor in enumerate(scenario.vendors):
        if vendor.niche is not None:
            fit[v, topics.index(vendor.niche)] = vendor.remarkability
        else:
            fit[v] = vendor.remarkability / len(topics)
    return fit


def open_platform(scenario: Scenario, seed: int, columns: Columns, p: int, *, gate: str, qualified_at: float) -> None:
    """Let the first members join a platform; nobody is on a platform inside a vendor.

    ``gate`` and ``qualified_at`` are those of the day: events change them.
    """
    platform = scenario.platforms[p]
    n = columns.archetype.size
    share = 0.0 if platform.relationship == "internal" else platform.members
    joins = _draws(seed, Purpose.MEMBERSHIP, n, p) < share
    if platform.relationship == "group":
        joins &= _passes_gate(scenario, columns, p, gate, qualified_at)
    columns.member[:, p] |= joins.astype(np.int8)


def _passes_gate(scenario: Scenario, columns: Columns, p: int, gate: str, qualified_at: float) -> NDArray[np.bool_]:
    platform = scenario.platforms[p]
    if gate == "open":
        return np.ones(columns.archetype.size, np.bool_)
    if gate == "invite":
        invited: NDArray[np.bool_] = columns.supplier[columns.account] >= 0
        return invited
    topics = [topic.id for topic in scenario.topics]
    interest = (
        columns.interest[:, topics.index(platform.topic)]
        if platform.topic
        else np.full(columns.archetype.size, scenario.parameters.response.general_interest)
    )
    qualified: NDArray[np.bool_] = interest >= qualified_at
    return qualified


def _start_customers(scenario: Scenario, seed: int, columns: Columns) -> None:
    """Give each vendor its share of the accounts."""
    shares = np.cumsum([vendor.market_share for vendor in scenario.vendors])
    u = _draws(seed, Purpose.CUSTOMER, columns.supplier.size, 0)
    supplier = np.searchsorted(shares, u, side="right").astype(np.int64)
    supplier[supplier == len(scenario.vendors)] = -1
    columns.supplier[:] = supplier
    quality = np.array([vendor.quality for vendor in scenario.vendors])
    experience = scenario.parameters.experience
    columns.expectation[:] = experience.expectation_spread * _standard(seed, Purpose.EXPECTATION, supplier.size)
    expected = columns.expectation * scenario.mechanisms.expectations
    satisfaction = experience.floor + experience.quality * quality[supplier] - expected
    columns.satisfaction[:] = np.where(supplier >= 0, np.clip(satisfaction, 0.0, 1.0), 0.0)


def _standard(seed: int, purpose: Purpose, count: int) -> NDArray[np.float64]:
    """Return ``count`` numbers of mean 0 and standard deviation 1, bell-shaped, within 3.5: four uniforms added up."""
    total = np.full(count, -2.0)
    for part in range(4):
        total += _draws(seed, purpose, count, part)
    return total * float(np.sqrt(3.0))


def _start_overload(scenario: Scenario, columns: Columns) -> None:
    """Start each buyer at the load that other people's posts alone put on it."""
    inflow, capacity = np.zeros(columns.archetype.size), np.zeros(columns.archetype.size)
    for p, platform in enumerate(scenario.platforms):
        inflow += columns.member[:, p] * platform.background
        capacity += columns.member[:, p] * platform.attention
    columns.overload[:] = inflow / np.where(capacity > 0.0, capacity, 1.0)


def _start_with_vendor(scenario: Scenario, seed: int, columns: Columns, v: int) -> None:
    """Set what each buyer knows and thinks of a vendor at the start, and where it follows it."""
    n, vendor, start = columns.archetype.size, scenario.vendors[v], scenario.parameters.start
    mean_share = max(1e-9, sum(other.market_share for other in scenario.vendors) / len(scenario.vendors))
    customer = columns.supplier[columns.account] == v
    around = 1.0 - start.awareness_spread + 2.0 * start.awareness_spread * _draws(seed, Purpose.TRAIT, n, 100 + v)
    awareness = np.where(customer, start.awareness_of_customers, vendor.awareness * around)
    columns.awareness[:, v] = np.clip(awareness, 0.0, 1.0)
    trust = scenario.parameters.trust.start + start.trust_spread * (_draws(seed, Purpose.TRAIT, n, 200 + v) - 0.5)
    columns.trust[:, v] = np.clip(np.where(customer, trust + start.trust_of_customers, trust), 0.0, 1.0)
    columns.expertise[:, v] = np.where(customer, start.expertise_of_customers, 0.0)
    known = columns.awareness[:, v] >= scenario.parameters.awareness.aware_at
    columns.stage[:, v] = np.where(customer, Stage.CUSTOMER, np.where(known, Stage.AWARE, Stage.UNAWARE))
    wish = _wish(columns, v)
    for p, platform in enumerate(scenario.platforms):
        if platform.relationship in ("group", "internal"):
            continue
        base = platform.followed_at_start * vendor.market_share / mean_share * wish
        chance = np.where(customer, platform.followed_by_customers + base, base) * columns.member[:, p]
        tied = _draws(seed, Purpose.FOLLOW, n, 1000 * p + v) < chance
        columns.ties[:, v] |= np.where(tied, np.uint32(1 << p), np.uint32(0))


def _wish(columns: Columns, v: int) -> NDArray[np.float64]:
    """Return each buyer's interest in what a vendor stands out for, over the mean buyer's: float64[N]."""
    weights = columns.fit[v] if columns.fit[v].any() else np.ones(columns.fit.shape[1])
    interest = np.zeros(columns.archetype.size)
    for topic, weight in enumerate(weights):  # no matrix product: its order of summation depends on the machine
        interest += weight * columns.interest[:, topic]
    mean = math.fsum(interest) / interest.size
    wish: NDArray[np.float64] = interest / mean if mean > 0.0 else np.ones(interest.size)
    return wish


def _start_need(scenario: Scenario, seed: int, columns: Columns) -> None:
    """Put as many accounts into the market as a market that has always run would have."""
    need = scenario.parameters.need
    window = 0.5 * (need.shortest + need.longest)
    accounts = columns.in_market.size
    inside = _draws(seed, Purpose.NEED, accounts, 2) < need.per_quarter / TICKS_PER_QUARTER * window
    columns.in_market[:] = inside
    remaining = 1 + np.floor(need.longest * _draws(seed, Purpose.NEED, accounts, 3))
    columns.decision_tick[:] = np.where(inside, remaining, 0)


@allocating
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
