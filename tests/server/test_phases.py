"""The table of phases: complete, followed by `following`, and drawn into the documentation."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from townsquare_server.phases import TRANSITIONS, Cause, Phase, When, following, mermaid, milliseconds

CALENDAR = SimpleNamespace(rounds=2, briefing_seconds=10, planning_seconds=20.5, running_seconds=0.1, review_seconds=5)


def test_whole_course_of_a_game() -> None:
    phase, round, course = Phase.LOBBY, 0, ["lobby"]
    while (row := following(phase, round, rounds=2)) is not None:
        phase = row.end
        round += phase is Phase.PLANNING
        course.append(phase.value)
    turn = ["planning", "running", "review"]
    assert course == ["lobby", "briefing", *turn, *turn, "debrief", "closed"]


def test_every_phase_but_the_last_has_one_way_on() -> None:
    for phase in Phase:
        for round in (0, 1, 2):
            row = following(phase, round, 2)
            assert (row is None) == (phase is Phase.CLOSED)
            assert row is None or row in TRANSITIONS


def test_facilitator_can_end_every_phase_and_ticks_end_only_the_running() -> None:
    for row in TRANSITIONS:
        assert (Cause.TICKS in row.causes) == (row.start is Phase.RUNNING)
        assert (Cause.FACILITATOR in row.causes) == (row.start is not Phase.RUNNING)
        assert (Cause.READY in row.causes) == (row.start is Phase.PLANNING)


@pytest.mark.parametrize(
    ("phase", "length"),
    [
        (Phase.LOBBY, None),
        (Phase.BRIEFING, 10_000),
        (Phase.PLANNING, 20_500),
        (Phase.RUNNING, 100),
        (Phase.REVIEW, 5_000),
        (Phase.DEBRIEF, None),
        (Phase.CLOSED, None),
    ],
)
def test_lengths(phase: Phase, length: int | None) -> None:
    assert milliseconds(phase, CALENDAR) == length


def test_what_has_a_timer_can_end_by_it() -> None:
    timed = {row.start for row in TRANSITIONS if Cause.TIMER in row.causes}
    assert timed | {Phase.RUNNING} == {phase for phase in Phase if milliseconds(phase, CALENDAR) is not None}


def test_diagram_has_a_line_for_each_row() -> None:
    lines = mermaid().splitlines()
    assert lines[0] == "stateDiagram-v2"
    assert len(lines) == 1 + 1 + len(TRANSITIONS) + 1
    assert f"    review --> planning: timer or facilitator ({When.ROUNDS_LEFT})" in lines
