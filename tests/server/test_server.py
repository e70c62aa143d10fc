"""A whole server over real sockets: rooms are opened, entered and played, and nothing sent to them harms them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import struct
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
from websockets.exceptions import ConnectionClosed

from townsquare_agents.compiled import JIT_DISABLED
from townsquare_agents.paths import scenarios_folder
from townsquare_server import session_file
from townsquare_server.app import READY, Application
from townsquare_server.client import Answer, Player
from townsquare_server.codec import Format
from townsquare_server.desk import Desk
from townsquare_server.entries import Commanded, Entry
from townsquare_server.entries import encode as encode_entry
from townsquare_server.settings import Settings
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
    ClientSetReady,
    ServerAck,
    ServerBuyerStory,
    ServerRefusal,
    ServerRoomInfo,
    ServerScenarios,
    ServerWelcome,
)

pytestmark = pytest.mark.skipif(JIT_DISABLED, reason="plays live games, which takes minutes uncompiled")

SHORT = {
    'id = "first_market"': 'id = "short_market"',
    "rounds = 8": "rounds = 2",
    "ticks_per_round = 28": "ticks_per_round = 6\nrunning_seconds = 0.3",
    "buyers = 2000": "buyers = 120",
}


def short_scenario(folder: Path) -> Path:
    """The shipped scenario, shortened."""
    text = (scenarios_folder() / "first_market.toml").read_text(encoding="utf-8")
    for old, new in SHORT.items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    path = folder / "short_market.toml"
    path.write_text(text, encoding="utf-8")
    return path


@contextlib.asynccontextmanager
async def running(folder: Path, **settings: Any) -> AsyncIterator[Application]:
    """A server that is ready, in this process."""
    folder.mkdir(exist_ok=True)
    options = {"port": 0, "data": str(folder), "scenarios": [str(short_scenario(folder))], **settings}
    application = Application(msgspec.convert(options, Settings))
    stop, ready = asyncio.Event(), asyncio.Event()
    application.watchers.append(lambda stage, _: ready.set() if stage == READY else None)
    serving = asyncio.create_task(application.run(stop))
    waiting = asyncio.create_task(ready.wait())
    try:
        await asyncio.wait([serving, waiting], return_when=asyncio.FIRST_COMPLETED)
        assert ready.is_set(), serving.exception()
        yield application
    finally:
        waiting.cancel()
        stop.set()
        await serving


def with_server(
    folder: Path, test: Callable[[Application, str], Awaitable[None]], seconds: float = 120, **settings: Any
) -> None:
    async def run() -> None:
        async with asyncio.timeout(seconds), running(folder, **settings) as application:
            await test(application, f"http://127.0.0.1:{application.port}")

    asyncio.run(run())


async def create(player: Player, **options: Any) -> ServerWelcome:
    settings = {"scenario": "short_market", "teams": 2, "seed": 7, **options}
    answer = await player.ask(lambda id: ClientCreateRoom(id, **settings))
    assert isinstance(answer, ServerWelcome), answer
    return answer


async def join(player: Player, code: str, nickname: str, team: str) -> ServerWelcome:
    answer = await player.ask(lambda id: ClientJoin(id, code, nickname, team))
    assert isinstance(answer, ServerWelcome), answer
    return answer


async def advance(host: Player) -> None:
    phase = host.view["phase"]
    answer = await host.ask(lambda id: ClientAdvance(id, phase["name"], phase["round"]))
    assert isinstance(answer, ServerAck), answer


async def edit(player: Player, slot: str, field: str, value: str | int | None) -> Answer:
    return await player.ask(lambda id: ClientEditPlan(id, slot, cast(Any, field), value))


def refusal(answer: Answer) -> str:
    assert isinstance(answer, ServerRefusal), answer
    assert answer.detail[0].islower() or not answer.detail[0].isalpha()
    return answer.code


async def get(url: str, headers: dict[str, str] | None = None) -> tuple[int, dict[str, str], bytes]:
    def fetch() -> tuple[int, dict[str, str], bytes]:
        request = urllib.request.Request(url, headers=headers or {})
        try:
            with urllib.request.urlopen(request, timeout=20) as reply:
                return reply.status, {k.lower(): v for k, v in reply.headers.items()}, reply.read()
        except urllib.error.HTTPError as error:
            return error.code, {k.lower(): v for k, v in error.headers.items()}, error.read()

    return await asyncio.to_thread(fetch)


@pytest.fixture(params=list(Format), ids=lambda format: format.value)
def format(request: pytest.FixtureRequest) -> Format:
    return request.param  # type: ignore[no-any-return]


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
            await check_pages(url, room, host)

    with_server(tmp_path, test)


async def check_pages(url: str, room: ServerWelcome, host: Player) -> None:
    status, headers, graph = await get(url + host.view["graph_url"])
    assert (status, headers["cache-control"]) == (200, "public, max-age=31536000, immutable")
    assert struct.unpack_from("<4sII", graph) == (b"TSQG", 1, 120)
    assert (await get(f"{url}/rooms/{room.code}/graph-{'0' * 16}.bin"))[0] == 404
    status, headers, svg = await get(f"{url}/qr/{room.code}.svg")
    assert (status, headers["content-type"]) == (200, "image/svg+xml")
    assert svg.startswith(b"<svg")
    health = json.loads((await get(f"{url}/healthz"))[2])
    assert (health["ready"], health["rooms"], health["connections"]) == (True, 1, 4)
    status, headers, session = await get(f"{url}/rooms/{room.code}/session.townsquare?token={room.token}")
    assert status == 200
    assert f'filename="{room.code}.townsquare"' in headers["content-disposition"]
    assert session.startswith(b"PK")
    for token in ("", "x", (room.projector_token or "")):
        assert (await get(f"{url}/rooms/{room.code}/session.townsquare?token={token}"))[0] == 403


def forge(entry: Entry) -> bytes:
    """The entry, but if it sets a level of 2: then it sets 1."""
    match entry.data:
        case Commanded(ClientEditPlan(value=2) as message):
            entry = msgspec.structs.replace(entry, data=Commanded(msgspec.structs.replace(message, value=1)))
    return encode_entry(entry)


def test_an_exported_session_proves_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from townsquare_server.cli import main

    path = tmp_path / "game.townsquare"
    digests: list[str] = []

    async def test(application: Application, url: str) -> None:
        async with Player(url) as host, Player(url) as anna:
            room = await create(host)
            await join(anna, room.code, "Anna", "A")
            await advance(host)
            await host.wait_for_phase("briefing")
            await advance(host)
            await anna.wait_for_phase("planning")
            await edit(anna, "contest", "level", 2)
            await advance(host)
            await host.wait_for_phase("review", 1)
            _, _, session = await get(f"{url}/rooms/{room.code}/session.townsquare?token={room.token}")
            path.write_bytes(session)
            desk = application._desk
            assert isinstance(desk, Desk)
            digests.extend(desk.rooms[room.code].room.state.digests)

    with_server(tmp_path / "data", test)
    assert main(["replay", str(path), "--verify"]) == 0
    assert digests[0] in capsys.readouterr().out
    assert main(["replay", str(tmp_path / "data" / "log.sqlite"), "--verify", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rounds"][0]["digest"] == digests[0]
    manifest, entries = session_file.unpack(path)
    assert manifest.digests == digests
    forged = [forge(entry) for entry in session_file.decode_all(manifest.room, entries)]
    assert sum(new != old for new, old in zip(forged, entries, strict=True)) == 1
    (tmp_path / "forged.townsquare").write_bytes(session_file.pack(manifest.room, forged))
    assert main(["replay", str(tmp_path / "forged.townsquare"), "--verify"]) == 1
    assert f"round 1 was logged with digest {digests[0]}" in capsys.readouterr().err


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


def test_when_the_disk_is_full_nothing_is_acknowledged_and_the_room_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("townsquare_server.hosting.RETRY_SECONDS", 0.05)

    async def test(application: Application, url: str) -> None:
        async with Player(url) as host, Player(url) as anna:
            room = await create(host)
            await join(anna, room.code, "Anna", "A")
            await advance(host)
            await anna.wait_for_phase("briefing")
            assert isinstance(await edit(anna, "contest", "level", 1), ServerAck)
            writer = application.log._connection
            pages = writer.execute("PRAGMA page_count").fetchone()[0]
            while not isinstance(answer := await edit(anna, "contest", "level", 2), ServerRefusal):
                writer.execute(f"PRAGMA max_page_count = {pages}")  # the disk is full from now on
            assert refusal(answer) == "not_stored"
            assert "full" in answer.detail
            assert refusal(await edit(anna, "contest", "level", 3)) == "not_stored"
            writer.execute("PRAGMA max_page_count = 1000000")  # somebody made room
            kept = len(list(application.log.read(room.code)))
            await anna.until(lambda view: "restored_after_restart" in view["notices"])
            assert anna.view["plans"]["A"]["slots"]["contest"]["level"] in (1, 2)
            assert isinstance(await edit(anna, "contest", "level", 3), ServerAck)
            assert len(list(application.log.read(room.code))) == kept + 2  # the restart, and the edit

    with_server(tmp_path, test)


def test_a_mistake_of_the_program_costs_a_room_its_memory_and_not_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("townsquare_server.hosting.RETRY_SECONDS", 0.05)

    def mistake(*_: object) -> None:
        raise ZeroDivisionError("a mistake of the program")

    async def test(application: Application, url: str) -> None:
        async with Player(url) as host, Player(url) as anna:
            room = await create(host)
            await join(anna, room.code, "Anna", "A")
            await advance(host)
            await anna.wait_for_phase("briefing")
            await edit(anna, "contest", "level", 1)
            desk = application._desk
            assert isinstance(desk, Desk)
            for method in ("receive", "advance"):
                hosted = desk.rooms[room.code]
                broken = hosted.room
                monkeypatch.setattr(broken, method, mistake)
                if method == "receive":
                    assert refusal(await edit(anna, "contest", "level", 2)) == "not_stored"
                else:
                    hosted._advance()
                while hosted.room is broken:
                    await asyncio.sleep(0.01)
            await anna.until(lambda view: view["plans"]["A"]["slots"]["contest"]["level"] == 1)
            assert isinstance(await edit(anna, "contest", "level", 3), ServerAck)
            await advance(host)
            await anna.wait_for_phase("planning")

    with_server(tmp_path, test)
    assert "a mistake of the program" in caplog.text


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

    async def long_after(_: Application, url: str) -> None:
        async with Player(url) as host:
            assert refusal(await host.ask(lambda id: ClientResume(id, kept["room"].token))) == "unknown_room"

    with_server(tmp_path, before)
    asyncio.run(goodbye())
    with_server(tmp_path, long_after, restore_days=1e-9)
