"""The server under load: real clients over real sockets, in processes of their own, on the same machine.

    uv run benchmarks/server_load.py          # about eight minutes; exit code 1 when a target is missed
    uv run benchmarks/server_load.py --only "200 players"

Law: what is measured is what clients feel (`townsquare bots`); processor time of server and clients is told apart,
because they share the machine.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from townsquare_agents.paths import scenarios_folder

HERE = Path(__file__).resolve().parent
SCENARIO_SECONDS, TICKS = 24, 28  # of a round of the shipped scenario
TEN_A_SECOND = str(round(100 * SCENARIO_SECONDS * 10 / TICKS))
LOADS = {
    "200 players": ["--rooms", "1", "--count", "200", "--rounds", "4", "--speed", "300"],
    "500 players": ["--rooms", "1", "--count", "500", "--rounds", "3", "--speed", "300"],
    "20 rooms of 20": ["--rooms", "20", "--count", "20", "--rounds", "3", "--speed", "300"],
    "ticks alone": ["--rooms", "20", "--count", "1", "--rounds", "3", "--speed", "300"],
    "long ticks": ["--rooms", "1", "--count", "8", "--scenario", "long_ticks"],
    "1000 spectators": ["--rooms", "1", "--count", "8", "--spectators", "1000", "--speed", TEN_A_SECOND],
}
LONG_TICKS = {"buyers = 2000": "buyers = 200000", "rounds = 8": "rounds = 2"}
"""A hundred times the buyers: a tick takes so long that the loop is asked many times while it is computed."""
ACKNOWLEDGED_MS, RESULTS_MS, LOOP_RATIO = 150.0, 1000.0, 1.5
IDLE_SECONDS = 10.0


class Server:
    """A measured server."""

    def __init__(self, *scenarios: str) -> None:
        command = [sys.executable, str(HERE / "measured_server.py"), *scenarios]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{self._line().removeprefix('port ')}"

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline().strip()
        if not line:
            raise RuntimeError(f"the server ended early (exit code {self._process.wait()})")
        return line

    def stats(self) -> dict[str, Any]:
        """Return what the server measured since it was last asked."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        found: dict[str, Any] = json.loads(self._line())
        return found

    def stop(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()


@contextlib.contextmanager
def server(*scenarios: str) -> Iterator[Server]:
    running = Server(*scenarios)
    try:
        yield running
    finally:
        running.stop()


def bots(url: str, arguments: list[str]) -> dict[str, Any]:
    """Let bots play; return their report."""
    command = [sys.executable, "-m", "townsquare_server.cli", "bots", url, "--json", *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if not done.stdout.strip():
        raise RuntimeError("the bots reported nothing; their own lines say why")
    report: dict[str, Any] = json.loads(done.stdout)
    return {**report, "exit_code": done.returncode}


def variant(folder: Path, id: str, changes: dict[str, str]) -> str:
    """Write the shipped scenario with some lines changed, under another name; return its path."""
    text = (scenarios_folder() / "first_market.toml").read_text(encoding="utf-8")
    for old, new in {'id = "first_market"': f'id = "{id}"', **changes}.items():
        text = text.replace(old, new, 1)
    path = folder / f"{id}.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def run(wanted: list[str]) -> dict[str, Any]:
    """Put one load after another on one server."""
    with tempfile.TemporaryDirectory() as folder, server(variant(Path(folder), "long_ticks", LONG_TICKS)) as running:
        running.stats()
        time.sleep(IDLE_SECONDS)
        found: dict[str, Any] = {"idle": {"server": running.stats()}}
        for name in wanted:
            print(name, file=sys.stderr, flush=True)
            report = bots(running.url, LOADS[name])
            found[name] = {"clients": report, "server": running.stats()}
    return found


def missed(found: dict[str, Any]) -> list[str]:
    """Return the targets that were missed, in words."""
    words = []
    for name, row in found.items():
        clients = row.get("clients")
        if clients is None:
            continue
        if clients["exit_code"] != 0:
            words.append(f"{name}: not everybody played to the end, or frames were lost")
        acknowledged, results = clients["acknowledged_ms"], clients["results_after_round_ms"]
        if name != "500 players" and acknowledged["p95"] > ACKNOWLEDGED_MS:
            words.append(f"{name}: p95 of acknowledgements {acknowledged['p95']} ms, wanted {ACKNOWLEDGED_MS:g}")
        if results["largest"] > RESULTS_MS:
            words.append(f"{name}: results after {results['largest']} ms, wanted {RESULTS_MS:g}")
        if clients["missed_spectator_frames"]:
            words.append(f"{name}: {clients['missed_spectator_frames']} frames were left out for spectators")
    idle = found["idle"]["server"]["loop_p99_ms"]
    lag = found["long ticks"]["server"]["loop_p99_computing_ms"] if "long ticks" in found else None
    if lag is not None and lag > LOOP_RATIO * idle:
        ratio = f"{lag / idle:.2f} times, wanted {LOOP_RATIO:g}"
        words.append(f"loop p99 while a tick is computed {lag} ms, idle {idle} ms: {ratio}")
    return words


def table(found: dict[str, Any]) -> str:
    heads = (
        "ack p50",
        "p95",
        "p99",
        "results",
        "tick p95",
        "frames/s",
        "server",
        "clients",
        "MB",
        "loop p99",
        "in ticks",
        "computing",
    )
    lines = [f"{'':18}" + "".join(f"{head:>10}" for head in heads)]
    for name, row in found.items():
        own, clients = row["server"], row.get("clients")
        cells: list[object] = [""] * 6
        if clients is not None:
            late = clients["spectator_delay_ms"] or clients["tick_delay_ms"]
            acknowledged = clients["acknowledged_ms"]
            cells = [acknowledged["p50"], acknowledged["p95"], acknowledged["p99"]]
            cells += [clients["results_after_round_ms"]["largest"], late["p95"]]
            cells.append(round(clients["messages"] / clients["seconds"]))
        cells += [f"{100 * own['cpu_seconds'] / own['seconds']:.0f} %"]
        cells += ["" if clients is None else f"{100 * clients['client_cpu_seconds'] / clients['seconds']:.0f} %"]
        cells += [
            own["megabytes"],
            own["loop_p99_ms"],
            own["loop_p99_in_ticks_ms"] or "",
            own["loop_p99_computing_ms"] or "",
        ]
        lines.append(f"{name:18}" + "".join(f"{cell!s:>10}" for cell in cells))
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", choices=list(LOADS), help="one load; may be repeated")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args()
    found = run(options.only or list(LOADS))
    if options.json:
        print(json.dumps(found, indent=1))
    else:
        print(f"{os.cpu_count()} cores for server and clients; times in ms, server and clients in per cent of a core")
        print(table(found))
    words = missed(found)
    for line in words:
        print(f"missed: {line}", file=sys.stderr)
    return 1 if words else 0


if __name__ == "__main__":
    sys.exit(main())
