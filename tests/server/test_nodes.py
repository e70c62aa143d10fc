"""Frames of node states: the smaller of whole and change, rebuilt to the same bytes."""

from __future__ import annotations

import numpy as np

from townsquare_server import nodes


def test_first_frame_and_every_eighth_are_whole() -> None:
    states = np.arange(50, dtype=np.uint8)
    for tick in range(1, 30):
        frame = nodes.frame(2, tick, None if tick == 5 else states, states)
        assert frame.keyframe == (tick % 8 == 1 or tick == 5)
        assert (frame.round, frame.tick) == (2, tick)


def test_few_changes_travel_as_changes() -> None:
    old = np.zeros(1000, np.uint8)
    new = old.copy()
    new[[3, 256, 999]] = (1, 64 + 2, 255)
    frame = nodes.frame(1, 2, old, new)
    assert not frame.keyframe
    assert np.frombuffer(frame.changed, "<u4").tolist() == [3, 256, 999]
    assert list(frame.states) == [1, 66, 255]


def test_many_changes_travel_as_a_keyframe() -> None:
    old = np.zeros(1000, np.uint8)
    new = old.copy()
    new[:199] = 1
    assert not nodes.frame(1, 2, old, new).keyframe
    new[:200] = 1
    frame = nodes.frame(1, 2, old, new)
    assert frame.keyframe
    assert (frame.changed, frame.states) == (b"", new.tobytes())


def test_nothing_new() -> None:
    states = np.ones(10, np.uint8)
    frame = nodes.frame(1, 2, states, states.copy())
    assert (frame.keyframe, frame.changed, frame.states) == (False, b"", b"")
