"""`townsquare validate`: a table, one JSON object, the document; exit code 1 only for what holds exactly."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from townsquare_agents.compiled import JIT_DISABLED
from townsquare_research.validation import exact_models
from townsquare_server.cli import main

needs_jit = pytest.mark.skipif(JIT_DISABLED, reason="plays games")


@needs_jit
def test_a_quick_run_prints_and_writes_what_it_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = tmp_path / "validation.md"
    assert main(["validate", "--quick", "--json", "--out", str(document)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["quick"] is True
    text = document.read_text(encoding="utf-8")
    assert text.startswith("# Validation\n")
    for fact in found["facts"]:
        assert f"### {fact['name']}: {fact['verdict']}\n" in text


@needs_jit
def test_an_exact_result_that_fails_is_exit_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(exact_models, "shapley", exact_models.leave_one_out)
    assert main(["validate", "--quick"]) == 1
    shown = capsys.readouterr().out
    assert "[k(k" in shown  # not taken for markup
    assert "fail" in shown


def test_a_place_that_does_not_exist_is_told_before_anything_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["validate", "--out", str(tmp_path / "nowhere" / "x.md")]) == 2
    assert "there is no folder" in capsys.readouterr().err
