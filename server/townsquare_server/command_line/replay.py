"""`townsquare replay`: play a recorded session again without a server; with --verify, prove that it is what it says."""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from townsquare_server.entries import RoundEnded
from townsquare_server.errors import DigestError
from townsquare_server.quick_start import quick_start
from townsquare_server.session_file import Manifest, decode_all, differences, unpack, until_left
from townsquare_server.shell_errors import SessionFileError
from townsquare_server.sqlite_store import open_for_reading

if TYPE_CHECKING:
    from townsquare_server.state import State

POPULARITY, EQUITY = "followers", "customer_equity"
SQLITE_MAGIC = b"SQLite format 3\0"


def run(options: argparse.Namespace) -> int:
    """Replay; exit code 1 when a digest, or what the file says of itself, differs from the log."""
    room, entries, manifest = read(options.file, options.room)
    if options.branch is not None:
        manifest, entries = None, until_left(room, entries, options.branch)
        if not entries:
            raise SessionFileError(options.file, f"has no branch {options.branch}: the host never made it")
    logged = [entry.data for entry in decode_all(room, entries) if isinstance(entry.data, RoundEnded)]
    quick_start()
    from townsquare_server.restore import replay  # brings the market

    different = [] if manifest is None else differences(manifest, entries)
    for words in different:
        print(f"townsquare: {options.file}: {words}", file=sys.stderr)
    try:
        state, _ = replay(room, entries)
    except DigestError as error:
        print(f"townsquare: {error}", file=sys.stderr)
        return 1
    if options.json:
        print(json.dumps(_as_json(room, state) | {"differences": different}, ensure_ascii=False))
    elif options.verify:
        for ended in logged:
            print(f"round {ended.round}: {ended.digest} as logged")
        if state.branch > 1:
            print(f"the host went back; rounds finished in branch {state.branch}: {len(state.records)}")
        print(f"room {room}: {len(entries)} entries, {len(logged)} rounds, every digest is the logged one")
    else:
        _print_table(room, state)
    return 1 if different else 0


def read(path: Path, room: str | None) -> tuple[str, list[bytes], Manifest | None]:
    """Return room, entries and manifest of a session file, or of a log, which has none; raises SessionFileError."""
    try:
        with path.open("rb") as file:
            is_log = file.read(len(SQLITE_MAGIC)) == SQLITE_MAGIC
    except OSError as error:
        raise SessionFileError(path, f"cannot be read ({error.strerror or error})") from error
    if is_log:
        return (*_read_log(path, room), None)
    manifest, entries = unpack(path)
    if room is not None and room.upper() != manifest.room:
        raise SessionFileError(path, f"holds room {manifest.room}, not {room.upper()}")
    return manifest.room, entries, manifest


def _read_log(path: Path, room: str | None) -> tuple[str, list[bytes]]:
    try:
        with open_for_reading(path) as connection:
            rooms = [name for (name,) in connection.execute("SELECT room FROM rooms ORDER BY room")]
            wanted = room.upper() if room is not None else None
            if wanted is None and len(rooms) == 1:
                wanted = rooms[0]
            if wanted is None or wanted not in rooms:
                raise SessionFileError(path, f"holds rooms {', '.join(rooms) or '(none)'}; name one with --room")
            query = "SELECT entry FROM entries WHERE room = ? ORDER BY seq"
            return wanted, [entry for (entry,) in connection.execute(query, (wanted,))]
    except sqlite3.DatabaseError as error:
        raise SessionFileError(path, f"is not a server's log ({error})") from error


def _as_json(room: str, state: State) -> dict[str, Any]:
    rounds = [
        {"round": number, "digest": digest, "vanity": record.vanity, "value": record.value}
        for number, (digest, record) in enumerate(zip(state.digests, state.records, strict=True), start=1)
    ]
    return {
        "room": room,
        "scenario": state.scenario.id,
        "seed": state.opened.seed,
        "phase": state.phase.value,
        "digest": state.digests[-1] if state.digests else None,
        "branch": state.branch,
        "rounds": rounds,
    }


def _print_table(room: str, state: State) -> None:
    from rich.console import Console
    from rich.table import Table

    title = f"room {room}: {state.scenario.title['en']}, seed {state.opened.seed}, {state.phase} of round {state.round}"
    table = Table("round", "vendor", "played by", "reach", POPULARITY, EQUITY.replace("_", " "), title=title, box=None)
    for number, record in enumerate(state.records, start=1):
        for vendor in state.scenario.vendors:
            vanity, value = record.vanity[vendor.id], record.value[vendor.id]
            figures = (vanity["reach"], vanity[POPULARITY], value[EQUITY])
            texts = (f"{figure:,.0f}".replace(",", " ") for figure in figures)
            table.add_row(str(number), vendor.name, record.drivers[vendor.id], *texts)
    Console().print(table)
