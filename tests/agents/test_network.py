"""Network: rows as promised, clear refusals, round trips, two real files."""

from __future__ import annotations

from pathlib import Path

import networkx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from townsquare_agents.errors import NetworkError
from townsquare_agents.network import Network

pytestmark = pytest.mark.small

# compiling takes its time on the first example
steady = settings(deadline=None, derandomize=True)
REAL = Path(__file__).resolve().parents[2] / "scenarios" / "networks"


@st.composite
def ties(draw: st.DrawFn) -> tuple[int, list[tuple[int, int]], list[float]]:
    n = draw(st.integers(1, 8))
    node = st.integers(0, n - 1)
    pairs = draw(st.lists(st.tuples(node, node), max_size=20))
    weights = draw(st.lists(st.floats(0, 1e6), min_size=len(pairs), max_size=len(pairs)))
    return n, pairs, weights


def build(n: int, pairs: list[tuple[int, int]], *, directed: bool, weights: list[float] | None = None) -> Network:
    return Network.from_edges(
        [u for u, _ in pairs], [v for _, v in pairs], directed=directed, node_count=n, weights=weights
    )


def assert_same(a: Network, b: Network) -> None:
    for mine, theirs in zip(a[:3], b[:3], strict=True):
        assert mine.dtype == theirs.dtype
        np.testing.assert_array_equal(mine, theirs)
    assert a.directed == b.directed
    assert list(a.labels) == list(b.labels)


@steady
@given(ties(), st.booleans())
def test_rows_hold_every_arc_sorted_by_target(given_ties: tuple, directed: bool) -> None:
    n, pairs, weights = given_ties
    network = build(n, pairs, directed=directed, weights=weights)
    expected = [(u, v, w) for (u, v), w in zip(pairs, weights, strict=True)]
    if not directed:
        expected += [(v, u, w) for u, v, w in expected]
    rows = [
        (u, int(v), float(w))
        for u in range(n)
        for v, w in zip(network.successors(u), network.weights[network.indptr[u] : network.indptr[u + 1]], strict=True)
    ]
    assert sorted(rows) == sorted(expected)
    assert [row[:2] for row in rows] == sorted(row[:2] for row in rows)
    assert network.arc_count == len(expected)
    assert network.out_degree.tolist() == [sum(u == node for u, _, _ in expected) for node in range(n)]
    assert network.in_degree.tolist() == [sum(v == node for _, v, _ in expected) for node in range(n)]


@steady
@given(ties(), st.booleans(), st.booleans())
def test_networkx_gives_back_what_it_got(given_ties: tuple, directed: bool, weighted: bool) -> None:
    n, pairs, weights = given_ties
    network = build(n, pairs, directed=directed, weights=weights if weighted and pairs else None)
    graph = network.to_networkx()
    assert graph.number_of_edges() == len(pairs)
    assert_same(Network.from_networkx(graph), network)


@steady
@given(ties(), st.booleans())
def test_csr_gives_back_what_it_got(given_ties: tuple, directed: bool) -> None:
    n, pairs, weights = given_ties
    network = build(n, pairs, directed=directed, weights=weights)
    again = Network.from_csr(network.indptr, network.indices, directed=directed, weights=network.weights)
    assert_same(again, network)


@steady
@given(ties())
def test_reversing_twice_changes_nothing(given_ties: tuple) -> None:
    n, pairs, weights = given_ties
    network = build(n, pairs, directed=True, weights=weights)
    back = network.reversed()
    assert back.out_degree.tolist() == network.in_degree.tolist()
    assert_same(back.reversed(), network)
    undirected = build(n, pairs, directed=False)
    assert undirected.reversed() is undirected


@steady
@given(ties())
def test_ties_come_once(given_ties: tuple) -> None:
    n, pairs, _ = given_ties
    sources, targets = build(n, pairs, directed=False).ties()
    assert sorted(zip(sources.tolist(), targets.tolist(), strict=True)) == sorted((min(p), max(p)) for p in pairs)


@settings(steady, max_examples=30)
@given(ties())
def test_csv_gives_back_what_it_got(tmp_path_factory: pytest.TempPathFactory, given_ties: tuple) -> None:
    _, pairs, weights = given_ties
    path = tmp_path_factory.mktemp("csv") / "ties.csv"
    lines = [f"{u},{v},{w!r}" for (u, v), w in zip(pairs, weights, strict=True)]
    path.write_text("\n".join(["source,target,weight", *lines]))
    network = Network.from_csv(path, directed=True)
    assert sorted(network.labels) == sorted({node for pair in pairs for node in pair})
    sources, targets = network.ties()
    read = [(network.labels[u], network.labels[v]) for u, v in zip(sources, targets, strict=True)]
    assert sorted(zip(read, network.weights.tolist(), strict=True)) == sorted(zip(pairs, weights, strict=True))


def test_an_undirected_loop_is_two_arcs() -> None:
    network = Network.from_edges([0, 1], [0, 0], directed=False)
    assert network.arc_count == 4
    assert network.successors(0).tolist() == [0, 0, 1]
    assert Network.from_edges([0], [0], directed=True).arc_count == 1


def test_parallel_ties_are_kept() -> None:
    network = Network.from_edges([0, 0], [1, 1], directed=True)
    assert network.successors(0).tolist() == [1, 1]
    assert isinstance(network.to_networkx(), networkx.MultiDiGraph)


def test_networks_may_be_empty_or_in_pieces() -> None:
    empty = Network.from_edges([], [], directed=False)
    assert (empty.node_count, empty.arc_count, list(empty.in_degree)) == (0, 0, [])
    assert empty.to_networkx().number_of_nodes() == 0
    pieces = Network.from_edges([0, 3], [1, 4], directed=False, node_count=7)
    assert pieces.out_degree.tolist() == [1, 1, 0, 1, 1, 0, 0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"sources": [0, 5], "targets": [1, 1], "node_count": 3}, r"source 1 is node 5, which is not in 0\.\.2"),
        ({"sources": [0], "targets": [-1]}, r"target 0 is node -1"),
        ({"sources": [0.5], "targets": [1]}, r"source 0 is 0\.5; nodes are whole numbers"),
        ({"sources": [float("nan")], "targets": [1]}, r"source 0 is nan"),
        ({"sources": ["a"], "targets": ["b"]}, r"from_csv takes names"),
        ({"sources": [[0]], "targets": [[1]]}, r"2 dimensions"),
        ({"sources": [0], "targets": [1, 2]}, r"1 sources but 2 targets"),
        ({"sources": [0], "targets": [1], "weights": [float("nan")]}, r"weight 0 is nan"),
        ({"sources": [0], "targets": [1], "weights": [float("inf")]}, r"weight 0 is inf"),
        (
            {"sources": [0], "targets": [1], "weights": [-0.1]},
            r"weight 0 is -0\.1; weights are finite and not negative",
        ),
        ({"sources": [0], "targets": [1], "weights": [1.0, 2.0]}, r"\(2,\) for 1 ties"),
        ({"sources": [0], "targets": [1], "node_count": -1}, r"-1 nodes"),
        ({"sources": [0], "targets": [1], "node_count": 2**31}, r"out of the question"),
        ({"sources": [0], "targets": [1], "labels": ["a"]}, r"1 labels for 2 nodes"),
    ],
)
def test_impossible_edges_are_refused(arguments: dict, message: str) -> None:
    with pytest.raises(NetworkError, match=message):
        Network.from_edges(**arguments, directed=True)


@pytest.mark.parametrize(
    ("indptr", "indices", "directed", "message"),
    [
        ([0, 2], [0], True, "indptr must rise"),
        ([1, 1], [0], True, "indptr must rise"),
        ([0, 2, 1], [0], True, "indptr must rise"),
        ([], [], True, "indptr must rise"),
        ([0, 1], [1], True, r"target 0 is node 1"),
        ([0, 1, 1], [1], False, "each tie as two arcs"),
        ([0, 1], [0], False, "each tie as two arcs"),
    ],
)
def test_impossible_rows_are_refused(indptr: list, indices: list, directed: bool, message: str) -> None:
    with pytest.raises(NetworkError, match=message):
        Network.from_csr(indptr, indices, directed=directed)


def test_successors_of_nobody() -> None:
    with pytest.raises(NetworkError, match=r"node 2 is not in 0\.\.1"):
        Network.from_edges([0], [1], directed=True).successors(2)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    for read in (lambda path: Network.from_csv(path, directed=True), Network.from_graphml):
        with pytest.raises(NetworkError, match=r"nowhere\.csv: no such file"):
            read(tmp_path / "nowhere.csv")
    binary = tmp_path / "binary.csv"
    binary.write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(NetworkError, match="cannot be read as UTF-8"):
        Network.from_csv(binary, directed=True)


def test_graphml_gives_back_what_it_got(tmp_path: Path) -> None:
    path = tmp_path / "graph.graphml"
    graph = networkx.DiGraph([("a", "b"), ("b", "c")], weight=1)
    graph["a"]["b"]["weight"] = 0.25
    networkx.write_graphml(graph, path)
    network = Network.from_graphml(path)
    assert network.labels == ("a", "b", "c")
    assert network.directed
    assert network.weights.tolist() == [0.25, 1.0]


def test_graphml_mistakes_name_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "graph.graphml"
    path.write_text("<graphml>\n<graph edgedefault='directed'>\n</graphml>\n")
    with pytest.raises(NetworkError, match=r"graph\.graphml:3: not well-formed XML"):
        Network.from_graphml(path)
    path.write_text("<rss/>")
    with pytest.raises(NetworkError, match=r"graph\.graphml: not a GraphML file"):
        Network.from_graphml(path)
    networkx.write_graphml(networkx.Graph([("a", "b", {"weight": -1.0})]), path)
    with pytest.raises(NetworkError, match=r"graph\.graphml: tie 'a' - 'b' has weight -1\.0"):
        Network.from_graphml(path)


def test_networkx_ties_without_a_weight_count_one() -> None:
    graph = networkx.Graph([("a", "b", {"weight": 2}), ("b", "c")])
    assert sorted(Network.from_networkx(graph).weights.tolist()) == [1.0, 1.0, 2.0, 2.0]
    graph["a"]["b"]["weight"] = "heavy"
    with pytest.raises(NetworkError, match="'heavy'"):
        Network.from_networkx(graph)


def test_a_real_network_is_read_as_it_is() -> None:
    network = Network.from_csv(REAL / "email-eu-core.csv", directed=True)
    assert (network.node_count, network.arc_count) == (1005, 25571)
    assert list(network.labels) == list(range(1005))
    loops = np.repeat(np.arange(1005), network.out_degree) == network.indices
    assert int(loops.sum()) == 642
    graph = network.to_networkx()
    assert isinstance(graph, networkx.DiGraph)
    assert not graph.is_multigraph()
    assert max(map(len, networkx.weakly_connected_components(graph))) == 986


def test_a_real_network_of_friends_has_its_published_shape() -> None:
    """SNAP ego-Facebook: nodes, ties, one piece, and as many triangles as its page counts."""
    friends = Network.from_csv(REAL / "facebook-egos.csv", directed=False)
    assert (friends.node_count, friends.arc_count, int(friends.out_degree.max())) == (4039, 2 * 88_234, 1045)
    graph = friends.to_networkx()
    assert networkx.is_connected(graph)
    assert sum(networkx.triangles(graph).values()) == 3 * 1_612_010
    assert networkx.average_clustering(graph) == pytest.approx(0.6055, abs=5e-5)
