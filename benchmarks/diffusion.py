"""Measure diffusion beside the machine's roof and other libraries: ``uv run --group bench benchmarks/diffusion.py``."""

from __future__ import annotations

import argparse
import json
import sys

from townsquare_research.bench import SIZES, run_diffusion_benchmark


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), metavar="NODES")
    parser.add_argument("--repeats", type=int, default=7, help="turns that everybody takes")
    parser.add_argument("--no-peers", action="store_true", help="leave other libraries out")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    options = parser.parse_args()
    result = run_diffusion_benchmark(
        options.sizes,
        repeats=options.repeats,
        peers=not options.no_peers,
        progress=lambda text: print(text, file=sys.stderr),
    )
    print(json.dumps(result.to_json(), indent=1) if options.json else result.to_markdown())


if __name__ == "__main__":
    main()
