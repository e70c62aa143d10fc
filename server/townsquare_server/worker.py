"""The one thread that waits for what takes long: ticks first, then what can wait (layouts, rooms to restore).

Law: the loop never waits, and this thread never touches a socket or the state of a room that is in use: a job gets
what it needs when it is made and hands its result back through a future. Games are computed in a process of their own
(`engines.py`), so that the loop is as quick during a tick as it is when idle.
"""

from __future__ import annotations

import itertools
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, TypeVar

T = TypeVar("T")


class Urgency(IntEnum):
    """What goes first when several jobs wait."""

    TICK = 0
    ROOM = 1
    PICTURE = 2
    STOP = 3


@dataclass(order=True, slots=True)
class _Job:
    urgency: Urgency
    number: int
    run: Callable[[], Any] = field(compare=False)
    done: Future[Any] = field(compare=False, default_factory=Future)


class Worker:
    """A thread with a queue of jobs, most urgent first, then oldest first."""

    def __init__(self) -> None:
        self._jobs: queue.PriorityQueue[_Job] = queue.PriorityQueue()
        self._numbers = itertools.count()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="townsquare-worker", daemon=True)
        self._thread.start()

    def submit(self, urgency: Urgency, run: Callable[[], T]) -> Future[T]:
        """Queue a job; its future carries what it returns or raises."""
        job = _Job(urgency, next(self._numbers), run)
        self._jobs.put(job)
        return job.done

    def stop(self, timeout: float = 10.0) -> None:
        """Finish the job under way, cancel those that wait, end the thread."""
        self._stopping = True
        self.submit(Urgency.STOP, lambda: None)
        self._thread.join(timeout)

    def _run(self) -> None:
        while True:
            job = self._jobs.get()
            if self._stopping:
                job.done.cancel()
                if job.urgency is Urgency.STOP:
                    return
            elif job.done.set_running_or_notify_cancel():
                self._carry_out(job)

    @staticmethod
    def _carry_out(job: _Job) -> None:
        try:
            result = job.run()
        except BaseException as error:
            job.done.set_exception(error)
        else:
            job.done.set_result(result)
