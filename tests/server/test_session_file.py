"""A session file: whole and equal each time, or refused in words."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import get_args

import pytest

from townsquare_server import session_file
from townsquare_server.entries import FORMAT, KINDS, Command, Commanded, Entry, Opened, RoundEnded, decode, encode
from townsquare_server.errors import ReplayError
from townsquare_server.restore import replay

GOLDEN = Path(__file__).parents[1] / "golden"


def test_a_session_file_of_a_later_format_is_told_in_words(tmp_path: Path) -> None:
    path = tmp_path / "later.townsquare"
    manifest = session_file.Manifest(99, "9.9", "AAAAAA", "9.9", "0", 1, 1, [])
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("manifest.json", session_file.msgspec.json.encode(manifest))
    with pytest.raises(session_file.SessionFileError, match="has format 99, this version reads up to 1: update"):
        session_file.unpack(path)


def room_entries() -> list[bytes]:
    opened = Opened(FORMAT, "0.1", "BCDFGH", b'{"id": "x"}', 7, ["A"], "en", {})
    ended = RoundEnded(1, "abc")
    return [encode(Entry(number, 0, 0, None, data)) for number, data in enumerate((opened, ended), start=1)]


def test_a_file_holds_the_log_and_says_what_it_is(tmp_path: Path) -> None:
    entries = room_entries()
    path = tmp_path / "game.townsquare"
    path.write_bytes(session_file.pack("BCDFGH", entries))
    manifest, read = session_file.unpack(path)
    assert read == entries
    assert (manifest.room, manifest.seed, manifest.digests, manifest.entries) == ("BCDFGH", 7, ["abc"], 2)
    assert session_file.pack("BCDFGH", entries) == path.read_bytes()  # equal sessions make equal files


@pytest.mark.parametrize("damage", ["cut", "flip", "swap", "short", "empty"])
def test_a_damaged_file_is_refused_in_words(damage: str, tmp_path: Path) -> None:
    path = tmp_path / "game.townsquare"
    whole = session_file.pack("BCDFGH", room_entries())
    middle = len(whole) // 3
    path.write_bytes(
        {
            "cut": whole[:-50],
            "flip": whole[:middle] + bytes([whole[middle] ^ 0xFF]) + whole[middle + 1 :],
            "swap": whole[::-1],
            "short": whole[:3],
            "empty": b"",
        }[damage]
    )
    with pytest.raises(session_file.SessionFileError, match=r"game\.townsquare: "):
        session_file.unpack(path)


def test_a_flipped_byte_anywhere_is_found_or_harmless_but_never_a_traceback(tmp_path: Path) -> None:
    path = tmp_path / "game.townsquare"
    entries = room_entries()
    whole = session_file.pack("BCDFGH", entries)
    refused = 0
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        try:
            assert session_file.unpack(path)[1] == entries  # times and attributes of the archive do not matter
        except session_file.SessionFileError:
            refused += 1
    assert refused > len(whole) // 2


def test_a_file_that_lacks_entries_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "game.townsquare"
    manifest = session_file.Manifest(1, "0.1", "BCDFGH", "0.1", "0", 7, 3, [])
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("manifest.json", session_file.msgspec.json.encode(manifest))
        archive.writestr("log.msgpack", session_file.msgspec.msgpack.encode(room_entries()))
    with pytest.raises(session_file.SessionFileError, match="holds 2 entries, not 3"):
        session_file.unpack(path)


def test_a_log_with_a_gap_is_not_packed() -> None:
    with pytest.raises(ReplayError, match="entry 2"):
        session_file.pack("BCDFGH", room_entries()[1:])
    with pytest.raises(ReplayError, match="empty"):
        session_file.pack("BCDFGH", [])


def test_every_format_ever_shipped_has_a_golden_session() -> None:
    names = {f"session_format_{number}.townsquare" for number in range(1, FORMAT + 1)}
    assert {path.name for path in GOLDEN.glob("*.townsquare")} == names


@pytest.mark.parametrize("number", range(1, FORMAT + 1))
def test_a_golden_session_still_replays(number: int) -> None:
    manifest, entries = session_file.unpack(GOLDEN / f"session_format_{number}.townsquare")
    opened = decode(entries[0], manifest.room, 1).data
    assert isinstance(opened, Opened)
    assert opened.format == number
    state, _ = replay(manifest.room, entries)
    assert len(state.records) == state.scenario.calendar.rounds > 1
    assert state.digests == manifest.digests
    assert state.phase.value == "closed"


def test_the_newest_golden_session_holds_every_command() -> None:
    manifest, blobs = session_file.unpack(GOLDEN / f"session_format_{FORMAT}.townsquare")
    entries = [decode(blob, manifest.room, number) for number, blob in enumerate(blobs, start=1)]
    commands = {type(entry.data.message) for entry in entries if isinstance(entry.data, Commanded)}
    assert commands == set(get_args(Command))
    assert {type(entry.data) for entry in entries} == set(KINDS.values())
