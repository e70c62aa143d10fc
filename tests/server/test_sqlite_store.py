"""The log in a file: what is particular to SQLite - a quota, a full disk, a file that is none, a torn end."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from townsquare_server.event_log import EventLog
from townsquare_server.shell_errors import DataFolderError, LogUnreadableError, NotStoredError
from townsquare_server.sqlite_store import SqliteStore

FULL = """
    import sys
    from pathlib import Path
    from townsquare_server.event_log import EventLog
    from townsquare_server.shell_errors import NotStoredError
    from townsquare_server.sqlite_store import SqliteStore

    folder = Path(sys.argv[1])
    log, filler = EventLog(SqliteStore(folder / "log.sqlite")), folder / "filler"
    seq = 1
    for time in range(3):
        for _ in range(20):
            log.append("A", [(seq, bytes(1000))], durable=True).result()
            seq += 1
        with filler.open("wb", buffering=0) as file:
            try:
                while file.write(bytes(4096)):
                    pass
            except OSError as error:
                print("filled:", error.strerror)
        refused = 0
        while not refused:  # what the file holds in reserve is still used
            try:
                log.append("A", [(seq, bytes(50_000))], durable=True).result()
                seq += 1
            except NotStoredError as error:
                print(error)
                refused = 1
        try:
            log.probe().result()
        except NotStoredError:
            print("still full,", len(log.read("A")) == seq - 1 and "all readable")
        filler.unlink()
        log.probe().result()
    log.close()
    print("kept", seq - 1, len(SqliteStore(folder / "log.sqlite").read("A")))
"""
NAMESPACE = ("unshare", "--user", "--map-root-user", "--mount")


def opened(path: Path, **options: int) -> contextlib.closing[EventLog]:
    return contextlib.closing(EventLog(SqliteStore(path, **options)))


def fill(log: EventLog, room: str, count: int, start: int = 1) -> None:
    for seq in range(start, start + count):
        log.append(room, [(seq, f"{room}{seq}".encode())], durable=seq % 3 == 0).result(10)


def test_a_probe_says_whether_the_log_takes_writes_again(tmp_path: Path) -> None:
    with opened(tmp_path / "log.sqlite", max_bytes=400_000) as log:
        log.probe().result(10)
        log.append("A", [(1, bytes(300_000))], durable=True).result(10)
        with pytest.raises(NotStoredError, match="full"):
            log.probe().result(10)
        assert (log.rooms(), len(log.read("A"))) == (["A"], 1)


def test_without_space_an_entry_is_refused_and_the_rest_stays_readable(tmp_path: Path) -> None:
    with opened(tmp_path / "log.sqlite", max_bytes=200_000) as log:
        fill(log, "A", 3)
        with pytest.raises(NotStoredError, match=r"full.*free some space"):
            log.append("A", [(4, bytes(1_000_000))], durable=True).result(10)
        assert log.read("A") == [b"A1", b"A2", b"A3"]
        fill(log, "A", 1, start=4)  # what fits is still taken
        assert len(log.read("A")) == 4


def test_a_log_that_is_not_one_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "log.sqlite").write_bytes(b"not a database, but long enough to look at" * 50)
    with pytest.raises(DataFolderError, match=r"log\.sqlite cannot be used"):
        SqliteStore(tmp_path / "log.sqlite")


def test_a_log_of_a_later_format_is_told_in_words(tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "log.sqlite")) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(DataFolderError, match="has format 99, this version reads 1: update townsquare"):
        SqliteStore(tmp_path / "log.sqlite")


def test_a_write_ahead_log_cut_anywhere_gives_the_whole_entries_before_the_cut(tmp_path: Path) -> None:
    live = tmp_path / "live"
    live.mkdir()
    with opened(live / "log.sqlite") as log:
        fill(log, "A", 30)
        names = ("log.sqlite", "log.sqlite-wal")
        files = {name: (live / name).read_bytes() for name in names}  # as a killed server leaves them
    whole = len(files["log.sqlite-wal"])
    found = []
    for cut in sorted({*range(0, whole, whole // 25 + 1), whole - 1, whole}):
        folder = tmp_path / str(cut)
        folder.mkdir()
        (folder / "log.sqlite").write_bytes(files["log.sqlite"])
        (folder / "log.sqlite-wal").write_bytes(files["log.sqlite-wal"][:cut])
        with opened(folder / "log.sqlite") as log:
            entries = log.read("A")
            assert entries == [f"A{seq}".encode() for seq in range(1, len(entries) + 1)]
            fill(log, "A", 1, start=len(entries) + 1)  # and it goes on from there
        found.append(len(entries))
        shutil.rmtree(folder)
    assert found == sorted(found)
    assert (found[0], found[-1]) == (0, 30)


def test_pages_that_cannot_be_read_are_told_in_words(tmp_path: Path) -> None:
    path = tmp_path / "log.sqlite"
    with opened(path) as log:
        fill(log, "A", 3)
        log.append("A", [(4, bytes(500_000))], durable=True).result(10)
    whole = path.read_bytes()
    path.write_bytes(whole[:16384] + b"\xa5" * (len(whole) - 16384))
    with opened(path) as log, pytest.raises(LogUnreadableError, match=r"cannot be read: .*restore it from a backup"):
        log.read("A")


@pytest.mark.skipif(sys.platform != "linux", reason="needs a small file system of its own: Linux lets us make one")
def test_on_a_disk_that_is_really_full_writes_are_refused_reads_go_on_and_all_is_well_again(tmp_path: Path) -> None:
    mount = 'mount -t tmpfs -o size=12m none "$0"'
    tried = subprocess.run([*NAMESPACE, "sh", "-c", mount, tmp_path], capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        pytest.skip(f"no small file system can be made here ({tried.stderr.strip()})")
    script = [sys.executable, "-c", textwrap.dedent(FULL), str(tmp_path)]
    command = [*NAMESPACE, "sh", "-c", f'{mount} && exec "$@"', str(tmp_path), *script]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    full = "the log cannot be written: the disk (or the log's quota) is full; free some space, or raise log_quota_bytes"
    assert lines[:-1] == ["filled: No space left on device", full, "still full, all readable"] * 3
    _, told, kept = lines[-1].split()
    assert told == kept
