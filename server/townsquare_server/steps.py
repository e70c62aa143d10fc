"""What a hosted room queues besides the effects its room asks for, and what it needs of the server around it.

Law: a step is a value that says what to do, in the order in which it was queued; `pump.py` does it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeAlias

from townsquare_server.delivery import Client
from townsquare_server.effects import Audience, Effect
from townsquare_server.event_log import EventLog
from townsquare_server.metrics import Metrics
from townsquare_server.room import Room
from townsquare_server.turn import Turns
from townsquare_server.wire import ServerMessage
from townsquare_server.worker import Worker


class House(Protocol):
    """What rooms share."""

    log: EventLog
    worker: Worker
    turns: Turns
    metrics: Metrics

    def now(self) -> int:
        """Return the time in milliseconds."""

    def restore(self, code: str) -> Room:
        """Take a room from its log again (in the worker thread)."""

    def graph_url(self, room: Room) -> str:
        """Return where the picture of a room's network is fetched, computing it if need be (in the worker thread)."""

    def restored(self, room: Room) -> None:
        """Take note of the room that takes the place of one that could not be kept."""

    def room_over(self, code: str) -> None:
        """Take note that a room is closed."""

    def room_idle(self, code: str) -> None:
        """Take note that a closed room has done all it had to do: it can go when nobody is left in it."""


@dataclass(frozen=True, slots=True)
class Seated:
    """From here on a connection belongs to a seat, in the audience that the seat had when this was queued."""

    client: Client
    seat: str
    audience: Audience


@dataclass(frozen=True, slots=True)
class Moved:
    """From here on a seat's connections belong to another audience."""

    seat: str
    audience: Audience


@dataclass(frozen=True, slots=True)
class Reply:
    """A message to one connection."""

    client: Client
    message: ServerMessage


@dataclass(frozen=True, slots=True)
class Answered:
    """All that a message caused has been sent; `begun` is when it came, by the performance counter."""

    begun: float


Step: TypeAlias = Effect | Seated | Moved | Reply | Answered
