"""`townsquare scenarios`: listed, shown and checked, with the place of each mistake."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

from townsquare_server.cli import main

sys.path.insert(0, str(Path(__file__).parents[1]))
from serving import short_scenario


def test_scenarios_are_listed_shown_and_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scenarios", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert "first_market" in [one["id"] for one in listed]
    assert main(["scenarios", "list"]) == 0
    assert "first_market" in capsys.readouterr().out
    assert main(["scenarios", "show", "first_market"]) == 0
    assert json.loads(capsys.readouterr().out)["id"] == "first_market"
    assert main(["scenarios", "schema"]) == 0
    assert "vendors" in json.loads(capsys.readouterr().out)["properties"]
    good, bad = short_scenario(tmp_path), tmp_path / "bad.toml"
    bad.write_text(good.read_text(encoding="utf-8").replace("buyers = 120", "buyers = -1"), encoding="utf-8")
    assert main(["scenarios", "check", str(good)]) == 0
    assert main(["scenarios", "check", str(good), str(bad)]) == 1
    assert re.search(r"bad\.toml:\d+: .*buyers", capsys.readouterr().err)
