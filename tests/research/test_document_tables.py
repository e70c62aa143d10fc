"""Every parameter, switch, variable and shipped thing has its row, filled from the code."""

from __future__ import annotations

from pathlib import Path

import pytest

from townsquare_agents.kernels import tables
from townsquare_agents.parameters import Mechanisms, Parameters
from townsquare_agents.scenario import load_scenario
from townsquare_research.document_tables import TABLES
from townsquare_research.document_tables.cells import markdown, number

pytestmark = pytest.mark.small
DOCS = Path(__file__).resolve().parents[2] / "docs"


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


def test_numbers_are_written_as_people_write_them() -> None:
    assert [number(value) for value in (1e9, 0.1, 60_000, 1e-7, True)] == [
        "1 000 000 000",
        "0.1",
        "60 000",
        "1e-07",
        "yes",
    ]


def test_no_table_is_empty() -> None:
    for name, table in TABLES.items():
        lines = table().splitlines()
        assert lines[0].strip(), name
        if lines[0].startswith("|"):
            assert len(lines) > 2, name
            assert len({line.replace("\\|", "").count("|") for line in lines}) == 1, name


def test_a_cell_cannot_break_a_table() -> None:
    assert markdown(("a", "b"), [("x|y", "")]).splitlines()[-1] == "| x\\|y | - |"
