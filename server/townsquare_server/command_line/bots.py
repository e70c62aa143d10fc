"""`townsquare bots`: programs that join a room over real connections and plan at random, to rehearse and to load."""

from __future__ import annotations

import argparse
import asyncio
import functools
import random
import sys
from typing import Any

from websockets.exceptions import InvalidHandshake, InvalidURI

from townsquare_server.client import Player
from townsquare_server.shell_errors import ShellError
from townsquare_server.wire import (
    ClientEditPlan,
    ClientJoin,
    ClientPeek,
    ClientSetReady,
    ServerRefusal,
    ServerRoomInfo,
    ServerWelcome,
)

THINKING_SECONDS = (0.5, 3.0)


def run(options: argparse.Namespace) -> int:
    """Play until the game is over; exit code 1 when a bot was refused or lost."""
    if options.count < 1:
        raise ShellError(f"--count: {options.count} bots cannot play; give 1 or more")
    try:
        return asyncio.run(_run(options))
    except (OSError, InvalidURI, InvalidHandshake) as error:
        raise ShellError(f"{options.url}: cannot connect ({error}); is the server running there?") from error


async def _run(options: argparse.Namespace) -> int:
    async with Player(options.url) as scout:
        answer = await scout.ask(lambda id: ClientPeek(id, options.room))
    if not isinstance(answer, ServerRoomInfo):
        raise ShellError(f"room {options.room}: {answer.detail if isinstance(answer, ServerRefusal) else answer}")
    teams = [team.id for team in answer.teams.values() if team.open]
    bots = (_play(options.url, answer.code, f"Bot {n + 1}", teams[n % len(teams)], n) for n in range(options.count))
    gathered = asyncio.gather(*bots, return_exceptions=True)
    try:
        results = await asyncio.wait_for(gathered, options.seconds)
    except TimeoutError:
        print(f"{options.count} bots left after {options.seconds:g} seconds")
        return 0
    failures = [result for result in results if isinstance(result, BaseException)]
    for failure in failures[:5]:
        print(f"townsquare: a bot failed: {failure}", file=sys.stderr)
    print(f"{len(results) - len(failures)} of {options.count} bots played to the end")
    return 1 if failures else 0


async def _play(url: str, code: str, nickname: str, team: str, number: int) -> None:
    dice = random.Random(number)
    async with Player(url) as bot:
        answer = await bot.ask(lambda id: ClientJoin(id, code, nickname, team))
        if not isinstance(answer, ServerWelcome):
            raise ShellError(f"{nickname} was refused: {answer}")
        planned = 0
        while True:
            view = await bot.until(functools.partial(_my_turn, planned), seconds=24 * 3600)
            if view["phase"]["name"] in ("debrief", "closed"):
                return
            planned = view["phase"]["round"]
            await asyncio.sleep(dice.uniform(*THINKING_SECONDS))
            await _plan(bot, view, dice)


def _my_turn(planned: int, view: dict[str, Any]) -> bool:
    phase = view["phase"]
    return phase["name"] in ("debrief", "closed") or (phase["name"] == "planning" and phase["round"] > planned)


async def _plan(bot: Player, view: dict[str, Any], dice: random.Random) -> None:
    """Set a few plays at random; refusals (too expensive, too late) are part of the game."""
    for play in dice.sample(view["scenario"]["plays"], k=min(3, len(view["scenario"]["plays"]))):
        level = dice.randint(1, play["max_level"])
        await bot.ask(lambda id, play=play, level=level: ClientEditPlan(id, play["id"], "level", level))  # type: ignore[misc]
        await asyncio.sleep(dice.uniform(0.1, 0.5))
    await bot.ask(lambda id: ClientSetReady(id, True))
