"""What every test may use: a real browser, a real server, and a folder for what the tests leave to look at.

Law: a browser test without a browser is skipped with the reason said; with ``TOWNSQUARE_REQUIRE_BROWSER=1`` it fails.
"""

from __future__ import annotations

import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parents[1]
BROWSER_REQUIRED = os.environ.get("TOWNSQUARE_REQUIRE_BROWSER") == "1"
COMMANDS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "msedge",
)
PLACES = {
    "darwin": [
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    ],
    "win32": [
        r"%ProgramFiles%\Google\Chrome\Application\chrome.exe",
        r"%ProgramFiles(x86)%\Google\Chrome\Application\chrome.exe",
        r"%LocalAppData%\Google\Chrome\Application\chrome.exe",
        r"%ProgramFiles(x86)%\Microsoft\Edge\Application\msedge.exe",
        r"%ProgramFiles%\Microsoft\Edge\Application\msedge.exe",
    ],
}


def find_browser() -> Path | None:
    """Return the executable of a browser of the Chromium family, or None."""
    named = os.environ.get("TOWNSQUARE_CHROMIUM")
    if named:
        if shutil.which(named) is None:
            pytest.fail(f"no program at TOWNSQUARE_CHROMIUM={named!r}; name a Chromium, Chrome or Edge, or unset it")
        return Path(named)
    for command in COMMANDS:
        found = shutil.which(command)
        if found:
            return Path(found)
    places = (Path(os.path.expandvars(place)) for place in PLACES.get(sys.platform, []))
    return next((place for place in places if place.is_file()), None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where a browser is required, count a skipped browser test as a failure."""
    report = yield
    if BROWSER_REQUIRED and report.skipped and item.get_closest_marker("browser"):
        report.outcome = "failed"
        report.longrepr = f"skipped though TOWNSQUARE_REQUIRE_BROWSER=1: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def artifacts() -> Path:
    """Return the folder whose contents are kept to be looked at."""
    folder = ROOT / "artifacts"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start a headless browser, for one module only: while it lives, no test can start an event loop in this thread."""
    executable = find_browser()
    if executable is None:
        pytest.skip("no Chromium, Chrome or Edge found; install one, or name it in TOWNSQUARE_CHROMIUM")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable,
            args=["--disable-gpu", "--disable-quic", "--disable-component-update", "--disable-sync"],
        )
        yield browser
        browser.close()


class RunningServer:
    """`townsquare serve` in its own process, on this machine only, with a data folder that outlives it."""

    def __init__(self, data: Path, options: Sequence[str] = ()) -> None:
        self.data = data
        self.options = options
        self.url = ""
        self.output: list[str] = []
        self._port = "0"
        self._process: subprocess.Popen[str] | None = None

    def start(self, timeout: float = 240) -> None:
        """Start, on the same port as before, and wait until it is ready: the first start compiles the kernels.

        `timeout` is how long it may say nothing: it tells how far it is, and a busy machine compiles for minutes.
        """
        command = [
            sys.executable,
            "-m",
            "townsquare_server.cli",
            "serve",
            "--port",
            self._port,
            "--data",
            str(self.data),
            *self.options,
        ]
        # no shell window, no signal to the tests when the server is stopped
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            env={**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"},
        )
        lines: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._read, args=(self._process, lines), daemon=True).start()
        while (line := lines.get(timeout=timeout)) != "ready":
            assert line is not None, f"the server ended at its start:\n{self.text()}"
            found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
            if found:
                self.url, self._port = found.group(), found.group(1)

    def _read(self, process: subprocess.Popen[str], lines: queue.Queue[str | None]) -> None:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                self.output.append(line.rstrip())
                lines.put(line.strip())
        lines.put(None)

    def text(self) -> str:
        """Return all that the server has printed."""
        return "\n".join(self.output)

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(30)
            self._process = None

    def stop(self) -> None:
        """Ask it to end, and wait."""
        if self._process is not None:
            self._process.terminate()
            self.wait()

    def interrupt(self) -> None:
        """Ask it to end as Ctrl-C does."""
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)

    def wait(self) -> int:
        """Wait until it has ended; return its exit code."""
        assert self._process is not None
        code, self._process = self._process.wait(60), None
        return code


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[Callable[..., RunningServer]]:
    """Return what starts a server; it is stopped when the test ends."""
    servers: list[RunningServer] = []

    def start(*options: str) -> RunningServer:
        server = RunningServer(tmp_path / f"server-{len(servers)}", options)
        servers.append(server)
        server.start()
        return server

    yield start
    for server in servers:
        server.stop()
