"""One port for pages and WebSockets: the only place that knows the library underneath.

Law: nothing a client does stops the loop or grows memory without bound. A client that reads nothing for a while is
dropped. Messages, headers and connections have limits, and a refusal is said in words.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
from typing import Any, Protocol, cast

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.extensions.permessage_deflate import PerMessageDeflate, ServerPerMessageDeflateFactory
from websockets.http11 import Request, Response
from websockets.protocol import State
from websockets.typing import Subprotocol

from townsquare_server import subprotocol
from townsquare_server.delivery import BUFFER_LIMIT, Client
from townsquare_server.entrance import SOCKET_PATH, Entrance, Peer
from townsquare_server.http_messages import HttpReply, HttpRequest, text_reply
from townsquare_server.limits import Doorkeeper, plain_address
from townsquare_server.settings import Settings
from townsquare_server.shell_errors import PortError
from townsquare_server.traffic import Traffic
from townsquare_server.wire import MAX_MESSAGE_BYTES, SUBPROTOCOLS

STALL_SECONDS = 20.0
"""How long a client may stay over the limit."""
REPLY_SECONDS = 60.0
"""How long a page may take to fetch."""
PIECE = BUFFER_LIMIT // 2
"""Bytes of a long page that are written at once."""
SERVER_NAME = "townsquare"
DEFLATE = ServerPerMessageDeflateFactory(
    server_no_context_takeover=True,
    client_no_context_takeover=True,
    server_max_window_bits=12,
    client_max_window_bits=12,
)
logger = logging.getLogger("townsquare.transport")
library_logger = logging.getLogger("townsquare.websockets")
library_logger.setLevel(logging.ERROR)


class Handler(Protocol):
    """What the transport carries for. Methods are called in the loop; only `page` and `received` may wait."""

    async def page(self, request: HttpRequest, peer: Peer) -> HttpReply:
        """Return the reply to a GET."""

    def opened(self, client: Client) -> None:
        """Take note of a new WebSocket."""

    async def received(self, client: Client, data: bytes | str) -> None:
        """Take one message; the next is read when this returns."""

    def drained(self, client: Client) -> None:
        """Bring a client up to date that was behind and has read what it had."""

    def closed(self, client: Client) -> None:
        """Forget a WebSocket."""


class Connection(ServerConnection):
    """The library's connection, with our limits on opening, on reading and on staying."""

    gate: Gate  # set by the factory, before the connection is made
    peer: Peer
    client: Client | None = None
    _counted: str | None = None
    _stall: asyncio.TimerHandle | None = None
    _goodbye: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count the connection, or end it at once when its address has too many."""
        super().connection_made(transport)
        address = _peer_address(transport)
        self.peer = Peer(address, local=False)
        if address not in self.gate.entrance.proxies and not self.count(address):
            self.transport.abort()

    @property
    def open(self) -> bool:
        """Return whether messages can still be sent; a line that broke is told of only when the loop turns."""
        return self.protocol.state is State.OPEN and not self.transport.is_closing()

    def count(self, address: str) -> bool:
        """Count this connection for an address, once; return whether it may stay."""
        if self._counted is None and self.gate.doorkeeper.enter(address):
            self._counted = address
        return self._counted is not None

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop what waits for this connection."""
        if self._counted is not None:
            self.gate.doorkeeper.leave(self._counted)
        if self._stall is not None:
            self._stall.cancel()
        self._be_ready(False)  # its descriptor is given back now
        super().connection_lost(exc)

    async def handshake(self, *args: Any, **kwargs: Any) -> None:
        """Wait for the request for a short time; the reply may then take longer."""
        async with asyncio.timeout(self.gate.settings.handshake_seconds):
            await asyncio.wait([self.request_rcvd, self.connection_lost_waiter], return_when=asyncio.FIRST_COMPLETED)
        await super().handshake(*args, **kwargs)

    def pause_writing(self) -> None:
        """Give a client some time to read: its buffer is over the limit."""
        super().pause_writing()
        self._be_ready(False)
        if self.client is not None:
            self._stall = self.loop.call_later(STALL_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """Let a client that has read get what it missed."""
        super().resume_writing()
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None
        self._be_ready(self.open)
        if self.client is not None and self.client.behind:
            self.client.behind = False
            self.gate.handler.drained(self.client)

    def data_received(self, data: bytes) -> None:
        """Read; who asked to close gets nothing more."""
        super().data_received(data)
        if not self.open:
            self._be_ready(False)

    def eof_received(self) -> None:
        """Take note that the other side says nothing more: the library ends the line, and nothing can be written."""
        self._be_ready(False)
        super().eof_received()

    def _be_ready(self, ready: bool) -> None:
        if self.client is not None:
            self.client.ready = ready

    async def reply_in_pieces(self, response: Response) -> None:
        """Write a long page as fast as it is read, and end the line: who reads nothing holds no copy of it."""
        headers = Headers([*response.headers.raw_items(), ("Server", SERVER_NAME)])
        head = Response(response.status_code, response.reason_phrase, headers).serialize()
        pieces = (response.body[start : start + PIECE] for start in range(0, len(response.body), PIECE))
        with contextlib.suppress(OSError):
            for piece in itertools.chain([head], pieces):
                if self.protocol.eof_sent or self.transport.is_closing():
                    break  # whoever asked has gone, or says nothing more, which the library takes for going
                self.transport.write(piece)
                await self.drain()
        self.transport.close()
        await asyncio.shield(self.connection_lost_waiter)

    def say_goodbye(self, code: int, reason: str) -> None:
        """Start the closing handshake without waiting for it."""
        self._be_ready(False)
        if self._goodbye is None:
            self._goodbye = self.loop.create_task(self.close(code, reason))


class Gate:
    """Decides on every request: a page, a WebSocket, or a refusal in words."""

    def __init__(self, settings: Settings, handler: Handler, traffic: Traffic) -> None:
        self.settings = settings
        self.traffic = traffic
        self.handler = handler
        self.doorkeeper = Doorkeeper(settings)
        self.entrance = Entrance(settings)

    async def process_request(self, connection: ServerConnection, request: Request) -> Response | None:
        """Return the reply, or None for a WebSocket that may open; one who talks on before it comes gets none."""
        assert isinstance(connection, Connection)
        response = await self._respond(connection, request)
        if response is not None:
            self.traffic.replies[response.status_code] += 1
        if response is not None and len(response.body) > BUFFER_LIMIT:
            await connection.reply_in_pieces(response)
        if connection.protocol.eof_sent:  # the library has read a second request as broken frames, and given up
            connection.transport.abort()
            await asyncio.shield(connection.connection_lost_waiter)
        return response

    async def _respond(self, connection: Connection, request: Request) -> Response | None:
        headers = {name.lower(): ", ".join(request.headers.get_all(name)) for name in request.headers}
        try:
            page = HttpRequest.of(request.path, headers)
        except ValueError as error:
            return _response(text_reply(400, str(error)))
        refusal = self.entrance.refuse(connection.peer.address, request.method, page)
        if refusal is not None:
            return _response(refusal)
        connection.peer = self.entrance.peer(connection.peer.address, page)
        if not connection.count(connection.peer.address):
            return _response(text_reply(429, "too many connections from your address: close some, or wait a moment"))
        head, placed = request.method == "HEAD", self.entrance.place(page)
        if isinstance(placed, HttpReply):
            return _response(placed, head=head)
        if placed.path != SOCKET_PATH or "upgrade" not in headers:
            return _response(await self._page(placed, connection.peer), head=head)
        refusal = self.entrance.refuse_socket(placed)
        return None if refusal is None else _response(refusal)

    async def _page(self, page: HttpRequest, peer: Peer) -> HttpReply:
        if page.path == SOCKET_PATH:
            return text_reply(426, f"this is a WebSocket: ask for one of {SUBPROTOCOLS}", ("Upgrade", "websocket"))
        try:
            return await self.handler.page(page, peer)
        except Exception:
            logger.exception("a page failed: %s", page.path)
            return text_reply(500, "this page failed; the server's console says why")

    async def serve_socket(self, connection: ServerConnection) -> None:
        """Read a WebSocket until it ends."""
        assert isinstance(connection, Connection)
        address = connection.peer.address
        if (words := subprotocol.problem(connection.subprotocol)) is not None:
            connection.say_goodbye(subprotocol.OTHER_VERSION, words)
            await connection.wait_closed()
            return
        if not self.doorkeeper.open_socket(address):
            connection.say_goodbye(1008, "too many connections from your address")
            await connection.wait_closed()
            return
        client = connection.client = Client(connection, _window_bits(connection))
        self.traffic.connections += 1
        self.handler.opened(client)
        try:
            while True:
                data = await connection.recv()
                self.traffic.messages += 1
                await self.handler.received(client, data)
        except ConnectionClosed:
            pass
        finally:
            self.traffic.connections -= 1
            self.handler.closed(client)
            self.doorkeeper.close_socket(address)


async def listen(settings: Settings, handler: Handler, traffic: Traffic | None = None) -> Server:
    """Start to listen; raise `PortError` when the address cannot be had."""
    gate = Gate(settings, handler, traffic or Traffic())

    def connection(*args: Any, **kwargs: Any) -> Connection:
        made = Connection(*args, **kwargs)
        made.gate = gate
        return made

    try:
        return await serve(
            gate.serve_socket,
            settings.listen_host,
            settings.port,
            select_subprotocol=lambda _, offered: cast(Subprotocol | None, subprotocol.choose(offered)),
            extensions=[DEFLATE],
            compression=None,
            process_request=gate.process_request,
            server_header=SERVER_NAME,
            open_timeout=settings.handshake_seconds + REPLY_SECONDS,
            close_timeout=5,
            max_size=MAX_MESSAGE_BYTES,
            max_queue=16,
            write_limit=(BUFFER_LIMIT, BUFFER_LIMIT // 4),
            logger=library_logger,
            create_connection=connection,  # type: ignore[arg-type]
        )
    except OSError as error:
        raise PortError(settings.listen_host, settings.port, error.strerror or str(error)) from error


def _response(reply: HttpReply, *, head: bool = False) -> Response:
    headers = Headers(reply.headers)
    headers["Content-Length"] = str(len(reply.body))
    headers["Connection"] = "close"
    return Response(reply.status, reply.phrase, headers, b"" if head else reply.body)


def _window_bits(connection: Connection) -> int:
    for extension in connection.protocol.extensions:
        if isinstance(extension, PerMessageDeflate):
            return extension.local_max_window_bits
    return 0


def _peer_address(transport: asyncio.BaseTransport) -> str:
    name = transport.get_extra_info("peername")
    return plain_address(str(name[0])) if name else "unknown"
