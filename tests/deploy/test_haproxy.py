"""Rooms over two processes behind HAProxy with the documented configuration: one dies, and only its rooms pause."""

from __future__ import annotations

import asyncio
import http.client
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from townsquare_agents.compiled import JIT_DISABLED
from townsquare_server.cli import main
from townsquare_server.client import Player
from townsquare_server.wire import ClientPeek, ClientResume, ServerAck, ServerRefusal, ServerRoomInfo, ServerWelcome

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "server"))
from proxies import HOST_KEY, Square
from serving import advance, create, edit, get, join

pytestmark = pytest.mark.skipif(JIT_DISABLED, reason="plays live games, which takes minutes uncompiled")
WORDS = b"These rooms are starting again; seats are kept. The page comes back by itself.\n"


def test_rooms_live_on_their_shard_and_only_those_of_a_dead_one_pause(square: Square) -> None:
    async def run() -> None:
        async with asyncio.timeout(240):
            await check_front(square)
            await check_bots(square)
            async with Table(square, 0) as here, Table(square, 1) as there:
                await here.plan(1)
                await there.plan(2)
                await check_codes(square, here, there)
                await asyncio.to_thread(square.workers[1].kill)
                await there.anna.connection.wait_closed()
                await here.plan(2)
                await until(lambda: get(f"{square.shard(1)}/"), lambda reply: (reply[0], reply[2]) == (503, WORDS))
                with pytest.raises(InvalidStatus, match="HTTP 503"):
                    await Player(square.shard(1)).__aenter__()
                for _ in range(4):  # whoever comes now is sent to the shard that lives
                    assert (await redirect(square)).endswith("/s/0/")
                await here.finish_round()
                await asyncio.to_thread(square.workers[1].start)
                await until(lambda: get(f"{square.shard(1)}/readyz"), lambda reply: reply[0] == 200)
                await there.come_back()
                assert there.anna.view["plans"]["A"]["slots"]["contest"]["level"] == 2
                await there.finish_round()
                assert here.anna.view["phase"]["name"] == "review"
                assert here.anna.connection.close_code is None

    asyncio.run(run())


async def redirect(square: Square) -> str:
    """Return where the front page sends somebody, as a browser would follow it."""

    def ask() -> str:
        connection = http.client.HTTPConnection("127.0.0.1", int(square.url.rpartition(":")[2]), timeout=20)
        connection.request("GET", "/", headers={"Host": square.url.removeprefix("http://")})
        reply = connection.getresponse()
        connection.close()
        assert reply.status == 302, reply.status
        return f"{square.url}/{reply.headers['Location']}"

    return await asyncio.to_thread(ask)


async def check_front(square: Square) -> None:
    """New guests are spread, the page is whole on each shard, and the metrics are for nobody outside."""
    assert {await redirect(square) for _ in range(4)} == {f"{square.shard(0)}/", f"{square.shard(1)}/"}
    for number in range(2):
        status, _, page = await get(f"{square.shard(number)}/")
        assert status == 200
        script = page.decode().split('<script type="module" src="')[1].partition('"')[0]
        assert (await get(f"{square.shard(number)}/{script}"))[0] == 200
        assert (await get(f"{square.shard(number)}/metrics"))[0] == 403
    assert (await get(f"{square.url}/metrics"))[0] == 403


async def check_bots(square: Square) -> None:
    """Programs that are told nothing but the public address find the shard of their room, as a page does."""
    for _ in range(2):  # the proxy takes the shards in turn: the room's own and the other are both knocked at
        arguments = [
            "bots",
            square.url,
            "--rooms",
            "1",
            "--count",
            "4",
            "--spectators",
            "2",
            "--scenario",
            "short_market",
        ]
        arguments += ["--teams", "2", "--rounds", "1", "--think", "0.05", "--speed", "400", "--drop", "3"]
        assert await asyncio.to_thread(main, [*arguments, "--host-key", HOST_KEY]) == 0
    for number in range(2):
        async with Player(square.shard(number)) as host:
            room = await create(host, host_key=HOST_KEY)
            visit = ["bots", square.url, "--room", room.code, "--count", "3", "--seconds", "2"]
            assert await asyncio.to_thread(main, visit) == 0


async def check_codes(square: Square, here: Table, there: Table) -> None:
    """Asked for a room by its code, each shard answers for its own and names the other for the rest."""
    for asked in (0, 1):
        async with Player(square.shard(asked)) as player:
            for number, table in enumerate((here, there)):
                answer = await player.ask(lambda id, code=table.room.code: ClientPeek(id, code))  # type: ignore[misc]
                if number == asked:
                    assert isinstance(answer, ServerRoomInfo)
                else:
                    assert isinstance(answer, ServerRefusal)
                    assert (answer.code, answer.shard) == ("elsewhere", number)


class Table:
    """A host and a guest in a room of one shard."""

    def __init__(self, square: Square, number: int) -> None:
        self.url = square.shard(number)
        self.host, self.anna = Player(self.url), Player(self.url)

    async def __aenter__(self) -> Table:
        await self.host.__aenter__()
        await self.anna.__aenter__()
        self.room = await create(self.host, host_key=HOST_KEY)
        self.seat = await join(self.anna, self.room.code, "Anna", "A")
        assert (await self.host.until(bool))["join_url"] == f"{self.url}/#/join/{self.room.code}"
        for phase in ("briefing", "planning"):
            await advance(self.host)
            await self.host.wait_for_phase(phase)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.host.leave()
        await self.anna.leave()

    async def plan(self, level: int) -> None:
        assert isinstance(await edit(self.anna, "contest", "level", level), ServerAck)
        await self.anna.until(lambda view: view["plans"]["A"]["slots"].get("contest", {}).get("level") == level)

    async def finish_round(self) -> None:
        await advance(self.host)
        await self.anna.wait_for_phase("review", 1)

    async def come_back(self) -> None:
        """Take both seats again by their tokens, as a page does."""
        for name, welcome in (("host", self.room), ("anna", self.seat)):
            await getattr(self, name).leave()
            player = await Player(self.url).__aenter__()
            setattr(self, name, player)
            again = await player.ask(lambda id, token=welcome.token: ClientResume(id, token))  # type: ignore[misc]
            assert isinstance(again, ServerWelcome)
            assert (again.seat, again.nickname) == (welcome.seat, welcome.nickname)
            await player.until(bool)


async def until(attempt: Callable[[], Awaitable[Any]], holds: Callable[[Any], bool]) -> None:
    """Try until it is as it must become: HAProxy asks a worker once a second."""
    while not holds(await attempt()):
        await asyncio.sleep(0.1)
