"""The process that computes games: the same bits as here, and what a server does when it ends by itself."""

from __future__ import annotations

import asyncio
import dataclasses
import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from townsquare_server.client import Player
from townsquare_server.engine import Again, Engine, Order, Played, Question, Ticks, in_this_process
from townsquare_server.engines import Engines
from townsquare_server.errors import EngineError, EngineLostError
from townsquare_server.room import Room
from townsquare_server.wire import ClientInspectBuyer, ServerBuyerStory

sys.path.insert(0, str(Path(__file__).parent))
from driving import SETTINGS, Driver, small_scenario
from serving import ENGINES, advance, create, environment, running

SCENARIO = small_scenario()
TICKS = SCENARIO.calendar.ticks_per_round


@pytest.fixture
def engines() -> Iterator[Engines]:
    own = Engines()
    yield own
    own.stop()


def kill(engines: Engines) -> None:
    """End the process as a system without memory does."""
    assert engines.process_id is not None
    os.kill(engines.process_id, getattr(signal, "SIGKILL", signal.SIGTERM))


def play(engine: Engine, rounds: int = 1) -> list[str]:
    """Play rounds that policies plan; return their digests."""
    digests = []
    for _ in range(rounds):
        outcome = engine.carry_out(Order(Ticks(TICKS, {}, {})))
        assert outcome.finished is not None
        digests.append(outcome.finished.result.digest)
    return digests


def test_a_game_in_the_other_process_is_the_same_to_the_bit() -> None:
    here, there = in_this_process(SCENARIO, 7, {}), ENGINES.make(SCENARIO, 7, {})
    for tick in range(1, TICKS + 1):
        order = Order(Ticks(tick, {} if tick == 1 else None, {}), (Question("s1", tick, 3),))
        ours, theirs = here.carry_out(order), there.carry_out(order)
        assert ours.record is not None
        assert theirs.record is not None
        assert np.array_equal(ours.record.states, theirs.record.states)
        assert ours.record.live == theirs.record.live
        assert ours.told == theirs.told
        assert ours.finished == theirs.finished
    assert here.draw() == there.draw()


def test_a_round_computed_again_must_have_its_digest() -> None:
    engine = ENGINES.make(SCENARIO, 7, {})
    (digest,) = play(engine)
    for step in (Again(None), Again(Played({}, {}, digest)), Again(None)):
        assert engine.carry_out(Order(step)).record is None
    with pytest.raises(EngineError, match=f"InvariantError: round 1 had the digest 00 and is {digest}") as caught:
        engine.carry_out(Order(Again(Played({}, {}, "00"))))
    assert any("game_engine.py" in note for note in caught.value.__notes__)
    engine.carry_out(Order(Again(None)))
    assert play(engine) == [digest]  # a mistake costs one order, and neither the game nor the process


def test_games_do_not_touch_each_other_and_end_with_their_object() -> None:
    one, other = ENGINES.make(SCENARIO, 7, {}), ENGINES.make(SCENARIO, 8, {})
    assert play(one) != play(other)
    number = one._game
    process = one._process
    del one
    gc.collect()
    assert play(ENGINES.make(SCENARIO, 7, {}), 2) == play(in_this_process(SCENARIO, 7, {}), 2)
    with pytest.raises(EngineError, match=f"KeyError: {number}"):
        process.call("draw", number)
    assert other.carry_out(Order(None)).record is None


def test_games_of_a_process_that_was_killed_are_lost_and_the_next_one_starts_another(engines: Engines) -> None:
    engine = engines.make(SCENARIO, 7, {})
    digests = play(engine)
    kill(engines)
    for _ in range(2):
        with pytest.raises(EngineLostError, match=r"the process that computes games (was ended by SIGKILL|ended with)"):
            engine.carry_out(Order(None))
    assert play(engines.make(SCENARIO, 7, {})) == digests
    assert engines.starts == 2


def test_it_outlives_signals_that_are_for_the_server_and_ends_with_the_server(engines: Engines) -> None:
    engine = engines.make(SCENARIO, 7, {})
    if hasattr(signal, "SIGKILL"):  # elsewhere these end a process at once
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            os.kill(engines.process_id or 0, getattr(signal, name))
    assert len(play(engine)) == 1
    script = (
        "import sys\n"
        "from townsquare_server.engines import Engines\n"
        "engines = Engines()\n"
        "engines.start()\n"
        "print(engines.process_id, flush=True)\n"
        "sys.stdin.read()\n"
    )
    server = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment()
    )
    with server:
        assert server.stdout is not None
        child = int(server.stdout.readline())
        server.kill()  # closes no pipe in order, says goodbye to nobody
    until_gone(child)


def until_gone(process: int) -> None:
    """Wait until the system knows no such process any more, or only its remains."""
    status = Path(f"/proc/{process}/status")
    while status.exists() and "\nState:\tZ" not in status.read_text(encoding="ascii"):
        time.sleep(0.01)


def test_the_server_itself_imports_no_market() -> None:
    script = (
        "import sys\n"
        "import townsquare_server.desk, townsquare_server.app\n"
        "print([name for name in ('numba', 'mesa', 'scipy', 'pandas') if name in sys.modules])\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment(), timeout=120
    )
    assert found.stdout.strip() == "[]"


def test_rooms_go_on_after_the_process_was_killed(tmp_path: Path, engines: Engines) -> None:
    """Killed in the middle of a round: guests keep their lines, and the round ends as it would have."""

    async def game(folder: Path, ended: bool) -> list[str]:
        async with running(folder, engines=engines) as application, asyncio.timeout(120):
            url = f"http://127.0.0.1:{application.port}"
            async with Player(url) as host:
                await create(host)
                for phase in ("lobby", "briefing", "planning"):
                    await host.wait_for_phase(phase)
                    await advance(host)
                if ended:
                    await host.until(lambda view: view["phase"]["tick"] >= 2)
                    kill(engines)
                await host.until(lambda view: view["phase"]["name"] == "review")
                answer = await host.ask(lambda id: ClientInspectBuyer(id, 3))
                assert isinstance(answer, ServerBuyerStory)
                (room,) = application._rooms()
                return list(room.state.digests)

    assert asyncio.run(game(tmp_path / "killed", True)) == asyncio.run(game(tmp_path / "whole", False))
    assert engines.starts == 2


def test_a_room_that_is_restored_meanwhile_waits_for_the_next_process(engines: Engines) -> None:
    driver = Driver.open()
    driver.to("review")
    first = engines.make(SCENARIO, 7, {})
    kill(engines)
    with pytest.raises(EngineLostError):
        first.draw()
    settings = dataclasses.replace(SETTINGS, make_engine=engines.make)
    room = Room.restore("KWMRTX", driver.log, driver.now, settings)
    assert room.state.digests == driver.room.state.digests
