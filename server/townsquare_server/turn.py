"""How the rooms of a server share its loop: a turn each, so that no burst of them keeps it for long.

Law: at most one turn in a round of the loop, so that between any two of them it has looked at its sockets and its
clocks. Work that can be cut into pieces ends its turn after a while; whoever waits longest has the next one.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

TURN_SECONDS = 0.0002
"""How long a turn lasts that can be cut; going once around the loop costs a tenth of it."""


class Turns:
    """The turns of one loop: ``async with turns`` for what cannot be cut, `go_through` for what can."""

    def __init__(self, seconds: float = TURN_SECONDS) -> None:
        self._seconds = seconds
        self._lock = asyncio.Lock()

    async def __aenter__(self) -> None:
        """Wait for a turn."""
        await self._lock.acquire()

    async def __aexit__(self, *_: object) -> None:
        """Give the turn away when the loop has been around."""
        asyncio.get_running_loop().call_soon(self._lock.release)

    async def go_through(self, pieces: Iterator[None]) -> None:
        """Do work piece by piece, in as many turns as it takes; the order of its pieces stays what it is."""
        done = False
        while not done:
            async with self:
                over_at = time.perf_counter() + self._seconds
                done = next(pieces, self) is self
                while not done and time.perf_counter() < over_at:
                    done = next(pieces, self) is self
