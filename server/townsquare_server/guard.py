"""Who guesses codes: wrong room codes, personal codes and host keys are counted, and soon not looked at any more.

Rooms that are over are read back for those who were in them, and not for one address again and again.

Law: a right code costs nothing, and a class behind one address may mistype one each; whoever guesses gets one try a
second, for one address and, at personal codes, for one room whatever the addresses. A token is no guess: it has 256
bits of signature.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from townsquare_server.errors import Code, RefusalError
from townsquare_server.limits import Buckets, Guesses, customer
from townsquare_server.seats import normal_code
from townsquare_server.settings import Settings
from townsquare_server.wire import (
    ClientCreateRoom,
    ClientJoin,
    ClientMessage,
    ClientPeek,
    ClientRedeem,
    ClientUploadScenario,
)

WRONG = (Code.UNKNOWN_ROOM, Code.BAD_PERSONAL_CODE, Code.HOST_KEY_NEEDED)
READ_AGAIN = (0.1, 30)
"""Rooms that are over that one address may have read back, a second and at once."""
ROOM_LETTERS = 12
"""As much of a typed room code as names it."""


class Guard:
    """Stands before the desk."""

    def __init__(self, settings: Settings) -> None:
        self._guesses = Guesses(settings.guesses_per_second, settings.guess_burst, time.monotonic)
        self._read_again = Buckets(*READ_AGAIN, time.monotonic)

    @contextmanager
    def watching(self, address: str, message: ClientMessage) -> Iterator[None]:
        """Refuse a message of somebody who guesses too much; count it when it turns out to be a wrong guess."""
        keys = _aimed_at(address, message)
        if not all(map(self._guesses.allowed, keys)):
            detail = "there were too many wrong codes from your address, or for this room; wait a minute and try again"
            raise RefusalError(Code.TOO_FAST, detail)
        try:
            yield
        except RefusalError as refusal:
            if refusal.code in WRONG:
                for key in keys:
                    self._guesses.wrong(key)
            raise

    def read_again(self, address: str) -> None:
        """Refuse somebody who has rooms that are over read back too often: it takes as long as a tick for everybody."""
        if not self._read_again.of(customer(address)).take():
            detail = "games that are over were opened too often from your address; wait a minute and try again"
            raise RefusalError(Code.TOO_FAST, detail)


def _aimed_at(address: str, message: ClientMessage) -> tuple[str, ...]:
    """Return what a message's guess counts for; nothing when it guesses nothing."""
    match message:
        case ClientRedeem(code=code):
            return (customer(address), f"room {normal_code(code)[:ROOM_LETTERS]}")
        case ClientPeek() | ClientJoin():
            return (customer(address),)
        case ClientCreateRoom(host_key=str()) | ClientUploadScenario(host_key=str()):
            return (customer(address),)
        case _:
            return ()
