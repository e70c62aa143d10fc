"""A rehearsal: rooms, hosts and crowds brought together, and one report of what all of them felt.

Law: crowds run in processes of their own and are gone when this ends, however it ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

import msgspec

from townsquare_server.bots.crowd import ARRIVED, FINISHED, Errand, Party
from townsquare_server.bots.guest import Habits
from townsquare_server.bots.host import Host
from townsquare_server.bots.tally import Tally
from townsquare_server.client import Answer, Player, at_shard, said
from townsquare_server.shell_errors import ShellError
from townsquare_server.wire import ClientPeek, ServerRefusal, ServerRoomInfo

CLIENTS_PER_PROCESS = 250
"""More than that in one event loop, and the loop is what is measured."""
ARRIVAL_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What is to be played. Either `room` is the code of a room that somebody hosts, or `rooms` are opened."""

    url: str
    habits: Habits
    room: str | None = None
    rooms: int = 1
    count: int = 4  # guests in each room
    lookers: int = 0  # guests in each room that only look on
    spectators: int = 0  # projector screens in each room
    scenario: str = "first_market"
    teams: int | None = None
    host_key: str | None = None
    speed: int = 100
    seconds: float | None = None
    processes: int | None = None


class CrowdProcess:
    """A crowd as its parent sees it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.arrived, self.finished = asyncio.Event(), asyncio.Event()
        self._tally: asyncio.Task[Tally] = asyncio.create_task(self._read())

    async def _read(self) -> Tally:
        assert self._process.stdout is not None
        try:
            while (line := (await self._process.stdout.readline()).decode().strip()) in (ARRIVED, FINISHED):
                (self.arrived if line == ARRIVED else self.finished).set()
        finally:
            self.arrived.set()
            self.finished.set()
        if not line:
            raise ShellError("a process of bots ended early; its own lines say why")
        return msgspec.json.decode(line, type=Tally)

    async def leave(self) -> Tally:
        """Send everybody home; return what they counted."""
        assert self._process.stdin is not None
        with contextlib.suppress(ConnectionError):
            self._process.stdin.write(b"leave\n")
            await self._process.stdin.drain()
        return await self._tally

    async def end(self) -> None:
        """Make sure that the process is gone."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
        await self._process.wait()
        self._tally.cancel()


@contextlib.asynccontextmanager
async def _crowds(errands: list[Errand]) -> AsyncIterator[list[CrowdProcess]]:
    crowds: list[CrowdProcess] = []
    try:
        for errand in errands:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "townsquare_server.bots.crowd"),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=2**28,  # a tally is one line
            )
            crowds.append(CrowdProcess(process))
            assert process.stdin is not None
            process.stdin.write(msgspec.json.encode(errand) + b"\n")
        yield crowds
    finally:
        for crowd in crowds:
            await crowd.end()


async def rehearse(plan: Rehearsal) -> tuple[Tally, float]:
    """Play; return what all clients counted, and how long it took."""
    begun, cpu = time.perf_counter(), time.process_time()
    tally = Tally()
    hosts: list[Host] = []
    try:
        await _open(plan, hosts)
        parties = [_party(plan, host) for host in hosts] if hosts else [await _visit(plan)]
        async with _crowds(split(plan, parties)) as crowds:
            game = asyncio.create_task(_play(plan, hosts, crowds))
            await asyncio.wait([game], timeout=plan.seconds)
            if game.done():
                game.result()
            game.cancel()
            for done in await asyncio.gather(*(crowd.leave() for crowd in crowds)):
                tally.add(done)
    finally:
        for host in hosts:
            await host.leave()
    tally.cpu_seconds += time.process_time() - cpu
    return tally, time.perf_counter() - begun


async def _play(plan: Rehearsal, hosts: list[Host], crowds: list[CrowdProcess]) -> None:
    async with asyncio.timeout(ARRIVAL_SECONDS):
        await asyncio.gather(*(crowd.arrived.wait() for crowd in crowds))
    await asyncio.gather(*(host.lead(speed=plan.speed, rounds=plan.habits.rounds) for host in hosts))
    await asyncio.gather(*(crowd.finished.wait() for crowd in crowds))


async def _open(plan: Rehearsal, hosts: list[Host]) -> None:
    for number in range(plan.rooms if plan.room is None else 0):
        seed = plan.habits.seed + number
        hosts.append(await Host.open(plan.url, plan.scenario, teams=plan.teams, host_key=plan.host_key, seed=seed))


async def _visit(plan: Rehearsal) -> Party:
    """Look at the room that somebody else hosts, on whatever shard it lives."""
    answer = await _peek(plan.url, plan.room or "")
    if isinstance(answer, ServerRefusal) and answer.shard is not None:
        answer = await _peek(at_shard(plan.url, answer.shard), plan.room or "")
    if not isinstance(answer, ServerRoomInfo):
        raise ShellError(f"room {plan.room}: {said(answer)}")
    teams = [team.id for team in answer.teams.values() if team.open]
    return Party(answer.code, *_guests(plan, teams))


async def _peek(url: str, code: str) -> Answer:
    async with Player(url) as scout:
        return await scout.ask(lambda id: ClientPeek(id, code))


def _party(plan: Rehearsal, host: Host) -> Party:
    people, lookers = _guests(plan, host.teams)
    return Party(host.code, people, lookers, plan.spectators, host.projector_token, host.ticks_per_round)


def _guests(plan: Rehearsal, teams: list[str]) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """Return who plays and who looks on, each with a team, in turn."""
    seats = [(n + 1, teams[n % len(teams)]) for n in range(plan.count + plan.lookers)]
    return seats[: plan.count], seats[plan.count :]


def split(plan: Rehearsal, parties: list[Party]) -> list[Errand]:
    """Share the clients out evenly over as many processes as are needed."""
    clients = sum(len(party.guests) + len(party.lookers) + party.spectators for party in parties)
    number = plan.processes or max(1, -(-clients // CLIENTS_PER_PROCESS))
    errands = [Errand(plan.url, plan.habits, []) for _ in range(number)]
    for index, party in enumerate(parties):
        for turn, errand in enumerate(errands):
            place = (turn + index) % number  # rooms smaller than the number of processes go to different ones
            share = Party(
                party.code,
                party.guests[place::number],
                party.lookers[place::number],
                len(range(place, party.spectators, number)),
                party.projector_token,
                party.ticks_per_round,
            )
            if share.guests or share.lookers or share.spectators:
                errand.parties.append(share)
    return [errand for errand in errands if errand.parties]
