"""The guide for scenario authors is true: its pieces are one scenario that loads, plays and does what it says."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from townsquare_agents import Market
from townsquare_agents.errors import ScenarioErrors
from townsquare_agents.kernels.codes import Happening
from townsquare_agents.plan import Action, Plan
from townsquare_agents.scenario import Scenario, load_scenario
from townsquare_server.cli import main

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "scenarios.md").read_text(encoding="utf-8")


def _blocks(language: str) -> list[str]:
    """Return the guide's code blocks in a language, without their indentation."""
    found = re.finditer(rf"^( *)```{language}\n(.*?)^ *```$", GUIDE, re.DOTALL | re.MULTILINE)
    return [re.sub(rf"^{block[1]}", "", block[2], flags=re.MULTILINE) for block in found]


TEXT = "\n".join(_blocks("toml"))


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file that a reader of the guide has at its end."""
    path = tmp_path_factory.mktemp("guide") / "my_market.toml"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def guide(path: Path) -> Scenario:
    """Return the guide's scenario."""
    return load_scenario(path)


def _play(scenario: Scenario, *actions: Action, ticks: int = 84) -> Market:
    market = Market(scenario, 7, stories=True, collect=False)
    while market.tick < ticks:
        if market.tick_in_round == 0:
            market.set_plan("A", Plan.of(actions))
            market.set_plan("B", Plan())
        market.step()
    return market


def _seen(market: Market, play: str) -> int:
    rows = market.board.rows
    return int(rows["seen"][rows["play"] == market.play_index[play]].sum())


def test_every_table_of_a_scenario_has_an_example() -> None:
    for table in Scenario.model_fields:
        assert re.search(rf"^\[*{table}\b", TEXT, re.MULTILINE), f"the guide has no example of {table}"


def test_the_own_things_are_there_beside_the_included_ones(guide: Scenario) -> None:
    assert {"contest", "breakfast_seminar", "free_croissants"} <= {play.id for play in guide.plays}
    assert {"email", "breakfast_club", "photo_network"} <= {platform.id for platform in guide.platforms}
    shares = {kind.id: kind.share for kind in guide.archetypes}
    assert shares["office_host"] == 0.15
    assert shares["function_head"] == 0.25
    assert sum(shares.values()) == pytest.approx(1)


def test_the_own_archetype_lives_in_the_market_with_its_interests(guide: Scenario) -> None:
    market = Market(guide, 7, collect=False)
    hosts = market.columns.archetype == market.archetype_index["office_host"]
    assert 0.08 < hosts.mean() < 0.22
    people = market.columns.interest[:, market.topic_index["people"]]
    assert people[hosts].mean() > people[~hosts].mean() + 0.3


def test_the_own_play_is_seen_on_the_own_platform_and_moves_its_readers(guide: Scenario) -> None:
    seminar = Action("one", "breakfast_seminar", 2, topic="people")
    played, idle = _play(guide, seminar), _play(guide)
    assert _seen(played, "breakfast_seminar") > 50
    assert played.columns.trust[:, 0].mean() > idle.columns.trust[:, 0].mean()
    assert np.array_equal(played.columns.archetype, idle.columns.archetype)


def test_the_own_network_opens_in_its_round_and_carries_the_own_campaign(guide: Scenario) -> None:
    croissants = Action("one", "free_croissants", 3)
    photo = Market(guide, 7, collect=False).platform_index["photo_network"]
    first, all_rounds = _play(guide, croissants, ticks=28), _play(guide, croissants)
    assert first.columns.member[:, photo].sum() == 0
    assert _seen(first, "free_croissants") == 0
    assert 0.35 < all_rounds.columns.member[:, photo].mean() < 0.65
    follows = all_rounds.stories.rows()["what"] == Happening.FOLLOW
    assert _seen(all_rounds, "free_croissants") > 50
    assert follows.any()


def test_the_own_events_happen_by_themselves_and_on_demand(guide: Scenario) -> None:
    market = _play(guide, ticks=56)
    assert market.happened == [(28 + 14, "home_office")]
    assert market.money == pytest.approx(40_000 * 0.67)
    assert market.rules[0]["need_per_quarter"] == pytest.approx(0.10)
    market.inject("club_closes_its_doors")
    market.set_plan("A", Plan())
    market.step()
    assert market.platforms[market.platform_index["breakfast_club"]]["tolerated"] == 0.05


def test_a_mistake_looks_as_the_guide_shows_it(tmp_path: Path) -> None:
    mistaken = tmp_path / "my_market.toml"
    mistaken.write_text(TEXT.replace('platform = "breakfast_club"', 'platform = "brekfast_club"'), encoding="utf-8")
    with pytest.raises(ScenarioErrors) as caught:
        load_scenario(mistaken)
    shown = _blocks("text")[0].strip()
    assert shown in str(caught.value)


@pytest.mark.parametrize("line", sorted({line for block in _blocks("sh") for line in block.splitlines()}))
def test_every_command_of_the_guide_runs(
    line: str, path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(path.parent)
    program, *arguments = line.split()
    assert program == "townsquare"
    if arguments[0] == "serve":
        arguments += ["--check", "--data", str(path.parent / "data")]
    assert main(arguments) == 0
    assert capsys.readouterr().out
