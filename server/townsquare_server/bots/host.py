"""A facilitator that is a program: it opens a room, lets its guests in, and moves it on from phase to phase.

Law: it waits for people as a facilitator does: a planning ends when all are ready or its time is over, never before.
"""

from __future__ import annotations

import asyncio

from townsquare_server.client import Player, said
from townsquare_server.shell_errors import ShellError
from townsquare_server.wire import (
    ClientAdvance,
    ClientCreateRoom,
    ClientListScenarios,
    ClientSetSpeed,
    ServerRefusal,
    ServerScenarios,
    ServerWelcome,
)

PAUSE_SECONDS = 1.0
"""How long a briefing and a review are looked at."""
GAME_SECONDS = 24 * 3600.0


class Host:
    """The facilitator of one room."""

    def __init__(self, player: Player, welcome: ServerWelcome) -> None:
        self._player = player
        self.code = welcome.code
        self.projector_token = welcome.projector_token or ""
        self.teams = [id for id, team in player.view["teams"].items() if team["open"]]
        self.ticks_per_round: int = player.view["scenario"]["ticks_per_round"]

    @classmethod
    async def open(cls, url: str, scenario: str, *, teams: int | None, host_key: str | None, seed: int) -> Host:
        """Open a room, with a team for each vendor unless told otherwise."""
        player = await Player(url).__aenter__()
        try:
            wanted = await _vendors(player, scenario) if teams is None else teams
            answer = await player.ask(lambda id: ClientCreateRoom(id, scenario, wanted, "en", seed, host_key))
            if not isinstance(answer, ServerWelcome):
                raise ShellError(f"{scenario}: no room was opened: {said(answer)}")
            await player.until(lambda view: True)
        except BaseException:
            await player.leave()
            raise
        return cls(player, answer)

    async def lead(self, *, speed: int = 100, rounds: int | None = None) -> None:
        """Lead the game from the lobby to its end, or to the review of its round number `rounds`."""
        player = self._player
        if speed != 100:
            answer = await player.ask(lambda id: ClientSetSpeed(id, speed))
            if isinstance(answer, ServerRefusal):
                raise ShellError(f"room {self.code}: {answer.detail}")
        while True:
            phase = player.view["phase"]
            if phase["name"] == "closed" or (phase["name"] == "review" and phase["round"] == rounds):
                return
            if phase["name"] in ("planning", "running"):
                wanted = "running" if phase["name"] == "planning" else "review"
                await player.wait_for_phase(wanted, phase["round"], GAME_SECONDS)
                continue
            await asyncio.sleep(0.0 if phase["name"] == "lobby" else PAUSE_SECONDS)
            await self._move_on()

    async def _move_on(self) -> None:
        player, before = self._player, self._player.view["phase"]
        await player.ask(lambda id: ClientAdvance(id, before["name"], before["round"]))  # stale: its time was over
        await player.until(lambda view: view["phase"]["name"] != before["name"])

    async def leave(self) -> None:
        """Close the connection."""
        await self._player.leave()


async def _vendors(player: Player, scenario: str) -> int:
    answer = await player.ask(ClientListScenarios)
    choices = answer.scenarios if isinstance(answer, ServerScenarios) else []
    return next((choice.vendors for choice in choices if choice.id == scenario), 1)
