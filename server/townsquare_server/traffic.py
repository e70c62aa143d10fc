"""What went over the sockets since the start, as plain numbers.

Law: these are counted for every frame, so counting is an addition and nothing else; `metrics.py` reads them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Traffic:
    """Counts of one server. `connections` are the open WebSockets; all else only grows."""

    connections: int = 0
    messages: int = 0  # from clients
    frames: int = 0
    bytes: int = 0
    skipped: int = 0  # frames left out for clients that do not keep up
    refusals: Counter[str] = field(default_factory=Counter)  # by code
    replies: Counter[int] = field(default_factory=Counter)  # HTTP, by status

    def delivered(self, frames: int, size: int, skipped: int) -> None:
        """Count one frame that went to many."""
        self.frames += frames
        self.bytes += frames * size
        self.skipped += skipped
