"""Helpers: a whole server in this process, and players who use it over real sockets."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import os
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, cast

import msgspec
import numba

from townsquare_agents.paths import scenarios_folder
from townsquare_server.app import READY, Application
from townsquare_server.client import Answer, Player
from townsquare_server.engines import Engines
from townsquare_server.settings import Settings
from townsquare_server.wire import (
    ClientAdvance,
    ClientCreateRoom,
    ClientEditPlan,
    ClientJoin,
    ServerAck,
    ServerRefusal,
    ServerWelcome,
)

STALLED_SECONDS = 120.0
"""How long a start may stand still: one that gets on, however slowly, compiles on a busy machine."""
ENGINES = Engines()
"""One process computes the games of all servers in this one: each would import the market anew."""
atexit.register(ENGINES.stop)


def environment() -> dict[str, str]:
    """Return the environment of a process of its own: no settings of this shell, and kernels as compiled here."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("TOWNSQUARE_")}
    return inherited | {"NUMBA_OPT": str(int(numba.config.OPT)), "COLUMNS": "200"}


def short_scenario(folder: Path, *, rounds: int = 2, ticks: int = 6, buyers: int = 120, seconds: float = 0.3) -> Path:
    """Write the shipped scenario, shortened, as a file."""
    text = (scenarios_folder() / "first_market.toml").read_text(encoding="utf-8")
    changes = {
        'id = "first_market"': 'id = "short_market"',
        "rounds = 8": f"rounds = {rounds}",
        "ticks_per_round = 28": f"ticks_per_round = {ticks}\nrunning_seconds = {seconds}",
        "buyers = 2000": f"buyers = {buyers}",
    }
    for old, new in changes.items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    folder.mkdir(exist_ok=True)
    path = folder / "short_market.toml"
    path.write_text(text, encoding="utf-8")
    return path


@contextlib.asynccontextmanager
async def running(folder: Path, engines: Engines = ENGINES, **settings: Any) -> AsyncIterator[Application]:
    """A server that is ready, in this process."""
    folder.mkdir(exist_ok=True)
    options = {"port": 0, "data": str(folder), **settings}
    if "scenarios" not in options:
        options["scenarios"] = [str(short_scenario(folder))]
    application = Application(msgspec.convert(options, Settings), engines)
    stop, starting = asyncio.Event(), Starting(application)
    serving = asyncio.create_task(application.run(stop))
    try:
        await starting.over(serving)
        yield application
    finally:
        stop.set()
        await serving


class Starting:
    """Waits until a server is ready, for as long as its start gets on."""

    def __init__(self, application: Application) -> None:
        self._told = asyncio.Event()
        self._last = ("", 0.0)
        application.watchers.append(self._watch)

    def _watch(self, stage: str, progress: float) -> None:
        if (stage, progress) != self._last:
            self._last = (stage, progress)
            self._told.set()

    async def over(self, serving: asyncio.Task[None]) -> None:
        while self._last[0] != READY:
            self._told.clear()
            hearing = asyncio.create_task(self._told.wait())
            await asyncio.wait([serving, hearing], timeout=STALLED_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            assert not serving.done(), serving.exception()
            assert hearing.done(), f"the start stood still for {STALLED_SECONDS:g} s at {self._last}"


def with_server(
    folder: Path, test: Callable[[Application, str], Awaitable[None]], seconds: float = 120, **settings: Any
) -> None:
    """Run a test against a server, `seconds` long at most; how long the server takes to start does not count."""

    async def run() -> None:
        async with running(folder, **settings) as application, asyncio.timeout(seconds):
            await test(application, f"http://127.0.0.1:{application.port}")

    asyncio.run(run())


async def create(player: Player, **options: Any) -> ServerWelcome:
    settings = {"scenario": "short_market", "teams": 2, "seed": 7, **options}
    answer = await player.ask(lambda id: ClientCreateRoom(id, **settings))
    assert isinstance(answer, ServerWelcome), answer
    return answer


async def join(player: Player, code: str, nickname: str, team: str) -> ServerWelcome:
    answer = await player.ask(lambda id: ClientJoin(id, code, nickname, team))
    assert isinstance(answer, ServerWelcome), answer
    return answer


async def advance(host: Player) -> None:
    phase = host.view["phase"]
    answer = await host.ask(lambda id: ClientAdvance(id, phase["name"], phase["round"]))
    assert isinstance(answer, ServerAck), answer


async def edit(player: Player, slot: str, field: str, value: str | int | None) -> Answer:
    return await player.ask(lambda id: ClientEditPlan(id, slot, cast(Any, field), value))


def refusal(answer: Answer) -> str:
    assert isinstance(answer, ServerRefusal), answer
    assert answer.detail[0].islower() or not answer.detail[0].isalpha()
    return answer.code


async def get(url: str, headers: dict[str, str] | None = None) -> tuple[int, dict[str, str], bytes]:
    def fetch() -> tuple[int, dict[str, str], bytes]:
        request = urllib.request.Request(url, headers=headers or {})
        try:
            with urllib.request.urlopen(request, timeout=20) as reply:
                return reply.status, {k.lower(): v for k, v in reply.headers.items()}, reply.read()
        except urllib.error.HTTPError as error:
            return error.code, {k.lower(): v for k, v in error.headers.items()}, error.read()

    return await asyncio.to_thread(fetch)
