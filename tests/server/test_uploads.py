"""A host hands a scenario in and opens a room with it; nobody else can, and what is too much is refused in words."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec

sys.path.insert(0, str(Path(__file__).parent))
from serving import advance, create, get, join, refusal, short_scenario, with_server

from townsquare_server import session_file
from townsquare_server.app import Application
from townsquare_server.client import Answer, Player
from townsquare_server.delivery import Client
from townsquare_server.entries import Opened
from townsquare_server.settings import Settings
from townsquare_server.uploads import Uploads
from townsquare_server.wire import (
    ClientCreateRoom,
    ClientListScenarios,
    ClientUploadScenario,
    ServerAck,
    ServerScenarioRead,
    ServerScenarios,
)

PART = 700


async def hand_in(player: Player, text: str, host_key: str | None = None) -> Answer:
    """Send a scenario in small parts; return the last answer."""
    parts = [text[start : start + PART] for start in range(0, len(text), PART)]
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        answer = await player.ask(lambda id: ClientUploadScenario(id, number, part, last, host_key))  # noqa: B023
        if last or not isinstance(answer, ServerAck):
            return answer
    raise AssertionError("no parts")


def test_a_scenario_is_handed_in_played_and_carried_by_its_session(tmp_path: Path) -> None:
    text = short_scenario(tmp_path / "mine").read_text(encoding="utf-8").replace("short_market", "my_market")

    async def test(_: Application, url: str) -> None:
        async with Player(url) as host, Player(url) as guest, Player(url) as stranger:
            offered = await host.ask(ClientListScenarios)
            assert isinstance(offered, ServerScenarios)
            assert offered.uploads
            read = await hand_in(host, text)
            assert isinstance(read, ServerScenarioRead), read
            assert (read.scenario.id, read.scenario.buyers) == ("own:my_market", 120)
            stolen = await stranger.ask(lambda id: ClientCreateRoom(id, "own:my_market", 2))
            assert refusal(stolen) == "unknown_scenario"
            welcome = await create(host, scenario="own:my_market")
            await join(guest, welcome.code, "Ada", "A")
            assert guest.view["scenario"]["id"] == "my_market"
            await advance(host)
            await advance(host)
            assert guest.view["phase"]["name"] == "planning"
            status, _headers, body = await get(f"{url}/rooms/{welcome.code}/session.townsquare?token={welcome.token}")
            assert status == 200
            path = tmp_path / "session.townsquare"
            path.write_bytes(body)
            opened = session_file.decode_all(welcome.code, session_file.unpack(path)[1])[0].data
            assert isinstance(opened, Opened)
            assert msgspec.json.decode(opened.scenario)["id"] == "my_market"

    with_server(tmp_path, test, messages_per_second=1000)


def test_what_is_wrong_or_too_much_is_refused_in_words_and_the_next_try_works(tmp_path: Path) -> None:
    text = short_scenario(tmp_path / "mine").read_text(encoding="utf-8")

    async def test(_: Application, url: str) -> None:
        async with Player(url) as host:
            greedy = await hand_in(host, text.replace("buyers = 120", "buyers = 1_000_000_000"))
            assert refusal(greedy) == "bad_scenario"
            assert "1000000000 buyers; this server takes 20000" in greedy.detail
            assert refusal(await hand_in(host, text.replace("buyers = 120", "byers = 120"))) == "bad_scenario"
            large = await hand_in(host, text + "#" * 20_000)
            assert refusal(large) == "bad_scenario"
            assert "upload_bytes" in large.detail
            gap = await host.ask(lambda id: ClientUploadScenario(id, 3, "x", True))
            assert refusal(gap) == "bad_scenario"
            assert refusal(await host.ask(lambda id: ClientCreateRoom(id, "own:short_market", 2))) == "unknown_scenario"
            assert isinstance(await hand_in(host, text), ServerScenarioRead)

    with_server(tmp_path, test, messages_per_second=1000, upload_bytes=10_000)


def test_a_file_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    async def test(application: Application, url: str) -> None:
        async with Player(url) as host:
            slow = await hand_in(host, "x = 1")  # no interpreter starts in a hundredth of a second
            assert refusal(slow) == "bad_scenario"
            assert "takes more than 0.01 seconds" in slow.detail

    with_server(tmp_path, test, upload_seconds=0.01)


def test_only_who_may_open_a_room_may_hand_a_scenario_in(tmp_path: Path) -> None:
    async def test(application: Application, url: str) -> None:
        remote = {"additional_headers": {"X-Forwarded-For": "203.0.113.9"}}
        async with Player(url, **remote) as far:
            assert refusal(await hand_in(far, "x = 1")) == "host_key_needed"
            assert refusal(await hand_in(far, "x = 1", "BBBB-BBBB-BBBB")) == "host_key_needed"
            assert refusal(await hand_in(far, "x = 1", application.host_key)) == "bad_scenario"

    with_server(tmp_path, test)


def test_the_owner_can_switch_it_off(tmp_path: Path) -> None:
    async def test(_: Application, url: str) -> None:
        async with Player(url) as host:
            offered = await host.ask(ClientListScenarios)
            assert isinstance(offered, ServerScenarios)
            assert not offered.uploads
            assert refusal(await hand_in(host, "x = 1")) == "no_uploads"

    with_server(tmp_path, test, uploads=False)


def test_it_is_off_where_the_world_can_reach_the_server_unless_the_owner_says_so() -> None:
    assert Uploads(Settings()).allowed
    assert Uploads(Settings(lan=True)).allowed
    assert not Uploads(Settings(public_url="https://square.example")).allowed
    assert Uploads(Settings(public_url="https://square.example", uploads=True)).allowed
    assert not Uploads(Settings(uploads=False)).allowed


def test_what_a_connection_handed_in_is_forgotten_with_it(tmp_path: Path) -> None:
    text = short_scenario(tmp_path / "mine").read_text(encoding="utf-8")

    async def test(application: Application, url: str) -> None:
        assert application._desk is not None
        uploads: Uploads = application._desk._uploads
        held: dict[Client, object] = uploads._scenarios  # type: ignore[assignment]
        async with Player(url) as host, Player(url) as other:
            assert isinstance(await hand_in(host, text), ServerScenarioRead)
            assert isinstance(await host.ask(lambda id: ClientUploadScenario(id, 0, "half", False)), ServerAck)
            assert len(held) == len(uploads._parts) == 1
            await host.__aexit__(None, None, None)
            while held or uploads._parts:
                await other.ask(ClientListScenarios)
            await host.__aenter__()

    with_server(tmp_path, test, messages_per_second=10_000, message_burst=10_000)
