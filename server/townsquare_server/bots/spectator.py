"""A spectator that is a program: a projector's screen that counts the node frames it gets, and reads nothing else.

Law: it costs as little as a program in Python can, because it shares the machine with the server it measures: one
callback for what arrives, no task, no copy of the view.
"""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import msgspec
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.typing import Subprotocol
from websockets.uri import parse_uri

from townsquare_server.bots.tally import ServerClock, Tally
from townsquare_server.client import at_shard
from townsquare_server.wire import SUBPROTOCOLS, ClientResume


class _Phase(msgspec.Struct):
    name: str | None = None
    started_at: int | None = None
    ends_at: int | None = None


class _View(msgspec.Struct):
    phase: _Phase | None = None


class _Glance(msgspec.Struct):
    """As much of any message as a spectator needs."""

    t: str
    now: int | None = None
    shard: int | None = None
    round: int | None = None
    tick: int | None = None
    view: _View | None = None
    patch: _View | None = None


_glance = msgspec.msgpack.Decoder(_Glance)


class _ElsewhereError(ConnectionError):
    """The room lives on another shard."""

    def __init__(self, shard: int) -> None:
        super().__init__(f"the spectator's room lives on shard {shard}")
        self.shard = shard


class Spectator(asyncio.Protocol):
    """One connection that watches with a projector's token."""

    def __init__(self, url: str, token: str, ticks_per_round: int, tally: Tally, clock: ServerClock) -> None:
        self._uri = parse_uri(url)
        self._protocol = ClientProtocol(self._uri, subprotocols=[Subprotocol(SUBPROTOCOLS[0])], max_size=None)
        self._token, self._ticks, self._tally, self._clock = token, ticks_per_round, tally, clock
        self._transport: asyncio.Transport | None = None
        self._begun: int | None = None
        self._ends: int | None = None
        self._last: tuple[int, int] | None = None
        self.seated: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @classmethod
    async def open(cls, url: str, token: str, ticks_per_round: int, tally: Tally, clock: ServerClock) -> Spectator:
        """Connect and take the seat, where the room lives."""
        try:
            return await cls._open(url, token, ticks_per_round, tally, clock)
        except _ElsewhereError as elsewhere:
            return await cls._open(at_shard(url, elsewhere.shard), token, ticks_per_round, tally, clock)

    @classmethod
    async def _open(cls, url: str, token: str, ticks_per_round: int, tally: Tally, clock: ServerClock) -> Spectator:
        parts = urlsplit(url)
        secure = parts.scheme in ("https", "wss")
        address = f"{'wss' if secure else 'ws'}://{parts.netloc}{parts.path.rstrip('/')}/ws"
        _, made = await asyncio.get_running_loop().create_connection(
            lambda: cls(address, token, ticks_per_round, tally, clock),
            parts.hostname or "",
            parts.port or (443 if secure else 80),
            ssl=secure or None,
        )
        try:
            async with asyncio.timeout(30):
                await made.seated
        except BaseException:
            made.close()
            raise
        return made

    def close(self) -> None:
        """Leave at once."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for a WebSocket."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._protocol.send_request(self._protocol.connect())
        self._flush()

    def connection_lost(self, exc: Exception | None) -> None:
        """Say that it is over."""
        for future in (self.seated, self.gone):
            if not future.done():
                future.set_exception(ConnectionError(f"a spectator's connection ended ({exc or 'closed'})"))
                future.exception()  # nobody may be waiting for it

    def data_received(self, data: bytes) -> None:
        """Take what arrived."""
        self._protocol.receive_data(data)
        for event in self._protocol.events_received():
            if isinstance(event, Response):
                self._opened()
            elif isinstance(event, Frame) and event.opcode is Opcode.BINARY:
                self._tally.messages += 1
                self._look(_glance.decode(event.data))
        self._flush()

    def _opened(self) -> None:
        if self._protocol.handshake_exc is not None:
            self.seated.set_exception(self._protocol.handshake_exc)
            return
        self._protocol.send_binary(msgspec.msgpack.encode(ClientResume(1, self._token)))

    def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            if data and self._transport is not None:
                self._transport.write(data)

    def _look(self, glance: _Glance) -> None:
        if glance.t == "nodes":
            self._count(glance.round or 0, glance.tick or 0)
            return
        view = glance.view or glance.patch
        if view is not None and view.phase is not None:
            self._begun = view.phase.started_at if view.phase.started_at is not None else self._begun
            self._ends = view.phase.ends_at if view.phase.ends_at is not None else self._ends
        if glance.now is not None:
            self._clock.heard(glance.now)
        if glance.t == "snapshot" and not self.seated.done():
            self.seated.set_result(None)
        elif glance.t == "refusal" and not self.seated.done():
            refused = ConnectionError("the spectator's token was refused")
            self.seated.set_exception(refused if glance.shard is None else _ElsewhereError(glance.shard))

    def _count(self, round: int, tick: int) -> None:
        """Measure how late a frame comes, and count those between it and the one before."""
        last, self._last = self._last, (round, tick)
        if last is not None and last[0] == round and tick > last[1]:
            self._tally.missed_frames += tick - last[1] - 1
        if last is None or self._begun is None or self._ends is None or last >= (round, tick):
            return
        late = self._clock.late(self._begun + (self._ends - self._begun) * tick // self._ticks)
        if late is not None:
            self._tally.watched.append(late)
