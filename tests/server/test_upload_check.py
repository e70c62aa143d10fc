"""Handed-in scenarios: what is too much is refused with its limit, what is wrong with its line; no file is opened."""

from __future__ import annotations

import json
import signal
import subprocess
import sys

import msgspec
import pytest

from townsquare_agents.errors import ScenarioErrors
from townsquare_agents.paths import scenarios_folder
from townsquare_agents.scenario import Scenario, load_scenario, parse_scenario
from townsquare_server.settings import Settings
from townsquare_server.upload_check import LONGEST_ERROR, MOST_ERRORS, Limits, Task, check

SHIPPED = (scenarios_folder() / "first_market.toml").read_text(encoding="utf-8")
SETTINGS = Settings()
LIMITS = Limits(SETTINGS.upload_buyers, SETTINGS.upload_ties, SETTINGS.upload_work)


def errors(text: str | bytes, **limits: int) -> list[str]:
    data = text if isinstance(text, bytes) else text.encode()
    verdict = check(Task(data, msgspec.structs.replace(LIMITS, **limits), 6.0))
    assert (verdict.scenario is None) is bool(verdict.errors)
    for error in verdict.errors:
        assert error.startswith(("scenario.toml", "standard.toml"))
        assert str(scenarios_folder()) not in error
        assert len(error) <= LONGEST_ERROR
    return verdict.errors


def changed(old: str, new: str) -> str:
    assert SHIPPED.count(old) == 1
    return SHIPPED.replace(old, new)


@pytest.mark.parametrize("name", ["first_market", "whole_square"])
def test_what_is_shipped_could_be_handed_in(name: str) -> None:
    text = (scenarios_folder() / f"{name}.toml").read_bytes()
    verdict = check(Task(text, LIMITS, 6.0))
    assert verdict.errors == []
    assert verdict.scenario is not None
    assert Scenario.from_json(verdict.scenario) == load_scenario(name)


@pytest.mark.parametrize("buyers", ["1_000_000_000", "1" + "0" * 30, "20_001"])
def test_a_scenario_that_asks_for_too_many_buyers_is_refused_with_the_limit_named(buyers: str) -> None:
    (error,) = errors(changed("buyers = 2000", f"buyers = {buyers}"))
    assert "population.buyers" in error
    assert "20000" in error
    assert "upload_buyers" in error
    assert "ask for less" in error


def test_ties_and_work_have_limits_too() -> None:
    assert "upload_ties" in errors(SHIPPED, ties=1000)[0]
    (error,) = errors(changed("rounds = 8", "rounds = 60").replace("buyers = 2000", "buyers = 20000"), work=10**8)
    assert "upload_work" in error
    greedy = '[[plays]]\nid = "flood"\nside = "campaign"\nname = {en = "x"}\nsummary = {en = "x"}\nmax_level = 5\n' + (
        '[[plays.messages]]\nplatform = "follow"\nreach = "paid"\nsends = 350\nvolume = 5000\n'
    )
    platforms = {platform.id for platform in load_scenario("first_market").platforms}
    found = errors(SHIPPED.replace("buyers = 2000", "buyers = 20000") + greedy.replace("follow", sorted(platforms)[0]))
    assert "upload_work" in found[0]


def _club(degrees: str) -> str:
    name = 'id = "club"\nname.en = "Club"\nrelationship = "permission"'
    return f'{SHIPPED}\n[[platforms]]\n{name}\nnetwork = {{ generator = "configuration_model", degrees = {degrees} }}\n'


def test_a_list_of_numbers_may_be_as_long_as_the_market_is_large() -> None:
    """Whoever hands a scenario in can put no file of degrees beside it."""
    verdict = check(Task(_club(str([2] * 2000)).encode(), LIMITS, 6.0))
    assert verdict.errors == []
    assert verdict.scenario is not None
    assert Scenario.from_json(verdict.scenario).platforms[-1].network is not None
    (error,) = errors(_club(str([2] * 20_001)))
    assert "platforms.network.degrees: has 20001 entries; at most 20000 are read" in error
    (error,) = errors(_club(str([2.0] * 401)))
    assert "platforms.network.degrees: has 401 entries; at most 400 are read (20000 where all are whole" in error


def test_mistakes_are_told_with_line_key_and_remedy() -> None:
    text = changed("buyers = 2000", "byers = 2000")
    line = next(number for number, each in enumerate(text.splitlines(), 1) if "byers" in each)
    assert errors(text) == [
        f"scenario.toml:{line}: population.byers: is not a key that a scenario has here; did you mean 'buyers'?"
    ]


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd",
        "../../../etc/passwd",
        "../pyproject.toml",
        "networks/../../pyproject.toml",
        "http://evil.example/x.toml",
        "\\\\evil\\share\\x.toml",
        "x" * 5000,
        "",
        ".",
        "plays",
    ],
)
def test_no_file_but_the_shipped_ones_is_included(name: str) -> None:
    (error,) = errors(f"include = [{json.dumps(name)}]\n")
    assert "there is no such file" in error or "plays/standard.toml" in error


def test_a_name_that_no_file_can_have_is_told_like_any_other() -> None:
    with pytest.raises(ScenarioErrors, match="there is no such file"):
        parse_scenario(b'include = ["plays/standard.toml\\u0000"]', "mine.toml")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x = " + "[" * 100_000, "nested too deeply"),
        ("x = " + "[" * 50 + "]" * 50, "nested more than 8 deep"),
        ("a" + ".a" * 200 + " = 1", "nested more than 8 deep"),
        ("[" + ".".join("abcdefghijk") + "]", "nested more than 8 deep"),
        ("\n".join(f"k{n} = 1" for n in range(5000)), "at most 400 are read"),
        ("\n".join("[[topics]]" for _ in range(5000)), "at most 400 are read"),
        (f"include = {['plays/standard.toml'] * 300}", "at most 20"),
        ("include = 3", "must be a list of file names"),
        ("x = 1\nx = 2", "is not valid TOML"),
        (b"\xff\xfe", "is not UTF-8"),
        ("", "is missing; add it"),
        ("id = 3\n" * 1, "id"),
        ("x = nan\ny = 99999999999999999999999999999999\nz = 1e999", "is not a key"),
        ('title = {en = "' + "x" * 100_000 + '"}', "at most 4000"),
        ("population = 3", "population"),
    ],
)
def test_shapes_that_no_scenario_has_are_refused_in_words(text: str | bytes, says: str) -> None:
    found = errors(text)
    assert any(says in error for error in found), found
    assert len(found) <= MOST_ERRORS


@pytest.mark.parametrize("character", ["\\u202e", "\\u0007", "\\u2066", "\\u3164", "\\U000E0001"])
def test_texts_with_hidden_characters_are_not_handed_in(character: str) -> None:
    (error,) = errors(changed('en = "The first market"', f'en = "The {character}first market"'))
    assert f"U+{int(character[2:], 16):04X}" in error


def test_a_line_that_no_pattern_should_chew_on_for_long_is_read_at_once() -> None:
    assert errors("x = [\n[" + " " * 100_000 + "\n1]]") != []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows limits no processor time: there the clock decides")
def test_a_process_that_used_its_processor_time_up_is_ended() -> None:
    code = "from townsquare_server.upload_check import limit_processor_time as limit\nlimit(1)\nwhile True: pass"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=120)
    assert -ended.returncode in {signal.SIGXCPU, signal.SIGKILL}
