"""The written documents say what the code says: their tables are those that the model gives today."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from townsquare_agents.parameters import Mechanisms, Parameters
from townsquare_agents.scenario_parts import LEVERS, Capacity, MessageSpec, Platform
from townsquare_research.document_tables import TABLES
from townsquare_research.model_document import fill, main

pytestmark = pytest.mark.small
ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
WRITTEN = tuple(path for name in ("model.md", "scenarios.md") if (path := DOCS / name).exists())
REMEDY = "run: python -m townsquare_research.model_document docs/model.md docs/scenarios.md"


def _asked_for(text: str) -> list[str]:
    return re.findall(r"<!-- generated: ([a-z_]+) -->", text)


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.name)
def test_the_committed_document_is_current(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert _asked_for(text)
    assert fill(text) == text, REMEDY


def test_every_table_stands_in_a_document() -> None:
    used = {name for path in WRITTEN for name in _asked_for(path.read_text(encoding="utf-8"))}
    assert used == set(TABLES)


def test_only_tables_are_written_anew(tmp_path: Path) -> None:
    path = tmp_path / "document.md"
    path.write_text("Mine.\n<!-- generated: stages -->\nold\n<!-- end -->\nMine too.\n", encoding="utf-8")
    assert main([str(path)]) == 0
    text = path.read_text(encoding="utf-8")
    assert "old" not in text
    assert "`UNAWARE`" in text
    assert text.startswith("Mine.\n")
    assert text.endswith("<!-- end -->\nMine too.\n")
    assert fill(text) == text


def test_a_table_that_nobody_makes_is_named() -> None:
    with pytest.raises(KeyError, match="there is no table 'weather'"):
        fill("<!-- generated: weather -->\n<!-- end -->")


def _prose(first: str, last: str) -> str:
    """Return what people wrote from one section up to another, without the tables that the model writes."""
    text = (DOCS / "model.md").read_text(encoding="utf-8")
    section = text[text.index(f"\n## {first}. ") : text.index(f"\n## {last}. ")]
    return re.sub(r"<!-- generated: .*?<!-- end -->", "", section, flags=re.DOTALL)


def _written(name: str, text: str) -> bool:
    """Say whether a name stands somewhere by itself, with or without its group, in words or as it is in the code."""
    return any(re.search(rf"(?<![a-z]){re.escape(form)}(?![a-z_])", text) for form in (name, name.replace("_", " ")))


def test_every_file_that_the_prose_names_is_there() -> None:
    named = set(re.findall(r"`((?:\w+/)*\w+\.py)`", _prose("1", "8")))
    there = [path.as_posix() for folder in ("agents", "research", "tests") for path in (ROOT / folder).rglob("*.py")]
    assert len(named) > 30
    assert [name for name in sorted(named) if not any(path.endswith(f"/{name}") for path in there)] == []


def test_every_switch_has_its_place_among_the_submodels() -> None:
    text = _prose("7", "8")
    lacking = [name for name in Mechanisms.model_fields if f"`{name}`" not in text]
    assert lacking == []


def test_every_parameter_has_its_place_in_an_equation_or_a_sentence() -> None:
    text = _prose("5", "8")
    names = [f"{g}.{n}" for g, field in Parameters() for n in type(field).model_fields]
    lacking = [name for name in names if not _written(name.partition(".")[2], text)]
    assert lacking == []


def test_every_capacity_of_a_play_and_attribute_of_a_message_has_its_place() -> None:
    text = _prose("2", "8")
    named = [*Capacity.model_fields, *MessageSpec.model_fields]
    assert [name for name in named if not _written(name, text)] == []
    relationships = get_args(Platform.model_fields["relationship"].annotation)
    gates = get_args(Platform.model_fields["gate"].annotation)
    assert [word for word in (*relationships, *gates, *LEVERS) if not _written(word, text)] == []
