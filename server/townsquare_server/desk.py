"""The front desk: which connection sits in which room. Rooms are opened, found, entered and left through it.

Law: a connection has at most one seat, for good; whoever wants another opens another connection. A message is decoded
once, here, and whatever is wrong with it is answered with a typed refusal.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import time
from dataclasses import dataclass

from townsquare_agents.scenario import Scenario
from townsquare_server.archive import Archive
from townsquare_server.clock import Clock
from townsquare_server.delivery import Client
from townsquare_server.effects import Append, Effect
from townsquare_server.engine import MakeEngine
from townsquare_server.entrance import may_host
from townsquare_server.errors import Code, EngineLostError, RefusalError, ReplayError
from townsquare_server.event_log import EventLog
from townsquare_server.frames import Parcel
from townsquare_server.graphs import Graphs
from townsquare_server.guard import Guard
from townsquare_server.hosting import HostedRoom
from townsquare_server.limits import Allowance, Allowances
from townsquare_server.lobby import Lobby
from townsquare_server.metrics import Metrics
from townsquare_server.room import Room
from townsquare_server.seats import Signer, normal_code
from townsquare_server.settings import Settings
from townsquare_server.shards import Shards
from townsquare_server.shell_errors import NotStoredError
from townsquare_server.turn import Turns
from townsquare_server.uploads import Uploads
from townsquare_server.wire import (
    ClientCreateRoom,
    ClientJoin,
    ClientListScenarios,
    ClientMessage,
    ClientPeek,
    ClientRedeem,
    ClientResume,
    ClientUploadScenario,
)
from townsquare_server.worker import Urgency, Worker

logger = logging.getLogger("townsquare.desk")
DAY_MS = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class Place:
    """Where a connection sits."""

    hosted: HostedRoom
    seat: str


class Desk:
    """All rooms of a running server, and who is in them."""

    def __init__(
        self,
        settings: Settings,
        scenarios: dict[str, Scenario],
        signer: Signer,
        log: EventLog,
        worker: Worker,
        clock: Clock,
        *,
        base_url: str,
        host_key: str,
        metrics: Metrics,
        allowances: Allowances,
        make_engine: MakeEngine,
        client_version: str = "",
    ) -> None:
        shards = Shards(settings.shard, settings.shards)
        self.archive = Archive(log)
        self.lobby = Lobby(
            scenarios,
            signer,
            secrets.randbelow,
            base_url=base_url,
            host_key=host_key,
            shards=shards,
            taken=self.archive.codes,
            make_engine=make_engine,
            client_version=client_version,
        )
        self.graphs = Graphs()
        self.log = log
        self.metrics = metrics
        self.worker = worker
        self.turns = Turns()
        self.signer = signer
        self.rooms: dict[str, HostedRoom] = {}
        self._settings = settings
        self._clock = clock
        self._guard = Guard(settings)
        self._uploads = Uploads(settings)
        self._opening: dict[str, asyncio.Task[None]] = {}  # rooms that are being read back
        self._unreadable: dict[str, RefusalError] = {}
        self._places: dict[Client, Place] = {}
        self._allowances = allowances
        self._allowed: dict[tuple[str, str], Allowance] = {}
        self._goodbyes: set[asyncio.Future[None]] = set()

    # ------------------------------------------------------------------------------ what rooms share

    def now(self) -> int:
        """Return the time in milliseconds."""
        return self._clock.now()

    def restore(self, code: str) -> Room:
        """Take a room from its log; in the worker thread."""
        return self.archive.read_back(code, self.now(), self.lobby.settings)

    def graph_url(self, room: Room) -> str:
        """Lay a room's network out, and return where the picture is; in the worker thread."""
        return self.graphs.draw(room)

    def restored(self, room: Room) -> None:
        """Take note of the room that takes the place of one that could not be kept."""
        self.lobby.rooms[room.code] = room

    def room_over(self, code: str) -> None:
        """Keep a closed room's log."""
        self.archive.close(code)

    def room_idle(self, code: str) -> None:
        """Let a closed room go from memory when the last has left."""
        hosted = self.rooms.get(code)
        if hosted is not None:
            self._let_go_if_deserted(hosted)

    # ------------------------------------------------------------------------------ life

    async def restore_all(self) -> None:
        """Take up every room that is not over, most recent first; whoever comes meanwhile has theirs taken up next."""
        begun = time.perf_counter()
        oldest = self.now() - self._settings.restore_days * DAY_MS
        for code in await asyncio.wrap_future(self.worker.submit(Urgency.ROOM, lambda: self.archive.look(oldest))):
            with contextlib.suppress(RefusalError):
                await self._take_up(code)
        self.metrics.restore.set(time.perf_counter() - begun)

    async def _take_up(self, code: str) -> None:
        """Have a room in memory that the log keeps, read back once however many wait; raises RefusalError."""
        if code in self._unreadable:
            raise self._unreadable[code]
        if code not in self.rooms:
            if code not in self._opening:
                self._opening[code] = asyncio.create_task(self._read_back(code), name=f"read {code} back")
            await asyncio.shield(self._opening[code])

    async def _read_back(self, code: str) -> None:
        try:
            room = await asyncio.wrap_future(self.worker.submit(Urgency.ROOM, lambda: self.restore(code)))
            self._host(room)
            self.metrics.restored.inc()
        except Exception as error:
            self.metrics.lost.inc()
            logger.error("room %s stays closed: %s", code, error)
            refusal = RefusalError(Code.ROOM_UNREADABLE, f"room {code} cannot be read back: {error}")
            if isinstance(error, ReplayError):  # and not a disk or a database that may come back
                self._unreadable[code] = refusal
            raise refusal from error
        finally:
            del self._opening[code]

    def _host(self, room: Room) -> HostedRoom:
        self.lobby.rooms[room.code] = room
        self.archive.add(room.code)
        hosted = self.rooms[room.code] = HostedRoom(room, self)
        return hosted

    async def stop(self, reason: str) -> None:
        """Finish what rooms have under way and send everybody home."""
        for task in self._opening.values():
            task.cancel()
        await asyncio.gather(*(hosted.stop() for hosted in self.rooms.values()))
        for hosted in self.rooms.values():
            hosted.say_goodbye(reason)

    # ------------------------------------------------------------------------------ messages

    def allowance(self, client: Client) -> Allowance | None:
        """Return what the seat that a connection has may send, on all its connections together."""
        place = self._places.get(client)
        if place is None:
            return None
        key = (place.hosted.code, place.seat)
        found = self._allowed.get(key)
        if found is None:
            found = self._allowed[key] = self._allowances.for_seat()
        return found

    async def receive(self, client: Client, message: ClientMessage) -> None:
        """Take one message."""
        place = self._places.get(client)
        if place is not None:
            async with self.turns:
                if self.rooms.get(place.hosted.code) is place.hosted:
                    place.hosted.receive(client, place.seat, message)
            return
        try:
            with self._guard.watching(client.peer.address, message):
                await self._receive_at_desk(client, message)
        except RefusalError as refusal:
            client.send(Parcel(refusal.message(message.id)))

    async def _receive_at_desk(self, client: Client, message: ClientMessage) -> None:
        match message:
            case ClientListScenarios():
                trusted = may_host(client.peer, self._settings)
                client.send(Parcel(self.lobby.list_scenarios(message, trusted=trusted, uploads=self._uploads.allowed)))
            case ClientPeek(code=code):
                await self._meant(normal_code(code))
                client.send(Parcel(self.lobby.peek(message)))
            case ClientUploadScenario():
                await self._upload(client, message)
            case ClientCreateRoom():
                await self._create(client, message)
            case ClientJoin() | ClientResume() | ClientRedeem():
                await self._admit(client, message)
            case _:
                raise RefusalError(Code.NOT_SEATED, "this connection has no seat yet; join a room first")

    async def _create(self, client: Client, message: ClientCreateRoom) -> None:
        """Open a room: built in the worker, kept, and only then shown."""
        trusted = may_host(client.peer, self._settings)
        self.lobby.check_host(message.host_key, trusted=trusted)  # before the worker spends any time on it
        own = self._uploads.scenario(client, message.scenario)
        build = self.worker.submit(
            Urgency.ROOM, lambda: self.lobby.create(message, self.now(), trusted=trusted, own=own)
        )
        try:
            room, seat, effects = await asyncio.wrap_future(build)
        except EngineLostError as error:
            raise RefusalError(Code.NOT_READY, f"{error}; try again in a moment") from error
        appends = [(effect.seq, effect.entry) for effect in effects if isinstance(effect, Append)]
        rest: list[Effect] = [effect for effect in effects if not isinstance(effect, Append)]
        try:
            await asyncio.wrap_future(self.log.append(room.code, appends, durable=True))
        except NotStoredError as error:
            del self.lobby.rooms[room.code]
            raise RefusalError(Code.NOT_STORED, str(error)) from error
        if not client.open:  # nobody could ever come back to it
            del self.lobby.rooms[room.code]
            self.log.close_room(room.code)
            return
        hosted = self._host(room)
        hosted.seat(client, lambda: (seat, rest), None)
        self._places[client] = Place(hosted, seat)
        self._uploads.forget(client)

    async def _upload(self, client: Client, message: ClientUploadScenario) -> None:
        """Take a part of a scenario from somebody who may open a room with it."""
        self.lobby.check_host(message.host_key, trusted=may_host(client.peer, self._settings))
        client.send(Parcel(await self._uploads.take(client, message)))

    async def _meant(self, code: str, came_back: str | None = None) -> None:
        """Have the room in memory that is asked for; one that is over only for who comes back, from an address."""
        if not self.archive.holds(code, also_closed=came_back is not None):
            return
        if came_back is not None and code not in self.rooms and not self.archive.holds(code, also_closed=False):
            self._guard.read_again(came_back)
        await self._take_up(code)

    async def _admit(self, client: Client, message: ClientJoin | ClientResume | ClientRedeem) -> None:
        came_back = client.peer.address if isinstance(message, ClientResume) else None
        await self._meant(self.lobby.code_meant(message), came_back)
        hosted = self.rooms.get(self.lobby.room_meant(message).code)
        if hosted is None:
            raise RefusalError(Code.NOT_READY, "the room is just being opened; try again in a moment")
        try:
            if client.open:
                version = message.version if isinstance(message, ClientResume) else None
                seat = hosted.seat(client, lambda: self.lobby.admit(message, self.now())[1:], version)
                self._places[client] = Place(hosted, seat)
        finally:
            self._let_go_if_deserted(hosted)

    def drained(self, client: Client) -> None:
        """Bring a connection up to date that did not keep up."""
        place = self._places.get(client)
        if place is not None:
            place.hosted.catch_up(client, place.seat)

    def closed(self, client: Client) -> None:
        """Forget a connection."""
        self._uploads.forget(client)
        place = self._places.pop(client, None)
        if place is None:
            return
        place.hosted.left(client, place.seat)
        self._let_go_if_deserted(place.hosted)

    def _let_go_if_deserted(self, hosted: HostedRoom) -> None:
        """Free a closed room's memory; its log stays, and brings it back when somebody returns to a seat."""
        if not hosted.deserted or self.rooms.get(hosted.code) is not hosted:
            return
        del self.rooms[hosted.code], self.lobby.rooms[hosted.code]
        self._allowed = {key: each for key, each in self._allowed.items() if key[0] != hosted.code}
        self.graphs.forget(hosted.code)
        self._goodbyes.add(task := asyncio.ensure_future(hosted.stop()))
        task.add_done_callback(self._goodbyes.discard)

    def knows(self, code: str, address: str) -> bool:
        """Return whether there is a room with this code; a wrong one is a guess of whoever asks."""
        with contextlib.suppress(RefusalError), self._guard.watching(address, ClientPeek(0, code)):
            return self.archive.holds(code, also_closed=False) or bool(self.lobby.room(code))
        return False
