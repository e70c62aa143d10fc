"""Helpers: a real PostgreSQL server of this machine's packages, started by the tests as a user without privileges."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

REQUIRED = "TOWNSQUARE_REQUIRE_POSTGRESQL"
USERS = ("postgres", "nobody")  # whom root becomes: the server refuses to run as root
OPTIONS = ("-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=40", "-c", "log_min_messages=fatal")


def programs() -> Path | None:
    """Return the folder of the newest installed PostgreSQL."""
    if (found := shutil.which("initdb")) is not None:
        return Path(found).resolve().parent
    versions = [folder for folder in Path("/usr/lib/postgresql").glob("*/bin") if (folder / "initdb").is_file()]
    return max(versions, key=lambda folder: float(folder.parent.name), default=None)


@dataclass
class PostgresqlServer:
    """A running server that listens on a socket in its folder, and nowhere else."""

    programs: Path
    folder: Path
    user: str | None  # None: whoever runs the tests
    databases: int = 0
    process: subprocess.Popen[bytes] | None = field(default=None)

    def run(self, program: str, *arguments: str) -> bytes:
        """Run one of its programs to the end; return what it printed."""
        command = [str(self.programs / program), *arguments]
        return subprocess.run(command, user=self.user, cwd=self.folder, check=True, capture_output=True).stdout

    def make(self) -> None:
        self.run(
            "initdb",
            "--no-sync",
            "--auth=trust",
            "--username=square",
            "--encoding=UTF8",
            "--locale=C",
            "-D",
            str(self.data),
        )

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def start(self) -> None:
        command = [str(self.programs / "postgres"), "-D", str(self.data), "-k", str(self.folder), *OPTIONS]
        self.process = subprocess.Popen(command, user=self.user, cwd=self.folder)
        deadline = time.monotonic() + 60
        while subprocess.run([self.programs / "pg_isready", "-q", "-h", self.folder], check=False).returncode != 0:
            assert self.process.poll() is None, "PostgreSQL ended before it was ready"
            assert time.monotonic() < deadline, "PostgreSQL was not ready within a minute"
            time.sleep(0.05)

    def stop(self) -> None:
        """End it as a crash would: whoever is connected loses the connection."""
        if self.process is not None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(60)
            self.process = None

    def database(self) -> str:
        """Make a database; return its address."""
        self.databases += 1
        name = f"square{self.databases}"
        self.run("createdb", "-h", str(self.folder), "-U", "square", name)
        return f"postgresql://square@/{name}?host={self.folder}"

    def sql(self, address: str, statement: str) -> bytes:
        """Run a statement in a database, as its administrator would."""
        return self.run("psql", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", "-d", address, "-c", statement)


@contextlib.contextmanager
def started() -> Iterator[PostgresqlServer]:
    """A server for as long as the tests run; skips where PostgreSQL is not installed."""
    found = programs() if os.name == "posix" else None
    if found is None:
        words = "PostgreSQL is not installed here: no initdb in PATH or below /usr/lib/postgresql"
        if os.environ.get(REQUIRED):
            pytest.fail(f"{words}, and {REQUIRED} asks for it")
        pytest.skip(words)
    folder = Path(tempfile.mkdtemp(prefix="square"))  # pytest's own folders are closed to other users
    user = None
    if os.geteuid() == 0:
        import pwd  # only where there is one

        entry = next(entry for entry in pwd.getpwall() if entry.pw_name in USERS)
        user = entry.pw_name
        os.chown(folder, entry.pw_uid, entry.pw_gid)
    server = PostgresqlServer(found, folder, user)
    try:
        server.make()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)
