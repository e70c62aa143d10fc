"""How fast the kernels of diffusion are, beside the machine's roof and beside other libraries, in one interleaved run.

Law: only ratios are to be trusted, so that whatever is compared takes turns on the same machine; each turn is short,
the median of the turns counts, and everybody's mean cascade is reported, which must agree. One thread, unless the
line says otherwise.
"""

from __future__ import annotations

import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from townsquare_agents import generators
from townsquare_agents.diffusion import independent_cascade, word_of_mouth
from townsquare_agents.kernels.lanes import HAS_COMPRESS, as_limits
from townsquare_agents.network import Network
from townsquare_research import bench_roofs
from townsquare_research.bench_memory import measure_memory
from townsquare_research.bench_peers import PEERS, Contestant, Runner, townsquare

PROBABILITY, SEEDS, TIES = 0.05, 10, 10
SIZES = (10_000, 100_000, 1_000_000)
_GATHERS, _ROOFS = 2_000_000, 5
_PATIENCE = 3.0  # seconds a run may take and still be repeated
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Line:
    """One contestant at one size; ``per_arc`` in nanoseconds per arc tried, ``ratio`` its time over ours."""

    name: str
    version: str
    milliseconds: float
    per_arc: float
    ratio: float
    mean_size: float
    note: str = ""


@dataclass(frozen=True)
class SizeResult:
    """Everything at one size: the roof in nanoseconds per gather, ``of_roof`` the share of it that we reach."""

    nodes: int
    arcs: int
    roof: float
    of_roof: float
    plain_gather: float
    threads_gain: float
    word_of_mouth: float
    memory: float | None
    lines: list[Line]
    missing: list[str]


@dataclass(frozen=True)
class DiffusionBenchmark:
    """The whole run; `to_json` for programs, `to_markdown` for people."""

    machine: str
    draws: dict[str, float]
    sizes: list[SizeResult] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Return plain dictionaries and lists."""
        return asdict(self)

    def to_markdown(self) -> str:
        """Return tables."""
        out = [f"Machine: {self.machine}.", "", "| random number | ns | times a keyed one |", "|---|---|---|"]
        keyed = self.draws["keyed"]
        out += [f"| {name} | {ns:.2f} | {ns / keyed:.1f} |" for name, ns in self.draws.items()]
        for size in self.sizes:
            out += ["", f"**{size.nodes:,} nodes, {size.arcs:,} arcs.** Prefetched gather {size.roof:.2f} ns, plain"]
            out[-1] += (
                f" {size.plain_gather:.2f} ns; we reach {size.of_roof:.2f} of the roof per arc tried. Two threads"
            )
            out[-1] += f" {size.threads_gain:.2f} times one. Word of mouth {size.word_of_mouth:.2f} ns a node and tick."
            out[-1] += "" if size.memory is None else f" Memory {size.memory:.2f} times 4 B an arc and 13 B a node."
            out += ["", "| library | ms a run | ns an arc | times ours | mean size | |", "|---|---|---|---|---|---|"]
            out += [
                f"| {line.name} {line.version} | {line.milliseconds:.3f} | {line.per_arc:.2f} | {line.ratio:.1f} "
                f"| {line.mean_size:,.0f} | {line.note} |"
                for line in size.lines
            ]
            if size.missing:
                out += ["", f"Not measured: {', '.join(size.missing)}."]
        return "\n".join(out) + "\n"


def run_diffusion_benchmark(
    sizes: Sequence[int] = SIZES, *, repeats: int = 7, peers: bool = True, progress: Progress = lambda text: None
) -> DiffusionBenchmark:
    """Measure independent cascades on preferential attachment at each of the sizes."""
    progress("random numbers")
    result = DiffusionBenchmark(machine(), _draws(repeats))
    for n in sizes:
        result.sizes.append(_measure(n, repeats, peers, progress))
    return result


def _measure(n: int, repeats: int, peers: bool, progress: Progress) -> SizeResult:
    progress(f"{n:,} nodes: network")
    network = generators.preferential_attachment(n, TIES, seed=1)
    seeds = list(range(0, n, n // SEEDS))[:SEEDS]
    runners, missing = _set_up(network, seeds, peers, progress)
    order = np.random.default_rng(1).integers(0, n, _GATHERS).astype(np.int32)
    state = np.zeros(n, np.int32)
    roofs: dict[str, Callable[[], object]] = {
        "prefetched": lambda: bench_roofs.gather(state, order),
        "plain": lambda: bench_roofs.gather_plainly(state, order),
    }
    counts = {name: _runs_per_turn(run) for name, (_, run) in runners.items()}
    times: dict[str, list[float]] = {name: [] for name in (*runners, *roofs)}
    reached: dict[str, list[int]] = {name: [] for name in runners}
    for turn in range(repeats):
        progress(f"{n:,} nodes: turn {turn + 1} of {repeats}")
        for name, roof in roofs.items():
            times[name].append(min(seconds(roof) for _ in range(_ROOFS)) / order.size)
        for name, (_, run) in runners.items():
            if turn and times[name][-1] > _PATIENCE:
                times[name].append(times[name][-1])  # slow enough to be told from one turn
                continue
            started = clock()
            reached[name] += run(counts[name], turn + 1)
            times[name].append((clock() - started) / counts[name])
    arcs = _arcs_tried(network, seeds)
    lines = [_line(contestant, times, reached[name], arcs) for name, (contestant, _) in runners.items()]
    roof_time = statistics.median(times["prefetched"])
    progress(f"{n:,} nodes: threads, word of mouth, memory")
    memory = measure_memory(network)
    return SizeResult(
        nodes=n,
        arcs=network.arc_count,
        roof=roof_time * 1e9,
        of_roof=statistics.median(a / b for a, b in zip(times["prefetched"], times["townsquare"], strict=True)) * arcs,
        plain_gather=statistics.median(times["plain"]) * 1e9,
        threads_gain=_threads_gain(network, seeds, counts["townsquare"], repeats),
        word_of_mouth=_word_of_mouth(network, repeats),
        memory=memory.ratio if memory else None,
        lines=lines,
        missing=missing,
    )


def _line(contestant: Contestant, times: dict[str, list[float]], reached: list[int], arcs: float) -> Line:
    mine, ours = times[contestant.name], times["townsquare"]
    taken = statistics.median(mine)
    return Line(
        name=contestant.name,
        version=contestant.version() or "",
        milliseconds=taken * 1e3,
        per_arc=taken / arcs * 1e9,
        ratio=statistics.median(a / b for a, b in zip(mine, ours, strict=True)),
        mean_size=float(np.mean(reached)),
        note=contestant.note,
    )


def _set_up(
    network: Network, seeds: list[int], peers: bool, progress: Progress
) -> tuple[dict[str, tuple[Contestant, Runner]], list[str]]:
    runners: dict[str, tuple[Contestant, Runner]] = {}
    missing = []
    for contestant in (Contestant("townsquare", townsquare), *(PEERS if peers else ())):
        if contestant.version() is None:
            missing.append(f"{contestant.name} (not installed)")
        elif network.node_count > contestant.largest:
            missing.append(f"{contestant.name} (too slow at this size)")
        else:
            progress(f"{network.node_count:,} nodes: {contestant.name}")
            run = contestant.setup(network, seeds, PROBABILITY)
            run(1, 1)  # compiled, loaded, allocated
            runners[contestant.name] = contestant, run
    return runners, missing


def _runs_per_turn(run: Runner) -> int:
    """Return how many runs take about a fifth of a second."""
    return max(1, min(2000, int(0.2 / max(seconds(lambda: run(1, 1)), 1e-6))))


def _arcs_tried(network: Network, seeds: list[int]) -> float:
    """Return the mean number of arcs that leave whoever is reached."""
    result = independent_cascade(network, seeds, PROBABILITY, runs=20, seed=1)
    degree = network.out_degree
    return float(np.mean([degree[result.reached(run)].sum() for run in range(20)]))


def _threads_gain(network: Network, seeds: list[int], runs: int, repeats: int) -> float:
    """Return how many times faster two threads are than one at the same runs, taking turns."""

    def go(threads: int) -> float:
        started = time.perf_counter()
        independent_cascade(network, seeds, PROBABILITY, runs=2 * max(runs, 5), seed=1, threads=threads)
        return time.perf_counter() - started

    return statistics.median(go(1) / go(2) for _ in range(repeats))


def _word_of_mouth(network: Network, repeats: int) -> float:
    """Return nanoseconds a node and tick with every other arc a strong tie, 20 ticks."""
    strong = np.arange(network.arc_count) % 2 == 0

    def go() -> float:
        return seconds(
            lambda: word_of_mouth(network, strong, alone=0.002, weak_tie=0.01, strong_tie=0.04, steps=20, seed=1)
        )

    go()
    return statistics.median(go() for _ in range(min(repeats, 5))) / (20 * network.node_count) * 1e9


def _draws(repeats: int) -> dict[str, float]:
    count = 1 << 20
    limits, out = as_limits(np.array([PROBABILITY])), np.empty(64, np.uint32)
    contestants: dict[str, Callable[[], object]] = {
        "keyed": lambda: bench_roofs.keyed_draws(count),
        "keyed, sixteen arcs at a time": lambda: bench_roofs.lane_draws(count, limits, out),
        "numba's own generator": lambda: bench_roofs.stateful_draws(count),
    }
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for turn in range(repeats + 1):
        for name, go in contestants.items():
            taken = seconds(go)
            if turn:
                times[name].append(taken / count * 1e9)
    return {name: statistics.median(values) for name, values in times.items()}


def clock() -> float:
    """Return this thread's own seconds where they are counted finely enough: a busy machine then disturbs less."""
    return time.thread_time() if time.get_clock_info("thread_time").resolution <= 1e-6 else time.perf_counter()


def seconds(go: Callable[[], object]) -> float:
    """Return how long a call takes by `clock`."""
    started = clock()
    go()
    return clock() - started


def machine() -> str:
    """Return what the numbers were measured on."""
    lanes = "AVX-512" if HAS_COMPRESS else "no AVX-512"
    return f"{platform.machine()}, {lanes}, {platform.system()}, Python {platform.python_version()}"
