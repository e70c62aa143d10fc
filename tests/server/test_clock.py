"""The clock follows the wall's at the start and never runs backwards."""

from __future__ import annotations

import time

import pytest

from townsquare_server.clock import Clock


def test_the_clock_counts_milliseconds_since_the_epoch() -> None:
    assert abs(Clock().now() - time.time() * 1000) < 1000


def test_setting_the_systems_clock_back_does_not_move_it(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    before = clock.now()
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert before <= clock.now() < before + 60_000
