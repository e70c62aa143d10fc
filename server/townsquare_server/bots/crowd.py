"""A crowd: guests and spectators in a process of their own, so that one event loop is never what is measured.

Law: the parent says on the first line of stdin who plays where; the crowd prints `ARRIVED` when everybody who could
has a seat and `FINISHED` when the last guest is done, leaves when the parent says anything more, and prints its tally.
``python -m townsquare_server.bots.crowd`` is how `townsquare bots` starts one.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass, field

import msgspec

from townsquare_server.bots.guest import Guest, Habits
from townsquare_server.bots.spectator import Spectator
from townsquare_server.bots.tally import ServerClock, Tally

ARRIVED, FINISHED = "arrived", "finished"
AT_THE_DOOR = 24
"""How many of one process knock at the same time."""


@dataclass(slots=True)
class Party:
    """Who goes to one room."""

    code: str
    guests: list[tuple[int, str]] = field(default_factory=list)  # number and team
    lookers: list[tuple[int, str]] = field(default_factory=list)  # guests that only look on
    spectators: int = 0
    projector_token: str = ""
    ticks_per_round: int = 1


@dataclass(slots=True)
class Errand:
    """What one process does."""

    url: str
    habits: Habits
    parties: list[Party]


class Crowd:
    """All clients of one process."""

    def __init__(self, errand: Errand) -> None:
        self.tally, self._clock = Tally(), ServerClock()
        self._errand = errand
        self._guests: list[tuple[Guest, bool]] = []
        self._spectators: list[Spectator] = []
        self._door = asyncio.Semaphore(AT_THE_DOOR)

    async def arrive(self) -> None:
        """Take every seat that can be had."""
        knocks: list[Awaitable[None]] = []
        for party in self._errand.parties:
            for people, looks in ((party.guests, False), (party.lookers, True)):
                knocks += [self._seat_guest(party.code, team, number, looks) for number, team in people]
            knocks += [self._seat_spectator(party) for _ in range(party.spectators)]
        self._note(await asyncio.gather(*knocks, return_exceptions=True))

    async def _seat_guest(self, code: str, team: str, number: int, looks: bool) -> None:
        guest = Guest(self._errand.url, code, team, number, self._errand.habits, self.tally, self._clock)
        async with self._door:
            await guest.join()
        self._guests.append((guest, looks))

    async def _seat_spectator(self, party: Party) -> None:
        async with self._door:
            spectator = await Spectator.open(
                self._errand.url, party.projector_token, party.ticks_per_round, self.tally, self._clock
            )
        self.tally.joined += 1
        self._spectators.append(spectator)

    async def play(self) -> None:
        """Let everybody play until the last guest is done."""
        self._note(
            await asyncio.gather(*(guest.play(looks_on=looks) for guest, looks in self._guests), return_exceptions=True)
        )

    async def leave(self) -> None:
        """Let the spectators go too; one that was thrown out before is a failure."""
        for spectator in self._spectators:
            if spectator.gone.done():
                self._note([spectator.gone.exception()])
            else:
                self.tally.finished += 1
            spectator.close()

    def _note(self, results: Iterable[BaseException | None]) -> None:
        self.tally.failures += [str(result) or type(result).__name__ for result in results if result is not None]


async def run(errand: Errand) -> Tally:
    """Go through with an errand."""
    crowd = Crowd(errand)
    leave = asyncio.create_task(asyncio.to_thread(sys.stdin.readline))
    await asyncio.wait([arriving := asyncio.create_task(crowd.arrive()), leave], return_when=asyncio.FIRST_COMPLETED)
    if arriving.done():
        print(ARRIVED, flush=True)
        playing = asyncio.create_task(crowd.play())
        await asyncio.wait([playing, leave], return_when=asyncio.FIRST_COMPLETED)
        if playing.done():
            print(FINISHED, flush=True)
        await leave
        playing.cancel()
    arriving.cancel()
    await crowd.leave()
    crowd.tally.cpu_seconds = time.process_time()
    return crowd.tally


def main() -> None:
    """Read an errand from stdin, go through with it, print the tally."""
    errand = msgspec.json.decode(sys.stdin.readline(), type=Errand)
    tally = asyncio.run(run(errand))
    print(msgspec.json.encode(tally).decode(), flush=True)


if __name__ == "__main__":
    main()
