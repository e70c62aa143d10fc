"""A server in a process of its own that also measures itself: processor time, memory, how late its event loop wakes.

Law: ``measured_server.py [SCENARIO...]`` prints "port N" when it is ready; each line on stdin is answered by one line
of JSON that says what happened since the line before. What it serves is the real application with wide limits.
Processor time and memory are those of the server and of the process that computes its games, together.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from townsquare_server.app import READY, Application
from townsquare_server.engines import Engines
from townsquare_server.interpreter import let_the_loop_go_first, settle
from townsquare_server.settings import Settings
from townsquare_server.worker import Urgency

PAGE = os.sysconf("SC_PAGE_SIZE")
EVERY_SECONDS = 0.002
"""How often the loop is asked how late it is."""


class LoopProbe:
    """How late the event loop wakes: apart for moments in which a tick was computed, or shown, and for those in which
    nothing else was done than to compute one, from beginning to end.
    """

    def __init__(self, application: Application) -> None:
        self.idle: list[float] = []
        self.during_ticks: list[float] = []
        self.computing: list[float] = []
        self.ticks = 0
        self._computing = 0
        submit = application.worker.submit

        def watched(urgency: Urgency, run: Callable[[], Any]) -> Any:
            return submit(urgency, lambda: self._watch(run) if urgency is Urgency.TICK else run())

        application.worker.submit = watched  # type: ignore[assignment,method-assign]

    def _watch(self, run: Callable[[], Any]) -> Any:
        self._computing += 1
        try:
            return run()
        finally:
            self._computing -= 1
            self.ticks += 1

    async def watch(self) -> None:
        while True:
            ticks, computing = self.ticks, self._computing
            due = time.perf_counter() + EVERY_SECONDS
            await asyncio.sleep(EVERY_SECONDS)
            late = time.perf_counter() - due
            same = ticks == self.ticks
            busy = computing or self._computing or not same
            (self.during_ticks if busy else self.idle).append(late * 1000)
            if computing and same:
                self.computing.append(late * 1000)


def megabytes(engines: Engines) -> float:
    """Return the memory that both processes hold now; where the system does not tell, the most that this one held."""
    try:
        return sum(int(told(process, "statm")[1]) for process in (os.getpid(), engines.process_id)) * PAGE / 2**20
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def processor_seconds(engines: Engines) -> float:
    """Return the processor time that both processes have had; where the system does not tell, this one alone."""
    try:
        stat = told(engines.process_id, "stat")
    except OSError:
        return time.process_time()
    return time.process_time() + (int(stat[13]) + int(stat[14])) / os.sysconf("SC_CLK_TCK")


def told(process: int | None, what: str) -> list[str]:
    return Path(f"/proc/{process}/{what}").read_text(encoding="ascii").split()


def p99(values: list[float]) -> float | None:
    return round(sorted(values)[int(len(values) * 0.99)], 3) if values else None


async def answer(application: Application, probe: LoopProbe) -> None:
    """Answer lines until there are no more."""
    cpu, at = processor_seconds(application.engines), time.perf_counter()
    while await asyncio.to_thread(sys.stdin.readline):
        gc.collect()
        now_cpu, now = processor_seconds(application.engines), time.perf_counter()
        said = {
            "seconds": round(now - at, 2),
            "cpu_seconds": round(now_cpu - cpu, 2),
            "megabytes": round(megabytes(application.engines), 1),
            "objects": len(gc.get_objects()),
            "tasks": len(asyncio.all_tasks()),
            "ticks": probe.ticks,
            "loop_p99_ms": p99(probe.idle),
            "loop_p99_in_ticks_ms": p99(probe.during_ticks),
            "loop_p99_computing_ms": p99(probe.computing),
            "computing_samples": len(probe.computing),
        }
        cpu, at, probe.ticks = now_cpu, now, 0
        probe.idle.clear()
        probe.during_ticks.clear()
        probe.computing.clear()
        print(json.dumps(said), flush=True)


async def main(scenarios: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        options = {"port": 0, "data": folder, "scenarios": scenarios, "connections_per_address": 10_000}
        application = Application(msgspec.convert(options, Settings))
        probe, stop, ready = LoopProbe(application), asyncio.Event(), asyncio.Event()
        application.watchers.append(settle)
        application.watchers.append(lambda stage, _: ready.set() if stage == READY else None)
        serving = asyncio.create_task(application.run(stop))
        await ready.wait()
        print(f"port {application.port}", flush=True)
        watching = asyncio.create_task(probe.watch())
        await answer(application, probe)
        watching.cancel()
        stop.set()
        await serving


if __name__ == "__main__":
    let_the_loop_go_first()
    asyncio.run(main(sys.argv[1:]))
