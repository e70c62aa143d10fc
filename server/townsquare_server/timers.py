"""A phase's clock: when it began, when it ends, and how pausing, extending and restarting move both.

Law: time that a room spends paused, or that its server spends down, belongs to nobody's planning.
"""

from __future__ import annotations

from dataclasses import dataclass

LONGEST_MS = 24 * 3600 * 1000


@dataclass(slots=True)
class Timer:
    """All times are milliseconds since the epoch; `ends_at` is None when the phase has no timer."""

    started_at: int
    ends_at: int | None = None
    paused_at: int | None = None

    @classmethod
    def start(cls, now: int, length: int | None) -> Timer:
        """Return a running timer of this length (None: it never ends by itself)."""
        return cls(now, None if length is None else now + length)

    @property
    def paused(self) -> bool:
        """Whether the clock stands."""
        return self.paused_at is not None

    def pause(self, now: int) -> None:
        """Let the clock stand."""
        self.paused_at = now

    def resume(self, now: int) -> None:
        """Let a standing clock run again."""
        if self.paused_at is not None:
            self.shift(now - self.paused_at)
            self.paused_at = None

    def shift(self, by: int) -> None:
        """Move the whole phase, so that what is left of it stays the same."""
        self.started_at += by
        if self.ends_at is not None:
            self.ends_at += by

    def extend(self, by: int, now: int) -> None:
        """Give more time, or less; never less than none."""
        if self.ends_at is not None:
            self.ends_at = max(self.ends_at + by, self._stands_at(now))

    def rescale(self, length: int, now: int) -> None:
        """Give the whole phase another length; the share of it that is over stays the same."""
        if self.ends_at is None:
            return
        at = self._stands_at(now)
        over, old = min(at, self.ends_at) - self.started_at, max(1, self.ends_at - self.started_at)
        self.started_at = at - over * length // old
        self.ends_at = self.started_at + length

    def rebase(self, last: int, now: int) -> None:
        """Account for a server that was down from `last` until `now`."""
        if self.paused_at is None:
            self.shift(max(0, now - last))

    def remaining(self, now: int) -> int | None:
        """Return what is left; None when nothing ends."""
        if self.ends_at is None:
            return None
        return max(0, self.ends_at - self._stands_at(now))

    def _stands_at(self, now: int) -> int:
        return now if self.paused_at is None else self.paused_at

    def over(self, now: int) -> bool:
        """Whether the time is up."""
        return not self.paused and self.ends_at is not None and now >= self.ends_at
