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
        result = _measure(options, lambda text: status.update(f"measuring {text}"))
    print(json.dumps(result.to_json(), indent=1) if options.json else result.to_markdown())
    return 0


def _measure(options: argparse.Namespace, progress: Callable[[str], None]) -> Result:
    if options.what == "game":
        from townsquare_research import bench_game

        return bench_game.run_game_benchmark(
            options.sizes or bench_game.POPULATIONS, repeats=options.repeats, progress=progress
        )
    from townsquare_research import bench

    return bench.run_diffusion_benchmark(
        options.sizes or bench.SIZES, repeats=options.repeats, peers=not options.no_peers, progress=progress
    )
