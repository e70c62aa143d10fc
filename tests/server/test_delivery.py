"""Frames on their way to clients of every kind: one that does not read, or is gone, costs the others nothing."""

from __future__ import annotations

import asyncio
import socket
import struct

import msgspec
import pytest
from listening import JSON, MSGPACK, Acknowledger, ask, listening, with_server, ws
from websockets.typing import Subprotocol

from townsquare_server.codec import Format
from townsquare_server.delivery import BUFFER_LIMIT, Client, deliver
from townsquare_server.frames import Parcel, Variant
from townsquare_server.wire import ServerAck, ServerNodes

NODES = ServerNodes(round=1, tick=2, keyframe=True, changed=b"", states=bytes(range(256)) * 200)


@pytest.mark.parametrize("compression", ["deflate", None])
@pytest.mark.parametrize("subprotocol", [MSGPACK, JSON])
def test_a_frame_built_once_is_read_by_every_kind_of_client(subprotocol: Subprotocol, compression: str | None) -> None:
    async def test(handler: Acknowledger, port: int) -> None:
        async with ws(port, subprotocol, compression=compression) as client:
            await ask(client, 1)
            for message in (NODES, ServerAck(3), NODES):
                client_side = handler.clients[0]
                deliver([client_side], Parcel(message).frame(client_side.variant), droppable=True)
                raw = await client.recv()
                decoder = msgspec.msgpack.decode if subprotocol == MSGPACK else msgspec.json.decode
                assert decoder(raw, type=ServerNodes | ServerAck) == message  # type: ignore[operator]

    with_server(test)


def test_a_client_that_does_not_read_costs_the_others_nothing() -> None:
    async def test(handler: Acknowledger, port: int) -> None:
        async with ws(port, compression=None, max_queue=1) as stalled, ws(port, compression=None) as reader:
            await ask(stalled, 1)
            await ask(reader, 2)
            slow, quick = handler.clients
            received = 0

            async def read() -> None:
                nonlocal received
                while True:
                    await reader.recv()
                    received += 1

            reading = asyncio.create_task(read())
            for _ in range(400):  # 20 MB: far more than the sockets' own buffers hold
                parcel = Parcel(NODES)
                for client in (slow, quick):
                    deliver([client], parcel.frame(client.variant), droppable=client is slow)
                while not quick.ready:
                    await asyncio.sleep(0)
                await asyncio.sleep(0)
            while received < 400:
                await asyncio.sleep(0.01)
            reading.cancel()
            assert not slow.ready
            buffered = slow._connection.transport.get_write_buffer_size()
            assert buffered <= BUFFER_LIMIT + len(Parcel(NODES).frame(Variant(Format.MSGPACK, 0)))
            assert handler.drained_clients == 0
            deliver([slow], Parcel(ServerAck(1)).frame(slow.variant), droppable=False)
            assert slow.behind
            while msgspec.msgpack.decode(await stalled.recv()) != {"t": "ack", "id": 999}:
                pass  # reads what it had, and then what `drained` sent
            assert handler.drained_clients == 1
            assert not slow.behind

    with_server(test)


def test_a_client_that_vanishes_is_forgotten() -> None:
    async def test(handler: Acknowledger, port: int) -> None:
        gone, stays = await ws(port), await ws(port)
        await ask(gone, 1)
        await ask(stays, 2)
        client = handler.clients[0]
        gone.transport.abort()
        for _ in range(50):
            client.send(Parcel(NODES))
        while len(handler.clients) > 1:
            await asyncio.sleep(0.01)
        assert (await ask(stays, 3))["id"] == 3
        await stays.close()

    with_server(test)


def test_whatever_is_still_sent_to_a_line_that_just_broke_is_dropped_without_a_word(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A seat that comes back gets many messages at once; the loop hears that it has gone again only after them."""

    class Storyteller(Acknowledger):
        line: socket.socket

        async def received(self, client: Client, data: bytes | str) -> None:
            self.line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.line.close()  # resets the connection, while we are not looking
            assert client.open
            for _ in range(20):
                client.send(Parcel(NODES))
            assert not client.open

    async def run() -> None:
        handler = Storyteller()
        async with asyncio.timeout(20), listening(handler) as port:
            handler.line = socket.create_connection(("127.0.0.1", port))
            client = await ws(port, sock=handler.line, ping_interval=None)
            await client.send(b"\xc0")
            while handler.clients:
                await asyncio.sleep(0.01)
            client.transport.abort()

    asyncio.run(run())
    assert caplog.text == ""
