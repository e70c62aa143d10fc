"""`townsquare replay`: an exported session proves itself, a forged one does not."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import msgspec
import pytest

from townsquare_agents.compiled import JIT_DISABLED
from townsquare_server import session_file
from townsquare_server.app import Application
from townsquare_server.client import Player
from townsquare_server.desk import Desk
from townsquare_server.entries import Commanded, Entry
from townsquare_server.entries import encode as encode_entry
from townsquare_server.wire import (
    ClientEditPlan,
)

sys.path.insert(0, str(Path(__file__).parents[1]))
from serving import advance, create, edit, get, join, with_server

pytestmark = pytest.mark.skipif(JIT_DISABLED, reason="plays live games, which takes minutes uncompiled")


def forge(entry: Entry) -> bytes:
    """The entry, but if it sets a level of 2: then it sets 1."""
    match entry.data:
        case Commanded(ClientEditPlan(value=2) as message):
            entry = msgspec.structs.replace(entry, data=Commanded(msgspec.structs.replace(message, value=1)))
    return encode_entry(entry)


def test_an_exported_session_proves_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from townsquare_server.cli import main

    path = tmp_path / "game.townsquare"
    digests: list[str] = []

    async def test(application: Application, url: str) -> None:
        async with Player(url) as host, Player(url) as anna:
            room = await create(host)
            await join(anna, room.code, "Anna", "A")
            await advance(host)
            await host.wait_for_phase("briefing")
            await advance(host)
            await anna.wait_for_phase("planning")
            await edit(anna, "contest", "level", 2)
            await advance(host)
            await host.wait_for_phase("review", 1)
            _, _, session = await get(f"{url}/rooms/{room.code}/session.townsquare?token={room.token}")
            path.write_bytes(session)
            desk = application._desk
            assert isinstance(desk, Desk)
            digests.extend(desk.rooms[room.code].room.state.digests)

    with_server(tmp_path / "data", test)
    assert main(["replay", str(path), "--verify"]) == 0
    assert digests[0] in capsys.readouterr().out
    assert main(["replay", str(tmp_path / "data" / "log.sqlite"), "--verify", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rounds"][0]["digest"] == digests[0]
    manifest, entries = session_file.unpack(path)
    assert manifest.digests == digests
    forged = [forge(entry) for entry in session_file.decode_all(manifest.room, entries)]
    assert sum(new != old for new, old in zip(forged, entries, strict=True)) == 1
    (tmp_path / "forged.townsquare").write_bytes(session_file.pack(manifest.room, forged))
    assert main(["replay", str(tmp_path / "forged.townsquare"), "--verify"]) == 1
    assert f"round 1 was logged with digest {digests[0]}" in capsys.readouterr().err
