"""What other teams must not see: every byte that a seat receives is the same, whatever another team does in private.

Law: the same game is played twice or more, and only what one team keeps to itself differs: its plan while it plans,
what it measures, what the host tells it alone. Each seat's bytes are compared, so that nothing that nobody has thought
of can hide in them.
"""

from __future__ import annotations

import asyncio
import itertools
import struct
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest
from websockets.asyncio.client import ClientConnection, connect

sys.path.insert(0, str(Path(__file__).parent))
from driving import SIGNER, Driver
from serving import advance, create, edit, with_server

from townsquare_server.app import Application
from townsquare_server.client import Player
from townsquare_server.codec import Format, encode
from townsquare_server.seats import Claim
from townsquare_server.wire import (
    SUBPROTOCOLS,
    ClientEditPlan,
    ClientJoin,
    ClientMessage,
    ClientResume,
    ClientSetReady,
    ClientTell,
    ServerMessage,
)

NOTE = "swordfish and chips"
OTHERS = ("s1", "s2", "projector")  # team A's seats, and the wall
ONES = ("s3", "s4")  # team B's
QUIET: list[tuple[str, str, Any]] = [("ad_burst", "level", 1)]
LOUD: list[tuple[str, str, Any]] = [
    ("contest", "level", 3),
    ("contest", "audience", "function_head"),
    ("expert_article", "level", 2),
    ("ad_burst", "level", 1),
    ("contest", "level", 0),
]
LISTENING: list[tuple[str, str, Any]] = [*QUIET, ("buyer_survey", "level", 2)]


@dataclass
class Tapped(Driver):
    """A room whose every byte to every seat is kept."""

    streams: dict[str, list[bytes]] = field(default_factory=dict)

    def _mirror(self, seat: str, message: ServerMessage) -> None:
        both = [encode(format, message) for format in (Format.MSGPACK, Format.JSON)]
        self.streams.setdefault(seat, []).extend(both)
        super()._mirror(seat, message)

    def heard(self, *seats: str) -> dict[str, list[bytes]]:
        return {seat: list(self.streams[seat]) for seat in seats}


def in_planning(plan: list[tuple[str, str, Any]], note: str | None) -> Tapped:
    """Two teams of two plan; team A always the same."""
    driver = Tapped.open()
    assert isinstance(driver, Tapped)
    for nickname, team in (("Ann", "A"), ("Amy", "A"), ("Bob", "B"), ("Bea", "B")):
        driver.join(nickname, team)
    driver.run(driver.room.connected("projector", None, driver.now))
    driver.to("planning")
    driver.say("s1", ClientEditPlan, "expert_article", "level", 1)
    if note is not None:
        driver.say("host", ClientTell, "B", note)
    plays = {play.id for play in driver.room.state.scenario.plays}
    for slot, key, value in plan:
        assert slot in plays
        driver.say("s3", ClientEditPlan, slot, key, value)
    driver.run(driver.room.connected("s2", None, driver.now))  # comes back for a whole snapshot
    driver.run(driver.room.connected("projector", None, driver.now))
    return driver


def test_a_plan_and_a_note_are_their_team_s_alone() -> None:
    games = [
        in_planning(QUIET, None),
        in_planning(LOUD, NOTE),
        in_planning(LISTENING, "something else"),
        in_planning([], NOTE),
    ]
    for one, other in itertools.pairwise(games):
        assert one.heard(*OTHERS) == other.heard(*OTHERS)
        assert one.heard(*ONES) != other.heard(*ONES)  # what was compared is not empty
        assert one.heard("host") != other.heard("host")
    assert NOTE.encode() in b"".join(games[1].streams["s4"])


def through_the_round(plan: list[tuple[str, str, Any]], note: str | None, rounds: int = 1) -> Tapped:
    driver = in_planning(plan, note)
    for round in range(1, rounds + 1):
        driver.to("planning", round)
        driver.say("s3", ClientSetReady, True)
        driver.skip()
        driver.wait(10_000)
        assert driver.room.state.phase.value == "review"
    for seat in ("s2", "projector"):
        driver.run(driver.room.connected(seat, None, driver.now))
    return driver


def test_what_a_team_measures_and_is_told_stays_with_it_through_the_round() -> None:
    """Listening changes no buyer, so not one byte of the others' round may change with it."""
    deaf, listening = through_the_round(QUIET, None), through_the_round(LISTENING, NOTE)
    assert deaf.heard(*OTHERS) == listening.heard(*OTHERS)
    assert deaf.heard(*ONES) != listening.heard(*ONES)


def test_exact_values_and_plans_of_another_team_come_with_the_debrief_and_not_before() -> None:
    driver = through_the_round(LOUD, NOTE, rounds=2)
    _, host_view = driver.mirrors["host"]
    results = host_view["results"]
    own = {value for values in results["A"]["value"].values() for value in values}
    secret = {
        struct.pack(">d", value)
        for values in results["B"]["value"].values()
        for value in values
        if value is not None and value not in own and value != int(value)
    }
    assert len(secret) > 5
    before = {seat: b"".join(stream) for seat, stream in driver.streams.items()}
    assert all(number in before["host"] for number in secret)
    for seat in OTHERS:
        assert [number for number in secret if number in before[seat]] == []
        _, view = driver.mirrors[seat]
        assert not view["results"]["B"].get("plan")
        assert not view["results"]["B"].get("value")
        assert "B" not in view["plans"]
    driver.to("debrief")
    for seat in OTHERS:
        assert all(number in b"".join(driver.streams[seat]) for number in secret)
        assert NOTE.encode() not in b"".join(driver.streams[seat])  # a note stays between those it was for


def test_tokens_and_personal_codes_reach_their_own_seat_alone() -> None:
    driver = through_the_round(LOUD, NOTE, rounds=2)
    driver.to("debrief")
    room = driver.room
    seats = room.state.seats
    for owner in seats.values():
        token = SIGNER.token(Claim(owner.role, room.code, owner.id)).encode()
        personal_code = SIGNER.personal_code(room.code, owner.id).encode()
        for seat, stream in driver.streams.items():
            if seat in (owner.id, "host"):  # the host hands the wall's and the second host's out
                continue
            assert token not in b"".join(stream), (seat, owner.id)
            assert personal_code not in b"".join(stream), (seat, owner.id)


class Tap:
    """A raw connection that keeps every byte it is sent."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.received = b""
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for data in self.connection:
            self.received += data if isinstance(data, bytes) else data.encode()

    async def say(self, message: ClientMessage) -> None:
        await self.connection.send(msgspec.msgpack.encode(message))

    async def until(self, marker: bytes) -> None:
        while marker not in self.received:
            await asyncio.sleep(0.01)

    def stop(self) -> None:
        self._reading.cancel()


@pytest.mark.parametrize("compression", [None, "deflate"])
def test_no_socket_carries_what_is_for_another(compression: str | None, tmp_path: Path) -> None:
    """The same over real connections: what the room addresses rightly is delivered rightly."""

    async def test(_: Application, url: str) -> None:
        address, options = (
            f"{url.replace('http', 'ws')}/ws",
            {"subprotocols": [SUBPROTOCOLS[0]], "compression": compression},
        )
        async with Player(url) as host, Player(url) as bea:
            welcome = await create(host)
            code = welcome.code
            taps = [Tap(await connect(address, **options)) for _ in range(3)]  # type: ignore[arg-type]
            ann, wall, bob = taps
            await ann.say(ClientJoin(1, code, "Ann", "A"))
            await wall.say(ClientResume(1, welcome.projector_token or ""))
            await bob.say(ClientJoin(1, code, "Bob", "B"))
            for tap in taps:
                await tap.until(b"snapshot")
            seat = await bea.ask(lambda id: ClientJoin(id, code, "Bea", "B"))
            await advance(host)
            await advance(host)
            await host.ask(lambda id: ClientTell(id, "B", NOTE))
            await edit(bea, "contest", "level", 3)
            await host.ask(lambda id: ClientTell(id, None, "that is all"))
            for tap in taps:
                await tap.until(b"that is all")
                tap.stop()
                await tap.connection.close()
            assert NOTE.encode() in bob.received
            assert b"contest#2" not in ann.received
            for tap in (ann, wall):
                assert NOTE.encode() not in tap.received
                for secret in (seat.token, seat.personal_code, welcome.token, welcome.personal_code):  # type: ignore[union-attr]
                    assert secret.encode() not in tap.received

    with_server(tmp_path, test)
