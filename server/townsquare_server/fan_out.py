"""Who is seated in a room, and how one message reaches many of them.

Law: a message is encoded once per format and framed once per kind of connection, and a delivery is one write of those
bytes into a transport: no task, no copy and no compression of its own. Nobody is written to who does not keep up.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from townsquare_server.delivery import Client, deliver
from townsquare_server.effects import Audience
from townsquare_server.frames import Parcel, Variant
from townsquare_server.wire import ServerMessage, ServerNodes, ServerSnapshot

K = TypeVar("K")
HANDFUL = 8
"""Deliveries before the clock is looked at."""
_KEPT = 32  # messages made ready: a snapshot for each audience of a usual room, and the story of all its rounds


class FanOut:
    """The connections of one room."""

    def __init__(self) -> None:
        self._seated: dict[Client, tuple[str, Audience]] = {}
        self._groups: dict[Audience, dict[Variant, dict[Client, None]]] = {}
        self._seats: dict[str, dict[Client, None]] = {}
        self._ready: dict[int, tuple[ServerMessage, Parcel]] = {}

    def __len__(self) -> int:
        """Return how many connections are seated."""
        return len(self._seated)

    def __iter__(self) -> Iterator[Client]:
        """Go through all connections as they are now."""
        return iter(list(self._seated))

    def add(self, client: Client, seat: str, audience: Audience) -> None:
        """Seat a connection, or seat it elsewhere."""
        self.remove(client)
        self._seated[client] = seat, audience
        self._groups.setdefault(audience, {}).setdefault(client.variant, {})[client] = None
        self._seats.setdefault(seat, {})[client] = None

    def remove(self, client: Client) -> None:
        """Forget a connection."""
        if client not in self._seated:
            return
        seat, audience = self._seated.pop(client)
        groups = self._groups[audience]
        _drop(groups, client.variant, client)
        if not groups:
            del self._groups[audience]
        _drop(self._seats, seat, client)

    def move(self, seat: str, audience: Audience) -> None:
        """Have a seat's connections belong to another audience."""
        for client in self.of_seat(seat):
            self.add(client, seat, audience)

    def of_seat(self, seat: str) -> list[Client]:
        """Return a seat's connections."""
        return list(self._seats.get(seat, ()))

    def seats(self) -> dict[Client, str]:
        """Return the seat of each connection."""
        return {client: seat for client, (seat, _) in self._seated.items()}

    def send(self, seat: str, message: ServerMessage) -> None:
        """Answer a seat on each of its connections."""
        parcel = self._parcel(message)
        for client in self.of_seat(seat):
            client.send(parcel)

    def reply(self, client: Client, message: ServerMessage) -> None:
        """Answer one connection."""
        client.send(self._parcel(message))

    def _parcel(self, message: ServerMessage) -> Parcel:
        """Return a message on its way; a class that comes in together gets the same bytes."""
        if not isinstance(message, ServerSnapshot | ServerNodes):
            return Parcel(message)
        kept = self._ready
        if id(message) not in kept:
            if len(kept) >= _KEPT:
                del kept[next(iter(kept))]
            kept[id(message)] = message, Parcel(message)
        return kept[id(message)][1]

    def publish(self, audience: Audience, message: ServerMessage, *, droppable: bool) -> Iterator[None]:
        """Write a message to each connection of an audience that keeps up; yields after every handful."""
        parcel = Parcel(message)
        for variant, clients in list(self._groups.get(audience, {}).items()):
            frame, members = parcel.frame(variant), list(clients)
            for first in range(0, len(members), HANDFUL):
                deliver(members[first : first + HANDFUL], frame, droppable=droppable)
                yield


def _drop(groups: dict[K, dict[Client, None]], key: K, client: Client) -> None:
    members = groups[key]
    del members[client]
    if not members:
        del groups[key]
