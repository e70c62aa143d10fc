"""One message to many: the bytes are built once, reach who should have them, and wait for nobody."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import msgspec
from listening import Silent, listening
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from townsquare_server.codec import Format
from townsquare_server.delivery import Client
from townsquare_server.fan_out import FanOut
from townsquare_server.turn import Turns
from townsquare_server.wire import SUBPROTOCOLS, ServerAck, ServerGoodbye, ServerNodes

NAMES = dict(zip((Format.MSGPACK, Format.JSON), SUBPROTOCOLS, strict=True))


class House:
    """A server, and connections to it in the order in which they were made."""

    def __init__(self, port: int, handler: Silent) -> None:
        self.port, self.handler = port, handler

    @contextlib.asynccontextmanager
    async def guest(self, format: Format = Format.MSGPACK) -> AsyncIterator[tuple[ClientConnection, Client]]:
        before = len(self.handler.clients)
        async with connect(f"ws://127.0.0.1:{self.port}/ws", subprotocols=[Subprotocol(NAMES[format])]) as connection:
            while len(self.handler.clients) == before:
                await asyncio.sleep(0)
            yield connection, self.handler.clients[-1]


def with_house(test: Callable[[House], Awaitable[None]]) -> None:
    async def run() -> None:
        handler = Silent()
        async with asyncio.timeout(20), listening(handler) as port:
            await test(House(port, handler))

    asyncio.run(run())


async def numbers(connection: ClientConnection, until: int) -> list[int]:
    """Read acknowledgements until one carries a number; return all numbers."""
    found: list[int] = []
    while not found or found[-1] != until:
        data = await connection.recv()
        found.append((msgspec.json if isinstance(data, str) else msgspec.msgpack).decode(data)["id"])
    return found


def test_an_audience_gets_what_is_published_for_it_in_every_format() -> None:
    async def test(house: House) -> None:
        async with house.guest() as (a, on_a), house.guest(Format.JSON) as (b, on_b), house.guest() as (c, on_c):
            room = FanOut()
            room.add(on_a, "s1", "team:A")
            room.add(on_b, "s2", "team:A")
            room.add(on_c, "s3", "team:B")
            assert len(room) == 3
            await Turns().go_through(room.publish("team:A", ServerAck(1), droppable=False))
            await Turns().go_through(room.publish("team:C", ServerAck(2), droppable=False))  # nobody there
            room.send("s3", ServerAck(3))
            room.move("s2", "team:B")
            await Turns().go_through(room.publish("team:B", ServerAck(4), droppable=True))
            room.remove(on_c)
            room.remove(on_c)  # twice is once
            for audience in ("team:A", "team:B"):
                await Turns().go_through(room.publish(audience, ServerAck(5), droppable=False))
            room.reply(on_c, ServerAck(5))
            assert await numbers(a, 5) == [1, 5]
            assert await numbers(b, 5) == [1, 4, 5]
            assert await numbers(c, 5) == [3, 4, 5]
            assert room.seats() == {on_a: "s1", on_b: "s2"}

    with_house(test)


def test_all_devices_of_a_seat_are_answered_and_can_be_sent_away() -> None:
    async def test(house: House) -> None:
        async with house.guest() as (phone, on_phone), house.guest() as (desk, on_desk):
            room = FanOut()
            room.add(on_phone, "s1", "team:A")
            room.add(on_desk, "s1", "team:A")
            room.send("s1", ServerAck(1))
            assert await numbers(phone, 1) == await numbers(desk, 1) == [1]
            assert set(room) == set(room.of_seat("s1")) == {on_phone, on_desk}
            room.send("s2", ServerGoodbye("removed"))
            for client in room:
                room.remove(client)
            assert (len(room), room.of_seat("s1")) == (0, [])

    with_house(test)


def test_what_is_answered_again_is_the_same_and_so_is_what_was_forgotten_meanwhile() -> None:
    frames = [ServerNodes(1, tick, True, b"", bytes([tick]) * 600) for tick in range(100)]

    async def test(house: House) -> None:
        async with house.guest() as (a, on_a), house.guest(Format.JSON) as (b, on_b):
            room = FanOut()
            room.add(on_b, "s2", "team:A")
            for frame in (*frames, frames[-1], frames[0]):
                room.reply(on_a, frame)
                room.send("s2", frame)
            for connection, codec in ((a, msgspec.msgpack), (b, msgspec.json)):
                read = [codec.decode(await connection.recv(), type=ServerNodes) for _ in range(len(frames) + 2)]  # type: ignore[arg-type]
                assert read == [*frames, frames[-1], frames[0]]

    with_house(test)
