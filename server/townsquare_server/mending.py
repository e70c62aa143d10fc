"""How a room comes back that cannot go on: it waits until the log takes writes, and is taken from it again.

Law: while `why` is set the room does nothing and says why; what it is afterwards is what the log holds.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from townsquare_server.errors import Code, EngineLostError, RefusalError
from townsquare_server.room import Room
from townsquare_server.shell_errors import NotStoredError
from townsquare_server.steps import House
from townsquare_server.worker import Urgency

logger = logging.getLogger("townsquare.room")
RETRY_SECONDS = 2.0
"""How often a log that could not be written is tried again."""


class Mending:
    """The mending of one room; `mended` is called with the room that takes its place."""

    def __init__(self, house: House, code: str, mended: Callable[[Room], None]) -> None:
        self.why: str | None = None
        """what keeps the room from going on"""
        self._house = house
        self._code = code
        self._mended = mended
        self._task: asyncio.Task[None] | None = None

    def check(self) -> None:
        """Let a room pass that can go on; raises RefusalError."""
        if self.why is not None:
            raise self.refusal()

    def refusal(self) -> RefusalError:
        """Return what is said to those who ask meanwhile."""
        return RefusalError(Code.NOT_STORED, f"{self.why}; the room goes on when that is mended")

    def begin(self, why: str) -> None:
        """Have the room wait, and try to mend it, unless that is under way."""
        if self.why is None:
            self.why = why
            self._task = asyncio.create_task(self._run(), name=f"mend {self._code}")

    def stop(self) -> None:
        """Try no more."""
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        room = None
        while room is None:
            await asyncio.sleep(RETRY_SECONDS)
            room = await self._taken_again()
        self.why = None
        self._mended(room)

    async def _taken_again(self) -> Room | None:
        house = self._house
        try:
            await asyncio.wrap_future(house.log.probe())
            return await asyncio.wrap_future(house.worker.submit(Urgency.ROOM, lambda: house.restore(self._code)))
        except (NotStoredError, EngineLostError):
            return None  # as it was said when this began
        except Exception:
            logger.exception("room %s: could not be taken from its log", self._code)
            return None
