"""The projector's picture: the same for everybody, with clusters that show, in the format that the browser reads."""

from __future__ import annotations

import gzip
import struct
import time

import networkx as nx
import numpy as np
import pytest
from numpy.typing import NDArray

from townsquare_agents.compiled import JIT_DISABLED
from townsquare_server.layout import GraphCache, draw, layout, unique_ties


def csr(graph: nx.Graph | nx.DiGraph) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    n = graph.number_of_nodes()
    rows = [sorted(graph[u]) for u in range(n)]
    indptr = np.cumsum([0, *map(len, rows)]).astype(np.int64)
    return indptr, np.array([v for row in rows for v in row], np.int32)


def blocks(sizes: list[int], within: float, between: float) -> nx.Graph:
    p = np.full((len(sizes), len(sizes)), between)
    np.fill_diagonal(p, within)
    return nx.stochastic_block_model(sizes, p.tolist(), seed=3)


@pytest.mark.parametrize("directed", [False, True])
def test_each_tie_is_drawn_once_and_loops_are_not(directed: bool) -> None:
    graph = nx.gnp_random_graph(40, 0.15, seed=5, directed=directed)
    graph.add_edge(7, 7)
    ties = unique_ties(*csr(graph))
    expected = sorted({(min(u, v), max(u, v)) for u, v in graph.edges if u != v})
    assert sorted(map(tuple, ties.tolist())) == expected
    assert ties.dtype == np.uint32


def test_communities_stand_apart() -> None:
    size = 15
    graph = blocks([size] * 6, within=0.6, between=0.01)
    positions = layout(6 * size, unique_ties(*csr(graph))).astype(float).reshape(6, size, 2)
    centres = positions.mean(axis=1)
    spread = np.sqrt(((positions - centres[:, None]) ** 2).sum(-1).mean())
    apart = np.sqrt(((centres[:, None] - centres[None]) ** 2).sum(-1))[~np.eye(6, dtype=bool)]
    assert apart.min() > 2 * spread
    assert positions.min() >= 0
    assert positions.max() <= 1
    assert np.ptp(positions.reshape(-1, 2), axis=0).max() > 0.9  # it fills the square


def test_the_file_is_the_same_each_time_and_reads_as_the_browser_reads_it() -> None:
    graph = blocks([12, 12], within=0.5, between=0.05)
    indptr, indices = csr(graph)
    archetypes = (np.arange(24) % 4).astype(np.uint8)
    file = draw(indptr, indices, archetypes)
    assert draw(indptr, indices, archetypes) == file
    assert gzip.decompress(file.packed) == file.plain
    magic, version, n, m = struct.unpack_from("<4sIII", file.plain)
    assert (magic, version, n, m) == (b"TSQG", 1, 24, graph.number_of_edges())
    assert len(file.plain) == 16 + 8 * n + 8 * m + n
    x = np.frombuffer(file.plain, "<f4", n, 16)
    source = np.frombuffer(file.plain, "<u4", m, 16 + 8 * n)
    target = np.frombuffer(file.plain, "<u4", m, 16 + 8 * n + 4 * m)
    assert ((x >= 0) & (x <= 1)).all()
    assert {frozenset(edge) for edge in zip(source.tolist(), target.tolist(), strict=True)} == {
        frozenset(edge) for edge in graph.edges
    }
    assert file.plain[-n:] == archetypes.tobytes()


@pytest.mark.parametrize("nodes", [0, 1, 2, 9])
def test_a_network_without_ties_has_a_picture_too(nodes: int) -> None:
    positions = layout(nodes, np.zeros((0, 2), np.uint32))
    assert positions.shape == (nodes, 2)
    assert np.isfinite(positions).all()


def test_rooms_on_one_network_share_one_file() -> None:
    indptr, indices = csr(nx.path_graph(6))
    cache = GraphCache(size=1)
    first = cache.get(indptr, indices, np.zeros(6, np.uint8))
    assert cache.get(indptr.copy(), indices.copy(), np.zeros(6, np.uint8)) is first
    other = cache.get(indptr, indices, np.ones(6, np.uint8))
    assert other.digest != first.digest
    assert cache.get(indptr, indices, np.zeros(6, np.uint8)) is not first  # the oldest made room
    assert cache.get(indptr, indices, np.zeros(6, np.uint8)) == first


@pytest.mark.skipif(JIT_DISABLED, reason="measures the compiled kernels")
def test_a_workshop_network_is_laid_out_within_a_second() -> None:
    indptr, indices = csr(blocks([100] * 20, within=0.1, between=0.003))
    ties = unique_ties(indptr, indices)
    layout(2000, ties[:10])  # compiles
    start = time.thread_time()  # other processes may hold the processor
    layout(2000, ties)
    assert time.thread_time() - start < 1.0
