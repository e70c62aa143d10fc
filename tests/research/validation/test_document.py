"""The document says what the report says: failing rows are printed as failing, and the committed one is not stale."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

import numpy as np

from townsquare_agents.scenario import load_scenario
from townsquare_research.sensitivity import OUTCOMES, Factor, Screening
from townsquare_research.validation.document import to_markdown
from townsquare_research.validation.findings import Fact, Interval, Verdict, estimated, exactly
from townsquare_research.validation.randomness import Battery
from townsquare_research.validation.report import EXACT, FULL, SCENARIO, Report

COMMITTED = Path(__file__).parents[3] / "docs" / "validation.md"


def report() -> Report:
    interval = Interval(math.nan, -math.inf, math.inf)
    factors = tuple(Factor(f"group.{name}", 0, 1, 0.5, "1", source) for name, source in (("a", "assumed"), ("b", "X")))
    effects = np.zeros((2, 2, len(OUTCOMES)))
    effects[:, 0, :] = [[3.0], [-1.0]]
    return Report(
        quick=False,
        scenario="first_market",
        digest="d" * 32,
        rows={"Section": [exactly("wrong", 1, 2), estimated("noisy | pipe", 1, 1, 0.5)]},
        battery=Battery(("tick from 0", "tick from 9"), ("ones",), np.array([[0.25, 0.00001]])),
        facts=[Fact("Fact", "Source 2000", "claim", "measure", "1 to 2", interval, Verdict.UNRESOLVED, ("a detail",))],
        screenings={"near": Screening(factors, OUTCOMES, effects)},
        sizes=FULL,
    )


def test_what_fails_is_printed_as_failing() -> None:
    text = to_markdown(report())
    assert "- Exact results: 0 pass, 1 fail, 1 unresolved." in text
    assert "| wrong | 1 | 2 |  | **fail** |" in text
    assert "noisy \\| pipe" in text
    assert "| Fact | Source 2000 | nothing | 1 to 2 | **unresolved** |" in text
    assert "| 1 | `group.a` | 0 - 1 1 | 0.5 | **assumed** | 2 | 1 | 2.8284" in text
    assert "100 % of the sum" in text
    assert "| test | tick from 0 | tick from 9 |" in text
    assert "| ones | 0.250 | 1.0e-05 |" in text
    assert "Changed no outcome in any trajectory, exactly: `group.b`." in text


def test_the_report_is_plain_json() -> None:
    data = json.loads(json.dumps(report().to_json(), allow_nan=False))
    assert data["facts"][0]["interval"] == {"found": None, "low": None, "high": None}
    assert data["exact"]["Section"][0]["verdict"] == "fail"
    assert data["screenings"]["near"]["idle"] == ["group.b"]
    assert len(report().exact_failures) == 1


def test_the_committed_document_is_of_the_shipped_scenario() -> None:
    """When this fails, run `townsquare validate --out docs/validation.md` (some minutes) and read what has changed."""
    text = COMMITTED.read_text(encoding="utf-8")
    assert f"digest `{load_scenario(SCENARIO).digest}`" in text.replace("\n", " ")
    assert [name for name in EXACT if f"### {name}\n" not in text] == []
    assert "quick run" not in text
    assert re.search(r"- Exact results: \d+ pass, 0 fail", text)
