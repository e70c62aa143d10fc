"""A scenario says how its buyers are tied: by a file of ties or of degrees beside it, or by a regular form."""

from __future__ import annotations

from pathlib import Path

import networkx
import numpy as np
import pytest

from townsquare_agents import Market
from townsquare_agents.errors import ScenarioErrors
from townsquare_agents.paths import scenarios_folder
from townsquare_agents.scenario import Scenario, load_scenario, parse_scenario

DEGREES = 'network = { generator = "configuration_model", file = "%s" }'
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


def _ties(scenario: Scenario) -> tuple[np.ndarray, np.ndarray]:
    """Return where the arcs of each buyer start, and all arcs' targets."""
    market = Market(scenario, 1, collect=False)
    network = int(market.platforms[market.platform_index["ours"]]["network"])
    return market._world.ties.start[network], market._world.ties.target


def _arcs(scenario: Scenario) -> int:
    start, _ = _ties(scenario)
    return int(start[-1] - start[0])


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


def test_real_friends_tie_buyers_both_ways(tmp_path: Path) -> None:
    """On a platform of permission each tie counts once for either friend."""
    friends = _scenario(tmp_path, FOLLOWS % "networks/facebook-egos.csv", "permission", buyers=4100)
    market = Market(load_scenario(friends), 1, collect=False)
    start = market._world.ties.start[int(market.platforms[-1]["network"])]
    degrees = np.diff(start)
    assert degrees.sum() == 2 * 88_234
    assert np.sort(degrees)[-1] == 1045
    market.step()
    assert market.tick == 1


def test_a_ring_ties_each_buyer_to_its_nearest(tmp_path: Path) -> None:
    network = 'network = { generator = "ring", mean_degree = 4 }'
    start, target = _ties(load_scenario(_scenario(tmp_path, network)))
    for buyer in range(50):
        nearest = {(buyer + step) % 50 for step in (-2, -1, 1, 2)}
        assert set(target[start[buyer] : start[buyer + 1]].tolist()) == nearest


def test_a_complete_network_is_for_few(tmp_path: Path) -> None:
    network = 'network = { generator = "complete" }'
    assert _arcs(load_scenario(_scenario(tmp_path, network, "permission"))) == 50 * 49
    path = _scenario(tmp_path, network, buyers=1001)
    with pytest.raises(ScenarioErrors, match=r"let population\.buyers be at most 1000"):
        load_scenario(path)


@pytest.mark.parametrize(
    "network", ['network = { generator = "configuration_model", degrees = %s }', DEGREES % "d.txt"]
)
def test_a_list_or_a_file_of_degrees_is_drawn_and_dealt_to_buyers(tmp_path: Path, network: str) -> None:
    """Loops and parallel ties are left out, so that a buyer may have fewer ties than listed, and never more."""
    listed = [9] + [3] * 20 + [1] * 11
    (tmp_path / "d.txt").write_text("# a hub, a crowd\n" + "\n".join(map(str, listed)) + "\n\n")
    scenario = load_scenario(_scenario(tmp_path, network.replace("%s", str(listed))))
    assert scenario.platforms[-1].network is not None
    assert scenario.platforms[-1].network.degrees == listed
    assert Scenario.from_json(scenario.to_json()) == scenario
    start, target = _ties(scenario)
    degrees = np.diff(start)
    assert (np.sort(degrees)[::-1] <= np.sort(listed + [0] * 18)[::-1]).all()
    assert degrees.sum() > 0.7 * sum(listed)
    rows = [target[start[buyer] : start[buyer + 1]].tolist() for buyer in range(50)]
    assert all(buyer not in row and len(set(row)) == len(row) for buyer, row in enumerate(rows))


def test_a_list_of_degrees_asks_for_no_more_ties_than_fit(tmp_path: Path) -> None:
    (tmp_path / "d.txt").write_text("1000\n" * 1000)
    with pytest.raises(ScenarioErrors, match="ask for too many ties"):
        load_scenario(_scenario(tmp_path, DEGREES % "d.txt", buyers=1500))


@pytest.mark.parametrize(
    ("network", "says"),
    [
        (FOLLOWS % "nowhere.csv", "there is no such file (found 'nowhere.csv')"),
        (FOLLOWS % "../outside.csv", "there is no such file"),
        (FOLLOWS % "broken.csv", "broken.csv:2: found 'kari'"),
        (FOLLOWS % "big.csv", "let population.buyers be at least 60"),
        ('network = { generator = "imported" }', "has nothing to import"),
        ('network = { generator = "small_world", file = "big.csv" }', 'write generator = "imported"'),
        ('network = { generator = "small_world", degrees = [1, 1] }', 'write generator = "configuration_model"'),
        ('network = { generator = "complete", ties = [0, 1] }', 'write generator = "imported"'),
        ('network = { generator = "ring", mean_degree = 3 }', "use an even number from 2 to 48"),
        ('network = { generator = "small_world", mean_degree = 5 }', "use an even number from 2 to 48"),
        ('network = { generator = "small_world", mean_degree = 49.5 }', "no degree of a small_world"),
        ('network = { generator = "ring", mean_degree = 0 }', "as many on either side of a ring (found 0"),
        ('network = { generator = "ring", mean_degree = 50 }', "must be smaller than the number of buyers (50)"),
        ('network = { generator = "configuration_model" }', "list them under 'degrees', or name a file"),
        ('network = { generator = "configuration_model", degrees = [2, 1] }', "add up to an odd number (found 3)"),
        ('network = { generator = "configuration_model", degrees = [50, 2] }', "use whole numbers from 0 to 49"),
        ('network = { generator = "configuration_model", degrees = [-2, 2] }', "among 50 can have (found -2)"),
        (DEGREES % "many.txt", "let population.buyers be at least 60"),
        (DEGREES % "words.txt", "words.txt:3: is no number of ties (found '1.5')"),
        (DEGREES % "nowhere.txt", "there is no such file"),
    ],
)
def test_a_mistake_names_file_line_and_remedy(tmp_path: Path, network: str, says: str) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "outside.csv").write_text("1,2\n")
    (inner / "broken.csv").write_text("ola,per\nkari\n")
    (inner / "big.csv").write_text("".join(f"{n},{n + 1}\n" for n in range(59)))
    (inner / "many.txt").write_text("1\n" * 60)
    (inner / "words.txt").write_text("# ties\n2\n1.5\n")
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
