"""One room and the world around it: its connections, its timer, its log and the worker, in the order the room asks for.

Law: effects are carried out in order, and nothing that stands after an `Append` before that entry is kept. What
cannot be kept has not happened: its command is refused, and the room is taken from its log again once that can be
written.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Callable
from typing import TypeVar

from townsquare_server.delivery import Client
from townsquare_server.effects import Append, Audience, Compute, Disconnect, Effect, Publish, Send
from townsquare_server.errors import Code, RefusalError
from townsquare_server.fan_out import FanOut
from townsquare_server.frames import Parcel
from townsquare_server.mending import Mending
from townsquare_server.phases import Phase
from townsquare_server.room import Room
from townsquare_server.shell_errors import NotStoredError
from townsquare_server.steps import Answered, House, Moved, Reply, Seated, Step
from townsquare_server.wire import (
    ClientMessage,
    ClientMoveSeat,
    ClientRemoveSeat,
    ClientWithdrawHost,
    ServerAck,
    ServerGoodbye,
    ServerWelcome,
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
        self._steps: deque[Step] = deque()
        self._wake = asyncio.Event()
        self._clients = FanOut()
        self._audiences: dict[str, Audience] = {}  # of each seat with a connection, as of the newest queued step
        self._timer: asyncio.TimerHandle | None = None
        self._mending = Mending(house, room.code, self._mended)
        self._over = False
        self._pump = asyncio.create_task(self._run(), name=f"room {room.code}")
        self._reset_timer()
        self._draw()

    @property
    def code(self) -> str:
        """The room's code."""
        return self.room.code

    @property
    def deserted(self) -> bool:
        """Whether the room is closed and nobody is in it or about to be."""
        return self.room.state.phase is Phase.CLOSED and len(self._clients) == 0 and not self._steps

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
        self._clients.remove(client)
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
        for client in self._clients:
            client.send(Parcel(ServerGoodbye(reason)))
            client.close(1001, reason)

    async def stop(self) -> None:
        """Carry out what is queued, then stop."""
        if self._timer is not None:
            self._timer.cancel()
        while self._steps and self._mending.why is None and not self._pump.done():
            await asyncio.sleep(0.005)
        self._pump.cancel()
        self._mending.stop()

    # ------------------------------------------------------------------------------ carrying out

    def _queue(self, *steps: Step) -> None:
        self._steps.extend(steps)
        if self._steps:
            self._wake.set()
        self._reset_timer()

    @staticmethod
    def _direct(effects: list[Effect], seat: str, client: Client) -> list[Step]:
        """Return the effects with what goes to the seat going to this one of its connections."""
        return [
            Reply(client, effect.message) if isinstance(effect, Send) and effect.seat == seat else effect
            for effect in effects
        ]

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            steps = list(self._steps)
            appends = [step for step in steps if isinstance(step, Append)]
            try:
                if appends:
                    with self._house.metrics.log_append.time():
                        await self._keep(appends)
            except NotStoredError as error:
                self._give_up(error)
                continue
            for step in steps:
                self._steps.popleft()
                try:
                    self._carry_out(step)
                except Exception:
                    logger.exception("room %s: %s could not be carried out", self.code, type(step).__name__)
            if self.room.state.phase is Phase.CLOSED and not self._steps:
                self._rest()

    def _rest(self) -> None:
        """Say that the room is over, and each time that it has nothing left to do: the last may have left meanwhile."""
        if not self._over:
            self._over = True
            self._house.room_over(self.code)
        self._house.room_idle(self.code)

    def _keep(self, appends: list[Append]) -> asyncio.Future[None]:
        entries = [(append.seq, append.entry) for append in appends]
        durable = any(append.durable for append in appends)
        return asyncio.wrap_future(self._house.log.append(self.code, entries, durable=durable))

    def _carry_out(self, step: Step) -> None:
        match step:
            case Reply(client, message):
                self._clients.reply(client, message)
            case Send(seat, message):
                self._clients.send(seat, message)
            case Publish(audience, message, droppable):
                self._clients.publish(audience, message, droppable=droppable)
            case Seated(client, seat, audience):
                if client.open:
                    self._clients.add(client, seat, audience)
            case Moved(seat, audience):
                self._clients.move(seat, audience)
            case Disconnect(seat, reason):
                for client in self._clients.of_seat(seat):
                    client.send(Parcel(ServerGoodbye(reason)))
                    client.close(1000, reason)
            case Compute():
                self._compute()
            case Answered(begun):
                self._house.metrics.acknowledgement.observe(time.perf_counter() - begun)

    # ------------------------------------------------------------------------------ time and work

    def _reset_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        deadline = None if self._mending.why is not None else self.room.next_deadline()
        if deadline is not None:
            delay = max(0.001, (deadline - self._house.now()) / 1000)
            self._timer = asyncio.get_running_loop().call_later(delay, self._advance)

    def _advance(self) -> None:
        self._timer = None
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
            self._advance()

    def _draw(self) -> None:
        room = self.room
        job = asyncio.wrap_future(self._house.worker.submit(Urgency.PICTURE, lambda: self._house.graph_url(room)))
        job.add_done_callback(lambda done: self._drawn(room, done))

    def _drawn(self, room: Room, done: asyncio.Future[str]) -> None:
        if done.cancelled():
            return
        error = done.exception()
        if error is not None:
            logger.error("room %s: the network could not be laid out", self.code, exc_info=error)
        elif room is self.room and self._mending.why is None:
            with contextlib.suppress(RefusalError):
                self._queue(*self._ask(lambda: room.set_graph_url(done.result(), self._house.now())))

    # ------------------------------------------------------------------------------ when the log takes nothing

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
        """Begin again from the log after a mistake of ours: what is in memory can no longer be trusted."""
        logger.error("room %s: %s", self.code, BROKEN, exc_info=error)
        self._stand_still(BROKEN)

    def _stand_still(self, why: str) -> None:
        self._mending.begin(why)
        self._reset_timer()

    def _give_up(self, error: NotStoredError) -> None:
        """Refuse all that is queued behind the entry that was not kept, and begin again from the log when it can be."""
        logger.error("room %s: %s", self.code, error)
        self._stand_still(str(error))
        broken = False
        while self._steps:
            step = self._steps.popleft()
            broken = broken or isinstance(step, Append)
            if not broken:
                self._carry_out(step)
            else:
                self._refuse(step)

    def _refuse(self, step: Step) -> None:
        """Turn an acknowledgement that must not go out into a refusal."""
        match step:
            case Send(seat, ServerAck(id)):
                self._carry_out(Send(seat, self._mending.refusal().message(id)))
            case Reply(client, ServerWelcome(id=id)):
                client.send(Parcel(self._mending.refusal().message(id)))
            case Seated(client, _, _) if client.open:
                client.close(1013, "not stored")
            case _:
                pass

    def _mended(self, room: Room) -> None:
        """Go on with the room as the log tells it, and with those who have a seat in it."""
        self.room = room
        self._house.restored(room)
        seats, self._clients, self._audiences = self._clients.seats(), FanOut(), {}
        for client, seat in seats.items():
            if not room.has_seat(seat):
                client.close(1013, "not stored")
                continue
            audience = self._audiences[seat] = room.audience_of(seat)
            arrival = room.connected(seat, None, self._house.now())
            self._queue(Seated(client, seat, audience), *self._direct(arrival, seat, client))
        self._draw()
        self._reset_timer()
