"""Platforms as rules: the table that kernels read, and the ties on which shares travel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from townsquare_agents import generators
from townsquare_agents.compiled import kernel
from townsquare_agents.kernels.columns import PLATFORM, Feed, Relationship
from townsquare_agents.network import Network
from townsquare_agents.rng import Purpose, name_key, poisson, uniform_array
from townsquare_agents.scenario import NetworkSpec, Scenario

QUANTILES = 1024
FRIENDS, FOLLOW = 0, 1


def platform_table(scenario: Scenario) -> NDArray[np.void]:
    """Return the platforms as kernels read them: `PLATFORM`[P]."""
    table = np.zeros(len(scenario.platforms), PLATFORM)
    for index, platform in enumerate(scenario.platforms):
        row = table[index]
        row["relationship"] = Relationship[platform.relationship.upper()]
        row["feed"] = Feed[platform.feed.upper()]
        row["background"] = platform.background
        row["attention"] = platform.attention
        row["short"] = platform.format != "long"
        row["long"] = platform.format != "short"
        row["detection"] = platform.detection
        row["network"] = {"permission": FRIENDS, "viral": FOLLOW, "inbox": -1}[platform.relationship]
    return table


@kernel
def _quantiles(attention: NDArray[np.float64], out: NDArray[np.float64]) -> None:
    for p in range(out.shape[0]):
        for q in range(out.shape[1]):
            # the bits whose unit value is the middle of the q-th interval
            bits = (np.uint64(q) << np.uint64(54)) + np.uint64(1 << 53)
            out[p, q] = poisson(bits, attention[p])


def attention_quantiles(scenario: Scenario) -> NDArray[np.float64]:
    """Return float64[P, 1024].

    Quantiles of each platform's Poisson attention budget, so that a draw costs one look-up.
    """
    out = np.zeros((len(scenario.platforms), QUANTILES))
    _quantiles(np.array([platform.attention for platform in scenario.platforms], np.float64), out)
    return out


def build_network(scenario: Scenario, seed: int, relationship: str) -> Network:
    """Return the ties of the first platform with this relationship; buyers of one industry lie side by side.

    Where no platform has the relationship, buyers have no such ties.
    """
    buyers = scenario.population.buyers
    for platform in scenario.platforms:
        if platform.relationship == relationship and platform.network is not None:
            key = name_key(seed, "network", platform.id)
            network = _generate(platform.network, buyers, scenario.population.industries, key)
            return _shuffled(network, key) if platform.network.generator in _RANKED_GENERATORS else network
    empty = np.empty(0, np.int64)
    return Network.from_edges(empty, empty, directed=relationship == "viral", node_count=buyers)


_RANKED_GENERATORS = (
    "directed_follow",
    "preferential_attachment",
)  # they number hubs first; buyers are numbered by account


def _shuffled(network: Network, seed: int) -> Network:
    """Return the network with its nodes dealt to buyers at random."""
    n = network.node_count
    dealt = np.argsort(uniform_array(seed, Purpose.MEMBERSHIP, 0, np.arange(n), 0), kind="stable")
    sources, targets = network.ties()
    return Network.from_edges(dealt[sources], dealt[targets], directed=network.directed, node_count=n)


def _generate(spec: NetworkSpec, n: int, industries: int, seed: int) -> Network:
    if spec.generator == "small_world":
        degree = max(2, 2 * round(spec.mean_degree / 2))
        return generators.small_world(n, degree, spec.rewiring, seed=seed)
    if spec.generator == "preferential_attachment":
        return generators.preferential_attachment(n, max(1, round(spec.mean_degree / 2)), seed=seed)
    if spec.generator == "erdos_renyi":
        return generators.erdos_renyi(n, spec.mean_degree, seed=seed)
    if spec.generator == "directed_follow":
        return generators.directed_follow(n, spec.mean_degree, reciprocity=spec.reciprocity, seed=seed)
    blocks = max(1, min(industries, n // 10))
    sizes = [n // blocks + (block < n % blocks) for block in range(blocks)]
    inside = (1 - spec.rewiring) * spec.mean_degree / (n / blocks)
    outside = spec.rewiring * spec.mean_degree / max(1.0, n - n / blocks)
    probabilities = np.full((blocks, blocks), min(1.0, outside))
    np.fill_diagonal(probabilities, min(1.0, inside))
    return generators.stochastic_block(sizes, probabilities, seed=seed)
