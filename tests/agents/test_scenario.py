"""A scenario says what is wrong with it, where, and what would be right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from townsquare_agents.errors import ScenarioErrors
from townsquare_agents.paths import scenarios_folder
from townsquare_agents.scenario import Scenario, json_schema, load_scenario, shipped_scenarios

SHIPPED = scenarios_folder() / "first_market.toml"


def _load_changed(folder: Path, old: str, new: str) -> Scenario:
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    path = folder / "mine.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return load_scenario(path)


def _line(text: str, needle: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if needle in line)


def test_the_shipped_scenario_is_what_the_readme_says(shipped: Scenario) -> None:
    assert shipped.population.buyers == 2000
    assert len(shipped.vendors) == 4
    assert shipped.calendar.rounds == 8
    assert {play.side for play in shipped.plays} == {"campaign", "relationship", "listening"}
    assert len([play for play in shipped.plays if play.side == "campaign"]) >= 4
    assert len([play for play in shipped.plays if play.side == "relationship"]) >= 4


@pytest.mark.parametrize("path", shipped_scenarios(), ids=lambda path: path.stem)
def test_every_shipped_scenario_speaks_every_language(path: Path) -> None:
    scenario = load_scenario(path)
    named = [*scenario.plays, *scenario.topics, *scenario.archetypes]
    texts = [scenario.title, scenario.briefing, scenario.summary]
    texts += [item.name for item in named] + [item.summary for item in named]
    texts += [platform.name for platform in scenario.platforms]
    for text in texts:
        assert set(text) == {"en", "nb"}
        assert all(text.values())


@pytest.mark.parametrize(
    ("old", "new", "key", "says"),
    [
        ("buyers = 2000", "byers = 2000", "population.byers", "did you mean 'buyers'?"),
        ("buyers = 2000", "buyers = 5", "population.buyers", "use a number from 10 to 2000000 (buyers)"),
        ("buyers = 2000", "buyers = 1_000_000_000", "population.buyers", "from 10 to 2000000"),
        ("buyers = 2000", 'buyers = "2000"', "population.buyers", "is not a whole number (found '2000')"),
        ("buyers = 2000", "buyers = true", "population.buyers", "True"),
        ("per_quarter = 0.10", 'per_quarter = "0.10"', "parameters.need.per_quarter", "from 0 to 1 (share)"),
        ("buyers = 2000", 'buyers = "2000 people"', "population.buyers", "'2000 people'"),
        ("per_quarter = 0.10", "per_quarter = 10", "parameters.need.per_quarter", "from 0 to 1 (share)"),
        ("per_quarter = 0.10", "per_quarter = nan", "parameters.need.per_quarter", "from 0 to 1 (share)"),
        ('niche = "efficiency"', 'niche = "efficency"', "vendors[0].niche", "is no topic"),
        (
            "revenue_per_account = 4000",
            "retention = 1\ndiscount = 0",
            "parameters.money.retention",
            "must be below 1 +",
        ),
        ('A = "mixed"', 'X = "mixed"', "policies.X", "is no vendor"),
        ('A = "mixed"', 'A = "aggressive"', "policies.A", "'campaign', 'relationship', 'mixed' or 'idle'"),
        ("smallest_committee = 3", "smallest_committee = 9", "population.smallest_committee", "largest_committee (7)"),
        ('id = "B"', 'id = "A"', "vendors[1].id", "is used twice"),
        ("market_share = 0.12", "market_share = 0.9", "vendors", "add up to more than 1"),
    ],
)
def test_a_mistake_is_shown_with_file_line_key_value_and_remedy(
    tmp_path: Path, old: str, new: str, key: str, says: str
) -> None:
    with pytest.raises(ScenarioErrors) as caught:
        _load_changed(tmp_path, old, new)
    error = caught.value.errors[0]
    assert error.key == key
    assert says in str(error)
    assert error.path == tmp_path / "mine.toml"
    text = (tmp_path / "mine.toml").read_text(encoding="utf-8")
    assert error.line is not None
    shown = text.splitlines()[error.line - 1]
    assert new.splitlines()[0] in shown or shown.startswith("[[vendors]]")


def test_all_mistakes_are_reported_together(tmp_path: Path) -> None:
    with pytest.raises(ScenarioErrors) as caught:
        _load_changed(tmp_path, "buyers = 2000", "buyers = 1\nindustrys = 3")
    assert {error.key for error in caught.value.errors} == {"population.buyers", "population.industrys"}


def test_a_missing_file_names_the_nearest_scenario() -> None:
    with pytest.raises(ScenarioErrors, match=r"there is no such scenario file; did you mean 'first_market'\?"):
        load_scenario("first_markt")


def test_a_missing_include_names_file_and_line(tmp_path: Path) -> None:
    with pytest.raises(
        ScenarioErrors, match=r"mine\.toml:\d+: include: there is no such file \(found 'nowhere.toml'\)"
    ):
        _load_changed(tmp_path, '"plays/standard.toml"', '"nowhere.toml"')


def test_an_include_cannot_leave_its_folder(tmp_path: Path) -> None:
    (tmp_path / "secret.toml").write_text("x = 1", encoding="utf-8")
    inner = tmp_path / "inner"
    inner.mkdir()
    with pytest.raises(ScenarioErrors, match="there is no such file"):
        _load_changed(inner, '"plays/standard.toml"', '"../secret.toml"')


def test_broken_toml_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "broken.toml"
    path.write_text('id = "x"\ntitle = \n', encoding="utf-8")
    with pytest.raises(ScenarioErrors, match=r"broken\.toml:2: is not valid TOML: .*; write key = value"):
        load_scenario(path)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[" * 5000, b"x = 1\n" * 400_000, b"x = " + b"9" * 5000])
def test_hostile_files_are_refused_in_words(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "hostile.toml"
    path.write_bytes(content)
    with pytest.raises(ScenarioErrors):
        load_scenario(path)


def test_a_file_saved_by_a_windows_editor_is_read(tmp_path: Path) -> None:
    path = tmp_path / "windows.toml"
    path.write_bytes(b"\xef\xbb\xbf" + SHIPPED.read_bytes())
    assert load_scenario(path).population.buyers == 2000


def test_a_mistake_in_an_included_file_is_shown_there(tmp_path: Path) -> None:
    plays = (scenarios_folder() / "plays" / "standard.toml").read_text(encoding="utf-8")
    (tmp_path / "plays").mkdir()
    broken = plays.replace("max_level = 3", "max_level = 300", 1)
    (tmp_path / "plays" / "standard.toml").write_text(broken, encoding="utf-8")
    with pytest.raises(ScenarioErrors) as caught:
        _load_changed(tmp_path, "buyers = 2000", "buyers = 500")
    error = caught.value.errors[0]
    assert error.path is not None
    assert error.path.name == "standard.toml"
    assert error.line == _line(broken, "max_level = 300")


def test_an_own_table_replaces_an_included_one_with_the_same_id(tmp_path: Path) -> None:
    raffle = '[[plays]]\nid = "contest"\nside = "campaign"\nname.en = "Raffle"\nsummary.en = "A raffle."\nmoney = 1'
    own = f"{raffle}\n\n[[topics]]"
    scenario = _load_changed(tmp_path, "[[topics]]", own)
    contest = next(play for play in scenario.plays if play.id == "contest")
    assert contest.name["en"] == "Raffle"
    assert len(scenario.plays) == len(load_scenario("first_market").plays)


def test_a_scenario_survives_its_canonical_json(shipped: Scenario) -> None:
    again = Scenario.from_json(shipped.to_json())
    assert again == shipped
    assert again.digest == shipped.digest


@pytest.mark.parametrize("path", shipped_scenarios(), ids=lambda path: path.stem)
def test_numbers_have_the_same_types_from_toml_and_from_json(path: Path) -> None:
    """A default that stayed an integer would have kernels compiled once more, in the middle of a game."""
    scenario = load_scenario(path)
    assert _types(Scenario.from_json(scenario.to_json()).model_dump()) == _types(scenario.model_dump())


def _types(data: object) -> object:
    """Return the data with the type of each value in its place."""
    if isinstance(data, dict):
        return {key: _types(value) for key, value in data.items()}
    return [_types(value) for value in data] if isinstance(data, list | tuple) else type(data)


def test_canonical_json_that_was_tampered_with_is_refused(shipped: Scenario) -> None:
    with pytest.raises(ScenarioErrors, match="buyers"):
        Scenario.from_json(shipped.to_json().replace(b'"buyers": 2000', b'"buyers": -1'))


def test_every_number_of_the_schema_has_unit_source_and_range() -> None:
    def numbers(schema: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
        return [
            (name, key, field)
            for name, definition in schema["$defs"].items()
            for key, field in definition.get("properties", {}).items()
            if field.get("type") in ("number", "integer")
        ]

    found = numbers(json_schema())
    assert len(found) > 100
    for name, key, field in found:
        assert {"unit", "source", "minimum", "maximum", "default", "description"} <= set(field), f"{name}.{key}"
        assert field["minimum"] <= field["default"] <= field["maximum"], f"{name}.{key}"


def test_the_whole_square_has_every_archetype_of_platform() -> None:
    """The ten of the specification, each by its rules; a video network may come as the eleventh."""
    platforms = {platform.id: platform for platform in load_scenario("whole_square").platforms}
    assert {name: platform.relationship for name, platform in platforms.items() if platform.opens_round == 1} == {
        "follow_network": "viral",
        "friend_network": "permission",
        "professional_network": "permission",
        "industry_group": "group",
        "circles_network": "mixed",
        "internal_network": "internal",
        "blog_on_site": "owned",
        "blog_off_site": "owned",
        "peer_community": "group",
        "email": "inbox",
        "phone": "inbox",
    }
    on_site, off_site = platforms["blog_on_site"], platforms["blog_off_site"]
    assert on_site.traffic > off_site.traffic
    assert on_site.credibility < off_site.credibility
    assert on_site.tracked
    assert not off_site.tracked
    assert {platforms[name].gate for name in ("industry_group", "peer_community")} == {"open", "qualified"}
    assert platforms["phone"].interruption > 0 == platforms["email"].interruption
    assert {platform.feed for platform in platforms.values()} == {"recent", "ranked", "digest"}


def test_the_whole_square_has_every_play_and_event_of_the_specification() -> None:
    whole = load_scenario("whole_square")
    sides = {side: {play.id for play in whole.plays if play.side == side} for side in ("campaign", "relationship")}
    assert sides["campaign"] >= {
        *("ad_burst", "contest", "charity_drive", "broadcast", "mass_invites", "auto_dm", "cold_calls", "bought_list"),
        *("trade_show", "personality_game"),
    }
    assert sides["relationship"] >= {
        *("expert_article", "answer_questions", "hosted_community", "organised_chat", "customer_council", "nurture"),
        *("reference_programme", "sales_pipeline", "expert_training", "idea_organisation", "product_work", "own_up"),
    }
    assert {play.id for play in whole.plays} >= {"listening_post", "buyer_survey", "launch_research"}
    pulled = {lever for play in whole.plays for lever in play.capacity.levers}
    assert pulled == {"leadership", "recognition", "goals", "tools", "competition", "visibility"}
    assert {event.id for event in whole.events} >= {
        *("recession", "opt_out_law", "spam_wave", "new_platform", "rule_change", "media_collapse"),
    }
