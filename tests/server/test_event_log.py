"""The log keeps what it said it kept: through a kill, and when there is no room left."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from townsquare_server.event_log import EventLog
from townsquare_server.shell_errors import DataFolderError, NotStoredError

KILLED = """
    import sys
    from pathlib import Path
    from townsquare_server.event_log import EventLog

    log = EventLog(Path(sys.argv[1]) / "log.sqlite")
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


def test_entries_come_back_in_order_after_reopening(tmp_path: Path) -> None:
    log = EventLog(tmp_path / "log.sqlite")
    fill(log, "B", 50)
    fill(log, "A", 12)
    assert list(log.read("A")) == [f"A{seq}".encode() for seq in range(1, 13)]  # also while it is open for writing
    log.close()
    log = EventLog(tmp_path / "log.sqlite")
    assert log.open_rooms() == ["A", "B"]
    assert list(log.read("B")) == [f"B{seq}".encode() for seq in range(1, 51)]
    assert list(log.read("C")) == []
    log.close()


def test_a_room_that_is_over_is_kept_but_not_open(tmp_path: Path) -> None:
    log = EventLog(tmp_path / "log.sqlite")
    fill(log, "A", 2)
    log.close_room("A").result(10)
    assert (log.open_rooms(), log.rooms(), len(list(log.read("A")))) == ([], ["A"], 2)
    log.close()


def test_an_entry_is_never_overwritten_and_a_bad_one_fails_alone(tmp_path: Path) -> None:
    log = EventLog(tmp_path / "log.sqlite")
    fill(log, "A", 3)
    again = log.append("A", [(1, b"other")], durable=True)
    good = log.append("B", [(1, b"B1")], durable=True)
    good.result(10)
    with pytest.raises(NotStoredError, match="entry 1 of room A does not follow entry 3"):
        again.result(10)
    assert list(log.read("A")) == [b"A1", b"A2", b"A3"]
    assert list(log.read("B")) == [b"B1"]
    log.close()


def test_entries_of_one_append_are_kept_together_or_not_at_all(tmp_path: Path) -> None:
    log = EventLog(tmp_path / "log.sqlite")
    fill(log, "A", 1)
    with pytest.raises(NotStoredError):
        log.append("A", [(2, b"new"), (1, b"taken")], durable=False).result(10)
    assert list(log.read("A")) == [b"A1"]
    with pytest.raises(NotStoredError, match="entry 3 of room A does not follow entry 1"):  # as 2 was not kept
        log.append("A", [(3, b"next")], durable=False).result(10)
    log.close()


def test_a_probe_says_whether_the_log_takes_writes_again(tmp_path: Path) -> None:
    log = EventLog(tmp_path / "log.sqlite", max_bytes=400_000)
    log.probe().result(10)
    log.append("A", [(1, bytes(300_000))], durable=True).result(10)
    with pytest.raises(NotStoredError, match="full"):
        log.probe().result(10)
    assert (log.rooms(), len(list(log.read("A")))) == (["A"], 1)
    log.close()


def test_without_space_an_entry_is_refused_and_the_rest_stays_readable(tmp_path: Path) -> None:
    log = EventLog(tmp_path / "log.sqlite", max_bytes=200_000)
    fill(log, "A", 3)
    with pytest.raises(NotStoredError, match=r"full.*free some space"):
        log.append("A", [(4, bytes(1_000_000))], durable=True).result(10)
    assert list(log.read("A")) == [b"A1", b"A2", b"A3"]
    fill(log, "A", 1, start=4)  # what fits is still taken
    assert len(list(log.read("A"))) == 4
    log.close()


def test_nothing_that_was_reported_as_kept_is_lost_by_a_kill(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(KILLED), str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        kept = 0
        for line in process.stdout:
            kept = int(line)
            if kept >= 200:
                process.kill()
                break
        kept = max([kept, *(int(line) for line in process.stdout if line.endswith("\n"))])
    log = EventLog(tmp_path / "log.sqlite")
    entries = list(log.read("A"))
    assert kept <= len(entries) <= kept + 1  # the last may have been kept and not yet reported
    fill(log, "A", 1, start=len(entries) + 1)
    log.close()


def test_a_log_that_is_not_one_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "log.sqlite").write_bytes(b"not a database, but long enough to look at" * 50)
    with pytest.raises(DataFolderError, match=r"log\.sqlite cannot be used"):
        EventLog(tmp_path / "log.sqlite")


def test_a_wait_that_was_given_up_stops_no_other_room(tmp_path: Path) -> None:
    log = EventLog(tmp_path / "log.sqlite")
    writes = [log.append("A", [(seq, b"a")], durable=True) for seq in range(1, 200)]
    for write in writes:
        write.cancel()  # some are still queued, some are being written, some are kept
    log.append("B", [(1, b"b")], durable=True).result(10)
    assert list(log.read("B")) == [b"b"]
    log.close()
