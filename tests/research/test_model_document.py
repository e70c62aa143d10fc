"""The written documents say what the code says: their tables are those that the model gives today."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from townsquare_research.document_tables import TABLES
from townsquare_research.model_document import fill, main

pytestmark = pytest.mark.small
DOCS = Path(__file__).resolve().parents[2] / "docs"
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
