"""The front desk over real sockets: seats are given, found again and refused, and nothing sent to a room harms it."""

from __future__ import annotations

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
from townsquare_server.wire import (
    ClientAdvance,
    ClientChangeTeam,
    ClientCreateRoom,
    ClientEditPlan,
    ClientExtend,
    ClientInspectBuyer,
    ClientJoin,
    ClientListScenarios,
    ClientPause,
    ClientPeek,
    ClientRedeem,
    ClientResume,
    ServerAck,
    ServerScenarios,
    ServerWelcome,
)

sys.path.insert(0, str(Path(__file__).parent))
from serving import advance, create, edit, join, refusal, with_server

pytestmark = pytest.mark.skipif(JIT_DISABLED, reason="plays live games, which takes minutes uncompiled")


def test_whatever_is_sent_the_room_goes_on(tmp_path: Path, format: Format) -> None:
    async def test(_: Application, url: str) -> None:
        async with Player(url, format) as host, Player(url, format) as anna, Player(url, format) as guest:
            room = await create(host)
            await join(anna, room.code, "Anna", "A")
            asks: list[tuple[Player, Any, str]] = [
                (guest, lambda id: ClientPause(id), "not_seated"),
                (guest, lambda id: ClientPeek(id, "ZZZZZZ"), "unknown_room"),
                (guest, lambda id: ClientJoin(id, room.code, "anna", "A"), "nickname_taken"),
                (guest, lambda id: ClientJoin(id, room.code, "Per", "Q"), "unknown_team"),
                (guest, lambda id: ClientJoin(id, room.code, "\u202e", "A"), "bad_nickname"),
                (guest, lambda id: ClientResume(id, anna.welcome.token[:-2] + "xx"), "bad_token"),  # type: ignore[union-attr]
                (guest, lambda id: ClientRedeem(id, room.code, "BBBB-BBBB"), "bad_personal_code"),
                (guest, lambda id: ClientCreateRoom(id, "no_such", 2), "unknown_scenario"),
                (guest, lambda id: ClientCreateRoom(id, "short_market", 99), "bad_teams"),
                (anna, lambda id: ClientAdvance(id, "lobby", 0), "wrong_role"),
                (anna, lambda id: ClientPause(id), "wrong_role"),
                (anna, lambda id: ClientEditPlan(id, "contest", "level", 1), "wrong_phase"),
                (anna, lambda id: ClientInspectBuyer(id, 3), "wrong_phase"),
                (host, lambda id: ClientEditPlan(id, "contest", "level", 1), "wrong_role"),
                (host, lambda id: ClientExtend(id, 60), "wrong_phase"),
                (host, lambda id: ClientAdvance(id, "planning", 3), "stale"),
            ]
            for player, make, expected in asks:
                assert refusal(await player.ask(make)) == expected
            for garbage in (b"\xff\xfe", b"", b"{}", b'{"t":"join"}', b"[" * 5000, bytes(10_000)):
                await anna.connection.send(garbage if format is Format.MSGPACK else garbage.decode("latin-1"))
            with contextlib.suppress(ConnectionClosed):
                await guest.connection.send(bytes(20_000))
                await guest.connection.wait_closed()
            answer = await anna.ask(lambda id: ClientChangeTeam(id, "B"))
            assert isinstance(answer, ServerAck)
            view = await host.until(lambda view: bool(view["teams"]["B"]["seats"]))
            assert view["teams"]["A"]["seats"] == {}
            await advance(host)
            await anna.wait_for_phase("briefing")
            assert anna.gaps == 0

    with_server(tmp_path, test)


def test_a_seat_comes_back_by_token_and_by_personal_code(tmp_path: Path) -> None:
    async def test(_: Application, url: str) -> None:
        async with Player(url) as host:
            room = await create(host)
            async with Player(url) as anna:
                seat = await join(anna, room.code, "Anna", "A")
                await host.until(lambda view: view["teams"]["A"]["seats"][seat.seat]["online"])
                version = anna.version
            await host.until(lambda view: not view["teams"]["A"]["seats"][seat.seat]["online"])
            async with Player(url) as again, Player(url, Format.JSON) as other_device:
                back = await again.ask(lambda id: ClientResume(id, seat.token, version))
                assert isinstance(back, ServerWelcome)
                assert (back.seat, back.team, back.nickname) == (seat.seat, "A", "Anna")
                redeemed = await other_device.ask(lambda id: ClientRedeem(id, room.code, seat.personal_code.lower()))
                assert isinstance(redeemed, ServerWelcome)
                assert redeemed.seat == seat.seat
                await advance(host)
                await other_device.wait_for_phase("briefing")
                assert isinstance(await edit(again, "contest", "level", 1), ServerAck)
                await other_device.until(lambda view: "contest" in view["plans"]["A"]["slots"])
                await again.leave()
                assert isinstance(await edit(other_device, "contest", "level", 2), ServerAck)
                assert host.view["teams"]["A"]["seats"][seat.seat]["online"]

    with_server(tmp_path, test)


def test_from_elsewhere_a_room_needs_the_host_key(tmp_path: Path) -> None:
    async def test(application: Application, url: str) -> None:
        elsewhere = {"additional_headers": {"X-Forwarded-For": "203.0.113.9"}}
        async with Player(url, **elsewhere) as remote:
            scenarios = await remote.ask(ClientListScenarios)
            assert isinstance(scenarios, ServerScenarios)
            assert scenarios.host_key_needed
            for key in (None, "", "BBBB-BBBB-BBBB"):
                answer = await remote.ask(lambda id, key=key: ClientCreateRoom(id, "short_market", 2, host_key=key))
                assert refusal(answer) == "host_key_needed"
            await create(remote, host_key=application.host_key)

    with_server(tmp_path, test)


def test_where_a_proxy_may_stand_in_front_this_machine_needs_the_host_key_too(tmp_path: Path) -> None:
    """A proxy that says nothing of itself makes everybody look like this machine's user."""
    key = "the-key-of-the-tests"

    async def test(_: Application, url: str) -> None:
        async with Player(url) as host:
            offer = await host.ask(ClientListScenarios)
            assert isinstance(offer, ServerScenarios)
            assert offer.host_key_needed
            for given in (None, "", "another-key-altogether"):
                answer = await host.ask(lambda id, given=given: ClientCreateRoom(id, "short_market", 2, host_key=given))  # type: ignore[misc]
                assert refusal(answer) == "host_key_needed"
            await create(host, host_key=key)

    with_server(tmp_path, test, public_url="https://square.example", host_key=key)
