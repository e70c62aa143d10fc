"""`townsquare play`: one whole game without a server, computer players against each other."""

from __future__ import annotations

import argparse
import json
import os
from typing import TYPE_CHECKING

from townsquare_server.quick_start import quick_start
from townsquare_server.shell_errors import SettingsError

if TYPE_CHECKING:
    from townsquare_research.game import GameResult

COLUMNS = {
    "reach": "reach",
    "likes": "likes",
    "followers": "followers",
    "trust": "trust",
    "customers": "customers",
    "spend": "spend",
    "customer_equity": "equity",
}
"""What the table shows: it fits a terminal of 80 columns; --json has everything."""


def run(options: argparse.Namespace) -> int:
    """Play and print."""
    policies = dict(_policy(text) for text in options.policy)
    if options.threads is not None:
        if options.threads < 1:
            raise SettingsError("--threads", "threads", f"{options.threads} threads cannot compute; give 1 or more")
        os.environ["NUMBA_NUM_THREADS"] = str(options.threads)  # read once, when the kernels are imported
    quick_start()
    from townsquare_agents.scenario import load_scenario

    scenario = load_scenario(options.scenario)  # mistakes are told before anything heavy is loaded
    from townsquare_research.game import play_game

    result = play_game(scenario, policies, seed=options.seed)
    if options.json:
        print(json.dumps(result.to_json(), ensure_ascii=False))
    else:
        _print_table(result, scenario.title["en"])
    return 0


def _policy(text: str) -> tuple[str, str]:
    vendor, equals, name = text.partition("=")
    if not (vendor and equals and name):
        raise SettingsError("--policy", text, "is not VENDOR=NAME, such as A=campaign")
    return vendor, name


def _print_table(result: GameResult, title: str) -> None:
    from rich.console import Console
    from rich.table import Table

    head = f"{title}: {len(result.rounds)} rounds, seed {result.seed}"
    table = Table("vendor", "policy", title=head, caption=f"digest {result.digest}", box=None, padding=(0, 1, 0, 0))
    for heading in COLUMNS.values():
        table.add_column(heading, justify="right", no_wrap=True)
    for vendor, metrics in result.final.items():
        figures = (_figure(metrics[column]) for column in COLUMNS)
        table.add_row(result.names[vendor], result.policies[vendor], *figures)
    Console().print(table)


def _figure(value: float) -> str:
    return f"{value:.3f}" if abs(value) < 10 and value != int(value) else f"{value:,.0f}".replace(",", " ")
