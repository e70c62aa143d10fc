"""What a running server counts and times, for Prometheus.

Law: a registry of our own, nothing process-wide; a label is a word of this program (a phase, a role, a refusal's code),
never what somebody typed, and there are few of them. What happens often is counted as a plain number and read when
somebody asks.
"""

from __future__ import annotations

import asyncio
import platform
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, TypeVar, get_args

from prometheus_client import CollectorRegistry, Gauge, Histogram, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from townsquare_server.errors import Code
from townsquare_server.phases import Phase
from townsquare_server.traffic import Traffic
from townsquare_server.version import version
from townsquare_server.wire import PROTOCOL_VERSION, Role

if TYPE_CHECKING:
    from townsquare_server.room import Room

LOOP_SECONDS = 0.25
"""How often the event loop is asked how late it is."""
_WAITS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0)


class Metrics:
    """The metrics of one server. `rooms` are those that it holds now."""

    content_type = CONTENT_TYPE_LATEST

    def __init__(self, traffic: Traffic, rooms: Callable[[], Iterable[Room]]) -> None:
        self.registry = CollectorRegistry(auto_describe=False)
        self.acknowledgement = self._times("acknowledgement", "from a command's arrival until all it caused was sent")
        self.log_append = self._times("log_append", "until entries were kept")
        self.tick = self._times("tick_compute", "the market's work for one tick")
        self.loop_lag = self._times("loop_lag", f"by which the event loop woke late, asked every {LOOP_SECONDS} s")
        self.restore = self._gauge("restore_seconds", "seconds that taking up the rooms took at the start")
        self.restored = self._gauge("restored_rooms", "rooms read back from the log")
        self.lost = self._gauge("unrestored_rooms", "times that a room could not be read back from the log")
        words = "starts of the process that computes games; it is started again when it has ended by itself"
        self.engine_starts = self._gauge("engine_starts", words)
        build = self._gauge("build_info", "what runs here; always 1", ["version", "protocol", "python"])
        build.labels(version(), str(PROTOCOL_VERSION), platform.python_version()).set(1)
        ProcessCollector(registry=self.registry)
        self.registry.register(_Census(traffic, rooms))

    def _times(self, name: str, text: str) -> Histogram:
        return Histogram(f"townsquare_{name}_seconds", f"Seconds {text}.", buckets=_WAITS, registry=self.registry)

    def _gauge(self, name: str, text: str, labels: Iterable[str] = ()) -> Gauge:
        return Gauge(f"townsquare_{name}", f"{text[0].upper()}{text[1:]}.", labels, registry=self.registry)

    def text(self) -> bytes:
        """Return everything in the text format."""
        return generate_latest(self.registry)

    async def watch_loop(self) -> None:
        """Time how late the event loop wakes, until cancelled."""
        while True:
            due = time.perf_counter() + LOOP_SECONDS
            await asyncio.sleep(LOOP_SECONDS)
            self.loop_lag.observe(max(0.0, time.perf_counter() - due))


class _Census(Collector):
    """Counts rooms and seats when asked, and reads the plain numbers of the transport."""

    def __init__(self, traffic: Traffic, rooms: Callable[[], Iterable[Room]]) -> None:
        self._traffic = traffic
        self._rooms = rooms

    def collect(self) -> Iterator[GaugeMetricFamily | CounterMetricFamily]:
        """Yield the families."""
        phases: Counter[str] = Counter()
        seats: Counter[str] = Counter()
        for room in self._rooms():
            phases[room.state.phase.value] += 1
            seats.update(seat.role for seat in room.state.seats.values())
        yield _labelled(GaugeMetricFamily, "rooms", "Rooms by phase", "phase", [phase.value for phase in Phase], phases)
        yield _labelled(GaugeMetricFamily, "seats", "Seats by role", "role", get_args(Role), seats)
        traffic = self._traffic
        yield GaugeMetricFamily("townsquare_connections", "Open WebSockets.", value=traffic.connections)
        for name, text, value in (
            ("messages_received", "Messages that came from clients", traffic.messages),
            ("frames_sent", "Frames written to clients", traffic.frames),
            ("bytes_sent", "Bytes of these frames", traffic.bytes),
            ("frames_skipped", "Frames left out for clients that do not keep up", traffic.skipped),
        ):
            yield CounterMetricFamily(f"townsquare_{name}", f"{text}.", value=value)
        codes, statuses = [str(code) for code in Code], [str(status) for status in sorted(traffic.replies)]
        refusals = {str(code): count for code, count in traffic.refusals.items()}
        replies = {str(status): count for status, count in traffic.replies.items()}
        yield _labelled(CounterMetricFamily, "refusals", "Refused messages by code", "code", codes, refusals)
        yield _labelled(CounterMetricFamily, "http_replies", "HTTP replies by status", "status", statuses, replies)


F = TypeVar("F", GaugeMetricFamily, CounterMetricFamily)


def _labelled(family: type[F], name: str, text: str, label: str, words: Iterable[str], counts: Mapping[str, int]) -> F:
    """Return a family with a sample for each word, also where nothing was counted."""
    made = family(f"townsquare_{name}", f"{text}.", labels=[label])
    for word in words:
        made.add_metric([word], counts.get(word, 0))
    return made
