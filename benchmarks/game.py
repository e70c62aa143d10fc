"""Measure whole games and the market's tick: ``uv run benchmarks/game.py``."""

from __future__ import annotations

import argparse
import json
import sys

from townsquare_research.bench_game import POPULATIONS, run_game_benchmark


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--buyers", type=int, nargs="+", default=list(POPULATIONS))
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    options = parser.parse_args()
    result = run_game_benchmark(
        options.buyers, repeats=options.repeats, progress=lambda text: print(text, file=sys.stderr)
    )
    print(json.dumps(result.to_json(), indent=1) if options.json else result.to_markdown())


if __name__ == "__main__":
    main()
