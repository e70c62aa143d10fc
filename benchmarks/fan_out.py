"""What one delivery costs: one frame to many connections, by us and by others, in turns on one machine.

    uv run benchmarks/fan_out.py              # a minute; exit code 1 when a target is missed

Law: every sender writes frames of the same size to as many connections, and only its own processor time counts. What
receives is one small program in C, the same for all. The senders take turns, and the median of a turn's ratios counts.
Who cannot be had here (a C compiler, npm) is left out, with words.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
PEERS = HERE / "fan_out_peers"
COLYSEUS = ("@colyseus/core@0.18.17", "@colyseus/ws-transport@0.18.4", "@colyseus/schema@5.0.8")
JOIN_ROOM = "0a"  # what a client of Colyseus says when it is ready
WANTED = {"broadcast": 0.67, "asyncio": 1.15, "colyseus": 0.90}
"""Our processor time as a share of theirs, at most."""
FRAMES_A_TURN = 10


class Sender:
    """A sender and the connections it writes to."""

    def __init__(self, name: str, command: list[str], folder: Path, drain: Path, clients: int, size: int) -> None:
        self.name, self._clients, self._size = name, clients, size
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self._sender = subprocess.Popen(command, cwd=folder, **pipes)  # type: ignore[call-overload]
        port = self._read(self._sender).removeprefix("port ")
        own_paths = name == "colyseus"
        paths = [self._read(self._sender) if own_paths else "/ws" for _ in range(clients)]
        hello = JOIN_ROOM if own_paths else "-"
        self._drain = subprocess.Popen([str(drain), port, str(clients), hello], **pipes)  # type: ignore[call-overload]
        self._say(self._drain, "\n".join(paths))
        assert self._read(self._drain) == "ready"

    def turn(self, frames: int) -> float:
        """Send so many frames to all; return the microseconds of a delivery."""
        self._say(self._drain, "z")
        assert self._read(self._drain) == "zero"
        self._say(self._sender, str(frames))
        seconds = float(self._read(self._sender))
        self._say(self._drain, str(frames * self._size))
        assert self._read(self._drain) == "done"
        return seconds * 1e6 / (frames * self._clients)

    def _say(self, process: subprocess.Popen[str], line: str) -> None:
        assert process.stdin is not None
        process.stdin.write(line + "\n")
        process.stdin.flush()

    def _read(self, process: subprocess.Popen[str]) -> str:
        assert process.stdout is not None
        line = process.stdout.readline().strip()
        if not line:
            raise RuntimeError(f"{self.name} ended early (exit code {process.wait()})")
        return line

    def stop(self) -> None:
        for process in (self._drain, self._sender):
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()  # type: ignore[union-attr]


def compile_c(folder: Path, name: str) -> Path:
    """Compile one of the programs in C."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None or sys.platform != "linux":
        raise RuntimeError("a C compiler on Linux is needed for what receives; there is none here")
    target = folder / name
    subprocess.run([compiler, "-O2", "-o", target, PEERS / f"{name}.c"], check=True)
    return target


def install_colyseus(folder: Path) -> Path:
    """Install Colyseus into a folder that is thrown away."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise RuntimeError("npm or node is not here")
    (folder / "package.json").write_text('{"private": true, "type": "module"}', encoding="utf-8")
    command = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--silent", *COLYSEUS]
    if subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode != 0:
        raise RuntimeError("npm could not install it")
    shutil.copy(PEERS / "colyseus.mjs", folder)
    return folder / "colyseus.mjs"


@contextlib.contextmanager
def senders(clients: int, size: int, *, without_colyseus: bool) -> Iterator[list[Sender]]:
    """All that can be had, each with its connections."""
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        drain = compile_c(folder, "drain")
        python = [sys.executable, str(PEERS / "servers.py")]
        commands = {name: [*python, name, str(size)] for name in ("townsquare", "broadcast", "asyncio")}
        commands["c"] = [str(compile_c(folder, "sender")), str(size)]
        if not without_colyseus:
            try:
                script = install_colyseus(folder)
                commands["colyseus"] = ["node", str(script), str(size), str(clients)]
            except RuntimeError as error:
                print(f"without Colyseus: {error}", file=sys.stderr)
        found: list[Sender] = []
        try:
            for name, command in commands.items():
                try:
                    found.append(Sender(name, command, folder, drain, clients, size))
                except RuntimeError as error:
                    print(f"without {name}: {error}", file=sys.stderr)
            yield found
        finally:
            for sender in found:
                sender.stop()


def measure(options: argparse.Namespace) -> dict[str, dict[str, float]]:
    """Let all take turns; return microseconds a delivery, and our share of it."""
    times: dict[str, list[float]] = {}
    with senders(options.clients, options.bytes, without_colyseus=options.no_colyseus) as found:
        for turn in range(options.turns + 2):
            for sender in found if turn % 2 else reversed(found):
                spent = sender.turn(FRAMES_A_TURN)
                if turn >= 2:  # the first two only warm up
                    times.setdefault(sender.name, []).append(spent)
            print(f"\rturn {turn + 1} of {options.turns + 2}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    ours = times["townsquare"]
    return {
        name: {
            "microseconds": round(statistics.median(spent), 2),
            "ours_of_it": round(statistics.median(a / b for a, b in zip(ours, spent, strict=True)), 3),
        }
        for name, spent in times.items()
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=1000)
    parser.add_argument("--bytes", type=int, default=1024, help="size of a frame with its head (default 1024)")
    parser.add_argument("--turns", type=int, default=30)
    parser.add_argument("--no-colyseus", action="store_true")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args()
    try:
        result = measure(options)
    except RuntimeError as error:
        print(f"nothing was measured: {error}", file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps(result, indent=1))
    else:
        print(f"{options.clients} clients, {options.bytes} bytes, {os.cpu_count()} cores")
        print(f"{'':12}{'us a delivery':>14}{'ours of it':>12}{'wanted':>8}")
        for name, row in result.items():
            wanted = f"{WANTED[name]:>8.2f}" if name in WANTED else f"{'':>8}"
            print(f"{name:12}{row['microseconds']:>14.2f}{row['ours_of_it']:>12.2f}{wanted}")
    missed = [name for name, most in WANTED.items() if name in result and result[name]["ours_of_it"] > most]
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
