"""The written documents say what the code says: their tables are those that the model gives today."""

from __future__ import annotations

from pathlib import Path

import pytest

from townsquare_agents.kernels import tables
from townsquare_agents.parameters import Mechanisms, Parameters
from townsquare_agents.scenario import load_scenario
from townsquare_research.document_tables import TABLES, number
from townsquare_research.model_document import fill, main, names_used

pytestmark = pytest.mark.small
DOCS = Path(__file__).resolve().parents[2] / "docs"
WRITTEN = tuple(path for name in ("model.md", "scenarios.md") if (path := DOCS / name).exists())
REMEDY = "run: python -m townsquare_research.model_document docs/model.md docs/scenarios.md"


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.name)
def test_the_committed_document_is_current(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert names_used(text)
    assert fill(text) == text, REMEDY


def test_every_table_stands_in_a_document() -> None:
    used = {name for path in WRITTEN for name in names_used(path.read_text(encoding="utf-8"))}
    assert used == set(TABLES)


def test_every_parameter_and_switch_is_described() -> None:
    text = (DOCS / "model.md").read_text(encoding="utf-8")
    for group, model in Parameters():
        for name in type(model).model_fields:
            assert f"`{group}.{name}`" in text
    for name in Mechanisms.model_fields:
        row = next(line for line in text.splitlines() if line.startswith(f"| `mechanisms.{name}`"))
        assert ".py" in row, f"nothing reads the switch {name}"


def test_every_variable_and_shipped_thing_is_described() -> None:
    text = (DOCS / "model.md").read_text(encoding="utf-8")
    for dtype in (tables.BUYER, tables.RELATION, tables.ACCOUNT, tables.VENDOR, tables.PLATFORM, tables.MESSAGE):
        for name in dtype.names or ():
            assert f"| `{name}` |" in text
    whole = load_scenario("whole_square")
    for item in (*whole.plays, *whole.platforms, *whole.archetypes, *whole.events):
        assert f"| `{item.id}` |" in text


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


def test_numbers_are_written_as_people_write_them() -> None:
    assert [number(value) for value in (1e9, 0.1, 60_000, 1e-7, True)] == [
        "1 000 000 000",
        "0.1",
        "60 000",
        "1e-07",
        "yes",
    ]
