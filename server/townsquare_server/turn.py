"""How a task that has much to do keeps the loop only for a short time at once.

Law: who carries out many small steps asks after every few of them whether its turn is over, and then lets everybody
else go first. The order of its own steps stays what it was.
"""

from __future__ import annotations

import asyncio
import time

TURN_SECONDS = 0.0002
"""What another callback waits for at most; going once around the loop costs a tenth of it."""


class Turn:
    """One turn after another of one task."""

    def __init__(self, seconds: float = TURN_SECONDS) -> None:
        self._seconds = seconds
        self.begin()

    def begin(self) -> None:
        """Begin a turn: the task was waiting until now."""
        self._over_at = time.perf_counter() + self._seconds

    async def give_way(self) -> None:
        """Let all others go first when the turn is over."""
        if time.perf_counter() >= self._over_at:
            await asyncio.sleep(0)
            self.begin()
