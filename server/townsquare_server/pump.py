"""What a room has decided, carried out: entries kept, messages sent, seats moved, in the order the room asked for.

Law: steps are carried out in order, and nothing that stands after an `Append` before that entry is kept; what stands
behind one that cannot be kept is refused. Between two handfuls of deliveries everybody else in the loop has a turn.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Iterator

from townsquare_server.effects import Append, Compute, Disconnect, Publish, Send
from townsquare_server.errors import RefusalError
from townsquare_server.fan_out import FanOut
from townsquare_server.frames import Parcel
from townsquare_server.shell_errors import NotStoredError
from townsquare_server.steps import Answered, House, Moved, Reply, Seated, Step
from townsquare_server.wire import ServerAck, ServerGoodbye, ServerWelcome

logger = logging.getLogger("townsquare.room")


class Pump:
    """The steps of one room that are still to be carried out, and the connections that they are for.

    `compute` has the worker compute; `done` is called when nothing is left to do; `failed`, with what is wrong, when
    the log took nothing, and returns what those are told whose commands are lost.
    """

    def __init__(
        self,
        code: str,
        house: House,
        *,
        compute: Callable[[], None],
        done: Callable[[], None],
        failed: Callable[[NotStoredError], RefusalError],
    ) -> None:
        self.clients = FanOut()
        self._code = code
        self._house = house
        self._compute = compute
        self._done = done
        self._failed = failed
        self._steps: deque[Step] = deque()
        self._wake = asyncio.Event()
        self._task = asyncio.create_task(self._run(), name=f"room {code}")

    @property
    def idle(self) -> bool:
        """Whether everything is carried out, or never will be."""
        return not self._steps or self._task.done()

    def queue(self, *steps: Step) -> None:
        """Have steps carried out after all that were queued before."""
        self._steps.extend(steps)
        if self._steps:
            self._wake.set()

    def stop(self) -> None:
        """Carry out nothing more."""
        self._task.cancel()

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            queued = len(self._steps)
            try:
                await self._keep([step for step in self._steps if isinstance(step, Append)])
            except NotStoredError as error:
                await self._give_up(error)
                continue
            await self._house.turns.go_through(self._carry_out_oldest(queued))
            if not self._steps:
                self._done()

    async def _keep(self, appends: list[Append]) -> None:
        if not appends:
            return
        entries = [(append.seq, append.entry) for append in appends]
        durable = any(append.durable for append in appends)
        with self._house.metrics.log_append.time():
            await asyncio.wrap_future(self._house.log.append(self._code, entries, durable=durable))

    def _carry_out_oldest(self, count: int) -> Iterator[None]:
        """Carry out so many steps, piece by piece; one counts as waiting until it is done."""
        for _ in range(count):
            step = self._steps[0]
            try:
                if isinstance(step, Publish):
                    yield from self.clients.publish(step.audience, step.message, droppable=step.droppable)
                else:
                    self._carry_out(step)
                    yield
            except Exception:
                logger.exception("room %s: %s could not be carried out", self._code, type(step).__name__)
            self._steps.popleft()

    def _carry_out(self, step: Step) -> None:
        match step:
            case Reply(client, message):
                self.clients.reply(client, message)
            case Send(seat, message):
                self.clients.send(seat, message)
            case Seated(client, seat, audience):
                if client.open:
                    self.clients.add(client, seat, audience)
            case Moved(seat, audience):
                self.clients.move(seat, audience)
            case Disconnect(seat, reason):
                for client in self.clients.of_seat(seat):
                    client.send(Parcel(ServerGoodbye(reason)))
                    client.close(1000, reason)
            case Compute():
                self._compute()
            case Answered(begun):
                self._house.metrics.acknowledgement.observe(time.perf_counter() - begun)

    # ------------------------------------------------------------------------------ when the log takes nothing

    async def _give_up(self, error: NotStoredError) -> None:
        """Refuse all that is queued behind the entry that was not kept."""
        logger.error("room %s: %s", self._code, error)
        refusal = self._failed(error)
        before = next(number for number, step in enumerate(self._steps) if isinstance(step, Append))
        await self._house.turns.go_through(self._carry_out_oldest(before))
        while self._steps:
            self._refuse(self._steps.popleft(), refusal)

    def _refuse(self, step: Step, refusal: RefusalError) -> None:
        """Turn an acknowledgement that must not go out into a refusal."""
        match step:
            case Send(seat, ServerAck(id)):
                self.clients.send(seat, refusal.message(id))
            case Reply(client, ServerWelcome(id=id)):
                client.send(Parcel(refusal.message(id)))
            case Seated(client, _, _) if client.open:
                client.close(1013, "not stored")
            case _:
                pass
