"""Networks that a scenario imports: a file beside it, read once, whose ties or degrees then belong to the scenario.

Law: a loaded scenario is whole. It names people 0..nodes - 1 and carries every tie, so that a session plays anywhere.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from townsquare_agents.errors import NetworkError
from townsquare_agents.network import Network
from townsquare_agents.paths import first_below
from townsquare_agents.scenario_parts import MOST_DEGREES, MOST_TIES, NetworkSpec

Refuse = Callable[[int, str, object, str | None], None]
"""Says of a platform, by its place in the list, what is wrong with its network's file, the value and the remedy."""

_BOTH_AGREE = "permission"


def import_networks(data: dict[str, Any], roots: tuple[Path, ...], refuse: Refuse) -> None:
    """Put the ties of each platform's network file into the scenario's data."""
    platforms = data.get("platforms")
    for index, platform in enumerate(platforms if isinstance(platforms, list) else []):
        network = platform.get("network") if isinstance(platform, dict) else None
        if not isinstance(network, dict) or "file" not in network:
            continue
        name = network["file"]
        path = first_below(roots, str(name))
        if path is None:
            remedy = "put it beside the scenario" if len(roots) > 1 else "use a shipped one, such as networks/..."
            refuse(index, "there is no such file", name, remedy)
            continue
        if network.get("generator") == "configuration_model":
            _import_degrees(network, path, functools.partial(refuse, index))
            continue
        try:
            read = _read(path, directed=platform.get("relationship") != _BOTH_AGREE)
        except NetworkError as error:
            refuse(index, str(error), None, None)
            continue
        sources, targets = (ends.astype(np.int64) for ends in read.ties())
        ties = np.unique(np.stack([sources, targets], axis=1)[sources != targets], axis=0)
        if len(ties) > MOST_TIES:
            refuse(index, f"has {len(ties)} ties; a scenario has at most {MOST_TIES} in a network", name, None)
            continue
        network.update(nodes=read.node_count, ties=ties.ravel().tolist())


def _import_degrees(network: dict[str, Any], path: Path, refuse: Callable[[str, object, str | None], None]) -> None:
    """Put the degrees of a file, one whole number a line, into the network's data."""
    degrees: list[int] = []
    remedy = "write one whole number a line"
    try:
        with path.open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, 1):
                text = line.strip()
                if not text or text.startswith("#"):
                    continue
                if not (text.isascii() and text.isdigit()) or len(text) > 9:
                    refuse(f"{path.name}:{number}: is no number of ties", text[:60], remedy)
                    return
                degrees.append(int(text))
                if len(degrees) > MOST_DEGREES:
                    refuse(f"has more than {MOST_DEGREES} degrees", path.name, None)
                    return
    except (OSError, UnicodeDecodeError):
        refuse("cannot be read as text", path.name, remedy)
        return
    network["degrees"] = degrees


def _read(path: Path, *, directed: bool) -> Network:
    """Return the network of a file, made one-way or two-way as the platform asks."""
    if path.suffix.lower() != ".graphml":
        return Network.from_csv(path, directed=directed)
    network = Network.from_graphml(path)
    if network.directed == directed:
        return network
    sources, targets = network.ties()
    if directed:
        sources, targets = np.concatenate([sources, targets]), np.concatenate([targets, sources])
    return Network.from_edges(sources, targets, directed=directed, node_count=network.node_count)


def imported(spec: NetworkSpec, buyers: int, *, directed: bool) -> Network:
    """Return the network of an imported specification over this many buyers; those beyond its nodes have no tie."""
    ends = np.array(spec.ties, np.int64).reshape(-1, 2)
    return Network.from_edges(ends[:, 0], ends[:, 1], directed=directed, node_count=buyers)
