"""A port that listens with a handler of the test's own: no rooms, no market."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

import msgspec

from townsquare_server.delivery import Client
from townsquare_server.entrance import Peer
from townsquare_server.http_messages import HttpReply, HttpRequest, text_reply
from townsquare_server.settings import Settings
from townsquare_server.transport import Handler, listen


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


@contextlib.asynccontextmanager
async def listening(handler: Handler, **settings: object) -> AsyncIterator[int]:
    """Listen on a free port, and give its number."""
    server = await listen(msgspec.convert({"port": 0, **settings}, Settings), handler)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()
