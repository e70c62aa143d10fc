"""Who is tied to whom: compressed sparse rows, validated and cast once, here; kernels trust the arrays.

Law: an undirected tie is two arcs, and so is an undirected loop (it counts twice in its node's degree). Loops, parallel
ties, isolated nodes and several components are kept as given; so is a network without nodes. A NaN, infinite or
negative weight, a node out of range and a malformed file are a `NetworkError` that names the place. Rows are sorted by
target, parallel arcs in the order given.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from xml.etree import ElementTree

import numpy as np
from numpy.typing import ArrayLike, NDArray

from townsquare_agents.edge_lists import read_edge_list
from townsquare_agents.errors import NetworkError
from townsquare_agents.kernels import csr

if TYPE_CHECKING:
    import networkx

MAX_NODES = 2**31 - 2
_NO_WEIGHTS = np.empty(0, np.float64)


class Network(NamedTuple):
    """A network of n nodes: node u's successors are ``indices[indptr[u]:indptr[u + 1]]``.

    ``weights`` has one entry an arc, or none at all; ``labels[i]`` is what node i was called where it came from.
    """

    indptr: NDArray[np.int64]
    indices: NDArray[np.int32]
    weights: NDArray[np.float64]
    directed: bool
    labels: Sequence[Hashable]

    @classmethod
    def from_edges(
        cls,
        sources: ArrayLike,
        targets: ArrayLike,
        *,
        directed: bool,
        node_count: int | None = None,
        weights: ArrayLike | None = None,
        labels: Sequence[Hashable] | None = None,
    ) -> Network:
        """Return the network of these ties between node indices; ``node_count`` defaults to the largest plus one."""
        source_array, target_array = _index_array(sources, "source"), _index_array(targets, "target")
        if source_array.size != target_array.size:
            raise NetworkError(f"{source_array.size} sources but {target_array.size} targets; give one of each per tie")
        largest = max(int(source_array.max(initial=-1)), int(target_array.max(initial=-1)))
        n = _checked_count(largest + 1 if node_count is None else node_count)
        _check_range(source_array, n, "source")
        _check_range(target_array, n, "target")
        weight_array = _NO_WEIGHTS if weights is None else _weight_array(weights, source_array.size)
        if labels is not None and len(labels) != n:
            raise NetworkError(f"{len(labels)} labels for {n} nodes; give one per node")
        reversed_rows = csr.buckets(
            n, source_array.astype(np.int32), target_array.astype(np.int32), weight_array, not directed
        )
        indptr, indices, arc_weights = csr.transpose(*reversed_rows)
        return cls(indptr, indices, arc_weights, directed, range(n) if labels is None else tuple(labels))

    @classmethod
    def from_csr(
        cls,
        indptr: ArrayLike,
        indices: ArrayLike,
        *,
        directed: bool,
        weights: ArrayLike | None = None,
        labels: Sequence[Hashable] | None = None,
    ) -> Network:
        """Return the network with these rows (each undirected tie as two arcs); rows are sorted if they are not."""
        starts, ends = _index_array(indptr, "indptr entry"), _index_array(indices, "target")
        if starts.size == 0 or starts[0] != 0 or starts[-1] != ends.size or bool((np.diff(starts) < 0).any()):
            raise NetworkError(
                f"indptr must rise from 0 to the number of arcs ({ends.size}), one entry more than nodes"
            )
        n = _checked_count(starts.size - 1)
        _check_range(ends, n, "target")
        arc_weights = _NO_WEIGHTS if weights is None else _weight_array(weights, ends.size)
        if labels is not None and len(labels) != n:
            raise NetworkError(f"{len(labels)} labels for {n} nodes; give one per node")
        arrays = starts, ends.astype(np.int32), arc_weights
        there = csr.transpose(*arrays)
        back = csr.transpose(*there)
        if not directed and not _symmetric(back[0], back[1], there[0], there[1]):
            raise NetworkError(
                "an undirected network needs each tie as two arcs; add the missing ones or use directed=True"
            )
        return cls(*back, directed, range(n) if labels is None else tuple(labels))

    @classmethod
    def from_csv(cls, path: str | Path, *, directed: bool) -> Network:
        """Return the network in an edge list: source, target and perhaps weight per line.

        Fields are parted by comma, semicolon, tab or blanks; lines that begin with # are comments; a header must call
        its columns ``source`` and ``target``, and ``weight`` if it has one. Identifiers are labels: whole numbers are
        put in order, anything else comes in order of appearance.
        """
        sources, targets, weights, labels = read_edge_list(Path(path))
        return cls.from_edges(
            sources, targets, directed=directed, node_count=len(labels), weights=weights, labels=labels
        )

    @classmethod
    def from_graphml(cls, path: str | Path, *, weight: str = "weight") -> Network:
        """Return the network in a GraphML file; the file says whether it is directed."""
        import networkx

        path = Path(path)
        try:
            graph = networkx.read_graphml(path)
        except FileNotFoundError as error:
            raise NetworkError(f"{path}: no such file") from error
        except ElementTree.ParseError as error:
            line, column = error.position
            raise NetworkError(f"{path}:{line}: not well-formed XML at column {column}") from error
        except (networkx.NetworkXError, KeyError, ValueError, OSError) as error:
            raise NetworkError(f"{path}: not a GraphML file that can be read ({error})") from error
        try:
            return cls.from_networkx(graph, weight=weight)
        except NetworkError as error:
            raise NetworkError(f"{path}: {error}") from error

    @classmethod
    def from_networkx(cls, graph: networkx.Graph, *, weight: str = "weight") -> Network:
        """Return the network of any NetworkX graph; if a tie has the attribute ``weight``, those without count 1."""
        labels = tuple(graph.nodes)
        index = {label: i for i, label in enumerate(labels)}
        ties = [(index[u], index[v], data.get(weight)) for u, v, data in graph.edges(data=True)]
        weights: list[float] | None = None
        if any(value is not None for _, _, value in ties):
            weights = [_networkx_weight(labels[u], labels[v], value) for u, v, value in ties]
        return cls.from_edges(
            [u for u, _, _ in ties],
            [v for _, v, _ in ties],
            directed=bool(graph.is_directed()),
            node_count=len(labels),
            weights=weights,
            labels=labels,
        )

    def to_networkx(self) -> networkx.Graph:
        """Return a NetworkX graph on the labels: simple if this network is, else a multigraph; a loop is one edge."""
        import networkx

        sources, targets, arcs = self._ties()
        pairs = sources.astype(np.int64) * max(self.node_count, 1) + targets
        parallel = np.unique(pairs).size < pairs.size
        kinds = (networkx.Graph, networkx.DiGraph, networkx.MultiGraph, networkx.MultiDiGraph)
        graph = kinds[2 * parallel + self.directed]()
        graph.add_nodes_from(self.labels)
        names = ((self.labels[u], self.labels[v]) for u, v in zip(sources.tolist(), targets.tolist(), strict=True))
        if self.weights.size:
            tie_weights = self.weights[arcs].tolist()
            graph.add_edges_from((u, v, {"weight": w}) for (u, v), w in zip(names, tie_weights, strict=True))
        else:
            graph.add_edges_from(names)
        return graph

    @property
    def node_count(self) -> int:
        """The number of nodes."""
        return self.indptr.size - 1

    @property
    def arc_count(self) -> int:
        """The number of arcs; an undirected tie is two, and so is an undirected loop."""
        return self.indices.size

    @property
    def out_degree(self) -> NDArray[np.int64]:
        """Arcs that leave each node."""
        return np.diff(self.indptr)

    @property
    def in_degree(self) -> NDArray[np.int64]:
        """Arcs that reach each node."""
        if not self.directed:
            return self.out_degree
        return np.bincount(self.indices, minlength=self.node_count).astype(np.int64)

    def successors(self, node: int) -> NDArray[np.int32]:
        """Return the targets of a node's arcs, in order: a view."""
        if not 0 <= node < self.node_count:
            raise NetworkError(f"node {node} is not in 0..{self.node_count - 1}")
        return self.indices[self.indptr[node] : self.indptr[node + 1]]

    def reversed(self) -> Network:
        """Return the network with each arc turned round; an undirected one is its own."""
        if not self.directed:
            return self
        return Network(*csr.transpose(self.indptr, self.indices, self.weights), True, self.labels)

    def ties(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Return (sources, targets) with each tie once: every arc if directed, else source <= target."""
        sources, targets, _ = self._ties()
        return sources, targets

    def _ties(self) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]]:
        if self.directed:
            sources = np.repeat(np.arange(self.node_count, dtype=np.int32), self.out_degree)
            return sources, self.indices, np.arange(self.arc_count, dtype=np.int64)
        size = self.arc_count // 2
        sources, targets = np.empty(size, np.int32), np.empty(size, np.int32)
        arcs = np.empty(size, np.int64)
        csr.ties_once(self.indptr, self.indices, sources, targets, arcs)
        return sources, targets, arcs


def _index_array(values: ArrayLike, what: str) -> NDArray[np.int64]:
    array = np.asarray(values)
    if array.ndim != 1:
        raise NetworkError(f"{what}s must be one list, not an array of {array.ndim} dimensions")
    if array.size == 0:
        return np.empty(0, np.int64)
    if array.dtype.kind == "f":
        wrong = np.flatnonzero(~np.isfinite(array) | (array != np.floor(array)))
        if wrong.size:
            raise NetworkError(f"{what} {wrong[0]} is {array[wrong[0]]}; nodes are whole numbers from 0")
    elif array.dtype.kind not in "iu":
        raise NetworkError(f"{what}s are of type {array.dtype}; nodes are whole numbers from 0 (from_csv takes names)")
    return array.astype(np.int64)


def _checked_count(n: int) -> int:
    if not 0 <= n <= MAX_NODES:
        raise NetworkError(f"a network of {n} nodes is out of the question; 0 to {MAX_NODES} are possible")
    return int(n)


def _check_range(nodes: NDArray[np.int64], n: int, what: str) -> None:
    wrong = np.flatnonzero((nodes < 0) | (nodes >= n))
    if wrong.size:
        raise NetworkError(f"{what} {wrong[0]} is node {nodes[wrong[0]]}, which is not in 0..{n - 1}")


def _symmetric(
    indptr: NDArray[np.int64], indices: NDArray[np.int32], other: NDArray[np.int64], other_indices: NDArray[np.int32]
) -> bool:
    loops = np.repeat(np.arange(indptr.size - 1), np.diff(indptr)) == indices
    even = bool((np.bincount(indices[loops]) % 2 == 0).all())
    return even and np.array_equal(indptr, other) and np.array_equal(indices, other_indices)


def _weight_array(weights: ArrayLike, size: int) -> NDArray[np.float64]:
    array = np.asarray(weights, dtype=np.float64)
    if array.shape != (size,):
        raise NetworkError(f"weights of shape {array.shape} for {size} ties; give one per tie")
    wrong = np.flatnonzero(~(np.isfinite(array) & (array >= 0.0)))
    if wrong.size:
        raise NetworkError(f"weight {wrong[0]} is {array[wrong[0]]}; weights are finite and not negative")
    return array


def _networkx_weight(source: Hashable, target: Hashable, value: object) -> float:
    if value is None:
        return 1.0
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        number = float("nan")
    if not 0.0 <= number < float("inf"):
        raise NetworkError(f"tie {source!r} - {target!r} has weight {value!r}; weights are finite and not negative")
    return number
