"""The exact table: cascades, thresholds and percolation, by the public API, against enumeration and theory.

Law: expected values are written from formulas, never from our own output. ``quick`` runs the same rows with fewer
runs; a row that is then too noisy to see a bias of 2 % is unresolved.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from townsquare_agents import generators
from townsquare_agents.diffusion import fractional_threshold, independent_cascade, linear_threshold
from townsquare_agents.network import Network
from townsquare_research.validation.findings import Row, estimated, exactly, mean_and_error, sampled

SEED = 1


def cascades(quick: bool) -> Iterator[Row]:
    """Yield the rows of independent cascades and linear thresholds on graphs small enough to enumerate."""
    runs = 20_000 if quick else 400_000
    p = 0.3
    triangle, square, k4 = generators.ring(3), generators.ring(4), generators.complete(4)
    diamond = Network.from_edges([0, 0, 1, 2], [1, 2, 3, 3], directed=True)
    cases = (
        ("triangle, p = .3: 1 + 2(p + p² - p³)", triangle, p, 1 + 2 * (p + p**2 - p**3)),
        ("K4, p = .1", k4, 0.1, 1.358104),
        ("directed diamond, p = .5", diamond, 0.5, 2.4375),
        ("4-cycle, p = .3: 1 + 2p + 2p² + 2p³ - 3p⁴", square, p, 1 + 2 * p + 2 * p**2 + 2 * p**3 - 3 * p**4),
    )
    for name, network, probability, expected in cases:
        sizes = independent_cascade(network, [0], probability, runs=runs, seed=SEED).sizes
        yield sampled(f"independent cascade, {name}", expected, sizes)
    for name, network, expected in (("triangle", triangle, 2.5), ("4-cycle", square, 2.75)):
        yield sampled(f"linear threshold, {name}", expected, linear_threshold(network, [0], runs=runs, seed=SEED).sizes)
    for words, count in zip(
        ("monotone", "submodular"), set_function_violations(runs=50 if quick else 1000), strict=True
    ):
        yield exactly(f"spread not {words}, all sets of 8 nodes, run by run", 0, count)


def set_function_violations(runs: int) -> tuple[int, int]:
    """Return how often spread from a set falls when a node is added, and how often a node adds more to a larger set.

    Looking at one or two added nodes is enough: every pair of nested sets is a chain of such steps.
    """
    n = 8
    network = generators.erdos_renyi(n, 3.0, seed=SEED)
    sets = [[node for node in range(n) if code >> node & 1] for code in range(1 << n)]
    spread = [independent_cascade(network, nodes, 0.4, runs=runs, seed=SEED).sizes for nodes in sets]
    falls = rises = 0
    for code in range(1 << n):
        outside = [1 << node for node in range(n) if not code >> node & 1]
        for a in outside:
            falls += int((spread[code | a] < spread[code]).sum())
            for b in outside:
                if a < b:
                    together = spread[code | a | b] + spread[code]
                    rises += int((together > spread[code | a] + spread[code | b]).sum())
    return falls, rises


def percolation(quick: bool) -> Iterator[Row]:
    """Yield the sizes of large outbreaks and the thresholds at which outbreaks become large."""
    n, replications = (20_000, 4) if quick else (100_000, 12)
    runs = 40 if quick else 100
    random = [_giant_share(generators.erdos_renyi(n, 3, seed=seed), runs, seed) for seed in range(1, replications + 1)]
    note = f"{replications} networks of {n:,} nodes; finite-size allowance .5 %".replace(",", " ")
    yield sampled(
        "percolation, Erdős-Rényi, T z = 1.5: S = 1 - exp(-TzS)", 0.582812, random, allowance=0.003, note=note
    )
    regular = [
        _giant_share(generators.random_regular(n, 4, seed=seed), runs, seed) for seed in range(1, replications + 1)
    ]
    yield sampled("percolation, 4-regular, T = .5", 0.854102, regular, allowance=0.004, note=note)
    for directed in (False, True):
        yield _threshold_row(quick, directed)


def _giant_share(network: Network, runs: int, seed: int) -> float:
    """Return the mean share that outbreaks reach which do not die out."""
    sizes = independent_cascade(network, [0, 1], 0.5, runs=runs, seed=seed).sizes
    return float(sizes[sizes > network.node_count / 20].mean() / network.node_count)


def _threshold_row(quick: bool, directed: bool) -> Row:
    """Return T_c as it follows from mean outbreaks at half of it: s = 1 + T <k> / (1 - T / T_c)."""
    n, starts, runs = (20_000, 500, 100) if quick else (50_000, 3000, 400)
    degrees = np.where(np.arange(n) % 4 == 0, 9, 2)
    degrees[0] += degrees.sum() % 2
    k, k2 = float(degrees.mean()), float((degrees**2).mean())
    if directed:
        stubs = np.repeat(np.arange(n), degrees)
        network = Network.from_edges(stubs, np.random.default_rng(SEED).permutation(stubs), directed=True)
        critical, name = k / k2, "directed, no reciprocity: <k> / <k_in k_out>"
    else:
        network = generators.configuration_model(degrees, seed=SEED)
        critical, name = k / (k2 - k), "undirected: <k> / (<k²> - <k>)"
    t = critical / 2
    blocks = 4 * np.random.default_rng(SEED + 1).integers(1, n // 4, starts)  # one hub and three others each
    sizes = [
        np.mean([independent_cascade(network, [b + j], t, runs=runs, seed=4 * i + j).sizes.mean() for j in range(4)])
        for i, b in enumerate(blocks)
    ]
    mean, error = mean_and_error(sizes)
    found = t / (1 - t * k / (mean - 1))
    slope = found**2 * k / (mean - 1) ** 2  # |d found / d mean|
    return estimated(f"threshold, {name}", critical, found, slope * error, note="from mean outbreaks at T_c / 2")


def thresholds(quick: bool) -> Iterator[Row]:
    """Yield Watts's window of global cascades and the limits of complex contagion."""
    n, networks, starts = (2000, 2, 100) if quick else (10_000, 3, 300)
    for z, possible in ((0.9, False), (1.25, True), (3.0, True), (5.3, True), (6.8, False)):
        share = _global_cascades(n, z, networks, starts)
        side = "inside" if possible else "outside"
        name = f"Watts cascades, φ = .18, z = {z}, {side} 1.021 < z < 5.765: any global?"
        yield exactly(name, float(possible), float(share > 0.0), note=f"{100 * share:.1f} % of single seeds")
    ring = generators.ring(1000, 8)
    for phi, size in ((0.5, 1000), (0.501, 8)):
        found = fractional_threshold(ring, range(100, 108), phi).sizes[0]
        yield exactly(f"complex contagion, ring of degree 8, φ = {phi}: size", size, int(found))
    network = generators.random_regular(n, 8, seed=SEED)
    block = [5, *network.successors(5)]
    for phi, spreads in ((0.125, True), (0.126, False)):
        size = int(fractional_threshold(network, block, phi).sizes[0])
        name = f"complex contagion, random 8-regular, φ = {phi}: spreads?"
        yield exactly(name, float(spreads), float(size > n / 2), note=f"{size:,} of {n:,} nodes".replace(",", " "))


def _global_cascades(n: int, z: float, networks: int, starts: int) -> float:
    """Return the share of single seeds that set off more than a fifth of the network."""
    hits = 0
    for seed in range(1, networks + 1):
        network = generators.erdos_renyi(n, z, seed=seed)
        sizes = (int(fractional_threshold(network, [node], 0.18).sizes[0]) for node in range(starts))
        hits += sum(size > n // 5 for size in sizes)
    return hits / (networks * starts)


def shared_posts(quick: bool) -> Iterator[Row]:
    """Yield what a Poisson number of onward shares implies for lone shares and for depth."""
    n, runs, rate = 2000, 50_000 if quick else 1_000_000, 0.3
    found = independent_cascade(generators.complete(n), [0], rate / (n - 1), runs=runs, seed=SEED)
    lone = (found.sizes == 1).astype(np.float64)
    yield sampled(f"Poisson(R = {rate}) cascades: lone shares exp(-R)", math.exp(-rate), lone, allowance=rate / n)
    deep = np.zeros(runs)
    for run in np.flatnonzero(found.sizes > 2):
        deep[run] = (found.activation_tick(int(run)) >= 2).sum()
    yield _share_row(f"Poisson(R = {rate}) cascades: deeper than one step R²", rate**2, deep, found.sizes)


def _share_row(name: str, expected: float, part: NDArray[np.float64], whole: NDArray[np.int64]) -> Row:
    """Return the row of sum(part) / sum(whole), its standard error by linearisation."""
    ratio = float(part.sum() / whole.sum())
    error = float((part - ratio * whole).std(ddof=1) / whole.mean() / math.sqrt(whole.size))
    return estimated(name, expected, ratio, error)
