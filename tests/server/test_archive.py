"""What the log keeps comes back: a torn end is cut, told and kept; damage in the middle closes one room alone."""

from __future__ import annotations

import asyncio
import logging
import sys
from pathlib import Path

import msgspec
import pytest

from townsquare_agents.compiled import JIT_DISABLED
from townsquare_server import entries, wire
from townsquare_server.app import Application
from townsquare_server.archive import Archive
from townsquare_server.client import Player
from townsquare_server.entries import Restarted, decode
from townsquare_server.errors import BrokenEntryError, DigestError
from townsquare_server.event_log import EventLog
from townsquare_server.wire import (
    ClientJoin,
    ClientLockRoom,
    ClientPeek,
    ClientResume,
    ServerAck,
    ServerRefusal,
    ServerWelcome,
)

sys.path.insert(0, str(Path(__file__).parent))
from driving import SETTINGS, Driver, timeless
from keeping import Keeping
from serving import advance, create, edit, get, join, refusal, with_server

CODE = "KWMRTX"
Game = tuple[list[bytes], int]


@pytest.fixture(scope="module")
def game() -> Game:
    """A log that ends with three edits behind the last change of phase, and how many entries come before these."""
    driver = Driver.open()
    kari = driver.join("Kari", "A")
    driver.to("planning", 2)
    before = len(driver.log)
    for level in (1, 2, 3):
        driver.say(kari, wire.ClientEditPlan, "contest", "level", level)
    return driver.log, before


def fill(keeping: Keeping, log: list[bytes]) -> None:
    with keeping.open() as opened:
        opened.append(CODE, list(enumerate(log, start=1)), durable=True).result(10)


def read_back(opened: EventLog) -> Driver:
    """The room as a server takes it up, with what it then appends written behind what is kept."""
    driver = Driver(Archive(opened).read_back(CODE, 0, SETTINGS), 0)
    driver.log = opened.read(CODE)
    kept = len(driver.log)
    driver.run(driver.room.advance(driver.now))
    opened.append(CODE, list(enumerate(driver.log[kept:], start=kept + 1)), durable=True).result(10)
    return driver


def test_a_whole_log_comes_back_whole(keeping: Keeping, game: Game) -> None:
    log, _ = game
    fill(keeping, log)
    with keeping.open() as opened:
        driver = read_back(opened)
        assert driver.room.state.plans["A"].slots["contest"].level == 3
        assert opened.store.aside(CODE) == []
        assert decode(driver.log[-1], CODE, len(driver.log)).data == Restarted(SETTINGS.version)


@pytest.mark.parametrize(
    ("damage", "lost", "level"),
    [
        ("UPDATE entries SET entry = x'86a3' WHERE seq = {last}", 1, 2),
        ("UPDATE entries SET entry = x'' WHERE seq >= {last} - 1", 2, 1),
        ("UPDATE entries SET entry = x'c1c1c1c1' WHERE seq = {last} - 1", 2, 1),
        ("DELETE FROM entries WHERE seq = {last} - 1", 1, 1),
        ("UPDATE entries SET entry = x'00' WHERE seq = {last} - 2", 3, None),
    ],
)
def test_an_end_that_cannot_be_read_is_cut_told_and_kept_beside(
    keeping: Keeping, game: Game, caplog: pytest.LogCaptureFixture, damage: str, lost: int, level: int | None
) -> None:
    log, before = game
    fill(keeping, log)
    keeping.spoil(damage.format(last=len(log)))
    with keeping.open() as opened:
        driver = read_back(opened)
        assert opened.store.aside(CODE)[0][0] == before + (level or 0) + (2 if "DELETE" in damage else 1)
        assert len(opened.store.aside(CODE)) == lost
        assert all("entry" in why for _, _, why in opened.store.aside(CODE))
        assert "the log was cut to its last whole entry" in caplog.text
        slots = driver.room.state.plans["A"].slots
        assert (slots["contest"].level if "contest" in slots else None) == level
        assert driver.room.state.notices == ["restored_without_the_end"]
        again = Archive(opened).read_back(CODE, 0, SETTINGS)  # it is whole now, and still says what happened
        assert timeless(again, "facilitator") == timeless(driver.room, "facilitator")
        assert again.state.notices == ["restored_without_the_end"]


@pytest.mark.parametrize("place", [1, 2, -1])
def test_damage_in_the_middle_is_refused_and_changes_nothing(keeping: Keeping, game: Game, place: int) -> None:
    log, before = game
    fill(keeping, log)
    seq = place if place > 0 else before + place
    keeping.spoil(f"UPDATE entries SET entry = x'c1' WHERE seq = {seq}")
    with keeping.open() as opened:
        with pytest.raises(BrokenEntryError, match=f"room {CODE}, entry {seq}: not an entry of a log"):
            Archive(opened).read_back(CODE, 0, SETTINGS)
        assert (len(opened.read(CODE)), opened.store.aside(CODE)) == (len(log), [])


def test_an_entry_that_was_changed_is_never_cut_off(keeping: Keeping, game: Game) -> None:
    log, _ = game
    kinds = [entries.kind_of(entry) for entry in log]
    place = kinds.index("round")
    stored = msgspec.msgpack.decode(log[place])
    stored["data"]["digest"] = "00"
    fill(keeping, [*log[:place], msgspec.msgpack.encode(stored)])
    with keeping.open() as opened:
        with pytest.raises(DigestError):
            Archive(opened).read_back(CODE, 0, SETTINGS)
        assert opened.store.aside(CODE) == []


def test_rooms_are_listed_most_recent_first_and_old_ones_left(keeping: Keeping) -> None:
    def dated(at: float) -> bytes:
        return msgspec.msgpack.encode({"at": at})

    with keeping.open() as opened:
        for code, entry in {"A": dated(10), "B": dated(30), "C": dated(20), "D": dated(40), "E": b"\xc1"}.items():
            opened.append(code, [(1, entry)], durable=True).result(10)
        opened.close_room("D").result(10)
        archive = Archive(opened)
        assert archive.look(15) == ["E", "B", "C"]  # what cannot be read is looked at first
        assert [archive.holds(code, also_closed=False) for code in "ADZ"] == [True, False, False]
        assert archive.holds("D", also_closed=True)


needs_speed = pytest.mark.skipif(JIT_DISABLED, reason="plays live games, which takes minutes uncompiled")


@needs_speed
def test_a_closed_room_comes_back_for_those_who_were_in_it(tmp_path: Path) -> None:
    async def test(application: Application, url: str) -> None:
        async with Player(url) as host, Player(url) as anna:
            room = await create(host)
            guest = await join(anna, room.code, "Anna", "A")
            while host.view["phase"]["name"] != "closed":
                seen = (host.view["phase"]["name"], host.view["phase"]["round"])
                await advance(host)
                await host.until(lambda view, seen=seen: (view["phase"]["name"], view["phase"]["round"]) != seen)  # type: ignore[misc]
        desk = application._desk
        assert desk is not None
        while room.code in desk.rooms:  # the last has left
            await asyncio.sleep(0.01)
        async with Player(url) as stranger:
            answer = await stranger.ask(lambda id: ClientPeek(id, room.code))
            assert refusal(answer) == "unknown_room"
            answer = await stranger.ask(lambda id: ClientJoin(id, room.code, "Kari", "A"))
            assert refusal(answer) == "unknown_room"
        async with Player(url) as host, Player(url) as anna:
            for player, token in ((host, room.token), (anna, guest.token)):
                answer = await player.ask(lambda id, token=token: ClientResume(id, token))  # type: ignore[misc]
                assert isinstance(answer, ServerWelcome), answer
                await player.until(lambda view: view["phase"]["name"] == "closed")
            assert len(host.view["results"]["A"]["vanity"]["reach"]) == 2
        async with Player(url) as anna:
            forged = guest.token.replace(f".{guest.seat}.", ".s99.")
            assert refusal(await anna.ask(lambda id: ClientResume(id, forged))) == "bad_token"
        times = 0
        while not await come_and_go(url, guest.token):  # as one who would keep the worker busy
            times += 1
            assert times < 300

    async def come_and_go(url: str, token: str) -> str:
        async with Player(url) as anna:
            answer = await anna.ask(lambda id: ClientResume(id, token))
        return refusal(answer) if isinstance(answer, ServerRefusal) else ""

    with_server(tmp_path, test)


@needs_speed
def test_one_room_that_cannot_be_read_stays_closed_in_words_and_others_open(keeping: Keeping) -> None:
    tokens: list[ServerWelcome] = []

    async def play(application: Application, url: str) -> None:
        for _ in range(2):
            async with Player(url) as host:
                tokens.append(await create(host))
                assert isinstance(await host.ask(lambda id: ClientLockRoom(id, True)), ServerAck)
                assert isinstance(await host.ask(lambda id: ClientLockRoom(id, False)), ServerAck)
                await advance(host)
                await host.wait_for_phase("briefing")

    async def come_back(application: Application, url: str) -> None:
        broken, whole = tokens
        async with Player(url) as host:
            answer = await host.ask(lambda id: ClientResume(id, broken.token))
            assert refusal(answer) == "room_unreadable"
            assert f"room {broken.code}, entry 2: not an entry of a log" in answer.detail
            assert isinstance(await host.ask(lambda id: ClientResume(id, whole.token)), ServerWelcome)
        status, _, text = await get(f"{url}/rooms/{broken.code}/session.townsquare?token={broken.token}")
        assert (status, b"entry 2" in text) == (500, True)

    with_server(keeping.folder, play, **keeping.settings)
    keeping.spoil(f"UPDATE entries SET entry = x'c1' WHERE room = '{tokens[0].code}' AND seq = 2")
    with_server(keeping.folder, come_back, **keeping.settings)


@needs_speed
def test_a_room_that_nobody_touched_for_long_is_taken_up_when_somebody_comes(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rooms: list[ServerWelcome] = []

    async def open_one(application: Application, url: str) -> None:
        async with Player(url) as host:
            rooms.append(await create(host))

    async def come_back(application: Application, url: str) -> None:
        assert application._desk is not None
        assert application._desk.rooms == {}
        async with Player(url) as anna, Player(url) as host:
            await join(anna, rooms[0].code.lower(), "Anna", "A")
            assert isinstance(await host.ask(lambda id: ClientResume(id, rooms[0].token)), ServerWelcome)
            await advance(host)
            await anna.wait_for_phase("briefing")
            assert isinstance(await edit(anna, "contest", "level", 1), ServerAck)

    with_server(tmp_path, open_one)
    with caplog.at_level(logging.WARNING):
        with_server(tmp_path, come_back, restore_days=1e-9)
    assert "1 of the rooms were not touched for long" in caplog.text
