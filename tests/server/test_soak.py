"""A server that is used again and again holds no more than before: rooms, connections, tasks, buckets and memory go.

The long version, over an hour, is `benchmarks/soak.py`.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import tracemalloc
from collections import Counter
from pathlib import Path

import pytest

from townsquare_agents.compiled import JIT_DISABLED
from townsquare_server.app import Application
from townsquare_server.client import Player
from townsquare_server.delivery import Client
from townsquare_server.desk import Desk
from townsquare_server.fan_out import FanOut
from townsquare_server.hosting import HostedRoom
from townsquare_server.room import Room
from townsquare_server.transport import Connection
from townsquare_server.wire import ClientResume, ClientSetReady

sys.path.insert(0, str(Path(__file__).parent))
from serving import advance, create, edit, join, with_server

pytestmark = pytest.mark.skipif(JIT_DISABLED, reason="plays live games, which takes minutes uncompiled")

WARM, GAMES = 2, 6
MOST_BYTES_A_GAME = 60_000
"""A closed room leaves a picture in the cache of layouts and little else, 30 kB; its market alone would be 500."""


async def play(url: str, seed: int) -> None:
    """Play a short game to its end, with a guest who comes back twice, and let everybody leave."""
    async with Player(url) as host, Player(url) as anna, Player(url) as screen:
        room = await create(host, seed=seed)
        token = (await join(anna, room.code, "Anna", "A")).token
        await screen.ask(lambda id: ClientResume(id, room.projector_token or ""))
        for _ in range(2):
            async with Player(url) as phone:
                await phone.ask(lambda id: ClientResume(id, token))
                await phone.until(lambda view: True)
                phone.connection.transport.abort()
        while (name := host.view["phase"]["name"]) != "closed":
            round = host.view["phase"]["round"]
            if name == "planning":
                await edit(anna, "contest", "level", 1)
                await anna.ask(lambda id: ClientSetReady(id, True))
                await host.wait_for_phase("review", round)
                continue
            await advance(host)
            await host.until(lambda view, before=name: view["phase"]["name"] != before)  # type: ignore[misc]


def living() -> Counter[str]:
    gc.collect()
    kinds = (Client, Connection, FanOut, HostedRoom, Room)
    return Counter(type(found).__name__ for found in gc.get_objects() if isinstance(found, kinds))


async def everybody_gone(application: Application) -> None:
    while application._clients or (isinstance(application._desk, Desk) and application._desk.rooms):
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)  # what was cancelled ends


def test_many_games_leave_nothing_behind(tmp_path: Path) -> None:
    async def test(application: Application, url: str) -> None:
        tracemalloc.start()  # before the last games that warm up: the worker holds on to the newest room
        try:
            for seed in range(WARM):  # pools and caches fill
                await play(url, seed)
            await everybody_gone(application)
            tasks, objects, before = len(asyncio.all_tasks()), living(), tracemalloc.get_traced_memory()[0]
            for seed in range(GAMES):
                await play(url, WARM + seed)
            await everybody_gone(application)
            gc.collect()
            grown = tracemalloc.get_traced_memory()[0] - before
        finally:
            tracemalloc.stop()
        desk = application._desk
        assert isinstance(desk, Desk)
        assert (len(asyncio.all_tasks()), living()) == (tasks, objects)
        assert (desk.rooms, desk.lobby.rooms, desk._places, desk._allowed, desk.graphs._files) == ({}, {}, {}, {}, {})
        assert grown < GAMES * MOST_BYTES_A_GAME

    with_server(tmp_path, test, seconds=240)
