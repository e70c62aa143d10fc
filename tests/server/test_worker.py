"""The computing thread: one job at a time, ticks first, results and failures through futures."""

from __future__ import annotations

import threading

import pytest

from townsquare_server.worker import Urgency, Worker


def test_ticks_go_before_pictures_and_older_before_newer() -> None:
    worker = Worker()
    gate, order = threading.Event(), list[str]()
    worker.submit(Urgency.TICK, lambda: gate.wait(10))
    last = [
        worker.submit(urgency, lambda name=name: order.append(name))  # type: ignore[misc]
        for urgency, name in (
            (Urgency.PICTURE, "picture"),
            (Urgency.ROOM, "room"),
            (Urgency.TICK, "tick 1"),
            (Urgency.TICK, "tick 2"),
        )
    ]
    gate.set()
    for job in last:
        job.result(10)
    assert order == ["tick 1", "tick 2", "room", "picture"]
    worker.stop()


def test_a_job_that_fails_takes_nothing_with_it() -> None:
    worker = Worker()
    with pytest.raises(ZeroDivisionError):
        worker.submit(Urgency.TICK, lambda: 1 // 0).result(10)
    assert worker.submit(Urgency.TICK, lambda: threading.current_thread().name).result(10) == "townsquare-worker"
    worker.stop()


def test_what_waits_when_the_worker_stops_is_cancelled() -> None:
    worker = Worker()
    started, gate = threading.Event(), threading.Event()

    def run() -> bool:
        started.set()
        return gate.wait(10)

    running = worker.submit(Urgency.TICK, run)
    started.wait(10)
    waiting = worker.submit(Urgency.TICK, lambda: None)
    stopping = threading.Thread(target=worker.stop)
    stopping.start()
    stopping.join(0.05)
    gate.set()
    stopping.join(10)
    assert not stopping.is_alive()
    assert running.result(0) is True
    assert waiting.cancelled()
