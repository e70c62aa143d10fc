"""`townsquare bots`: programs join over real connections, play a whole game, and tell what they felt."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import pytest

from townsquare_agents.compiled import JIT_DISABLED
from townsquare_server.app import Application
from townsquare_server.cli import build_parser, main
from townsquare_server.client import Player
from townsquare_server.command_line import bots

sys.path.insert(0, str(Path(__file__).parents[1]))
from serving import advance, create, with_server

pytestmark = pytest.mark.skipif(JIT_DISABLED, reason="plays live games, which takes minutes uncompiled")


def test_bots_play_a_game_to_its_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async def test(_: Application, url: str) -> None:
        async with Player(url) as host:
            room = await create(host)
            arguments = ["bots", url, "--room", room.code.lower(), "--count", "5", "--lookers", "1", "--think", "0.05"]
            playing = asyncio.create_task(asyncio.to_thread(bots.run, build_parser().parse_args(arguments)))
            view = await host.until(lambda view: sum(len(t["seats"]) for t in view["teams"].values()) == 6)
            assert sorted(len(team["seats"]) for team in view["teams"].values()) == [0, 0, 3, 3]
            await advance(host)
            await host.wait_for_phase("briefing")
            await advance(host)
            for round in (1, 2):
                view = await host.wait_for_phase("review", round)  # all were ready: the planning ended by itself
                assert view["results"]["A"]["driver"][-1] == "people"
                await advance(host)
            assert await playing == 0

    with_server(tmp_path, test)
    told = capsys.readouterr()
    assert "6 of 6 bots played to the end" in told.err
    assert "acknowledgement, ms" in told.out


def test_bots_host_rooms_of_their_own_and_say_what_every_client_felt(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def test(_: Application, url: str) -> None:
        arguments = [
            "--rooms",
            "2",
            "--scenario",
            "short_market",
            "--count",
            "4",
            "--spectators",
            "3",
            "--think",
            "0.1",
        ]
        arguments += ["--processes", "2", "--drop", "2", "--json"]
        assert await asyncio.to_thread(main, ["bots", url, *arguments]) == 0

    with_server(tmp_path, test)
    report = json.loads(capsys.readouterr().out)
    assert (report["joined"], report["finished"], report["failures"]) == (14, 14, 0)
    assert report["acknowledged_ms"]["count"] >= 2 * 4 * 2 * 2  # of two rooms, four guests and rounds, at least two
    assert report["spectator_delay_ms"]["count"] > 0
    assert report["results_after_round_ms"]["count"] > 0
    assert (report["lost_frames"], report["missed_spectator_frames"]) == (0, 0)
    assert report["reconnects"] == (report["reconnected_ms"] or {"count": 0})["count"]


def test_bots_without_a_room_are_told_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async def test(_: Application, url: str) -> None:
        assert await asyncio.to_thread(main, ["bots", url, "--room", "ZZZZZZ"]) == 2
        assert await asyncio.to_thread(main, ["bots", url, "--room", "ZZZZZZ", "--count", "0"]) == 2
        assert await asyncio.to_thread(main, ["bots", url, "--room", "ZZZZZZ", "--spectators", "2"]) == 2
        assert await asyncio.to_thread(main, ["bots", url, "--rooms", "1", "--scenario", "none"]) == 2

    with_server(tmp_path, test)
    assert "room ZZZZZZ: there is no room" in capsys.readouterr().err
