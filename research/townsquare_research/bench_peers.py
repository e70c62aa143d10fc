"""The same independent cascade in other libraries, each in its own fastest public way; imported only when measured.

Law: a contestant gets a network, seeds and a probability, prepares whatever it wants outside the clock, and returns a
function that makes runs and says how many nodes each reached. Installing them is up to the reader: ``uv sync --group
bench``.
"""

from __future__ import annotations

import importlib
import importlib.metadata
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from townsquare_agents.diffusion import independent_cascade
from townsquare_agents.network import Network

Runner = Callable[[int, int], list[int]]  # (how many runs, seed) -> sizes
Setup = Callable[[Network, list[int], float], Runner]

_STEPS = 64  # NetworKit does not stop by itself; no cascade here is deeper than 20


@dataclass(frozen=True)
class Contestant:
    """A library: its distribution's name, how it is set up, and the largest network that it is asked to do."""

    name: str
    setup: Setup
    largest: int = 10**9
    note: str = ""

    def version(self) -> str | None:
        """Return the installed version, or None."""
        try:
            return importlib.metadata.version(self.name)
        except importlib.metadata.PackageNotFoundError:
            return None


def townsquare(network: Network, seeds: list[int], probability: float) -> Runner:
    """Set up our own kernel, on one thread."""

    def run(runs: int, seed: int) -> list[int]:
        sizes = independent_cascade(network, seeds, probability, runs=runs, seed=seed, threads=1).sizes
        return [int(size) for size in sizes]

    return run


def cynetdiff(network: Network, seeds: list[int], probability: float) -> Runner:
    """Set up CyNetDiff (Cython and C++) on the same rows."""
    models = importlib.import_module("cynetdiff.models")
    starts, arcs = network.indptr[:-1].astype(np.uint32), network.indices.astype(np.uint32)

    def run(runs: int, seed: int) -> list[int]:
        model = models.IndependentCascadeModel(starts, arcs, activation_prob=probability, rng=seed)
        model.set_seeds(seeds)
        sizes = []
        for _ in range(runs):
            model.reset_model()
            model.advance_until_completion()
            sizes.append(int(model.get_num_activated_nodes()))
        return sizes

    return run


def networkit(network: Network, seeds: list[int], probability: float) -> Runner:
    """Set up NetworKit's SEIR (C++): exposed for no time, infectious for one step, from the first seed alone."""
    library = importlib.import_module("networkit")
    simulation = importlib.import_module("networkit.simulation")
    library.setNumberOfThreads(1)
    graph = library.Graph(network.node_count)
    sources, targets = network.ties()
    graph.addEdges((sources.astype(np.uint64), targets.astype(np.uint64)))

    def run(runs: int, seed: int) -> list[int]:
        sizes = []
        for i in range(runs):
            library.setSeed(seed * 100_003 + i, False)
            model = simulation.EpidemicSimulationSEIR(graph, _STEPS, probability, 0, 1, seeds[0])
            model.run()
            data = model.getData()
            sizes.append(int(data["count"].iloc[-1]))
        return sizes

    return run


def igraph(network: Network, seeds: list[int], probability: float) -> Runner:
    """Set up igraph (C): it has no cascade, so keep each tie with the probability and see who hangs on a seed."""
    library = importlib.import_module("igraph")
    n = network.node_count
    sources, targets = network.ties()
    ties = np.stack((sources, targets), axis=1)

    def run(runs: int, seed: int) -> list[int]:
        rng = np.random.default_rng(seed)
        sizes = []
        for _ in range(runs):
            kept = ties[rng.random(len(ties)) < probability]
            members = np.array(library.Graph(n, kept).connected_components().membership)
            sizes.append(int(np.isin(members, members[seeds]).sum()))
        return sizes

    return run


def eon(network: Network, seeds: list[int], probability: float) -> Runner:
    """Set up EoN (Python): its discrete epidemic with one infectious step is the cascade."""
    library = importlib.import_module("EoN")
    graph = network.to_networkx()

    def run(runs: int, seed: int) -> list[int]:
        sizes = []
        for i in range(runs):
            rng = np.random.default_rng([seed, i])
            *_, removed = library.basic_discrete_SIR(graph, probability, initial_infecteds=seeds, rng=rng)
            sizes.append(int(removed[-1]))
        return sizes

    return run


def ndlib(network: Network, seeds: list[int], probability: float) -> Runner:
    """Set up NDlib (Python) with one threshold per tie; a run lasts until nobody is infected any more."""
    config = importlib.import_module("ndlib.models.ModelConfig")
    epidemics = importlib.import_module("ndlib.models.epidemics")
    graph = network.to_networkx()
    model = epidemics.IndependentCascadesModel(graph)
    settings = config.Configuration()
    settings.add_model_initial_configuration("Infected", seeds)
    for tie in graph.edges():
        settings.add_edge_configuration("threshold", tie, probability)
    model.set_initial_status(settings)

    def run(runs: int, seed: int) -> list[int]:
        np.random.seed(seed)  # the only way to seed it
        sizes = []
        for _ in range(runs):
            model.reset(infected_nodes=seeds)
            counts = model.iteration(node_status=False)["node_count"]
            while counts.get(1, 0):
                counts = model.iteration(node_status=False)["node_count"]
            sizes.append(int(counts.get(2, 0)))
        return sizes

    return run


PEERS = (
    Contestant("cynetdiff", cynetdiff),
    Contestant("networkit", networkit, note="SEIR from one seed, which tries twice"),
    Contestant("igraph", igraph, note="ties sampled, then components"),
    Contestant("EoN", eon, largest=100_000),
    Contestant("ndlib", ndlib, largest=100_000),
)


def mesa_alone(agents: int) -> Callable[[], object]:
    """Return a step of a Mesa model with so many agents that only count their days: what objects cost by themselves."""
    mesa = importlib.import_module("mesa")

    class Idle(mesa.Agent):  # type: ignore[misc, name-defined]
        days = 0

        def step(self) -> None:
            self.days += 1

    model = mesa.Model(rng=1)
    Idle.create_agents(model, agents)

    def step() -> None:
        model.agents.do("step")

    return step
