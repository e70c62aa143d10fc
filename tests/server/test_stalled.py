"""Clients that stop reading, vanish or close half of their line: they cost a bounded amount, and the others nothing."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import struct
from collections.abc import Awaitable, Callable

from listening import Silent, handshake, listening

from townsquare_server.delivery import BUFFER_LIMIT, Client
from townsquare_server.fan_out import FanOut
from townsquare_server.frames import Parcel
from townsquare_server.publisher import MOST_PAST_BYTES
from townsquare_server.turn import Turns
from townsquare_server.wire import ServerNodes

FRAME = ServerNodes(1, 1, True, b"", os.urandom(8_000))


class Square(Silent):
    """A server whose every connection sits in one audience, and the sockets at the other ends."""

    def __init__(self) -> None:
        super().__init__()
        self.room = FanOut()
        self.port = 0
        self._sockets: list[socket.socket] = []

    def opened(self, client: Client) -> None:
        super().opened(client)
        self.room.add(client, f"s{len(self.clients)}", "projector")

    def closed(self, client: Client) -> None:
        self.room.remove(client)

    async def connect(self, receive_buffer: int | None = None) -> tuple[socket.socket, Client]:
        """Open a WebSocket on a raw socket."""
        loop, raw = asyncio.get_running_loop(), socket.socket()
        self._sockets.append(raw)
        raw.setblocking(False)
        if receive_buffer is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        before = len(self.clients)
        await loop.sock_connect(raw, ("127.0.0.1", self.port))
        await loop.sock_sendall(raw, handshake())
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += await loop.sock_recv(raw, 1)
        while len(self.clients) == before:
            await asyncio.sleep(0)
        return raw, self.clients[-1]

    async def read(self, raw: socket.socket, size: int) -> bytes:
        loop, found = asyncio.get_running_loop(), b""
        while len(found) < size:
            data = await loop.sock_recv(raw, size - len(found))
            assert data, "the server closed the line"
            found += data
        return found

    def close(self) -> None:
        for raw in self._sockets:
            raw.close()


def with_square(test: Callable[[Square], Awaitable[None]]) -> None:
    async def run() -> None:
        square = Square()
        async with asyncio.timeout(60), listening(square, connections_per_address=1000) as square.port:
            try:
                await test(square)
            finally:
                square.close()

    asyncio.run(run())


def waiting(client: Client) -> int:
    return client._connection.transport.get_write_buffer_size()


def test_ten_stalled_clients_in_a_hundred_cost_a_megabyte_at_most_and_the_others_no_frame() -> None:
    async def test(square: Square) -> None:
        stalled = [(await square.connect(receive_buffer=2_048))[1] for _ in range(10)]
        readers = [await square.connect() for _ in range(90)]
        frame = Parcel(FRAME).frame(stalled[0].variant)
        turns = 5 * BUFFER_LIMIT // len(frame)
        while any(client.ready for client in stalled):  # the sockets' own buffers take some
            await Turns().go_through(square.room.publish("projector", FRAME, droppable=False))
            for raw, _ in readers:
                assert await square.read(raw, len(frame)) == frame
        for _ in range(turns):
            await Turns().go_through(square.room.publish("projector", FRAME, droppable=False))
            for raw, _ in readers:
                assert await square.read(raw, len(frame)) == frame
        assert sum(map(waiting, stalled)) <= 2**20
        assert all(client.behind and client.open for client in stalled)
        assert all(client.ready and not client.behind for _, client in readers)

    with_square(test)


def test_a_frame_that_fits_in_part_arrives_whole_and_in_order() -> None:
    async def test(square: Square) -> None:
        raw, client = await square.connect(receive_buffer=2_048)
        frames: list[bytes] = []
        while waiting(client) == 0:  # until the system takes no more, in the middle of a frame
            message = ServerNodes(1, len(frames), True, b"", os.urandom(3_001))
            frames.append(Parcel(message).frame(client.variant))
            await Turns().go_through(square.room.publish("projector", message, droppable=False))
        last = ServerNodes(2, 1, True, b"", b"the last")
        frames.append(Parcel(last).frame(client.variant))
        await Turns().go_through(square.room.publish("projector", last, droppable=False))
        whole = b"".join(frames)
        assert await square.read(raw, len(whole)) == whole

    with_square(test)


def test_who_comes_into_a_long_story_over_a_slow_line_is_told_all_of_it() -> None:
    async def test(square: Square) -> None:
        raw, client = await square.connect(receive_buffer=2_048)
        line = client._connection.transport.get_extra_info("socket")
        line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2_048)  # as much as a slow line takes at once
        story = [ServerNodes(round, 1, True, b"", os.urandom(MOST_PAST_BYTES // 8)) for round in range(8)]
        for frame in story:
            square.room.reply(client, frame)
        whole = b"".join(Parcel(frame).frame(client.variant) for frame in story)
        assert await square.read(raw, len(whole)) == whole
        assert client.open

    with_square(test)


def test_lines_that_are_dead_or_half_closed_stop_nobody() -> None:
    async def test(square: Square) -> None:
        reader, on_reader = await square.connect()
        frame = Parcel(FRAME).frame(on_reader.variant)
        half, _ = await square.connect()
        half.shutdown(socket.SHUT_WR)  # says nothing more, and goes on listening
        deaf, _ = await square.connect(receive_buffer=2_048)
        deaf.shutdown(socket.SHUT_RD)
        reset, _ = await square.connect()
        reset.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        reset.close()  # with a reset, in the middle of everything
        _, on_silent = await square.connect(receive_buffer=2_048)
        for _ in range(100):
            await Turns().go_through(square.room.publish("projector", FRAME, droppable=False))
            assert await square.read(reader, len(frame)) == frame
        while len(square.room) > 3:  # those that were closed are forgotten
            await Turns().go_through(square.room.publish("projector", FRAME, droppable=False))
            assert await square.read(reader, len(frame)) == frame
        assert on_silent.open
        on_silent._connection.transport.abort()  # what happens to it when it reads nothing for long
        await Turns().go_through(square.room.publish("projector", FRAME, droppable=False))
        assert await square.read(reader, len(frame)) == frame

    with_square(test)


def test_the_moment_in_which_a_line_ends_costs_nobody_a_frame() -> None:
    async def test(square: Square) -> None:
        reader, on_reader = await square.connect()
        frame = Parcel(FRAME).frame(on_reader.variant)
        for how in (socket.SHUT_WR, socket.SHUT_RDWR):
            leaving, _ = await square.connect()
            leaving.shutdown(how)
            for _ in range(30):  # between any two turns of the loop
                await Turns().go_through(square.room.publish("projector", FRAME, droppable=False))
                await asyncio.sleep(0)
            assert await square.read(reader, 30 * len(frame)) == 30 * frame
        assert on_reader.ready

    with_square(test)


def test_who_says_goodbye_gets_nothing_more() -> None:
    async def test(square: Square) -> None:
        raw, client = await square.connect()
        client.close(1000, "removed")
        await Turns().go_through(square.room.publish("projector", FRAME, droppable=False))
        close_frame = struct.pack("!BBH", 0x88, 2 + len("removed"), 1000) + b"removed"
        assert await square.read(raw, len(close_frame)) == close_frame
        other, leaving = await square.connect()
        other.send(struct.pack("!BBIH", 0x88, 0x82, 0, 1000))
        assert await square.read(other, 4) == struct.pack("!BBH", 0x88, 2, 1000)
        await Turns().go_through(square.room.publish("projector", FRAME, droppable=False))
        with contextlib.suppress(ConnectionError):
            assert await asyncio.get_running_loop().sock_recv(other, 10) == b""
        assert not leaving.open

    with_square(test)
