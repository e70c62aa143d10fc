"""`townsquare replay`: an exported session proves itself, a forged one does not."""

from __future__ import annotations

import contextlib
import json
import re
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from townsquare_agents.compiled import JIT_DISABLED
from townsquare_server import session_file
from townsquare_server.app import Application
from townsquare_server.cli import main
from townsquare_server.client import Player
from townsquare_server.desk import Desk
from townsquare_server.entries import Commanded, Entry
from townsquare_server.entries import encode as encode_entry
from townsquare_server.errors import ReplayError
from townsquare_server.wire import ClientEditPlan, ClientRewind

sys.path.insert(0, str(Path(__file__).parents[1]))
from driving import Driver
from serving import advance, create, edit, get, join, with_server

pytestmark = pytest.mark.skipif(JIT_DISABLED, reason="plays live games, which takes minutes uncompiled")


def forge(entry: Entry) -> bytes:
    """The entry, but if it sets a level of 2: then it sets 1."""
    match entry.data:
        case Commanded(ClientEditPlan(value=2) as message):
            entry = msgspec.structs.replace(entry, data=Commanded(msgspec.structs.replace(message, value=1)))
    return encode_entry(entry)


def test_an_exported_session_proves_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
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


def packed(path: Path, entries: list[bytes], **changes: object) -> Path:
    """A session file whose manifest says something else."""
    told = session_file.Manifest(1, "0.1", "KWMRTX", "0.1.0", "", 7, len(entries), [])
    with contextlib.suppress(ReplayError):
        told = session_file._manifest("KWMRTX", entries)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("manifest.json", msgspec.json.encode(msgspec.structs.replace(told, **changes)))
        archive.writestr("log.msgpack", msgspec.msgpack.encode(entries))
    return path


@pytest.fixture(scope="module")
def log() -> list[bytes]:
    driver = Driver.open()
    kari = driver.join("Kari", "A")
    driver.to("planning")
    driver.say(kari, ClientEditPlan, "contest", "level", 1)
    driver.to("planning", 2)
    return driver.log


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, []),
        ({"version": "9.9"}, []),  # who exported it cannot be proven
        ({"seed": 8}, ["the manifest says seed 8, the log 7"]),
        ({"digests": []}, [r"the manifest says digests \[\], the log \['\w+'\]"]),
        ({"scenario_digest": "0"}, [r"the manifest says scenario_digest '0', the log '\w+'"]),
        ({"room": "ZZZZZZ", "opened_version": "0.0"}, ["says room 'ZZZZZZ', the log 'KWMRTX'", "opened_version '0.0'"]),
        ({"branch": 2}, ["the manifest says branch 2, the log 1"]),
    ],
)
def test_a_manifest_that_says_something_else_is_told_field_by_field(
    log: list[bytes], changes: dict[str, object], words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = packed(tmp_path / "game.townsquare", log, **changes)
    assert main(["replay", str(path), "--verify"]) == (1 if words else 0)
    said = capsys.readouterr().err.splitlines()
    assert len(said) == len(words)
    for line, expected in zip(said, words, strict=True):
        assert re.search(expected, line), line


def altered(entry: bytes, **data: object) -> bytes:
    stored = msgspec.msgpack.decode(entry)
    return msgspec.msgpack.encode(stored | {"data": stored["data"] | data})


@pytest.mark.parametrize(
    "tamper",
    [
        lambda log: [altered(log[0], scenario=b"[" * 100_000), *log[1:]],
        lambda log: [altered(log[0], scenario=b"{}"), *log[1:]],
        lambda log: [altered(log[0], seed=2**64 - 1), *log[1:]],
        lambda log: [altered(log[0], seed=-1), *log[1:]],
        lambda log: [altered(log[0], format=99), *log[1:]],
        lambda log: [log[0], log[0], *log[2:]],
        lambda log: log[1:],
        lambda log: [log[0], altered(log[1], team="Q"), *log[2:]],
        lambda log: [*log[:4], msgspec.msgpack.encode({"seq": 5})],
        lambda log: [msgspec.msgpack.encode([[[]]] * 10), *log[1:]],
    ],
)
def test_a_hostile_file_is_refused_in_one_line(
    log: list[bytes], tamper: Callable[[list[bytes]], list[bytes]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = packed(tmp_path / "game.townsquare", tamper(log))
    code = main(["replay", str(path), "--verify"])
    said = capsys.readouterr().err
    assert code in (1, 2), said
    assert all(line.startswith("townsquare: ") for line in said.splitlines()), said
    assert "Traceback" not in said


def test_each_branch_replays_by_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    driver = Driver.open()
    driver.to("planning", 2)
    driver.say("host", ClientRewind, 1, 2)
    path = tmp_path / "branches.townsquare"
    path.write_bytes(session_file.pack("KWMRTX", driver.log))
    for branch, rounds in ((1, 1), (2, 0)):
        assert main(["replay", str(path), "--json", "--branch", str(branch)]) == 0
        told = json.loads(capsys.readouterr().out)
        assert (told["branch"], len(told["rounds"])) == (branch, rounds)
    assert main(["replay", str(path), "--verify"]) == 0
    assert "the host went back; rounds finished in branch 2: 0" in capsys.readouterr().out
    assert main(["replay", str(path), "--branch", "3"]) == 2
    assert "has no branch 3" in capsys.readouterr().err
