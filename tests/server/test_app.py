"""A whole server over real sockets: from the start to a played game, and down and up again."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from townsquare_agents.compiled import JIT_DISABLED
from townsquare_server.app import Application
from townsquare_server.client import Player
from townsquare_server.codec import Format
from townsquare_server.seats import Claim, Signer
from townsquare_server.shards import Shards
from townsquare_server.wire import (
    ClientInspectBuyer,
    ClientJoin,
    ClientListScenarios,
    ClientPause,
    ClientPeek,
    ClientRedeem,
    ClientResume,
    ClientSetReady,
    ServerAck,
    ServerBuyerStory,
    ServerRefusal,
    ServerRoomInfo,
    ServerScenarios,
    ServerWelcome,
)

sys.path.insert(0, str(Path(__file__).parent))
from serving import advance, create, edit, join, refusal, running, with_server

pytestmark = pytest.mark.skipif(JIT_DISABLED, reason="plays live games, which takes minutes uncompiled")


def test_a_whole_short_game_is_played(tmp_path: Path, format: Format) -> None:
    async def test(application: Application, url: str) -> None:
        async with (
            Player(url, format) as host,
            Player(url, format) as anna,
            Player(url, format) as bo,
            Player(url, Format.MSGPACK) as projector,
        ):
            scenarios = await anna.ask(ClientListScenarios)
            assert isinstance(scenarios, ServerScenarios)
            assert scenarios.ready
            assert "short_market" in [choice.id for choice in scenarios.scenarios]
            room = await create(host)
            info = await anna.ask(lambda id: ClientPeek(id, room.code.lower()))
            assert isinstance(info, ServerRoomInfo)
            assert sorted(info.teams) == ["A", "B"]
            first = await join(anna, room.code, "Anna", "A")
            await join(bo, room.code, "Bo", "B")
            await projector.ask(lambda id: ClientResume(id, room.projector_token or ""))
            await host.until(lambda view: view["teams"]["B"]["seats"] != {} and view.get("graph_url"))
            assert host.view["join_url"] == f"{url}/#/join/{room.code}"
            await advance(host)
            for round in (1, 2):
                await anna.wait_for_phase("briefing" if round == 1 else "review")
                await advance(host)
                await anna.wait_for_phase("planning", round)
                assert isinstance(await edit(anna, "contest", "level", round), ServerAck)
                assert isinstance(await edit(bo, "expert_article", "level", 1), ServerAck)
                assert refusal(await edit(bo, "no_such_play", "level", 1)) == "unknown_play"
                await anna.until(lambda view, r=round: view["plans"]["A"]["slots"]["contest"]["level"] == r)
                assert "B" not in anna.view["plans"]
                assert isinstance(await anna.ask(lambda id: ClientSetReady(id, True)), ServerAck)
                assert isinstance(await bo.ask(lambda id: ClientSetReady(id, True)), ServerAck)
                await host.wait_for_phase("review", round)
                assert len(host.view["results"]["A"]["value"]["customer_equity"]) == round
            await host.wait_for_phase("review", 2)
            await advance(host)
            for player in (host, anna, bo, projector):
                view = await player.wait_for_phase("debrief")
                assert set(view["results"]) == {"A", "B", "C", "D"}
                assert len(view["timelines"]["A"]["likes"]) == 12
                assert player.gaps == 0
            assert anna.view["results"]["A"]["plan"][0]["contest"]["author"] == first.seat
            story = await anna.ask(lambda id: ClientInspectBuyer(id, 5))
            assert isinstance(story, ServerBuyerStory)
            assert {frame.tick for frame in projector.nodes if frame.round == 2} >= {1, 6}
            assert len(projector.nodes[-1].states) <= 120

    with_server(tmp_path, test)


def test_a_flood_is_slowed_down_and_then_sent_away(tmp_path: Path) -> None:
    async def test(_: Application, url: str) -> None:
        async with Player(url) as host, Player(url) as anna:
            room = await create(host)
            await join(anna, room.code, "Anna", "A")
            answers = await asyncio.gather(*(anna.ask(ClientPause) for _ in range(30)))
            codes = {refusal(answer) for answer in answers}
            assert codes == {"wrong_role", "too_fast"}
            with contextlib.suppress(ConnectionClosed):
                await asyncio.gather(*(anna.ask(ClientPause) for _ in range(60)))
            await anna.connection.wait_closed()
            assert anna.goodbye == "too_fast"
            await host.until(lambda view: not any(s["online"] for s in view["teams"]["A"]["seats"].values()))
            await advance(host)

    with_server(tmp_path, test, messages_per_second=5, message_burst=10)


def test_a_server_that_goes_down_says_goodbye_and_brings_its_rooms_back(tmp_path: Path) -> None:
    kept: dict[str, Any] = {}

    async def before(_: Application, url: str) -> None:
        async with Player(url) as host:
            kept["room"] = await create(host)
            async with Player(url) as anna:
                kept["anna"] = await join(anna, kept["room"].code, "Anna", "A")

    async def goodbye() -> None:
        async with running(tmp_path) as application:
            player = Player(f"http://127.0.0.1:{application.port}")
            await player.__aenter__()
            answer = await player.ask(lambda id: ClientResume(id, kept["anna"].token))
            assert isinstance(answer, ServerWelcome)
            assert "restored_after_restart" in (await player.until(lambda view: bool(view["notices"])))["notices"]
        await player.connection.wait_closed()
        assert player.goodbye == "shutdown"
        assert player.connection.close_code == 1001

    with_server(tmp_path, before)
    asyncio.run(goodbye())


def test_a_shard_opens_rooms_of_its_own_and_sends_guests_of_others_on(tmp_path: Path) -> None:
    async def test(application: Application, url: str) -> None:
        assert application.base_url == f"{url}/s/1"
        shards = Shards(1, 2)
        async with Player(application.base_url) as host, Player(url) as anna:
            room = await create(host)
            assert shards.of(room.code) == 1
            assert (await host.until(bool))["join_url"] == f"{url}/s/1/#/join/{room.code}"
            other = Shards(0, 2).draw_code(lambda n: n - 1)
            claim = Claim("participant", other, "p1")
            token = Signer([b"the secret of another shard"]).token(claim)
            for answer in (
                await anna.ask(lambda id: ClientPeek(id, other)),
                await anna.ask(lambda id: ClientJoin(id, other, "Anna", "A")),
                await anna.ask(lambda id: ClientRedeem(id, other, "BCDF-GHJK")),
                await anna.ask(lambda id: ClientResume(id, token)),
            ):
                assert refusal(answer) == "elsewhere"
                assert isinstance(answer, ServerRefusal)
                assert answer.shard == 0
            unknown = shards.draw_code(lambda n: n - 1)
            assert refusal(await anna.ask(lambda id: ClientPeek(id, unknown))) == "unknown_room"
            await join(anna, room.code, "Anna", "A")

    with_server(tmp_path, test, shard=1, shards=2)
