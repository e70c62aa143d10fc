"""A scenario brings its own network: an edge list or GraphML file beside it, whose ties become the buyers'."""

from __future__ import annotations

from pathlib import Path

import networkx
import numpy as np
import pytest

from townsquare_agents import Market
from townsquare_agents.errors import ScenarioErrors
from townsquare_agents.paths import scenarios_folder
from townsquare_agents.scenario import Scenario, load_scenario, parse_scenario

FOLLOWS = 'network = { generator = "imported", file = "%s" }'


def _scenario(folder: Path, network: str, relationship: str = "viral", buyers: int = 50) -> Path:
    text = (scenarios_folder() / "first_market.toml").read_text(encoding="utf-8")
    platform = f'''
[[platforms]]
id = "ours"
name.en = "Our own"
relationship = "{relationship}"
{network}
'''
    path = folder / "mine.toml"
    path.write_text(text.replace("buyers = 2000", f"buyers = {buyers}") + platform, encoding="utf-8")
    return path


def _arcs(scenario: Scenario) -> int:
    market = Market(scenario, 1, collect=False)
    network = int(market.platforms[market.platform_index["ours"]]["network"])
    start = market._world.ties.start
    return int(start[network, -1] - start[network, 0])


def test_an_edge_list_becomes_the_ties_of_a_platform(tmp_path: Path) -> None:
    (tmp_path / "ties.csv").write_text("source,target\nkari,ola\nola,per\nper,kari\nkari,kari\nkari,ola\n")
    scenario = load_scenario(_scenario(tmp_path, FOLLOWS % "ties.csv"))
    network = scenario.platforms[-1].network
    assert network is not None
    assert network.nodes == 3
    assert len(network.ties) == 6  # loops and repetitions say nothing
    assert _arcs(scenario) == 3
    assert Scenario.from_json(scenario.to_json()) == scenario  # whole without the file


def test_graphml_is_read_and_made_to_fit_the_relationship(tmp_path: Path) -> None:
    networkx.write_graphml(networkx.cycle_graph(10), tmp_path / "ring.graphml")
    one_way = load_scenario(_scenario(tmp_path, FOLLOWS % "ring.graphml"))
    assert _arcs(one_way) == 20
    agreed = load_scenario(_scenario(tmp_path, FOLLOWS % "ring.graphml", relationship="permission"))
    assert _arcs(agreed) == 20


def test_a_real_network_of_the_shipped_ones_plays(tmp_path: Path) -> None:
    scenario = load_scenario(_scenario(tmp_path, FOLLOWS % "networks/email-eu-core.csv", buyers=1200))
    market = Market(scenario, 1, collect=False)
    for _ in range(3):
        market.step()
    degrees = np.diff(market._world.ties.start[int(market.platforms[-1]["network"])])
    assert degrees.sum() == 25_571 - 642  # its loops are left out
    assert (degrees == 0).sum() >= 1200 - 1005


@pytest.mark.parametrize(
    ("network", "says"),
    [
        (FOLLOWS % "nowhere.csv", "there is no such file (found 'nowhere.csv')"),
        (FOLLOWS % "../outside.csv", "there is no such file"),
        (FOLLOWS % "broken.csv", "broken.csv:2: found 'kari'"),
        (FOLLOWS % "big.csv", "let population.buyers be at least 60"),
        ('network = { generator = "imported" }', "has nothing to import"),
        ('network = { generator = "small_world", file = "big.csv" }', 'write generator = "imported"'),
    ],
)
def test_a_mistake_names_file_line_and_remedy(tmp_path: Path, network: str, says: str) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "outside.csv").write_text("1,2\n")
    (inner / "broken.csv").write_text("ola,per\nkari\n")
    (inner / "big.csv").write_text("".join(f"{n},{n + 1}\n" for n in range(59)))
    path = _scenario(inner, network)
    with pytest.raises(ScenarioErrors) as caught:
        load_scenario(path)
    line = next(n for n, text in enumerate(path.read_text().splitlines(), 1) if text == network)
    assert says in str(caught.value)
    assert f"{path}:{line}: platforms[" in str(caught.value)


def test_a_scenario_that_comes_over_a_wire_reads_no_file_of_the_server(tmp_path: Path) -> None:
    (tmp_path / "ties.csv").write_text("1,2\n")
    raw = _scenario(tmp_path, FOLLOWS % str(tmp_path / "ties.csv")).read_bytes()
    with pytest.raises(ScenarioErrors, match="there is no such file"):
        parse_scenario(raw, "mine.toml")
