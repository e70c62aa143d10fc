"""The interpreter of a server: threads give it away soon, and the collector leaves alone what stays for good."""

from __future__ import annotations

import gc
import sys

import pytest

from townsquare_server.app import COMPILING, READY, RESTORING
from townsquare_server.interpreter import LOOP_WAITS_SECONDS, let_the_loop_go_first, settle


def test_a_thread_that_computes_in_python_lets_the_loop_go_first() -> None:
    before = sys.getswitchinterval()
    try:
        let_the_loop_go_first()
        assert sys.getswitchinterval() == pytest.approx(LOOP_WAITS_SECONDS)
    finally:
        sys.setswitchinterval(before)


def test_the_collector_leaves_alone_what_is_there_when_rooms_are_taken_up() -> None:
    before = gc.get_freeze_count()
    try:
        settle(COMPILING, 0.5)
        assert gc.get_freeze_count() == before
        settle(RESTORING)
        frozen = gc.get_freeze_count()
        assert frozen > before + 10_000
        settle(READY)  # rooms are there: they must be found when they are over
        assert gc.get_freeze_count() <= frozen
    finally:
        gc.unfreeze()
