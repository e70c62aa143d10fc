"""Platforms as rules: the table that kernels read, and the ties on which shares travel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from townsquare_agents import generators
from townsquare_agents.compiled import kernel
from townsquare_agents.event_checks import PLATFORM_NUMBERS, PLATFORM_WORDS
from townsquare_agents.imported_networks import imported
from townsquare_agents.kernels.codes import Relationship
from townsquare_agents.kernels.csr import embedded
from townsquare_agents.kernels.tables import FRIENDS, PLATFORM, Ties
from townsquare_agents.network import Network
from townsquare_agents.population import industries
from townsquare_agents.rng import Purpose, name_key, poisson, uniform_array
from townsquare_agents.scenario import Scenario
from townsquare_agents.scenario_parts import NetworkSpec, Population

QUANTILES = 1024


def platform_table(scenario: Scenario) -> NDArray[np.void]:
    """Return the platforms as kernels read them: `PLATFORM`[P], networks numbered as `build_ties` makes them."""
    table = np.zeros(len(scenario.platforms), PLATFORM)
    topics = [topic.id for topic in scenario.topics]
    networks = _networked(scenario)
    for index, platform in enumerate(scenario.platforms):
        row = table[index]
        row["relationship"] = Relationship[platform.relationship.upper()]
        row["network"] = networks.get(platform.id, -1)
        row["topic"] = topics.index(platform.topic) if platform.topic else -1
        row["open"] = platform.opens_round == 1
        for name, words in PLATFORM_WORDS.items():
            row[name] = words[getattr(platform, name).upper()]
        for name in (*PLATFORM_NUMBERS, "tracked"):
            row[name] = getattr(platform, name)
    return table


def _networked(scenario: Scenario) -> dict[str, int]:
    """Return the index of each platform's network: the first permission platform's is the friends' own."""
    numbers: dict[str, int] = {}
    for platform in scenario.platforms:
        if platform.network is not None and platform.relationship == "permission" and FRIENDS not in numbers.values():
            numbers[platform.id] = FRIENDS
    for platform in scenario.platforms:
        if platform.network is not None and platform.id not in numbers:
            numbers[platform.id] = 1 + len([n for n in numbers.values() if n != FRIENDS])
    return numbers


@kernel
def _quantiles(attention: NDArray[np.float64], out: NDArray[np.float64]) -> None:
    for p in range(out.shape[0]):
        for q in range(out.shape[1]):
            # the bits whose unit value is the middle of the q-th interval
            bits = (np.uint64(q) << np.uint64(54)) + np.uint64(1 << 53)
            out[p, q] = poisson(bits, attention[p])


def attention_quantiles(attention: NDArray[np.float64], out: NDArray[np.float64]) -> None:
    """Fill ``out[P, 1024]``: quantiles of each platform's Poisson budget, so that a draw costs one look-up."""
    _quantiles(np.ascontiguousarray(attention), out)


def build_ties(scenario: Scenario, seed: int, account: NDArray[np.int64]) -> tuple[Ties, Network, Network]:
    """Return all networks for the kernels, the friend network, and the first follow network (perhaps empty).

    `FRIENDS` joins the first permission platform's ties with those between members of one committee. Its strong ties
    are those within a committee and those whose ends have a friend in common (Granovetter 1973). An arc u -> v of
    a viral or mixed platform says that u follows v, so that what v shares reaches u.
    """
    platforms = {platform.id: platform for platform in scenario.platforms}
    numbers = _networked(scenario)
    buyers = scenario.population.buyers
    empty = Network.from_edges([], [], directed=False, node_count=buyers)
    built = {FRIENDS: empty}
    follows = Network.from_edges([], [], directed=True, node_count=buyers)
    for name, number in numbers.items():
        built[number] = _build(scenario, name, seed)
        if platforms[name].relationship in ("viral", "mixed") and follows.arc_count == 0:
            follows = built[number]
    built[FRIENDS] = _with_colleagues(built[FRIENDS], account)
    audiences = [built[n].reversed() if built[n].directed else built[n] for n in range(len(built))]
    offsets = np.cumsum([0] + [audience.arc_count for audience in audiences])
    friends = built[FRIENDS]
    owner = np.repeat(np.arange(buyers), np.diff(friends.indptr))
    ties = Ties(
        start=np.stack([audience.indptr + offset for audience, offset in zip(audiences, offsets[:-1], strict=True)]),
        target=np.concatenate([audience.indices for audience in audiences]),
        strong=embedded(friends.indptr, friends.indices) | (account[owner] == account[friends.indices]),
    )
    return ties, friends, follows


def _build(scenario: Scenario, platform: str, seed: int) -> Network:
    """Return the ties of a platform; buyers of one industry lie side by side."""
    spec = next(p.network for p in scenario.platforms if p.id == platform)
    assert spec is not None
    key = name_key(seed, "network", platform)
    if spec.generator == "configuration_model":
        return _shuffled(_of_degrees(spec.degrees, scenario.population.buyers, key), key)
    if spec.generator == "imported":
        one_way = any(p.id == platform and p.relationship != "permission" for p in scenario.platforms)
        return _shuffled(imported(spec, scenario.population.buyers, directed=one_way), key)
    network = _generate(spec, scenario.population, key)
    return _shuffled(network, key) if spec.generator in _RANKED_GENERATORS else network


def _with_colleagues(network: Network, account: NDArray[np.int64]) -> Network:
    """Return the network with a tie between any two buyers of one account; buyers are numbered by account."""
    start = np.concatenate([[0], np.flatnonzero(np.diff(account)) + 1, [account.size]])
    sizes = np.diff(start)
    pairs = [np.zeros((2, 0), np.int64)]
    for size in np.unique(sizes):
        members = np.triu_indices(int(size), 1)
        pairs.append(np.stack([np.add.outer(start[:-1][sizes == size], side).ravel() for side in members]))
    colleagues = np.concatenate(pairs, axis=1)
    sources, targets = network.ties()
    return Network.from_edges(
        np.concatenate([sources, colleagues[0]]),
        np.concatenate([targets, colleagues[1]]),
        directed=False,
        node_count=network.node_count,
    )


# they number hubs first, and buyers are numbered by account
_RANKED_GENERATORS = ("directed_follow", "preferential_attachment")


def _shuffled(network: Network, seed: int) -> Network:
    """Return the network with its nodes dealt to buyers at random."""
    n = network.node_count
    dealt = np.argsort(uniform_array(seed, int(Purpose.MEMBERSHIP), 0, np.arange(n), 0), kind="stable")
    sources, targets = network.ties()
    return Network.from_edges(dealt[sources], dealt[targets], directed=network.directed, node_count=n)


def _of_degrees(degrees: list[int], buyers: int, seed: int) -> Network:
    """Return a simple network of about these degrees: loops and parallel ties that pairing makes are left out."""
    drawn = generators.configuration_model(degrees + [0] * (buyers - len(degrees)), seed=seed)
    ends = np.sort(np.stack(drawn.ties(), axis=1), axis=1)
    ties = np.unique(ends[ends[:, 0] != ends[:, 1]], axis=0)
    return Network.from_edges(ties[:, 0], ties[:, 1], directed=False, node_count=buyers)


def _generate(spec: NetworkSpec, population: Population, seed: int) -> Network:
    n = population.buyers
    if spec.generator == "complete":
        return generators.complete(n)
    if spec.generator == "ring":
        return generators.ring(n, round(spec.mean_degree))
    if spec.generator == "small_world":
        return generators.small_world(n, round(spec.mean_degree), spec.rewiring, seed=seed)
    if spec.generator == "preferential_attachment":
        return generators.preferential_attachment(n, max(1, round(spec.mean_degree / 2)), seed=seed)
    if spec.generator == "erdos_renyi":
        return generators.erdos_renyi(n, spec.mean_degree, seed=seed)
    if spec.generator == "directed_follow":
        return generators.directed_follow(
            n, spec.mean_degree, reciprocity=spec.reciprocity, elite=spec.elite, own_kind=spec.own_kind, seed=seed
        )
    sizes = np.bincount(industries(population)).tolist()
    blocks = len(sizes)
    inside = (1 - spec.rewiring) * spec.mean_degree / (n / blocks)
    outside = spec.rewiring * spec.mean_degree / max(1.0, n - n / blocks)
    probabilities = np.full((blocks, blocks), min(1.0, outside))
    np.fill_diagonal(probabilities, min(1.0, inside))
    return generators.stochastic_block(sizes, probabilities, seed=seed)
