"""A moment of fuzzing in every suite: bytes from nowhere, and neighbours of what is valid; `fuzz.py` does more."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from targets import LIFE, TARGETS, Fuzzed, mutate, seeds

ROUNDS = {"decoder": 4000, "words": 2000, "entry": 2000, "log": 60, "session": 300, "scenario": 60, "room": 2500}
EXAMPLES = {name: min(200, rounds) for name, rounds in ROUNDS.items()}


@pytest.mark.parametrize("name", TARGETS)
def test_bytes_from_nowhere_meet_typed_refusals(name: str) -> None:
    @settings(deadline=None, derandomize=True, max_examples=EXAMPLES[name], database=None)
    @given(st.binary(max_size=400))
    def run(data: bytes) -> None:
        TARGETS[name](data)

    run()


@pytest.mark.parametrize("name", TARGETS)
def test_neighbours_of_what_is_valid_meet_typed_refusals(name: str) -> None:
    chance, data = random.Random(20_261_122), b""
    for _ in range(ROUNDS[name]):
        data = mutate(data if chance.random() < 0.5 else chance.choice(seeds(name)), chance)
        TARGETS[name](data)


def test_a_room_that_was_fuzzed_still_replays() -> None:
    chance, fuzzed, phases = random.Random(7), Fuzzed(), set()
    for _ in range(8):
        for _ in range(LIFE):
            fuzzed.take(mutate(chance.choice(seeds("room")), chance))
            phases.add(fuzzed.driver.room.state.phase)
        assert len(fuzzed.driver.log) > 5
        assert fuzzed.driver.views(fuzzed.driver.restored()) == fuzzed.driver.views()
    assert len(phases) >= 5  # it got somewhere
