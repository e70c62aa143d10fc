"""The clients of docs/examples: each joins a room of a real server, plans every round, and says how it ended."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from townsquare_agents.compiled import JIT_DISABLED
from townsquare_server.app import Application
from townsquare_server.client import Player
from townsquare_server.shards import Shards
from townsquare_server.wire import ServerWelcome

sys.path.insert(0, str(Path(__file__).parents[1] / "server"))
from serving import advance, create, with_server

pytestmark = pytest.mark.skipif(JIT_DISABLED, reason="plays live games, which takes minutes uncompiled")
EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
MOST_LINES = 62


def node() -> list[str]:
    """Return the command of a Node that has a WebSocket, or skip."""
    found = shutil.which("node")
    if found is None:
        pytest.skip("no node found; install Node.js 20.10 or newer")
    version = subprocess.run([found, "--version"], check=True, capture_output=True, text=True).stdout
    if int(version.removeprefix("v").split(".")[0]) >= 22:
        return [found]
    command = [found, "--experimental-websocket", "--no-warnings"]
    if subprocess.run([*command, "-e", "new WebSocket('ws://127.0.0.1:1')"], capture_output=True).returncode == 9:
        pytest.skip(f"node {version.strip()} has no WebSocket; install 20.10 or newer")
    return command


COMMANDS = {"python": lambda: [sys.executable, str(EXAMPLES / "client.py")]}
COMMANDS["javascript"] = lambda: [*node(), str(EXAMPLES / "client.js")]


async def run_example(language: str, url: str, code: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *COMMANDS[language](), url.replace("http", "ws"), code, "Robin", stdout=-1, stderr=-1
    )


async def play_round(host: Player, round: int) -> None:
    """Go on to planning; the round begins when the example says that it is ready."""
    await advance(host)
    if round == 1:
        await host.wait_for_phase("briefing")
        await advance(host)
    await host.wait_for_phase("review", round)


@pytest.mark.parametrize("language", COMMANDS)
def test_an_example_plays_a_whole_game(language: str, tmp_path: Path) -> None:
    async def test(_: Application, url: str) -> None:
        async with Player(url) as host:
            room: ServerWelcome = await create(host)
            guest = await run_example(language, url, room.code)
            try:
                team = await seat_taken(host)
                for round in (1, 2):
                    await play_round(host, round)
                await advance(host)
                out, errors = await guest.communicate()
            finally:
                if guest.returncode is None:
                    guest.kill()
            assert (guest.returncode, errors) == (0, b"")
            assert out.decode().splitlines()[-1] == f"won by {host.view['leaderboard'][0]} after 2 plans of {team}"
            plans = host.view["results"][team]["plan"]
            assert len(plans) == 2
            assert all(plan and all(slot["author"] is not None for slot in plan.values()) for plan in plans)

    with_server(tmp_path, test)


async def seat_taken(host: Player) -> str:
    """Return the team that Robin has joined."""

    def robins() -> list[str]:
        teams = host.view["teams"].items()
        return [id for id, team in teams if any(s["nickname"] == "Robin" for s in team["seats"].values())]

    await host.until(lambda _: bool(robins()))
    return robins()[0]


@pytest.mark.parametrize("language", COMMANDS)
def test_an_example_says_why_it_has_no_seat(language: str, tmp_path: Path) -> None:
    async def test(_: Application, url: str) -> None:
        unknown = Shards(1, 2).draw_code(lambda n: n - 1)
        guest = await run_example(language, url, unknown)
        out, errors = await guest.communicate()
        assert (guest.returncode, errors) == (0, b"")
        assert out.decode().splitlines()[-1] == "no seat"
        assert f"refused: there is no room '{unknown}'" in out.decode()

    with_server(tmp_path, test, shard=1, shards=2)


@pytest.mark.parametrize("name", ["client.py", "client.js"])
def test_an_example_stays_short(name: str) -> None:
    assert len((EXAMPLES / name).read_text(encoding="utf-8").splitlines()) <= MOST_LINES
