"""A guest that is a program: it joins a team, plans at random, says that it is done, and waits for results.

Law: what it does follows from its seed and number alone; when is up to the server. A connection that ends is taken up
again with the seat's token, as a browser does.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from websockets.exceptions import WebSocketException

from townsquare_server.bots.tally import ServerClock, Tally
from townsquare_server.client import Answer, Player, at_shard, said
from townsquare_server.errors import Code
from townsquare_server.shell_errors import ShellError
from townsquare_server.wire import (
    ClientEditPlan,
    ClientJoin,
    ClientMessage,
    ClientResume,
    ClientSetReady,
    ServerAny,
    ServerDelta,
    ServerRefusal,
    ServerSnapshot,
    ServerWelcome,
)

PLAYS_A_ROUND = 3
PATIENCE_SECONDS = 30.0
"""How long a guest tries to come back."""
BROKEN_LINE = (OSError, WebSocketException, TimeoutError)


@dataclass(frozen=True, slots=True)
class Habits:
    """How guests behave."""

    seed: int = 1
    think: float = 1.75  # seconds before a plan, on average
    drop: float | None = None  # seconds until a guest loses its connection, on average
    rounds: int | None = None  # after so many a guest has had enough


class TurnedAwayError(ShellError):
    """The server gave a guest no seat."""

    def __init__(self, nickname: str, answer: Answer) -> None:
        self.code = answer.code if isinstance(answer, ServerRefusal) else ""
        super().__init__(f"{nickname.lower()} was turned away: {said(answer)}")


class Guest:
    """One participant. `await guest.join()`, then `await guest.play()`."""

    def __init__(self, url: str, code: str, team: str, number: int, habits: Habits, tally: Tally, clock: ServerClock):
        self._url, self._code, self._team, self._habits = url, code, team, habits
        self._nickname = f"Bot {number}"
        self._dice = random.Random(f"{habits.seed}:{code}:{number}")
        self._tally, self._clock = tally, clock
        self._player = Player(url)
        self._token = ""
        self._held: int | None = None  # version seen last on this connection
        self._round_ends: int | None = None

    async def join(self) -> None:
        """Take a seat."""
        await self._connect(lambda id: ClientJoin(id, self._code, self._nickname, self._team))
        await self._player.until(lambda view: True)
        self._tally.joined += 1

    async def leave(self) -> None:
        """Close the connection."""
        with contextlib.suppress(*BROKEN_LINE):
            await self._player.leave()

    async def play(self, *, looks_on: bool = False) -> None:
        """Plan each round until the game is over; or only look on."""
        dropping = asyncio.create_task(self._lose_connections())
        try:
            planned = 0
            while not self._enough(view := await self._wait(self._my_turn(planned))):
                planned = view["phase"]["round"]
                if not looks_on:
                    await self._plan(view)
            self._tally.finished += 1
        finally:
            dropping.cancel()
            await self.leave()

    def _my_turn(self, planned: int) -> Callable[[dict[str, Any]], bool]:
        def mine(view: dict[str, Any]) -> bool:
            phase = view["phase"]
            return self._enough(view) or (phase["name"] == "planning" and phase["round"] > planned)

        return mine

    def _enough(self, view: dict[str, Any]) -> bool:
        phase, rounds = view["phase"], self._habits.rounds
        over = rounds is not None and phase["round"] >= rounds and phase["name"] == "review"
        return over or phase["name"] in ("debrief", "closed")

    # ------------------------------------------------------------------------------ planning

    async def _plan(self, view: dict[str, Any]) -> None:
        """Set a few plays at random; refusals (too expensive, too late) are part of the game."""
        dice, think = self._dice, self._habits.think
        await asyncio.sleep(dice.uniform(0.2, 1.8) * think)
        plays = view["scenario"]["plays"]
        for play in dice.sample(plays, k=min(PLAYS_A_ROUND, len(plays))):
            level = dice.randint(1, play["max_level"])
            await self._command(lambda id, play=play, level=level: ClientEditPlan(id, play["id"], "level", level))  # type: ignore[misc]
            await asyncio.sleep(dice.uniform(0.05, 0.3) * think)
        await self._command(lambda id: ClientSetReady(id, True))

    async def _command(self, make: Callable[[int], ClientMessage]) -> None:
        """Send a command and time its answer; after a lost connection the same one goes out again, as a browser's."""
        sent: list[ClientMessage] = []

        def build(id: int) -> ClientMessage:
            sent.append(sent[0] if sent else make(id))
            return sent[-1]

        while True:
            begun = time.perf_counter()
            try:
                answer = await self._player.ask(build)
                break
            except BROKEN_LINE:
                await self._come_back()
        self._tally.acknowledged.append((time.perf_counter() - begun) * 1000)
        if isinstance(answer, ServerRefusal):
            self._tally.refused[answer.code] = self._tally.refused.get(answer.code, 0) + 1

    # ------------------------------------------------------------------------------ the connection

    async def _connect(self, make: Callable[[int], ClientMessage], before: Player | None = None) -> None:
        """Take a seat where the room lives; `before` is the connection that was lost."""
        answer = await self._ask_for_seat(make, before)
        if isinstance(answer, ServerRefusal) and answer.shard is not None:
            self._url = at_shard(self._url, answer.shard)
            answer = await self._ask_for_seat(make, before)
        if not isinstance(answer, ServerWelcome):
            raise TurnedAwayError(self._nickname, answer)
        self._token = answer.token

    async def _ask_for_seat(self, make: Callable[[int], ClientMessage], before: Player | None) -> Answer:
        player = Player(self._url)
        if before is not None:
            player.view, player.version = before.view, before.version
        await player.__aenter__()
        self._player, self._held, player.watch = player, None, self._watch
        answer: Answer = await player.ask(make)
        if not isinstance(answer, ServerWelcome):
            await player.leave()
        return answer

    async def _wait(self, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Wait until something holds of the view, over as many connections as it takes."""
        while True:
            try:
                return await self._player.until(holds, seconds=24 * 3600)
            except BROKEN_LINE:
                await self._come_back()

    async def _come_back(self) -> None:
        """Take the seat up again, from the version that was seen last."""
        begun, old = time.perf_counter(), self._player
        await self.leave()
        while True:
            try:
                await self._connect(lambda id: ClientResume(id, self._token, old.version), old)
                break
            except (TurnedAwayError, *BROKEN_LINE) as error:
                if time.perf_counter() - begun > PATIENCE_SECONDS or not may_try_again(error):
                    raise
                await asyncio.sleep(self._dice.uniform(0.1, 0.5))
        self._tally.back.append((time.perf_counter() - begun) * 1000)

    async def _lose_connections(self) -> None:
        """Cut the connection now and then, as phones do."""
        if self._habits.drop is None:
            return
        while True:
            await asyncio.sleep(self._dice.expovariate(1 / self._habits.drop))
            if not self._player.lost:
                self._player.connection.transport.abort()

    # ------------------------------------------------------------------------------ what arrives

    def _watch(self, message: ServerAny) -> None:
        self._tally.messages += 1
        match message:
            case ServerWelcome():
                self._clock.heard(message.now)
            case ServerDelta(_, patch):
                if "phase" in patch:
                    self._time_phase()
                self._held = self._player.version
            case ServerSnapshot(version):  # unasked for: the server left something out
                self._tally.lost_frames += max(0, version - self._held) if self._held is not None else 0
                self._held = version

    def _time_phase(self) -> None:
        """Measure how late a tick or the results of a round came."""
        view = self._player.view
        phase = view["phase"]
        begun, ends = phase["started_at"], phase.get("ends_at")
        if phase["name"] == "running" and ends is not None:
            self._round_ends = ends
            if phase["tick"] > 0:
                due = begun + (ends - begun) * phase["tick"] // view["scenario"]["ticks_per_round"]
                self._tally.ticks += self._lateness(due)
        elif phase["name"] == "review" and self._round_ends is not None:
            self._tally.results += self._lateness(min(self._round_ends, begun))
            self._round_ends = None

    def _lateness(self, due: int) -> list[float]:
        late = self._clock.late(due)
        return [] if late is None else [late]


def may_try_again(error: Exception) -> bool:
    """Whether a way back that was refused may be open a little later: a server that starts, or a log that is full."""
    return not isinstance(error, TurnedAwayError) or error.code in (Code.NOT_READY, Code.NOT_STORED, Code.UNKNOWN_ROOM)
