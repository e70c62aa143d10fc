"""`townsquare scenarios`: list, show and check scenarios, print their schema."""

from __future__ import annotations

import argparse
import json
import sys

from townsquare_agents.errors import ScenarioError
from townsquare_agents.scenario import Scenario, json_schema, load_scenario, shipped_scenarios


def run(options: argparse.Namespace) -> int:
    """Carry out one of the actions."""
    match options.action:
        case "list":
            return _list(as_json=options.json)
        case "show":
            print(json.dumps(json.loads(load_scenario(options.scenario).to_json()), indent=2, ensure_ascii=False))
        case "check":
            return _check(options.scenarios)
        case _:
            print(json.dumps(json_schema(), indent=2, ensure_ascii=False))
    return 0


def _summary(scenario: Scenario) -> dict[str, object]:
    return {
        "id": scenario.id,
        "title": scenario.title["en"],
        "buyers": scenario.population.buyers,
        "vendors": len(scenario.vendors),
        "rounds": scenario.calendar.rounds,
        "digest": scenario.digest,
    }


def _list(*, as_json: bool) -> int:
    found = [_summary(load_scenario(path)) for path in shipped_scenarios()]
    if as_json:
        print(json.dumps(found, indent=2, ensure_ascii=False))
        return 0
    from rich.console import Console
    from rich.table import Table

    table = Table("scenario", "title", "buyers", "vendors", "rounds", box=None)
    for one in found:
        table.add_row(*(str(one[key]) for key in ("id", "title", "buyers", "vendors", "rounds")))
    Console().print(table)
    return 0


def _check(sources: list[str]) -> int:
    mistaken = False
    for source in sources:
        try:
            scenario = load_scenario(source)
        except ScenarioError as error:
            mistaken = True
            print(error, file=sys.stderr)
        else:
            print(f"{source}: {scenario.id} is in order, digest {scenario.digest}")
    return 1 if mistaken else 0
