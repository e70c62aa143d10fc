"""The log keeps what it said it kept, in either store: through a kill, and when there is no room left."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from townsquare_server.data_folder import DataFolder
from townsquare_server.event_log import EventLog
from townsquare_server.log_store import Kept
from townsquare_server.settings import Settings
from townsquare_server.shell_errors import NotStoredError
from townsquare_server.sqlite_store import SqliteStore
from townsquare_server.stores import open_store

sys.path.insert(0, str(Path(__file__).parent))
from keeping import Keeping

GAME_BYTES = 150_000
"""What a whole game of 24 guests left in the file when it was measured."""
KILLED = """
    import sys
    sys.path.insert(0, sys.argv[1])
    from pathlib import Path
    from keeping import Keeping
    from townsquare_server.event_log import EventLog

    log = EventLog(Keeping(Path(sys.argv[2]), sys.argv[3] or None).store())
    seq = 1
    while True:
        log.append("A", [(seq, b"x" * 500)], durable=seq % 7 == 0).result(10)
        print(seq, flush=True)
        seq += 1
"""


def fill(log: EventLog, room: str, count: int, start: int = 1) -> None:
    writes = [
        log.append(room, [(seq, f"{room}{seq}".encode())], durable=seq % 3 == 0) for seq in range(start, start + count)
    ]
    for write in writes:
        write.result(10)


def test_entries_come_back_in_order_after_reopening(keeping: Keeping) -> None:
    with keeping.open() as log:
        fill(log, "B", 50)
        fill(log, "A", 12)
        assert log.read("A") == [f"A{seq}".encode() for seq in range(1, 13)]  # also while it is open for writing
    with keeping.open() as log:
        assert log.open_rooms() == ["A", "B"]
        assert log.read("B") == [f"B{seq}".encode() for seq in range(1, 51)]
        assert log.read("C") == []


def test_a_room_that_is_over_is_kept_but_not_open(keeping: Keeping) -> None:
    with keeping.open() as log:
        fill(log, "A", 2)
        log.close_room("A").result(10)
        fill(log, "B", 3)
        assert (log.open_rooms(), log.rooms(), len(log.read("A"))) == (["B"], ["A", "B"], 2)
        assert sorted(log.kept(), key=lambda kept: kept.room) == [Kept("A", True, b"A2"), Kept("B", False, b"B3")]


def test_an_entry_is_never_overwritten_and_a_bad_one_fails_alone(keeping: Keeping) -> None:
    with keeping.open() as log:
        fill(log, "A", 3)
        again = log.append("A", [(1, b"other")], durable=True)
        good = log.append("B", [(1, b"B1")], durable=True)
        good.result(10)
        with pytest.raises(NotStoredError, match="entry 1 of room A does not follow entry 3"):
            again.result(10)
        assert log.read("A") == [b"A1", b"A2", b"A3"]
        assert log.read("B") == [b"B1"]


def test_entries_of_one_append_are_kept_together_or_not_at_all(keeping: Keeping) -> None:
    with keeping.open() as log:
        fill(log, "A", 1)
        with pytest.raises(NotStoredError):
            log.append("A", [(2, b"new"), (1, b"taken")], durable=False).result(10)
        assert log.read("A") == [b"A1"]
        with pytest.raises(NotStoredError, match="entry 3 of room A does not follow entry 1"):  # as 2 was not kept
            log.append("A", [(3, b"next")], durable=False).result(10)


def test_entries_set_aside_are_kept_beside_the_log_with_their_reason(keeping: Keeping) -> None:
    with keeping.open() as log:
        fill(log, "A", 5)
        fill(log, "B", 2)
        log.set_aside("A", 4, "torn").result(10)
        assert (log.read("A"), len(log.read("B"))) == ([b"A1", b"A2", b"A3"], 2)
        fill(log, "A", 1, start=4)  # the next entry takes the place
        log.set_aside("A", 4, "torn again").result(10)
    with keeping.open() as log:
        assert log.store.aside("A") == [(4, b"A4", "torn"), (5, b"A5", "torn"), (4, b"A4", "torn again")]
        assert log.store.aside("B") == []


def test_a_probe_leaves_nothing_behind(keeping: Keeping) -> None:
    with keeping.open() as log:
        for _ in range(3):
            log.probe().result(10)
        assert log.rooms() == []


def test_nothing_that_was_reported_as_kept_is_lost_by_a_kill(keeping: Keeping) -> None:
    place = (str(Path(__file__).parent), str(keeping.folder), keeping.url or "")
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(KILLED), *place], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        kept = 0
        for line in process.stdout:
            kept = int(line)
            if kept >= 200:
                process.kill()
                break
        kept = max([kept, *(int(line) for line in process.stdout if line.endswith("\n"))])
    with keeping.open() as log:
        entries = log.read("A")
        assert kept <= len(entries) <= kept + 1  # the last may have been kept and not yet reported
        fill(log, "A", 1, start=len(entries) + 1)


def test_a_wait_that_was_given_up_stops_no_other_room(keeping: Keeping) -> None:
    with keeping.open() as log:
        writes = [log.append("A", [(seq, b"a")], durable=True) for seq in range(1, 200)]
        for write in writes:
            write.cancel()  # some are still queued, some are being written, some are kept
        log.append("B", [(1, b"b")], durable=True).result(10)
        assert log.read("B") == [b"b"]


def test_a_log_s_file_has_an_end_long_after_any_workshop_s_but_before_the_disk_s(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    with contextlib.closing(folder), contextlib.closing(open_store(folder, Settings())) as store:
        assert isinstance(store, SqliteStore)
        pages, size = (
            store.connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("max_page_count", "page_size")
        )
        assert 10_000 * GAME_BYTES < pages * size <= 4e9
