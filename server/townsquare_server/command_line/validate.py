"""`townsquare validate`: what must be true of the model, measured again; with --out, the document that says so.

Exit code 1 when a result fails that holds exactly; stylised facts that fail are reported and change nothing.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from townsquare_server.shell_errors import SettingsError

if TYPE_CHECKING:
    from townsquare_research.validation.report import Report


def run(options: argparse.Namespace) -> int:
    """Measure, write, print."""
    if options.out is not None and not options.out.parent.is_dir():
        raise SettingsError("--out", str(options.out), f"cannot be written: there is no folder {options.out.parent}")
    # no quick start: code that runs for minutes is worth compiling well
    from townsquare_agents.scenario import load_scenario
    from townsquare_research.validation.document import to_markdown
    from townsquare_research.validation.report import SCENARIO, steps, validate

    scenario = load_scenario(SCENARIO)
    with _bar(steps(options.quick, scenario)) as advance:
        report = validate(options.quick, advance, scenario)
    if options.out is not None:
        options.out.write_text(to_markdown(report), encoding="utf-8", newline="\n")
    if options.json:
        print(json.dumps(report.to_json(), ensure_ascii=False))
    else:
        _print(report)
    return 1 if report.exact_failures else 0


@contextlib.contextmanager
def _bar(total: int) -> Iterator[Callable[[str], None]]:
    """Show a progress bar on stderr, if somebody is there to see it."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, disable=not sys.stderr.isatty(), transient=True) as progress:
        task = progress.add_task("exact results", total=total)
        yield lambda what: progress.update(task, advance=1, description=what)


def _print(report: Report) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console()
    table = Table("exact result", "expected", "found", "s.e.", "verdict", box=None, padding=(0, 1, 0, 0))
    for rows in report.rows.values():
        for row in rows:
            error = f"{row.error:.2g}" if row.error else ""
            table.add_row(escape(row.quantity), f"{row.expected:.6g}", f"{row.found:.6g}", error, str(row.verdict))
    console.print(table)
    facts = Table("stylised fact", "found (95 % interval)", "verdict", box=None, padding=(0, 1, 0, 0))
    for fact in report.facts:
        facts.add_row(fact.name, f"{fact.interval:.3g}", str(fact.verdict))
    console.print()
    console.print(facts)
    for name, found in report.screenings.items():
        first = ", ".join(found.factors[index].name for index in found.ranked("equity_gap")[:5])
        console.print(f"\nscreening ({name}): the equity gap rests most on {first}")
