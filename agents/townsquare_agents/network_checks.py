"""What a platform's network may ask for: each generator has its own keys, and its own limits over so many buyers.

Law: what cannot be drawn is refused when the scenario is loaded, with the key, the reason and a remedy.
"""

from __future__ import annotations

from collections.abc import Iterator

from townsquare_agents.event_checks import Mistake
from townsquare_agents.scenario_parts import MOST_COMPLETE, MOST_DRAWN, NetworkSpec

_FREE = ("complete", "configuration_model", "imported")  # of mean_degree
_FROM_FILE = ("configuration_model", "imported")
_ON_A_RING = ("ring", "small_world")  # which is a ring before its ties are rewired


def check_network(network: NetworkSpec, buyers: int) -> Iterator[Mistake]:
    """Yield what is wrong with a network over so many buyers."""
    kind = network.generator
    if kind != "imported" and network.ties:
        yield Mistake("ties", "are not read by this generator", kind, 'write generator = "imported"')
    if kind != "configuration_model" and network.degrees:
        yield Mistake("degrees", "are not read by this generator", kind, 'write generator = "configuration_model"')
    if kind not in _FROM_FILE and network.file is not None:
        remedy = 'write generator = "imported" for ties, generator = "configuration_model" for degrees'
        yield Mistake("file", "is not read by this generator", kind, remedy)
    if kind not in _FREE and network.mean_degree >= buyers:
        remedy = f"ask for at most {buyers - 1}, or for more buyers"
        yield Mistake(
            "mean_degree", f"must be smaller than the number of buyers ({buyers})", network.mean_degree, remedy
        )
    elif kind in _ON_A_RING:
        yield from _check_ring(network, buyers)
    elif kind == "complete" and buyers > MOST_COMPLETE:
        remedy = f'let population.buyers be at most {MOST_COMPLETE}, or use "erdos_renyi" with a high mean_degree'
        yield Mistake("generator", f"ties all of {buyers} buyers to all, which is too many ties", kind, remedy)
    elif kind == "imported":
        yield from _check_ties(network, buyers)
    elif kind == "configuration_model":
        yield from _check_degrees(network.degrees, buyers)


def _check_ring(network: NetworkSpec, buyers: int) -> Iterator[Mistake]:
    degree = network.mean_degree
    if degree < 2 or degree % 2:
        remedy = f"use an even number from 2 to {(buyers - 1) // 2 * 2}"
        problem = f"is no degree of a {network.generator}, which ties each buyer to as many on either side of a ring"
        yield Mistake("mean_degree", problem, degree, remedy)


def _check_ties(network: NetworkSpec, buyers: int) -> Iterator[Mistake]:
    if not network.ties:
        remedy = "name a file with at least one tie under 'file'"
        yield Mistake("generator", "has nothing to import", network.file or "imported", remedy)
    elif network.nodes > buyers:
        remedy = f"let population.buyers be at least {network.nodes}"
        yield Mistake("file", f"has more people than there are buyers ({buyers})", network.nodes, remedy)
    elif len(network.ties) % 2 or any(not 0 <= end < network.nodes for end in network.ties):
        remedy = "give two ends for each tie"
        yield Mistake("ties", "are not pairs of nodes from 0 on", len(network.ties), remedy)


def _check_degrees(degrees: list[int], buyers: int) -> Iterator[Mistake]:
    impossible = [degree for degree in degrees if not 0 <= degree < buyers]
    if not degrees:
        remedy = "list them under 'degrees', or name a file with one number a line under 'file'"
        yield Mistake("generator", "has no degrees to draw from", "configuration_model", remedy)
    elif len(degrees) > buyers:
        remedy = f"let population.buyers be at least {len(degrees)}"
        yield Mistake("degrees", f"are more than there are buyers ({buyers})", len(degrees), remedy)
    elif impossible:
        remedy = f"use whole numbers from 0 to {buyers - 1}"
        yield Mistake("degrees", f"hold one that no buyer among {buyers} can have", impossible[0], remedy)
    elif sum(degrees) % 2:
        remedy = "change one by 1: a tie has two ends"
        yield Mistake("degrees", "add up to an odd number", sum(degrees), remedy)
    elif sum(degrees) > 2 * MOST_DRAWN:
        remedy = f"let them add up to at most {2 * MOST_DRAWN}"
        yield Mistake("degrees", "ask for too many ties", sum(degrees) // 2, remedy)
