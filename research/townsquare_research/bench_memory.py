"""What a cascade costs in memory above the interpreter, and a market with it, each measured in a process of its own.

Law: the process compiles on a tiny network first, so that its footing holds Python, numba and the kernels; what the
peak adds to that is the network, the state and nothing else. ``None`` where the system does not tell.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from townsquare_agents import generators
from townsquare_agents.diffusion import independent_cascade
from townsquare_agents.network import Network


@dataclass(frozen=True)
class Memory:
    """Bytes at the peak above the footing, and the least that rows and state take: 4 an arc, 8 a node, 5 of state."""

    peak: int
    least: int

    @property
    def ratio(self) -> float:
        """How many times the least the peak is."""
        return self.peak / self.least


def measure_memory(network: Network) -> Memory | None:
    """Run cascades on a network in a fresh process and return what that took."""
    if peak_bytes() is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        np.save(Path(folder) / "indptr.npy", network.indptr)
        np.save(Path(folder) / "indices.npy", network.indices)
        command = [sys.executable, "-m", __name__, folder]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    n = network.node_count
    return Memory(peak=int(json.loads(done.stdout)), least=4 * network.arc_count + 8 * n + 5 * n)


def peak_bytes() -> int | None:
    """Return the most memory that this process has held, or None where nobody counts."""
    status = Path("/proc/self/status")  # Linux; its resource module hands a parent's peak on to its children
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text("utf-8").splitlines() if ":" in line)
        return int(lines["VmHWM"].split()[0]) * 1024 if "VmHWM" in lines else None
    try:
        import resource
    except ImportError:
        return None
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _measure(folder: Path) -> int:
    tiny = generators.preferential_attachment(50, 3, seed=1)
    independent_cascade(tiny, [0], 0.05, runs=2)
    footing = peak_bytes() or 0
    indptr, indices = np.load(folder / "indptr.npy"), np.load(folder / "indices.npy")
    network = Network(indptr, indices, np.empty(0, np.float64), False, range(indptr.size - 1))
    independent_cascade(network, range(10), 0.05, runs=3)
    return (peak_bytes() or 0) - footing


def measure_market(buyers: int) -> int | None:
    """Return the peak of a fresh process that builds the shipped market at this size and runs a week of it."""
    if peak_bytes() is None:
        return None
    command = [sys.executable, "-m", __name__, str(buyers)]
    return int(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))


def _market(buyers: int) -> int:
    from townsquare_agents.scenario import load_scenario
    from townsquare_research.bench_game import grown
    from townsquare_research.game import Game

    game = Game(grown(load_scenario("first_market"), buyers), seed=1, stories=False)
    game.start_round({})
    for _ in range(7):
        game.step()
    return peak_bytes() or 0


if __name__ == "__main__":
    print(_market(int(sys.argv[1])) if sys.argv[1].isdigit() else _measure(Path(sys.argv[1])))
