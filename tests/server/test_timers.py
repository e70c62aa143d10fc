"""A phase's clock under pausing, extending and restarting."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from townsquare_server.timers import Timer

steady = settings(deadline=None, derandomize=True)  # the same examples on every machine, however busy

TIMES = st.integers(0, 10**6)


def test_plain_timer() -> None:
    timer = Timer.start(100, 50)
    assert (timer.remaining(120), timer.over(149), timer.over(150)) == (30, False, True)
    assert timer.remaining(500) == 0


def test_timer_without_an_end() -> None:
    timer = Timer.start(100, None)
    timer.extend(10, 120)
    timer.pause(130)
    timer.resume(140)
    assert timer.remaining(10**9) is None
    assert not timer.over(10**9)


def test_extension_of_a_paused_timer_and_shortening_to_nothing() -> None:
    timer = Timer.start(100, 50)
    timer.pause(120)
    timer.extend(5, 9_999)
    assert timer.remaining(10**6) == 35
    timer.extend(-(10**6), 9_999)
    assert timer.remaining(10**6) == 0
    assert not timer.over(10**6)
    timer.resume(10**6)
    assert timer.over(10**6)


def test_continuing_a_running_timer_changes_nothing() -> None:
    timer = Timer.start(100, 50)
    timer.resume(120)
    assert timer == Timer.start(100, 50)


@steady
@given(TIMES, TIMES, TIMES, TIMES)
def test_pause_keeps_what_is_left(length: int, before: int, pause: int, after: int) -> None:
    timer, plain = Timer.start(0, length), Timer.start(0, length)
    timer.pause(before)
    assert timer.paused
    assert timer.remaining(before + pause) == plain.remaining(before)
    timer.resume(before + pause)
    assert timer.remaining(before + pause + after) == plain.remaining(before + after)


@steady
@given(TIMES, TIMES, TIMES)
def test_restart_keeps_what_was_left_at_the_last_entry(length: int, last: int, away: int) -> None:
    timer, plain = Timer.start(0, length), Timer.start(0, length)
    timer.rebase(last, last + away)
    assert timer.remaining(last + away) == plain.remaining(last)
    paused = Timer.start(0, length)
    paused.pause(last)
    paused.rebase(last, last + away)
    assert paused.remaining(last + away) == plain.remaining(last)
