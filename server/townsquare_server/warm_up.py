"""Compiling everything a game runs, before anybody waits for it, and saying how far that is.

Law: after `warm_up` a game of any shipped kind compiles nothing more. The first start of an installation takes tens
of seconds, each later one reads the compiled kernels from the disk. This module is heavy to import: the process
that computes games does it.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Any

import numpy as np

from townsquare_agents.scenario import Scenario
from townsquare_research.warm_up import compile_kernels
from townsquare_server.layout import layout

Progress = Callable[[float], None]
PREFIXES = ("townsquare_agents.kernels", "townsquare_agents.rng", "townsquare_server.layout_kernels")
POLL_SECONDS = 0.2


def dispatchers() -> list[Any]:
    """Return every kernel that is imported."""
    found: dict[int, Any] = {}
    for name, module in list(sys.modules.items()):
        if name.startswith(PREFIXES):
            found |= {id(value): value for value in vars(module).values() if hasattr(value, "nopython_signatures")}
    return list(found.values())


def warm_up(scenario: Scenario, progress: Progress) -> None:
    """Play the first rounds of a scenario and lay a small network out; report progress from 0 to 1."""
    done = threading.Event()
    watching = threading.Thread(target=_watch, args=(done, progress), name="townsquare-progress", daemon=True)
    watching.start()
    try:
        compile_kernels(scenario)
        layout(3, np.array([[0, 1], [1, 2]], np.uint32))
    finally:
        done.set()
        watching.join()
    progress(1.0)


def _watch(done: threading.Event, progress: Progress) -> None:
    """Report the share of kernels that are compiled; never the whole, which only `warm_up` knows."""
    while not done.wait(POLL_SECONDS):
        kernels = dispatchers()
        ready = sum(bool(kernel.nopython_signatures) for kernel in kernels)
        progress(0.99 * ready / max(1, len(kernels)))
