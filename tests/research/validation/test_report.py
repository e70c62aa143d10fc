"""A quick report is complete, the same each time, and tells how far it has come."""

from __future__ import annotations

import pytest

from townsquare_agents.compiled import JIT_DISABLED
from townsquare_agents.scenario import load_scenario
from townsquare_research.validation.report import EXACT, SCENARIO, steps, validate


@pytest.mark.skipif(JIT_DISABLED, reason="plays games")
def test_a_quick_report() -> None:
    scenario = load_scenario(SCENARIO)
    told: list[str] = []
    report = validate(True, told.append, scenario)
    assert len(told) == steps(True, scenario)
    assert list(report.rows) == list(EXACT)
    assert report.exact_failures == []
    assert report.screenings == {}
    names = [fact.name for fact in report.facts]
    assert len(set(names)) == len(names) == 9
    assert validate(True, scenario=scenario).to_json() == report.to_json()


def test_a_full_report_counts_its_screening_in() -> None:
    scenario = load_scenario(SCENARIO)
    assert steps(False, scenario) > 1000 > steps(True, scenario)
