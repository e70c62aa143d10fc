"""A port that listens with a handler of the test's own, and what speaks to it: no rooms, no market."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from townsquare_server.codec import decode
from townsquare_server.delivery import Client
from townsquare_server.entrance import Peer
from townsquare_server.frames import Parcel
from townsquare_server.http_messages import HttpReply, HttpRequest, text_reply
from townsquare_server.settings import Settings
from townsquare_server.transport import Handler, listen
from townsquare_server.wire import SUBPROTOCOLS, ClientListScenarios, ServerAck, ServerRefusal

MSGPACK, JSON = (Subprotocol(name) for name in SUBPROTOCOLS)
LARGE = bytes(3_000_000)


class Silent:
    """A handler that only keeps count of who is there."""

    def __init__(self) -> None:
        self.clients: list[Client] = []

    async def page(self, request: HttpRequest, peer: Peer) -> HttpReply:
        return text_reply(404, request.path)

    def opened(self, client: Client) -> None:
        self.clients.append(client)

    async def received(self, client: Client, data: bytes | str) -> None:
        pass

    def drained(self, client: Client) -> None:
        pass

    def closed(self, client: Client) -> None:
        self.clients.remove(client)


class Acknowledger:
    """A handler that acknowledges each message; what a room does is tested with rooms."""

    def __init__(self) -> None:
        self.clients: list[Client] = []
        self.peers: list[Peer] = []
        self.drained_clients = 0
        self.data: list[bytes | str] = []

    async def page(self, request: HttpRequest, peer: Peer) -> HttpReply:
        self.peers.append(peer)
        if request.path == "/broken":
            raise RuntimeError("meant to fail")
        if request.path == "/large":
            return HttpReply(200, (("Content-Type", "application/octet-stream"),), LARGE)
        return text_reply(200 if request.path == "/" else 404, f"page {request.path}")

    def opened(self, client: Client) -> None:
        self.clients.append(client)

    async def received(self, client: Client, data: bytes | str) -> None:
        self.data.append(data)
        message = decode(client.format, data)
        answer = message if isinstance(message, ServerRefusal) else ServerAck(message.id)
        client.send(Parcel(answer))

    def drained(self, client: Client) -> None:
        self.drained_clients += 1
        client.send(Parcel(ServerAck(999)))

    def closed(self, client: Client) -> None:
        self.clients.remove(client)


@contextlib.asynccontextmanager
async def listening(handler: Handler, **settings: object) -> AsyncIterator[int]:
    """Listen on a free port, and give its number."""
    server = await listen(msgspec.convert({"port": 0, **settings}, Settings), handler)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


def with_server(test: Callable[[Acknowledger, int], Awaitable[None]], **settings: object) -> None:
    async def run() -> None:
        handler = Acknowledger()
        async with asyncio.timeout(20), listening(handler, **settings) as port:
            await test(handler, port)

    asyncio.run(run())


async def exchange(port: int, request: str) -> tuple[int, dict[str, str], bytes]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request.replace("\n", "\r\n").encode() + b"\r\n\r\n")
    raw = await reader.read()
    writer.close()
    if not raw:
        return 0, {}, b""
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    return int(first.split()[1]), {line.partition(": ")[0].lower(): line.partition(": ")[2] for line in lines}, body


def ws(port: int, subprotocol: Subprotocol = MSGPACK, **options: object) -> connect:
    return connect(f"ws://127.0.0.1:{port}/ws", subprotocols=[subprotocol], **options)  # type: ignore[arg-type]


def handshake(*headers: str, host: str = "x", subprotocol: Subprotocol = MSGPACK) -> bytes:
    """The request for a WebSocket, of somebody who writes every byte himself."""
    lines = (
        f"GET /ws HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        f"Sec-WebSocket-Protocol: {subprotocol}",
        *headers,
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def ask(client: ClientConnection, id: int) -> dict[str, object]:
    if client.subprotocol == MSGPACK:
        await client.send(msgspec.msgpack.encode(ClientListScenarios(id)))
        answer: dict[str, object] = msgspec.msgpack.decode(await client.recv())
    else:
        await client.send(msgspec.json.encode(ClientListScenarios(id)).decode())
        answer = json.loads(await client.recv())
    return answer
