"""The hand-over between a room and the worker that computes: one order, one outcome, the same bits as without it."""

from __future__ import annotations

import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from townsquare_agents.errors import InvariantError
from townsquare_research.game import Game
from townsquare_server import wire
from townsquare_server.effects import Append, Compute, Effect
from townsquare_server.engine import in_this_process
from townsquare_server.runner import Runner

sys.path.insert(0, str(Path(__file__).parent))
from driving import Driver, small_scenario

SCENARIO = small_scenario()


def test_one_tick_ahead_and_no_more() -> None:
    runner = Runner(in_this_process(SCENARIO, 7, {}), SCENARIO.calendar.ticks_per_round)
    runner.begin({})
    assert runner.order()
    assert not runner.order()  # under way
    assert runner.next is None
    runner.compute()
    assert runner.next is None  # the room has not looked yet
    runner.collect()
    assert not runner.order()  # it is there, unpublished
    assert runner.take().tick == 1
    assert runner.order()


def test_round_is_what_the_game_alone_makes() -> None:
    runner, game = Runner(in_this_process(SCENARIO, 7, {}), SCENARIO.calendar.ticks_per_round), Game(SCENARIO, 7)
    for _ in range(SCENARIO.calendar.rounds):
        runner.begin({})
        game.start_round({})
        for _ in range(SCENARIO.calendar.ticks_per_round):
            ours, theirs = runner.compute_now(), game.step()
            assert (ours.round, ours.tick, ours.live) == (theirs.round, theirs.tick, theirs.live)
            assert (ours.states == theirs.states).all()
        assert not runner.order()
        assert runner.finished is not None
        assert runner.finished.result.digest == game.finish_round().digest
        assert runner.finished.timelines == game.timelines()


def test_work_that_nobody_ordered_is_not_done() -> None:
    runner = Runner(in_this_process(SCENARIO, 7, {}), SCENARIO.calendar.ticks_per_round)
    runner.compute()
    runner.collect()
    assert runner.engine.game.tick == 0
    with pytest.raises(InvariantError, match="before it was computed"):
        runner.take()


def test_room_in_use_while_a_real_worker_computes() -> None:
    """Commands, questions and views in one thread, ticks in another: the digests are those of an unhurried replay."""
    busy = Driver.open(small_scenario(rounds=2, ticks=20, buyers=300))
    kari = busy.join("Kari", "A")
    jobs: list[Future[None]] = []
    threads: set[int] = set()

    def compute() -> None:
        threads.add(threading.get_ident())
        busy.room.compute()

    with ThreadPoolExecutor(1) as pool:

        def carry_out(effects: list[Effect]) -> None:
            for effect in effects:
                if isinstance(effect, Append):
                    busy.log.append(effect.entry)
                elif isinstance(effect, Compute):
                    jobs.append(pool.submit(compute))

        number = 0
        while busy.room.state.phase.value != "debrief":
            number += 1
            state, now = busy.room.state, busy.now + number
            if state.phase.value != "running":
                carry_out(busy.room.receive("host", wire.ClientAdvance(number, state.phase.value, state.round), now))
            elif not state.hurried:
                carry_out(busy.room.receive("host", wire.ClientAdvance(number, "running", state.round), now))
            carry_out(busy.room.receive("host", wire.ClientInspectBuyer(number, number % 300), now))
            carry_out(busy.room.receive(kari, wire.ClientEditPlan(number, "contest", "level", 1), now))
            busy.room.resync("host")
            carry_out(busy.room.advance(now))
        for job in jobs:
            job.result()
    assert len(jobs) > 40  # ticks, and answers to questions
    assert threads == {next(iter(threads))} - {threading.get_ident()}
    assert busy.room.state.plans["A"].slots  # the edits of its plannings and briefing came through
    again = busy.restored()
    assert again.state.digests == busy.room.state.digests
    assert len(busy.room.state.digests) == 2
