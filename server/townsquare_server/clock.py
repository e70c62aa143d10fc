"""The server's clock: milliseconds since the epoch that never run backwards, whatever is done to the system's clock."""

from __future__ import annotations

import time


class Clock:
    """Follows the wall clock as it was at the start, at the pace of the monotonic one."""

    def __init__(self) -> None:
        self._offset = time.time() - time.monotonic()

    def now(self) -> int:
        """Return the time in milliseconds since the epoch."""
        return int((time.monotonic() + self._offset) * 1000)
