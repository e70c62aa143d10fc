"""A client in Python, over real sockets: what a browser does, for bots, load tests and people with a script.

Law: it knows the wire and nothing else of the server. `view` is the room as this seat may see it, kept by snapshot
and patch.
"""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import Callable
from types import TracebackType
from typing import Any, TypeVar, get_args

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from townsquare_server.codec import Format
from townsquare_server.history import apply
from townsquare_server.wire import (
    SUBPROTOCOLS,
    ClientAcknowledge,
    ClientMessage,
    ServerAck,
    ServerAny,
    ServerBuyerStory,
    ServerDelta,
    ServerGoodbye,
    ServerNodes,
    ServerRefusal,
    ServerRoomInfo,
    ServerScenarioRead,
    ServerScenarios,
    ServerSnapshot,
    ServerWelcome,
)

Answer = (
    ServerAck | ServerRefusal | ServerWelcome | ServerRoomInfo | ServerScenarios | ServerScenarioRead | ServerBuyerStory
)
M = TypeVar("M", bound=ClientMessage)
_BY_FORMAT = dict(zip((Format.MSGPACK, Format.JSON), SUBPROTOCOLS, strict=True))


def said(answer: Answer) -> str:
    """Return the words of an answer that was not hoped for."""
    return answer.detail if isinstance(answer, ServerRefusal) else type(answer).__name__


def at_shard(url: str, shard: int) -> str:
    """Return where a shard is found, by an address of the same server: what a refusal `elsewhere` asks for."""
    return re.sub(r"(/s/\d+)?/*$", f"/s/{shard}", url, count=1)


class Player:
    """One connection to a server; `async with Player(url) as player`."""

    def __init__(self, url: str, format: Format = Format.MSGPACK, **options: Any) -> None:
        """Prepare a connection to the server at `url`, such as ``http://127.0.0.1:8321``."""
        self.url = re.sub(r"^http", "ws", url.rstrip("/")) + "/ws"
        self.format = format
        self.view: dict[str, Any] = {}
        self.version: int | None = None
        self.welcome: ServerWelcome | None = None
        self.goodbye: str | None = None
        self.nodes: list[ServerNodes] = []
        self.gaps = 0
        """deltas that did not follow the version held"""
        self.lost = False
        """whether the connection has ended"""
        self.watch: Callable[[ServerAny], None] | None = None
        """called with each message after it was taken"""
        self._options = options
        self._ids = itertools.count(1)
        self._answers: dict[int, asyncio.Future[Answer]] = {}
        self._changed = asyncio.Condition()
        self._connection: ClientConnection | None = None
        self._reading: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Player:
        """Connect."""
        self._connection = await connect(self.url, subprotocols=[Subprotocol(_BY_FORMAT[self.format])], **self._options)
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave."""
        await self.leave()

    async def leave(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            await self._connection.close()
        if self._reading is not None:
            await self._reading

    @property
    def connection(self) -> ClientConnection:
        """The open connection."""
        if self._connection is None:
            raise RuntimeError("the player is not connected; use `async with`")
        return self._connection

    async def ask(self, make: Callable[[int], M]) -> Answer:
        """Send the message that `make` builds from a number; return its answer."""
        message = make(next(self._ids))
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._answers[message.id] = answer
        await self.send(message)
        return await answer

    async def send(self, message: ClientMessage) -> None:
        """Send a message."""
        if self.format is Format.JSON:
            await self.connection.send(msgspec.json.encode(message).decode())
        else:
            await self.connection.send(msgspec.msgpack.encode(message))

    async def until(self, holds: Callable[[dict[str, Any]], bool], seconds: float = 30.0) -> dict[str, Any]:
        """Wait until something holds of the view; return the view. Raises ConnectionError when the connection ends."""

        def held() -> bool:
            return bool(self.view) and holds(self.view)

        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(lambda: held() or self.lost)
        if not held():
            raise ConnectionError(f"the connection ended ({self.goodbye or 'without a goodbye'})")
        return self.view

    async def wait_for_phase(self, name: str, round: int | None = None, seconds: float = 30.0) -> dict[str, Any]:
        """Wait for a phase; return the view."""

        def arrived(view: dict[str, Any]) -> bool:
            phase = view["phase"]
            return bool(phase["name"] == name and round in (None, phase["round"]))

        return await self.until(arrived, seconds)

    async def _read(self) -> None:
        decoder: Any = (
            msgspec.json.Decoder(ServerAny) if self.format is Format.JSON else msgspec.msgpack.Decoder(ServerAny)
        )
        try:
            while True:
                message = decoder.decode(await self.connection.recv())
                async with self._changed:
                    await self._take(message)
                    self._changed.notify_all()
                if self.watch is not None:
                    self.watch(message)
        except ConnectionClosed as closed:
            self.lost = True
            async with self._changed:
                self._changed.notify_all()
            for answer in self._answers.values():
                if not answer.done():
                    answer.set_exception(closed)
                    answer.exception()  # nobody may be waiting for it

    async def _take(self, message: ServerAny) -> None:
        match message:
            case ServerSnapshot(version, view):
                self.version, self.view = version, msgspec.to_builtins(view)
            case ServerDelta(version, patch):
                if self.version is None or version != self.version + 1:
                    self.gaps += 1
                    return
                self.version, self.view = version, apply(self.view, patch)
                if version % 32 == 0:
                    await self.send(ClientAcknowledge(next(self._ids), version))
            case ServerNodes():
                self.nodes = [*self.nodes[-200:], message]
            case ServerGoodbye(reason):
                self.goodbye = reason
            case _:
                self._take_answer(message)

    def _take_answer(self, message: Answer) -> None:
        if isinstance(message, ServerWelcome):
            self.welcome = message
            self._ids = itertools.count(max(next(self._ids), message.now))
        if message.id is not None and message.id in self._answers:
            answer = self._answers.pop(message.id)
            if not answer.done():
                answer.set_result(message)


assert set(get_args(Answer)) < set(get_args(ServerAny))
