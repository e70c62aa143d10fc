"""Entries: what the log keeps is {seq, at, tick, seat, kind, data}, and reads back as it was."""

from __future__ import annotations

import msgspec
import pytest

from townsquare_server import entries, wire
from townsquare_server.entries import Entry
from townsquare_server.errors import ReplayError

DATA: list[entries.Data] = [
    entries.Opened(1, "0.1.0", "KWMRTX", b"{}", 7, ["A", "B"], "nb", {"C": "campaign"}),
    entries.Joined("Åse", "A"),
    entries.PhaseBegan("planning", 3, {"A": "people", "B": "policy"}),
    entries.RoundEnded(3, "ab12"),
    entries.Restarted("0.1.0"),
    entries.Commanded(wire.ClientEditPlan(5, "contest", "level", 2)),
    entries.Shown(),
    entries.Restarted("0.1.0", 3),
    entries.Commanded(wire.ClientSetReady(5, True)),
    entries.Commanded(wire.ClientChangeTeam(5, "B")),
    entries.Commanded(wire.ClientAdvance(5, "planning", 1)),
    entries.Commanded(wire.ClientPause(5)),
    entries.Commanded(wire.ClientContinue(5)),
    entries.Commanded(wire.ClientExtend(5, -60)),
]


@pytest.mark.parametrize("data", DATA, ids=lambda data: type(getattr(data, "message", data)).__name__)
def test_entry_reads_back(data: entries.Data) -> None:
    entry = Entry(4, 1_760_000_000_000, 2, "s1", data)
    assert entries.decode(entries.encode(entry), "KWMRTX", 4) == entry


def test_format_that_other_programs_read() -> None:
    stored = msgspec.msgpack.decode(entries.encode(Entry(4, 9, 0, "s1", DATA[5])))
    assert stored == {
        "seq": 4,
        "at": 9,
        "tick": 0,
        "seat": "s1",
        "kind": "command",
        "data": {
            "message": {"t": "edit_plan", "id": 5, "slot": "contest", "field": "level", "value": 2, "round": None}
        },
    }


def test_every_kind_has_a_name() -> None:
    assert {type(data) for data in DATA} == set(entries.KINDS.values())


def test_edits_and_ticks_wait_for_the_next_sync_and_all_else_is_synced() -> None:
    assert [data for data in DATA if not entries.durable(data)] == DATA[5:7]


@pytest.mark.parametrize("blob", [b"", b"\x80", b"\xc1", b"hello", entries.encode(Entry(4, 9, 0, None, DATA[1]))[:-1]])
def test_what_is_no_entry(blob: bytes) -> None:
    with pytest.raises(ReplayError, match="room KWMRTX, entry 4: not an entry"):
        entries.decode(blob, "KWMRTX", 4)
