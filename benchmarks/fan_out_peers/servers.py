"""The senders in Python, each in a process of its own: ours, `websockets.broadcast`, and bare asyncio transports.

Law: ``servers.py NAME BYTES`` prints "port N"; for each line "K" on stdin it sends K frames of BYTES bytes to every
connection, letting the loop turn between two, and prints the processor seconds that took.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import msgspec

REPLY = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
)
HEAD_BYTES = 4
Send: TypeAlias = Callable[[], Awaitable[None] | None]
"""Sends one frame to all; what it returns, if anything, is to be awaited."""


async def ours(size: int) -> tuple[int, Send]:
    """The server's own transport and publisher: each turn encodes and frames a message of its own."""
    from townsquare_server.delivery import Client
    from townsquare_server.entrance import Peer
    from townsquare_server.fan_out import FanOut
    from townsquare_server.http_messages import HttpReply, HttpRequest, text_reply
    from townsquare_server.settings import Settings
    from townsquare_server.transport import listen
    from townsquare_server.turn import Turns
    from townsquare_server.wire import ServerNodes

    room = FanOut()

    class Handler:
        async def page(self, request: HttpRequest, peer: Peer) -> HttpReply:
            return text_reply(404, request.path)

        def opened(self, client: Client) -> None:
            room.add(client, f"s{len(room)}", "projector")

        async def received(self, client: Client, data: bytes | str) -> None:
            pass

        def drained(self, client: Client) -> None:
            pass

        def closed(self, client: Client) -> None:
            room.remove(client)

    server = await listen(msgspec.convert({"port": 0, "connections_per_address": 100_000}, Settings), Handler())
    around = len(msgspec.msgpack.encode(ServerNodes(1, 1, True, b"", bytes(size - 100)))) - (size - 100)
    states = bytes([7]) * (size - HEAD_BYTES - around)

    async def send() -> None:
        await Turns().go_through(room.publish("projector", ServerNodes(1, 1, True, b"", states), droppable=True))

    return server.sockets[0].getsockname()[1], send


async def library(size: int) -> tuple[int, Send]:
    """`websockets` with its own `broadcast`, which also frames a message once, without compression."""
    from websockets.asyncio.server import ServerConnection, broadcast, serve

    async def stay(connection: ServerConnection) -> None:
        await connection.wait_closed()

    server = await serve(stay, "127.0.0.1", 0, compression=None, ping_interval=None)
    message = bytes([7]) * (size - HEAD_BYTES)
    return server.sockets[0].getsockname()[1], lambda: broadcast(server.connections, message)


async def bare(size: int) -> tuple[int, Send]:
    """Bytes into asyncio's transports, and nothing else."""
    transports: list[asyncio.Transport] = []

    class Protocol(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            assert isinstance(transport, asyncio.Transport)
            self.transport = transport

        def data_received(self, data: bytes) -> None:
            self.transport.write(REPLY)
            transports.append(self.transport)

    server = await asyncio.get_running_loop().create_server(Protocol, "127.0.0.1", 0, backlog=1024)
    frame = bytes([0x82, 126]) + (size - HEAD_BYTES).to_bytes(2, "big") + bytes([7]) * (size - HEAD_BYTES)

    def send() -> None:
        for transport in transports:
            transport.write(frame)

    return server.sockets[0].getsockname()[1], send


PEERS = {"townsquare": ours, "broadcast": library, "asyncio": bare}


async def main(name: str, size: int) -> None:
    port, send = await PEERS[name](size)
    print(f"port {port}", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        begun = time.process_time()
        for _ in range(int(line)):
            if (sending := send()) is not None:
                await sending
            await asyncio.sleep(0)
        print(f"{time.process_time() - begun:.6f}", flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
