"""Whether memory stays flat: rooms are opened, played to their end and left again and again, over broken lines.

    uv run benchmarks/soak.py --minutes 60 --rooms 4 --guests 20

Law: what the server holds is read between games, when every room is closed and everybody has gone, after a collection
of garbage. The slope is that of the second half: the first fills pools and caches.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from server_load import Server, bots, server, variant

SHORT = {"rounds = 8": "rounds = 3", "buyers = 2000": "buyers = 500"}
MOST_SLOPE = 10.0
"""Megabytes an hour that count as flat: a server that runs a week may hold a gigabyte more."""
SETTLE_SECONDS = 2.0


def play(running: Server, options: argparse.Namespace, number: int) -> dict[str, float]:
    """Play one batch of games; return what the server holds when all have gone."""
    arguments = ["--rooms", options.rooms, "--count", options.guests, "--spectators", 2, "--scenario", "soak"]
    arguments += ["--speed", 1000, "--think", 0.5, "--drop", 8, "--seed", number]
    report = bots(running.url, [str(argument) for argument in arguments])
    if report["exit_code"] != 0:
        print(f"batch {number}: {report['finished']} of {report['joined']} played to the end", file=sys.stderr)
    time.sleep(SETTLE_SECONDS)
    return {**running.stats(), "reconnects": report["reconnects"]}


def slope(minutes: list[float], megabytes: list[float]) -> float:
    """Return megabytes an hour over the second half."""
    half = len(minutes) // 2
    if len(minutes) - half < 2:
        return 0.0
    return float(np.polyfit(minutes[half:], megabytes[half:], 1)[0]) * 60


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--rooms", type=int, default=4, help="rooms at a time")
    parser.add_argument("--guests", type=int, default=20, help="guests in each")
    options = parser.parse_args()
    minutes: list[float] = []
    held: list[float] = []
    rooms = reconnects = 0
    with tempfile.TemporaryDirectory() as folder, server(variant(Path(folder), "soak", SHORT)) as running:
        begun = time.monotonic()
        print(f"{'minute':>7}{'rooms':>7}{'back':>7}{'MB':>9}{'objects':>10}{'tasks':>7}", flush=True)
        while not minutes or minutes[-1] < options.minutes:
            found = play(running, options, len(minutes))
            rooms, reconnects = rooms + options.rooms, reconnects + int(found["reconnects"])
            minutes.append((time.monotonic() - begun) / 60)
            held.append(found["megabytes"])
            print(
                f"{minutes[-1]:7.1f}{rooms:7}{reconnects:7}{held[-1]:9.1f}{found['objects']:10}{found['tasks']:7}",
                flush=True,
            )
    grown = slope(minutes, held)
    print(f"second half: {grown:+.1f} MB an hour (flat: at most {MOST_SLOPE:g})")
    return 1 if grown > MOST_SLOPE else 0


if __name__ == "__main__":
    sys.exit(main())
