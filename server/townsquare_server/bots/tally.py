"""What bots count while they play, and the report that is made of it.

Law: every time is measured where it is felt, at the client, against the server's own clock as its welcomes tell it.
Tallies of several processes add up to one; a percentile is taken of all values, never of other percentiles.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

LATE_MS = 250.0
"""A tick that comes later than this after it was due looks late on a screen."""
MOST_BEHIND_MS = 1000.0
"""A welcome is never longer on its way than that; what comes still earlier was sent before it was due, by a host."""
PERCENTILES = (50, 95, 99)


class ServerClock:
    """The server's clock as clients know it: whatever arrives was sent before, so the newest guess wins."""

    def __init__(self) -> None:
        self._ahead = -math.inf

    def heard(self, now: float) -> None:
        """Take note of a time that has come at the server: that of a welcome, or when a thing was due."""
        self._ahead = max(self._ahead, now - time.time() * 1000)

    def now(self) -> float:
        """Return the server's time in milliseconds."""
        return time.time() * 1000 + self._ahead

    def late(self, due: float) -> float | None:
        """Return how late a thing comes that was due then; None when a host had it sent before.

        Nothing is sent before it is due: what seems to be shows by how much the clock was behind.
        """
        late = self.now() - due
        if late < -MOST_BEHIND_MS:
            return None
        if late < 0.0:
            self.heard(due)
        return max(0.0, late)


@dataclass
class Tally:
    """Counts and times of one process's clients; times are in milliseconds."""

    acknowledged: list[float] = field(default_factory=list)  # from sending a command to its answer
    results: list[float] = field(default_factory=list)  # from a round's end to its results at a client
    ticks: list[float] = field(default_factory=list)  # from when a tick was due to its frame at a player
    watched: list[float] = field(default_factory=list)  # the same, at a spectator
    back: list[float] = field(default_factory=list)  # from a lost connection to the whole state again
    joined: int = 0
    finished: int = 0
    lost_frames: int = 0  # versions that a client was never sent: it got the whole state instead
    missed_frames: int = 0  # node frames left out for a spectator that did not keep up
    messages: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    cpu_seconds: float = 0.0

    def add(self, other: Tally) -> None:
        """Take in what another process counted."""
        for name in ("acknowledged", "results", "ticks", "watched", "back", "failures"):
            getattr(self, name).extend(getattr(other, name))
        for name in ("joined", "finished", "lost_frames", "missed_frames", "messages", "cpu_seconds"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.refused = dict(Counter(self.refused) + Counter(other.refused))

    def report(self, seconds: float) -> dict[str, Any]:
        """Return everything as plain data."""
        late = sum(value > LATE_MS for values in (self.ticks, self.watched) for value in values)
        return {
            "seconds": round(seconds, 2),
            "joined": self.joined,
            "finished": self.finished,
            "acknowledged_ms": summary(self.acknowledged),
            "results_after_round_ms": summary(self.results),
            "tick_delay_ms": summary(self.ticks),
            "spectator_delay_ms": summary(self.watched),
            "late_frames": late,
            "lost_frames": self.lost_frames,
            "missed_spectator_frames": self.missed_frames,
            "reconnects": len(self.back),
            "reconnected_ms": summary(self.back),
            "messages": self.messages,
            "refused": dict(sorted(self.refused.items())),
            "failures": len(self.failures),
            "client_cpu_seconds": round(self.cpu_seconds, 3),
        }


def percentile(ordered: Sequence[float], percent: float) -> float:
    """Return the value that so many per cent of sorted values do not exceed."""
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def summary(values: Iterable[float]) -> dict[str, float] | None:
    """Return how many values there are, their percentiles and the largest; None when there are none."""
    ordered = sorted(values)
    if not ordered:
        return None
    found = {f"p{percent}": round(percentile(ordered, percent), 2) for percent in PERCENTILES}
    return {"count": len(ordered), **found, "largest": round(ordered[-1], 2)}


def in_words(report: dict[str, Any]) -> str:
    """Return a report as a short table."""
    lines = [f"{'':28}{'count':>9}{'p50':>10}{'p95':>10}{'p99':>10}{'largest':>10}"]
    rows = {
        "acknowledgement, ms": "acknowledged_ms",
        "results after a round, ms": "results_after_round_ms",
        "ticks at players, ms late": "tick_delay_ms",
        "ticks at spectators, ms late": "spectator_delay_ms",
        "back after a lost line, ms": "reconnected_ms",
    }
    for title, key in rows.items():
        if (found := report[key]) is not None:
            times = "".join(f"{found[name]:>10.1f}" for name in ("p50", "p95", "p99", "largest"))
            lines.append(f"{title:28}{found['count']:>9}{times}")
    refused = sum(report["refused"].values())
    lines.append(
        f"{report['messages']} messages; {report['late_frames']} late, {report['lost_frames']} lost, "
        f"{report['missed_spectator_frames']} left out for spectators; {report['reconnects']} reconnects; "
        f"{refused} commands refused"
    )
    lines.append(f"{report['seconds']:.1f} s, of which the bots computed {report['client_cpu_seconds']:.1f} s")
    return "\n".join(lines)
