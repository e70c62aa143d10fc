"""The exact table, continued: Bass curves, network generators, and shares of an outcome.

Law: as in `validation.exact`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from townsquare_agents import generators
from townsquare_agents.diffusion import bass
from townsquare_agents.network import Network
from townsquare_research.attribution import leave_one_out, shapley
from townsquare_research.validation.findings import Row, exactly, sampled

SEED = 1
P, Q = 0.03, 0.38


def bass_curves(quick: bool) -> Iterator[Row]:
    """Yield Bass curves: continuous, in unit steps, and on a one-sided circle."""
    population, runs = (20_000, 10) if quick else (100_000, 40)
    steps = 20 if quick else 50
    for t in (5, 10):
        expected = (1 - math.exp(-(P + Q) * t)) / (1 + Q / P * math.exp(-(P + Q) * t))
        yield sampled(f"Bass, p = .03, q = .38, fully mixed: F({t})", expected, _mixed(population, runs, steps, t))
    curve = bass(p=P, q=Q, dt=1.0, steps=10, runs=runs, seed=SEED, population=population)[:, 10]
    unit = 0.0
    for _ in range(10):
        unit += (1 - unit) * (P + Q * unit)
    yield sampled("Bass in unit steps, F += (1 - F)(p + qF): F after 10", unit, curve)
    expected = 1 - math.exp(-(P + Q) * 10 + Q * (1 - math.exp(-P * 10)) / P)
    yield sampled("Bass on a one-sided circle: F(10)", expected, _circle(population, runs, steps, 10))


def _mixed(population: int, runs: int, steps: int, t: int) -> NDArray[np.float64]:
    """Return F(t) with the error of first order in dt taken out: twice the finer curve less the coarser."""
    coarse, fine = (
        bass(p=P, q=Q, dt=1 / per, steps=per * t, runs=runs, seed=SEED + per, population=population)[:, -1]
        for per in (steps, 2 * steps)
    )
    extrapolated: NDArray[np.float64] = 2 * fine - coarse
    return extrapolated


def _circle(n: int, runs: int, steps: int, t: int) -> NDArray[np.float64]:
    nodes = np.arange(n)
    circle = Network.from_edges(nodes, (nodes + 1) % n, directed=True)
    coarse, fine = (
        bass(circle, p=P, q=Q, dt=1 / per, steps=per * t, runs=runs, seed=SEED + per)[:, -1]
        for per in (steps // 5, 2 * steps // 5)
    )
    extrapolated: NDArray[np.float64] = 2 * fine - coarse
    return extrapolated


def networks(quick: bool) -> Iterator[Row]:
    """Yield what theory says of the generators' networks."""
    n, replications, m = (20_000, 5, 2) if quick else (200_000, 10, 2)
    grown = [generators.preferential_attachment(n, m, seed=seed).out_degree for seed in range(1, replications + 1)]
    for k in (2, 3, 5):
        expected = 2 * m * (m + 1) / (k * (k + 1) * (k + 2))
        shares = [float(np.mean(degrees == k)) for degrees in grown]
        name = f"preferential attachment, m = 2: P({k}) = 2m(m+1) / [k(k+1)(k+2)]"
        yield sampled(name, expected, shares, allowance=4 * m / n)
    size, degree = 2000 if quick else 10_000, 10
    start = 3 * (degree - 2) / (4 * (degree - 1))
    for beta in (0.1, 0.3):
        found = [_clustering(size, degree, beta, seed) for seed in range(1, 5 if quick else 13)]
        note = "triangles over those possible at the mean degree (Barrat & Weigt 2000); finite-size allowance .5 %"
        expected = start * (1 - beta) ** 3
        name = f"small world, degree 10, β = {beta}: C = C₀(1 - β)³"
        yield sampled(name, expected, found, allowance=0.005 * expected, note=note)
    degrees = 1 + np.arange(n) % 7
    degrees[0] += degrees.sum() % 2
    wrong = np.count_nonzero(generators.configuration_model(degrees, seed=SEED).out_degree != degrees)
    yield exactly("configuration model: nodes whose degree differs", 0, int(wrong))


def _clustering(n: int, degree: int, beta: float, seed: int) -> float:
    """Return closed triples over n K(K - 1) / 2: rewiring spreads degrees, which theory's denominator leaves out."""
    triangles = sum(nx.triangles(generators.small_world(n, degree, beta, seed=seed).to_networkx()).values())
    return float(triangles / (n * degree * (degree - 1) / 2))


def shares_of_an_outcome(quick: bool) -> Iterator[Row]:
    """Yield Shapley's shares and leave-one-out of the worked example."""
    del quick  # nothing here takes time
    worth = {"": 10.0, "A": 30.0, "B": 14.0, "AB": 40.0}

    def value(coalition: frozenset[str]) -> float:
        return worth["".join(sorted(coalition - {"C"}))]

    for method, name, expected in (
        (shapley, "Shapley", {"A": 23, "B": 7, "C": 0}),
        (leave_one_out, "leave one out", {"A": 26, "B": 10, "C": 0}),
    ):
        found = method("ABC", value)
        for cause, share in expected.items():
            what = "channel without effect" if cause == "C" else f"channel {cause}"
            yield exactly(f"{name}, v = (∅ 10, A 30, B 14, AB 40): {what}", share, found[cause])
