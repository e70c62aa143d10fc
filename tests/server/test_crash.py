"""A server killed without warning in every phase: nothing acknowledged is lost, and the game ends as it would have.

Both kinds of log are tried; the undisturbed game, which shows what would have been, is played once.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from townsquare_agents.compiled import JIT_DISABLED
from townsquare_server.client import Player
from townsquare_server.entries import RoundEnded
from townsquare_server.session_file import decode_all
from townsquare_server.wire import (
    ClientAdvance,
    ClientCreateRoom,
    ClientEditPlan,
    ClientJoin,
    ClientResume,
    ServerAck,
    ServerWelcome,
)

sys.path.insert(0, str(Path(__file__).parent))
from keeping import Keeping
from serving import environment, running, short_scenario

pytestmark = pytest.mark.skipif(JIT_DISABLED, reason="plays live games, which takes minutes uncompiled")
PHASES = ("lobby", "briefing", "planning", "running", "review", "debrief")


@dataclass
class Server:
    """A server in a process of its own, that can be killed and started again on its log."""

    keeping: Keeping
    scenario: Path
    process: asyncio.subprocess.Process | None = None
    url: str = ""
    starts: list[float] = field(default_factory=list)

    async def start(self) -> None:
        command = ("-m", "townsquare_server.cli", "serve", "--port", "0")
        options = ("--data", str(self.keeping.folder), "--scenario", str(self.scenario), *self.keeping.flags)
        begun = asyncio.get_running_loop().time()
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, *command, *options, stdout=asyncio.subprocess.PIPE, env=environment()
        )
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            found = re.search(rb"on this machine: (http://\S+?)/?\s", line)
            self.url = found[1].decode() if found else self.url
            if line.strip() == b"ready":
                self.starts.append(asyncio.get_running_loop().time() - begun)
                return
        raise AssertionError("the server ended before it was ready")

    async def kill(self) -> None:
        """End it as a power cut would: SIGKILL, or TerminateProcess on Windows."""
        if self.process is not None:
            self.process.kill()
            await self.process.communicate()
            self.process = None


def scenario(folder: Path) -> Path:
    return short_scenario(folder, seconds=1.2, buyers=150)


@contextlib.asynccontextmanager
async def started(keeping: Keeping) -> AsyncIterator[Server]:
    server = Server(keeping, scenario(keeping.folder))
    try:
        await server.start()
        yield server
    finally:
        await server.kill()


@dataclass
class Game:
    """A facilitator and a guest who play by a fixed script, and come back by their tokens when the server is gone."""

    server: Server
    tokens: dict[str, str] = field(default_factory=dict)
    players: dict[str, Player] = field(default_factory=dict)
    code: str = ""

    async def open(self) -> None:
        host = self.players["host"] = await Player(self.server.url).__aenter__()
        welcome = await host.ask(lambda id: ClientCreateRoom(id, "short_market", 2, seed=11))
        assert isinstance(welcome, ServerWelcome), welcome
        self.code, self.tokens["host"] = welcome.code, welcome.token
        anna = self.players["anna"] = await Player(self.server.url).__aenter__()
        welcome = await anna.ask(lambda id: ClientJoin(id, self.code, "Anna", "A"))
        assert isinstance(welcome, ServerWelcome), welcome
        self.tokens["anna"] = welcome.token

    async def come_back(self) -> None:
        """Take both seats again, from what the browser's storage holds: the token."""
        for name, old in self.players.items():
            await old.leave()
            self.players[name] = player = await Player(self.server.url).__aenter__()
            welcome = await player.ask(lambda id, token=self.tokens[name]: ClientResume(id, token))  # type: ignore[misc]
            assert isinstance(welcome, ServerWelcome), welcome
            assert welcome.nickname == ("" if name == "host" else "Anna")
            await player.until(bool)

    async def set_level(self, play: str, level: int) -> None:
        answer = await self.players["anna"].ask(lambda id: ClientEditPlan(id, play, "level", level))
        assert isinstance(answer, ServerAck), answer

    async def see_levels(self, **levels: int) -> None:
        """Wait until Anna sees exactly this plan (an acknowledgement comes before the change is shown)."""
        anna = self.players["anna"]
        await anna.until(lambda view: {p: s["level"] for p, s in view["plans"]["A"]["slots"].items()} == levels, 10)

    async def advance(self) -> None:
        phase = self.players["host"].view["phase"]
        answer = await self.players["host"].ask(lambda id: ClientAdvance(id, phase["name"], phase["round"]))
        assert isinstance(answer, ServerAck), answer

    async def reach(self, phase: str, round: int) -> None:
        for player in self.players.values():
            await player.wait_for_phase(phase, round)

    async def leave(self) -> None:
        for player in self.players.values():
            await player.leave()


async def play(game: Game, disturb: Callable[[str], Awaitable[None]]) -> None:
    """The script. `disturb` is called once in each phase, behind something that was just acknowledged."""
    await game.open()
    await disturb("lobby")
    await game.advance()
    await game.reach("briefing", 0)
    await game.set_level("contest", 1)
    await disturb("briefing")
    await game.see_levels(contest=1)
    await game.advance()
    for round in (1, 2):
        await game.reach("planning", round)
        await game.set_level("contest", 2)
        await game.set_level("expert_article", 1)
        await game.set_level("contest", 3 - round)
        if round == 1:
            await disturb("planning")
        await game.see_levels(contest=3 - round, expert_article=1)
        await game.advance()
        if round == 2:
            await game.players["host"].until(lambda view: view["phase"]["tick"] >= 2)
            await disturb("running")
            assert game.players["host"].view["phase"]["name"] in ("running", "review")
        await game.reach("review", round)
        if round == 1:
            await disturb("review")
            assert game.players["anna"].view["results"]["A"]["plan"][0]["contest"]["level"] == 2
        await game.advance()
    await game.reach("debrief", 2)
    await disturb("debrief")
    assert game.players["anna"].view["phase"]["name"] == "debrief"
    assert len(game.players["anna"].view["timelines"]["A"]["likes"]) == 12


def digests(keeping: Keeping, code: str) -> list[str]:
    with keeping.open() as log:
        found = decode_all(code, log.read(code))
    return [entry.data.digest for entry in found if isinstance(entry.data, RoundEnded)]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The digests of the rounds when nobody kills anything."""
    keeping = Keeping(tmp_path_factory.mktemp("undisturbed"))

    async def run() -> str:
        async def leave_alone(_: str) -> None:
            pass

        file = scenario(keeping.folder)
        async with running(keeping.folder, scenarios=[str(file)]) as application:
            game = Game(Server(keeping, file, url=application.base_url))
            await play(game, leave_alone)
            await game.leave()
            return game.code

    return digests(keeping, asyncio.run(run()))


def test_a_server_killed_in_every_phase_loses_nothing(keeping: Keeping, undisturbed: list[str]) -> None:
    killed: list[str] = []

    async def run() -> str:
        async with started(keeping) as server:
            game = Game(server)

            async def disturb(phase: str) -> None:
                killed.append(phase)
                await server.kill()
                await server.start()
                await game.come_back()

            await play(game, disturb)
            await game.leave()
            return game.code

    code = asyncio.run(run())
    assert sorted(killed) == sorted(PHASES)
    assert len(undisturbed) == 2
    assert digests(keeping, code) == undisturbed


def test_a_second_server_on_the_same_folder_is_refused_in_one_line(tmp_path: Path) -> None:
    async def run() -> tuple[int | None, bytes]:
        async with started(Keeping(tmp_path)) as server:
            second = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "townsquare_server.cli", "serve", "--port", "0", "--data", str(tmp_path)),
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
            _, errors = await second.communicate()
            if os.name == "posix":  # Windows has no way to ask a process without a console to end
                assert server.process is not None
                server.process.terminate()
                said, _ = await server.process.communicate()
                assert said.splitlines() == [b"stopping", b"stopped; everything that was acknowledged is kept"]
                assert server.process.returncode == 0
                server.process = None
            return second.returncode, errors

    code, errors = asyncio.run(run())
    assert code == 2
    assert re.fullmatch(rb"townsquare: data folder .*: in use by another server \(process \d+, http://.*\n", errors)
