"""A hosted room when the log or the program fails: what was not kept has not happened, and the room comes back."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from townsquare_agents.compiled import JIT_DISABLED
from townsquare_server.app import Application
from townsquare_server.client import Player
from townsquare_server.desk import Desk
from townsquare_server.sqlite_store import SqliteStore
from townsquare_server.wire import (
    ClientJoin,
    ClientMoveSeat,
    ClientRemoveSeat,
    ClientResume,
    ServerAck,
    ServerRefusal,
    ServerWelcome,
)

sys.path.insert(0, str(Path(__file__).parent))
from postgresql import PostgresqlServer
from serving import advance, create, edit, join, refusal, with_server

pytestmark = pytest.mark.skipif(JIT_DISABLED, reason="plays live games, which takes minutes uncompiled")


def mistake(*_: object) -> None:
    raise ZeroDivisionError("a mistake of the program")


async def brief(host: Player, anna: Player) -> ServerWelcome:
    """Open a room, seat Anna in team A and go to the briefing; return the host's welcome."""
    room = await create(host)
    await join(anna, room.code, "Anna", "A")
    await advance(host)
    await anna.wait_for_phase("briefing")
    return room


def test_when_the_disk_is_full_nothing_is_acknowledged_and_the_room_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("townsquare_server.mending.RETRY_SECONDS", 0.05)

    async def test(application: Application, url: str) -> None:
        async with Player(url) as host, Player(url) as anna:
            room = await brief(host, anna)
            assert isinstance(await edit(anna, "contest", "level", 1), ServerAck)
            store = application.log.store
            assert isinstance(store, SqliteStore)
            writer = store.connection
            pages = writer.execute("PRAGMA page_count").fetchone()[0]
            while not isinstance(answer := await edit(anna, "contest", "level", 2), ServerRefusal):
                writer.execute(f"PRAGMA max_page_count = {pages}")  # the disk is full from now on
            assert refusal(answer) == "not_stored"
            assert "full" in answer.detail
            assert refusal(await edit(anna, "contest", "level", 3)) == "not_stored"
            writer.execute("PRAGMA max_page_count = 1000000")  # somebody made room
            kept = len(application.log.read(room.code))
            await anna.until(lambda view: "restored_after_restart" in view["notices"])
            assert anna.view["plans"]["A"]["slots"]["contest"]["level"] in (1, 2)
            assert isinstance(await edit(anna, "contest", "level", 3), ServerAck)
            assert len(application.log.read(room.code)) == kept + 2  # the restart, and the edit

    with_server(tmp_path, test)


def test_a_mistake_of_the_program_costs_a_room_its_memory_and_not_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("townsquare_server.mending.RETRY_SECONDS", 0.05)

    async def test(application: Application, url: str) -> None:
        async with Player(url) as host, Player(url) as anna:
            room = await brief(host, anna)
            await edit(anna, "contest", "level", 1)
            desk = application._desk
            assert isinstance(desk, Desk)

            async def leave() -> None:
                async with Player(url) as guest:
                    await join(guest, room.code, f"Guest of {hosted.room.state.seq}", "B")
                    monkeypatch.setattr(hosted.room, "disconnected", mistake)

            async def enter() -> None:
                async with Player(url) as guest:
                    answer = await guest.ask(lambda id: ClientJoin(id, room.code, "Kari", "B"))
                    assert refusal(answer) == "not_stored"

            async def send() -> None:
                assert refusal(await edit(anna, "contest", "level", 2)) == "not_stored"

            async def pass_time() -> None:
                hosted._due()

            for method, meet in {
                "receive": send,
                "advance": pass_time,
                "connected": enter,
                "disconnected": leave,
            }.items():
                hosted = desk.rooms[room.code]
                broken = hosted.room
                if method != "disconnected":
                    monkeypatch.setattr(broken, method, mistake)
                await meet()
                while hosted.room is broken:
                    await asyncio.sleep(0.01)
            await anna.until(lambda view: view["plans"]["A"]["slots"]["contest"]["level"] == 1)
            assert isinstance(await edit(anna, "contest", "level", 3), ServerAck)
            await advance(host)
            await anna.wait_for_phase("planning")

    with_server(tmp_path, test)
    assert "a mistake of the program" in caplog.text


def test_a_room_that_stopped_is_not_taken_from_its_log_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(application: Application, url: str) -> None:
        async with Player(url) as host:
            room = await create(host)
            assert application._desk is not None
            hosted = application._desk.rooms[room.code]

            def mending() -> list[str]:
                return [task.get_name() for task in asyncio.all_tasks() if task.get_name() == f"mend {room.code}"]

            monkeypatch.setattr(hosted.room, "advance", mistake)
            hosted._due()
            await asyncio.sleep(0.01)
            assert mending() == [f"mend {room.code}"]
            await hosted.stop()
            await asyncio.sleep(0.01)
            assert mending() == []

    with_server(tmp_path, test)


def test_a_moved_guest_s_connections_follow_it_and_a_removed_one_s_end(tmp_path: Path) -> None:
    async def test(application: Application, url: str) -> None:
        async with Player(url) as host, Player(url) as second, Player(url) as anna, Player(url) as phone:
            room = await create(host)
            seat = (await join(anna, room.code, "Anna", "A")).seat
            await phone.ask(lambda id: ClientResume(id, anna.welcome.token if anna.welcome else ""))
            assert room.cohost_token is not None
            await second.ask(lambda id: ClientResume(id, room.cohost_token or ""))
            await advance(host)
            assert isinstance(await second.ask(lambda id: ClientMoveSeat(id, seat, "B")), ServerAck)
            for device in (anna, phone):
                await device.until(lambda view: list(view["plans"]) == ["B"])
            assert isinstance(await edit(anna, "contest", "level", 1), ServerAck)
            await phone.until(lambda view: "contest" in view["plans"]["B"]["slots"])  # and what comes later arrives too
            assert isinstance(await second.ask(lambda id: ClientRemoveSeat(id, seat)), ServerAck)
            for device in (anna, phone):
                await device.connection.wait_closed()
                assert device.goodbye == "removed"
            await host.until(lambda view: seat not in view["teams"]["B"].get("seats", {}))

    with_server(tmp_path, test)


def test_while_the_database_is_away_the_room_is_shown_and_it_goes_on_when_that_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgresql: PostgresqlServer
) -> None:
    monkeypatch.setattr("townsquare_server.mending.RETRY_SECONDS", 0.05)

    async def test(application: Application, url: str) -> None:
        async with Player(url) as host, Player(url) as anna:
            await brief(host, anna)
            assert isinstance(await edit(anna, "contest", "level", 1), ServerAck)
            await asyncio.to_thread(postgresql.stop)
            try:
                for level in (2, 3):
                    answer = await edit(anna, "contest", "level", level)
                    assert refusal(answer) == "not_stored"
                    assert "the database postgresql://square@" in answer.detail
                assert anna.view["phase"]["name"] == "briefing"
            finally:
                await asyncio.to_thread(postgresql.start)
            await anna.until(lambda view: "restored_after_restart" in view["notices"])
            assert anna.view["plans"]["A"]["slots"]["contest"]["level"] == 1
            assert isinstance(await edit(anna, "contest", "level", 3), ServerAck)
            await advance(host)
            await anna.wait_for_phase("planning")

    with_server(tmp_path, test, database_url=postgresql.database())
