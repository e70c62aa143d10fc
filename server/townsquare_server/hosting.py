"""One room and the world around it: who is connected, what time it is, and the worker.

Law: what the room decides goes through one `Pump`. What cannot be kept has not happened: its command is refused, and
the room is taken from its log again once that can be written.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from typing import TypeVar

from townsquare_server.delivery import Client
from townsquare_server.effects import Audience, Effect, Send
from townsquare_server.errors import Code, EngineLostError, RefusalError
from townsquare_server.fan_out import FanOut
from townsquare_server.frames import Parcel
from townsquare_server.mending import Mending
from townsquare_server.phases import Phase
from townsquare_server.pump import Pump
from townsquare_server.room import Room
from townsquare_server.shell_errors import NotStoredError
from townsquare_server.steps import Answered, House, Moved, Reply, Seated, Step
from townsquare_server.wire import (
    ClientMessage,
    ClientMoveSeat,
    ClientRemoveSeat,
    ClientWithdrawHost,
    ServerGoodbye,
)
from townsquare_server.worker import Urgency

logger = logging.getLogger("townsquare.room")
T = TypeVar("T")
BROKEN = "the room met a mistake of the program and is taken from its log again"


class HostedRoom:
    """Drives a room. All methods are called in the loop."""

    def __init__(self, room: Room, house: House) -> None:
        self.room = room
        self._house = house
        self._pump = Pump(room.code, house, compute=self._compute, done=self._rest, failed=self._not_kept)
        self._audiences: dict[str, Audience] = {}  # of each seat with a connection, as of the newest queued step
        self._timer: asyncio.TimerHandle | None = None
        self._advancing: asyncio.Task[None] | None = None
        self._mending = Mending(house, room.code, self._mended)
        self._over = False
        self._reset_timer()
        self._draw()

    @property
    def code(self) -> str:
        """The room's code."""
        return self.room.code

    @property
    def deserted(self) -> bool:
        """Whether the room is closed and nobody is in it or about to be."""
        return self.room.state.phase is Phase.CLOSED and len(self._pump.clients) == 0 and self._pump.idle

    # ------------------------------------------------------------------------------ from outside

    def seat(self, client: Client, find: Callable[[], tuple[str, list[Effect]]], version: int | None) -> str:
        """Seat a connection where `find` says, welcome it and bring it up to date; raises RefusalError."""
        self._mending.check()
        seat, effects = self._ask(find)
        audience = self._audiences[seat] = self._ask(lambda: self.room.audience_of(seat))
        arrival = self._ask(lambda: self.room.connected(seat, version, self._house.now()))
        self._queue(*self._direct(effects, seat, client))
        self._queue(Seated(client, seat, audience), *self._direct(arrival, seat, client))
        return seat

    def receive(self, client: Client, seat: str, message: ClientMessage) -> None:
        """Hand a seat's message to the room."""
        begun = time.perf_counter()
        try:
            self._mending.check()
            effects = self._ask(lambda: self.room.receive(seat, message, self._house.now()))
        except RefusalError as refusal:
            client.send(Parcel(refusal.message(message.id)))
            return
        self._follow(seat)
        if isinstance(message, ClientMoveSeat | ClientRemoveSeat | ClientWithdrawHost):
            for other in list(self._audiences):
                self._follow(other)
        self._queue(*effects, *([Answered(begun)] if effects else []))

    def _follow(self, seat: str) -> None:
        """Have a seat's connections follow it to where it was moved."""
        if not self.room.has_seat(seat):
            self._audiences.pop(seat, None)
            return
        audience = self.room.audience_of(seat)
        if self._audiences.get(seat, audience) != audience:
            self._audiences[seat] = audience
            self._queue(Moved(seat, audience))

    def left(self, client: Client, seat: str) -> None:
        """Forget a connection."""
        self._pump.clients.remove(client)
        if self._mending.why is None:
            with contextlib.suppress(RefusalError):
                self._queue(*self._ask(lambda: self.room.disconnected(seat, self._house.now())))

    def catch_up(self, client: Client, seat: str) -> None:
        """Send the whole state to a connection that missed some of it."""
        if self._mending.why is None and self.room.has_seat(seat):
            with contextlib.suppress(RefusalError):
                self._queue(*self._direct(self._ask(lambda: self.room.resync(seat)), seat, client))

    def say_goodbye(self, reason: str) -> None:
        """Send everybody home."""
        for client in self._pump.clients:
            client.send(Parcel(ServerGoodbye(reason)))
            client.close(1001, reason)

    async def stop(self) -> None:
        """Carry out what is queued, then stop."""
        self._stop_timer()
        if self._advancing is not None:
            self._advancing.cancel()
        while not self._pump.idle and self._mending.why is None:
            await asyncio.sleep(0.005)
        self._pump.stop()
        self._mending.stop()

    # ------------------------------------------------------------------------------ what the room decided

    def _queue(self, *steps: Step) -> None:
        self._pump.queue(*steps)
        self._reset_timer()

    @staticmethod
    def _direct(effects: list[Effect], seat: str, client: Client) -> list[Step]:
        """Return the effects with what goes to the seat going to this one of its connections."""
        return [
            Reply(client, effect.message) if isinstance(effect, Send) and effect.seat == seat else effect
            for effect in effects
        ]

    def _rest(self) -> None:
        """Say that the room is over, and each time that it has nothing left to do: the last may have left meanwhile."""
        if self.room.state.phase is not Phase.CLOSED:
            return
        if not self._over:
            self._over = True
            self._house.room_over(self.code)
        self._house.room_idle(self.code)

    # ------------------------------------------------------------------------------ time and work

    def _reset_timer(self) -> None:
        self._stop_timer()
        deadline = None if self._mending.why is not None else self.room.next_deadline()
        if deadline is not None:
            delay = max(0.001, (deadline - self._house.now()) / 1000)
            self._timer = asyncio.get_running_loop().call_later(delay, self._due)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _due(self) -> None:
        """Have the room do what is due, in a turn of its own."""
        self._stop_timer()
        if self._advancing is None or self._advancing.done():
            self._advancing = asyncio.create_task(self._advance(), name=f"advance {self.code}")

    async def _advance(self) -> None:
        async with self._house.turns:
            if self._mending.why is None:
                with contextlib.suppress(RefusalError):
                    self._queue(*self._ask(lambda: self.room.advance(self._house.now())))

    def _compute(self) -> None:
        room = self.room
        job = asyncio.wrap_future(self._house.worker.submit(Urgency.TICK, lambda: self._timed(room)))
        job.add_done_callback(lambda done: self._computed(room, done))

    def _timed(self, room: Room) -> None:
        with self._house.metrics.tick.time():
            room.compute()

    def _computed(self, room: Room, done: asyncio.Future[None]) -> None:
        if done.cancelled():
            return
        error = done.exception()
        if error is not None:
            self._mend(error)
        elif room is self.room:
            self._due()

    def _draw(self) -> None:
        room = self.room
        job = asyncio.wrap_future(self._house.worker.submit(Urgency.PICTURE, lambda: self._house.graph_url(room)))
        job.add_done_callback(lambda done: self._drawn(room, done))

    def _drawn(self, room: Room, done: asyncio.Future[str]) -> None:
        if done.cancelled():
            return
        error = done.exception()
        if isinstance(error, EngineLostError):
            self._mend(error)
        elif error is not None:
            logger.error("room %s: the network could not be laid out", self.code, exc_info=error)
        elif room is self.room and self._mending.why is None:
            with contextlib.suppress(RefusalError):
                self._queue(*self._ask(lambda: room.set_graph_url(done.result(), self._house.now())))

    # ------------------------------------------------------------------------------ when something is wrong

    def _ask(self, act: Callable[[], T]) -> T:
        """Let the room do something; a mistake of ours in it is mended and told as a refusal."""
        try:
            return act()
        except RefusalError:
            raise
        except Exception as error:
            self._mend(error)
            raise RefusalError(Code.NOT_STORED, BROKEN) from error

    def _mend(self, error: BaseException) -> None:
        """Begin again from the log: what is in memory is lost, or can no longer be trusted after a mistake of ours."""
        if isinstance(error, EngineLostError):
            logger.error("room %s: %s", self.code, error)
            self._stand_still(str(error))
        else:
            logger.error("room %s: %s", self.code, BROKEN, exc_info=error)
            self._stand_still(BROKEN)

    def _stand_still(self, why: str) -> None:
        self._mending.begin(why)
        self._reset_timer()

    def _not_kept(self, error: NotStoredError) -> RefusalError:
        """Begin again from the log when it takes entries again; return what is said to those whose command is lost."""
        self._stand_still(str(error))
        return self._mending.refusal()

    def _mended(self, room: Room) -> None:
        """Go on with the room as the log tells it, and with those who have a seat in it."""
        self.room = room
        self._house.restored(room)
        seats, self._pump.clients, self._audiences = self._pump.clients.seats(), FanOut(), {}
        for client, seat in seats.items():
            if not room.has_seat(seat):
                client.close(1013, "not stored")
                continue
            audience = self._audiences[seat] = room.audience_of(seat)
            arrival = room.connected(seat, None, self._house.now())
            self._queue(Seated(client, seat, audience), *self._direct(arrival, seat, client))
        self._draw()
        self._reset_timer()
