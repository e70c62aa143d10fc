"""Over real sockets: whatever the projector, a guest or a stranger sends, a facilitator's thing is not done.

Law: of two rooms with one seed, one is left in peace and the other is sent every message there is by everybody but a
facilitator, in every phase; their logs hold the same facilitator's commands, and their rounds end with the same digest.
"""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec
import pytest

from townsquare_agents.compiled import JIT_DISABLED
from townsquare_server import entries, rules, wire
from townsquare_server.app import Application
from townsquare_server.client import Player

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "wire"))
from examples import client_messages
from serving import advance, create, join, short_scenario, with_server

pytestmark = pytest.mark.skipif(JIT_DISABLED, reason="plays live games, which takes minutes uncompiled")

PHASES = ("lobby", "briefing", "planning", "running", "review")
UNSEATED = (wire.ClientCreateRoom, wire.ClientJoin, wire.ClientRedeem, wire.ClientUploadScenario)  # whose act it is


def forbidden(role: wire.Role | None) -> list[wire.ClientMessage]:
    """Every message that a role may never send to a room it sits in; None: a connection without a seat."""
    everything = client_messages().values()
    if role is None:
        return [message for message in everything if not isinstance(message, UNSEATED)]
    return [message for message in everything if role not in rules.RULES.get(type(message), {})]


async def bombard(player: Player, role: wire.Role | None) -> int:
    """Send all that is forbidden; return how much was refused, which is all of it."""
    messages = [m for m in forbidden(role) if role is not None or not isinstance(m, wire.ClientAcknowledge)]
    refused = 0
    for message in messages:
        answer = await player.ask(lambda id, message=message: msgspec.structs.replace(message, id=id))  # type: ignore[misc]
        harmless = isinstance(answer, wire.ServerScenarios | wire.ServerScenarioRead)
        assert harmless or isinstance(answer, wire.ServerRefusal), (role, message, answer)
        refused += not harmless
    return refused


def facts(application: Application, code: str) -> list[str]:
    """What happened in a room: everything that is logged, but for the time and what was on the screens by then."""
    decoded = [entries.decode(blob, code, n) for n, blob in enumerate(application.log.read(code), start=1)]
    kinds = [type(entry.data).__name__ for entry in decoded if not isinstance(entry.data, entries.Shown)]
    digests = [entry.data.digest for entry in decoded if isinstance(entry.data, entries.RoundEnded)]
    return kinds + digests


def test_only_a_facilitator_does_what_is_a_facilitator_s(tmp_path: Path) -> None:
    async def play(application: Application, url: str, *, attacked: bool) -> list[str]:
        async with Player(url) as host, Player(url) as guest, Player(url) as wall, Player(url) as stranger:
            room = await create(host, seed=11)
            await join(guest, room.code, "Kari", "A")
            token = room.projector_token or ""
            assert isinstance(await wall.ask(lambda id: wire.ClientResume(id, token)), wire.ServerWelcome)
            for phase in PHASES:
                await host.wait_for_phase(phase)
                if attacked:
                    assert await bombard(guest, "participant") > 15
                    assert await bombard(wall, "projector") > 15
                    assert await bombard(stranger, None) > 15
                if phase != "review":
                    await advance(host)
            return facts(application, room.code)

    async def test(application: Application, url: str) -> None:
        quiet = await play(application, url, attacked=False)
        assert len(quiet[-1]) == 32
        assert await play(application, url, attacked=True) == quiet

    slow = short_scenario(tmp_path, seconds=60)  # no phase ends by itself
    with_server(tmp_path, test, scenarios=[str(slow)], messages_per_second=10_000, message_burst=10_000)
