"""`townsquare bench`: how fast diffusion and the market are on this machine, beside its roof and other libraries."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from typing import Any, Protocol

from townsquare_server.shell_errors import SettingsError


class Result(Protocol):
    """What a benchmark returns."""

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""

    def to_markdown(self) -> str:
        """Return tables."""


def run(options: argparse.Namespace) -> int:
    """Measure and print; what is measured shows as it goes."""
    if options.repeats < 1:
        raise SettingsError("--repeats", "repeats", f"{options.repeats} turns measure nothing; give 1 or more")
    for size in options.sizes or ():
        if size < 100:
            raise SettingsError("--sizes", "sizes", f"{size} is too small to measure; give 100 or more")
    from rich.console import Console

    console = Console(stderr=True)
    with console.status("") as status:
        every = ("diffusion", "game") if options.what == "all" else (options.what,)
        results = {what: _measure(what, options, lambda text: status.update(f"measuring {text}")) for what in every}
    if not options.json:
        print("\n".join(result.to_markdown() for result in results.values()))
    elif len(results) == 1:
        print(json.dumps(results[options.what].to_json(), indent=1))
    else:
        print(json.dumps({what: result.to_json() for what, result in results.items()}, indent=1))
    return 0


def _measure(what: str, options: argparse.Namespace, progress: Callable[[str], None]) -> Result:
    if what == "game":
        from townsquare_research import bench_game

        return bench_game.run_game_benchmark(
            options.sizes or bench_game.POPULATIONS, repeats=options.repeats, progress=progress
        )
    from townsquare_research import bench

    return bench.run_diffusion_benchmark(
        options.sizes or bench.SIZES, repeats=options.repeats, peers=not options.no_peers, progress=progress
    )
