"""What bots count: percentiles of all values, one tally of many, and a report for people and programs."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from townsquare_server.bots.tally import LATE_MS, MOST_BEHIND_MS, ServerClock, Tally, in_words, percentile, summary


@given(st.lists(st.floats(0, 1e6), min_size=1), st.sampled_from([1, 50, 95, 99, 100]))
def test_so_many_per_cent_do_not_exceed_a_percentile(values: list[float], percent: int) -> None:
    ordered = sorted(values)
    found = percentile(ordered, percent)
    assert found in ordered
    assert sum(value <= found for value in ordered) * 100 >= percent * len(ordered)
    assert sum(value < found for value in ordered) * 100 < percent * len(ordered)


def test_the_tallies_of_two_processes_are_one() -> None:
    one, other = Tally(acknowledged=[1.0], joined=2), Tally(acknowledged=[3.0, 2.0], joined=1, watched=[2 * LATE_MS])
    one.refused, other.refused = {"too_expensive": 1}, {"too_expensive": 2, "wrong_phase": 1}
    one.add(other)
    report = one.report(seconds=1.0)
    assert report["acknowledged_ms"] == {"count": 3, "p50": 2.0, "p95": 3.0, "p99": 3.0, "largest": 3.0}
    assert (report["joined"], report["late_frames"]) == (3, 1)
    assert report["refused"] == {"too_expensive": 3, "wrong_phase": 1}
    assert report["results_after_round_ms"] is summary([]) is None
    words = in_words(report)
    assert "acknowledgement, ms" in words
    assert "results after a round" not in words
    assert "4 commands refused" in words


def test_the_newest_guess_of_the_servers_clock_wins() -> None:
    clock = ServerClock()
    ahead = int(time.time() * 1000) + 50_000
    clock.heard(ahead - 400)  # a welcome that was long on its way
    clock.heard(ahead)
    clock.heard(ahead - 900)
    assert abs(clock.now() - ahead) < 10_000
    assert clock.now() >= ahead


def test_nothing_comes_before_it_is_due_and_what_seems_to_sets_the_clock() -> None:
    clock = ServerClock()
    assert clock.late(0.0) is None  # nobody has told the time yet
    clock.heard(int(time.time() * 1000) - 300)  # a welcome that was 300 ms on its way
    due = time.time() * 1000 - 20
    assert clock.late(due) == 0.0
    assert clock.now() >= due
    late = clock.late(due - 500)
    assert late is not None
    assert late >= 500
    before = clock.now()
    assert clock.late(before + 10 * MOST_BEHIND_MS) is None  # a host went on by hand
    assert clock.now() < before + MOST_BEHIND_MS
