"""`townsquare bots`: programs join over real connections and play a whole game."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from townsquare_agents.compiled import JIT_DISABLED
from townsquare_server.app import Application
from townsquare_server.cli import build_parser
from townsquare_server.client import Player
from townsquare_server.command_line import bots

sys.path.insert(0, str(Path(__file__).parents[1]))
from serving import advance, create, with_server

pytestmark = pytest.mark.skipif(JIT_DISABLED, reason="plays live games, which takes minutes uncompiled")


def test_bots_play_a_game_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bots, "THINKING_SECONDS", (0.0, 0.1))

    async def test(_: Application, url: str) -> None:
        async with Player(url) as host:
            room = await create(host)
            options = build_parser().parse_args(["bots", url, "--room", room.code.lower(), "--count", "5"])
            playing = asyncio.create_task(asyncio.to_thread(bots.run, options))
            view = await host.until(lambda view: sum(len(t["seats"]) for t in view["teams"].values()) == 5)
            assert sorted(len(team["seats"]) for team in view["teams"].values()) == [0, 0, 2, 3]
            await advance(host)
            await host.wait_for_phase("briefing")
            await advance(host)
            for round in (1, 2):
                view = await host.wait_for_phase("review", round)  # all were ready: the planning ended by itself
                assert view["results"]["A"]["driver"][-1] == "people"
                await advance(host)
            assert await playing == 0

    with_server(tmp_path, test)
    assert "5 of 5 bots played to the end" in capsys.readouterr().out


def test_bots_without_a_room_are_told_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from townsquare_server.cli import main

    async def test(_: Application, url: str) -> None:
        assert await asyncio.to_thread(main, ["bots", url, "--room", "ZZZZZZ"]) == 2
        assert await asyncio.to_thread(main, ["bots", url, "--room", "ZZZZZZ", "--count", "0"]) == 2

    with_server(tmp_path, test)
    assert "room ZZZZZZ: there is no room" in capsys.readouterr().err
