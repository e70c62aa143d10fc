"""What the tests of the documented ways to run a server share: free ports, and the programs that stand in front.

Law: the files under deploy/ are run as they are; what differs on a test's machine comes by the variables they name. A
missing program skips its tests with the reason said; with ``TOWNSQUARE_REQUIRE_<PROGRAM>=1`` it fails them.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
HOST_KEY = "the-key-of-the-tests"


def program(name: str) -> str:
    """Return where a program is, or skip."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if found is None:
        words = f"no {name} found; install it (on Debian: apt-get install {name})"
        if os.environ.get(f"TOWNSQUARE_REQUIRE_{name.upper()}") == "1":
            pytest.fail(words)
        pytest.skip(words)
    return found


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@contextlib.contextmanager
def in_front(command: list[str], port: int, environment: dict[str, str]) -> Iterator[None]:
    """Run a proxy until the test is over; it is there when its port answers."""
    process = subprocess.Popen(command, env={**os.environ, **environment}, stdin=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 30
        while True:
            assert process.poll() is None, f"{command[0]} ended with {process.returncode}"
            assert time.monotonic() < deadline, f"{command[0]} does not listen on port {port}"
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(30)


@dataclass
class Square:
    """Two workers behind HAProxy; `url` is what guests type."""

    url: str
    workers: list[Any]

    def shard(self, number: int) -> str:
        return f"{self.url}/s/{number}"
