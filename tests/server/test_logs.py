"""Lines of the log: one an event, with nothing in them that a client could forge and nothing that opens a seat."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from townsquare_server.logs import BURST, LONGEST, Human, Json, Sieve, clean
from townsquare_server.seats import Claim, Signer

SIGNER = Signer([b"a secret of the tests, long enough"])
TOKEN = SIGNER.token(Claim("facilitator", "KWMRTX", "host"))
CODE = SIGNER.personal_code("KWMRTX", "host")


def record(message: str, *values: object, line: int = 1, error: BaseException | None = None) -> logging.LogRecord:
    trace = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("townsquare.test", logging.ERROR, "x.py", line, message, values, trace)


def raised(text: str) -> Exception:
    try:
        raise RuntimeError(text)
    except RuntimeError as error:
        return error


@settings(deadline=None, derandomize=True)
@given(st.text(max_size=200))
def test_whatever_is_said_a_record_is_one_line(text: str) -> None:
    human = Human().format(record("room %s", text))
    assert len(human.splitlines()) == 1
    assert human.isprintable() or all(c.isprintable() or c.isspace() or not c.isascii() for c in human)
    line = Json().format(record("room %s", text))
    assert len(line.splitlines()) == 1
    assert json.loads(line)["level"] == "error"


def test_a_traceback_cannot_pretend_to_be_a_line() -> None:
    forged = "x\n2026-01-01 00:00:00,000 townsquare WARNING all is well\x1b[2J\u202e"
    lines = Human().format(record("failed", error=raised(forged))).splitlines()
    assert "failed" in lines[0]
    assert all(line.startswith("    | ") for line in lines[1:])
    assert "\x1b" not in "".join(lines)
    assert "\u202e" not in "".join(lines)
    said = json.loads(Json().format(record("failed", error=raised(forged))))
    assert said["message"] == "failed"
    assert any("all is well" in line for line in said["traceback"])


@pytest.mark.parametrize(
    "text",
    [
        f"the token {TOKEN} was shown",
        f"/rooms/KWMRTX/session.townsquare?token={TOKEN}",
        f"personal code {CODE}, or {CODE.lower()}",
        "postgresql://square:swordfish@db.example/town",
        "host_key=swordfish",
        '{"token": "swordfish"}',
    ],
)
def test_secrets_are_blotted_out(text: str) -> None:
    for line in (
        clean(text),
        Human().format(record("said: %s", text, error=raised(text))),
        Json().format(record(text)),
    ):
        assert TOKEN.rpartition(".")[2] not in line
        assert CODE not in line.upper()
        assert "swordfish" not in line


def test_a_flood_of_one_kind_is_counted_and_silences_no_other() -> None:
    now = 0.0
    sieve = Sieve(lambda: now)
    written = [sieve.filter(record("bad %s", number, line=1)) for number in range(1000)]
    assert sum(written) == BURST
    assert sieve.filter(record("another", line=2))
    now = 60.0
    last = record("bad %s", 1, line=1)
    assert sieve.filter(last)
    assert f"({1000 - BURST} more like this were left out)" in Human().format(last)
    assert json.loads(Json().format(last))["left_out"] == 1000 - BURST


def test_a_line_has_an_end() -> None:
    assert len(clean("x" * 1_000_000)) == LONGEST


def test_a_process_writes_json_lines_to_standard_error() -> None:
    program = """
import logging
from townsquare_server import logs
logs.configure("json")
for number in range(300):
    logging.getLogger("townsquare").warning("line %s\\nforged", number)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert len(lines) == BURST
    assert {line["level"] for line in lines} == {"warning"}
    assert lines[0]["message"] == "line 0\\nforged"
    assert done.stdout == ""


def test_what_other_libraries_and_threads_print_is_json_too() -> None:
    program = """
import threading, warnings
from townsquare_server import logs
logs.configure("json")
warnings.warn("mind\\nthe gap")
class Unraisable:
    def __del__(self):
        raise RuntimeError("from a finalizer")
Unraisable()
def fail(): raise RuntimeError("from a thread")
thread = threading.Thread(target=fail)
thread.start()
thread.join()
raise RuntimeError("from the main thread, with token=swordfish")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=False)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert done.returncode == 1
    assert [line["level"] for line in lines] == ["warning", "critical", "critical", "critical"]
    places = ("gap", "finalizer", "thread", "main")
    assert all(place in line["message"] + str(line.get("traceback")) for place, line in zip(places, lines, strict=True))
    assert "swordfish" not in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such limit")
def test_a_line_is_written_when_descriptors_have_run_out() -> None:
    program = """
import logging, resource, socket
from townsquare_server import logs
logs.configure("json")
resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
try:
    socket.socket()
except OSError:
    logging.getLogger("townsquare").exception("no more\\nsockets")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True)
    (line,) = map(json.loads, done.stderr.splitlines())
    assert line["message"] == "no more\\nsockets"
    assert "Too many open files" in line["traceback"][-1]
