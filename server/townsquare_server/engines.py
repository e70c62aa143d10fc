"""Where a server's games are computed: a process of its own, so that no tick takes the interpreter from the event loop.

Law: what is computed there follows from what was sent; nothing is kept there that a log does not bring back. When the
process ends by itself, its games are lost (EngineLostError), and the next one to be made starts another process.
"""

from __future__ import annotations

import contextlib
import itertools
import pickle
import queue
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from townsquare_server.engine_calls import Call, Method, Progress, Raised
from townsquare_server.errors import EngineError, EngineLostError

if TYPE_CHECKING:  # the page is served before the market is imported
    from townsquare_agents.scenario import Scenario
    from townsquare_server.engine import Order, Outcome
    from townsquare_server.graph_file import GraphFile

END_SECONDS = 5.0
"""How long a process that has closed its pipe may take to end."""


class Engines:
    """The process that computes games, and another when it has ended. Any thread may ask; calls wait for each other."""

    def __init__(self) -> None:
        self.starts = 0
        self._process: _Process | None = None
        self._lock = threading.Lock()

    @property
    def process_id(self) -> int | None:
        """The number that the system knows the process by; None before the first one."""
        return None if self._process is None else self._process.id

    def start(self) -> None:
        """Have the process begin with what it must import; raises EngineLostError."""
        self._running()

    def warm_up(self, scenario: Scenario, progress: Callable[[float], None]) -> None:
        """Compile what games need; `progress` is told how far that is, from 0 to 1. Raises EngineLostError."""
        self._running().call("warm_up", 0, scenario, progress=progress)

    def make(self, scenario: Scenario, seed: int, policies: Mapping[str, str]) -> RemoteEngine:
        """Return a game at its start; raises EngineLostError."""
        return RemoteEngine(self._running(), scenario, seed, policies)

    def stop(self) -> None:
        """End the process; a call under way fails."""
        with self._lock:
            if self._process is not None:
                self._process.kill()
                self._process = None

    def _running(self) -> _Process:
        with self._lock:
            if self._process is None or self._process.ended:
                self._process = _Process()
                self.starts += 1
            return self._process


class RemoteEngine:
    """A game in the other process, for as long as this object lives."""

    def __init__(self, process: _Process, scenario: Scenario, seed: int, policies: Mapping[str, str]) -> None:
        self._process = process
        self._game = next(process.numbers)
        process.call("start", self._game, scenario, seed, dict(policies))
        weakref.finalize(self, process.forgotten.put, self._game).atexit = False

    def carry_out(self, order: Order) -> Outcome:
        """Do what an order says; raises EngineLostError."""
        return cast("Outcome", self._process.call("carry_out", self._game, order))

    def draw(self) -> GraphFile:
        """Return the picture of the network that is played on; raises EngineLostError."""
        return cast("GraphFile", self._process.call("draw", self._game))


class _Process:
    """One run of `engine_process.py`."""

    def __init__(self) -> None:
        self.numbers = itertools.count(1)
        self.forgotten: queue.SimpleQueue[int] = queue.SimpleQueue()
        self.ended = False
        self._lock = threading.Lock()
        try:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "townsquare_server.engine_process"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            raise EngineLostError(f"the process that computes games cannot be started: {error}") from error
        self.id = self._child.pid
        self._calls, self._answers = cast(BinaryIO, self._child.stdin), cast(BinaryIO, self._child.stdout)

    def call(self, method: Method, game: int, *arguments: Any, progress: Callable[[float], None] | None = None) -> Any:
        """Return what the method returns; raises EngineLostError, and EngineError for what it raises."""
        with self._lock:
            said = self._ask(Call(method, game, arguments, tuple(self._forget())), progress)
        if isinstance(said, Raised):
            error = EngineError(said.words)
            error.add_note(said.trace)
            raise error
        return said.value

    def _forget(self) -> list[int]:
        return [self.forgotten.get() for _ in range(self.forgotten.qsize())]

    def _ask(self, call: Call, progress: Callable[[float], None] | None) -> Any:
        sent = pickle.dumps(call, pickle.HIGHEST_PROTOCOL)  # whole, before a byte of it is written
        try:
            self._calls.write(sent)
            self._calls.flush()
            while isinstance(said := pickle.load(self._answers), Progress):
                if progress is not None:
                    progress(said.share)
            return said
        except (OSError, EOFError, pickle.UnpicklingError, ValueError) as error:
            raise EngineLostError(f"the process that computes games {self._end()}") from error

    def _end(self) -> str:
        """Let go of a process that does not answer any more; say how it ended."""
        self.ended = True
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._child.wait(END_SECONDS)
        self.kill()
        code = self._child.returncode
        if code >= 0:
            return f"ended with exit code {code}"
        return f"was ended by {signal.Signals(-code).name}"

    def kill(self) -> None:
        """End the process at once, whatever it is at: all that it knows can be computed again."""
        self.ended = True
        self._child.kill()
        self._child.wait()
        for pipe in (self._calls, self._answers):
            with contextlib.suppress(OSError):  # what it was not there to read any more
                pipe.close()
