"""What `serve` tells its user: where the page is, what a local network exposes, how far the start is."""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from townsquare_agents.compiled import JIT_DISABLED
from townsquare_server.app import COMPILING, READY, Application
from townsquare_server.command_line.serve import Presenter
from townsquare_server.settings import Settings

sys.path.insert(0, str(Path(__file__).parents[1]))
from listening import handshake
from serving import environment


def shown(folder: Path, settings: Settings) -> tuple[Application, str]:
    application = Application(settings)
    out = io.StringIO()
    presenter = Presenter(application, Console(file=out, highlight=False, soft_wrap=True))
    presenter.listening()
    for progress in (0.0, 0.1, 0.3, 0.9, 1.0):
        presenter.progress(COMPILING, progress)
    presenter.progress(READY, 1.0)
    application._close()
    return application, out.getvalue()


def test_by_default_only_this_machine_is_named(tmp_path: Path) -> None:
    application, text = shown(tmp_path, Settings(data=str(tmp_path), port=4321))
    assert "on this machine: http://127.0.0.1:4321/" in text
    assert "for guests" not in text
    assert application.host_key not in text
    assert str(tmp_path) in text


def test_on_the_local_network_address_key_and_exposure_are_told(tmp_path: Path) -> None:
    application, text = shown(tmp_path, Settings(data=str(tmp_path), port=4321, lan=True))
    assert "on this machine: http://127.0.0.1:4321/" in text
    assert f"for guests:      {application.base_url}/" in text
    assert application.host_key in text
    assert "Everybody who reaches this address can now open the page and join a room whose code they know." in text
    assert "█" in text  # the code to scan


def test_behind_a_proxy_the_public_address_is_named(tmp_path: Path) -> None:
    settings = Settings(data=str(tmp_path), port=4321, public_url="https://square.example/")
    application, text = shown(tmp_path, settings)
    assert application.base_url == "https://square.example"
    assert "for guests:      https://square.example/" in text


def test_progress_is_told_a_few_times(tmp_path: Path) -> None:
    _, text = shown(tmp_path, Settings(data=str(tmp_path)))
    lines = [line for line in text.splitlines() if "preparing the market" in line]
    assert [line.rsplit(": ", 1)[1] for line in lines] == ["0 %", "25 %", "75 %", "100 %"]
    assert text.splitlines()[-1] == "ready"


def test_the_host_key_stays_the_same_on_one_folder(tmp_path: Path) -> None:
    first, _ = shown(tmp_path, Settings(data=str(tmp_path / "a")))
    again, _ = shown(tmp_path, Settings(data=str(tmp_path / "a")))
    other, _ = shown(tmp_path, Settings(data=str(tmp_path / "b")))
    assert first.host_key == again.host_key != other.host_key


@pytest.mark.parametrize(
    ("options", "variables", "words"),
    [
        (["--log-format", "json", "--data", "{tmp}/file"], {}, "cannot be made"),
        (["--log-format", "json", "--set", "colour=red"], {}, "--set: colour: is not a setting"),
        (["--port", "{taken}", "--data", "{tmp}/data"], {"TOWNSQUARE_LOG_FORMAT": "json"}, "cannot listen on"),
        (["--config", "{tmp}/server.toml"], {}, "cannot be made"),
    ],
)
def test_a_start_that_is_refused_is_a_line_of_the_log_where_programs_read_it(
    options: list[str], variables: dict[str, str], words: str, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "server.toml").write_text(f"log_format = 'json'\ndata = '{tmp_path / 'file'}'\n")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        filled = [text.format(tmp=tmp_path, taken=taken.getsockname()[1]) for text in options]
        command = [sys.executable, "-m", "townsquare_server.cli", "serve", *filled]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", env=environment() | variables)
    assert done.returncode == 2
    (line,) = map(json.loads, done.stderr.splitlines())
    assert line["level"] == "error"
    assert words in line["message"]


def leave_hanging(url: str) -> socket.socket:
    """Open a WebSocket and never answer anything on it."""
    hanging = socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), 30)
    hanging.sendall(handshake(host=url.removeprefix("http://")))
    assert hanging.recv(12) == b"HTTP/1.1 101"
    return hanging


@pytest.mark.skipif(os.name != "posix", reason="only there can a test press Ctrl-C in another process")
def test_it_ends_in_order_though_a_client_hangs_and_at_once_when_asked_twice(start_server: Callable[..., Any]) -> None:
    server = start_server()
    with leave_hanging(server.url):
        server.interrupt()
        assert server.wait() == 0
    assert server.text().splitlines()[-2:] == ["stopping", "stopped; everything that was acknowledged is kept"]
    server.start()
    with leave_hanging(server.url):
        server.interrupt()
        while "stopping" not in server.output[-1]:
            time.sleep(0.01)
        server.interrupt()
        assert server.wait() == 130
    assert "stopped" not in server.output[-1]
    assert "Traceback" not in server.text()


@pytest.mark.skipif(os.name != "posix", reason="only there can a test press Ctrl-C in another process")
@pytest.mark.skipif(JIT_DISABLED, reason="there is nothing to compile")
def test_it_ends_in_order_while_it_compiles(tmp_path: Path) -> None:
    nothing_compiled = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "kernels"), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        [sys.executable, "-m", "townsquare_server.cli", "serve", "--port", "0", "--data", str(tmp_path / "data")],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=nothing_compiled,
    ) as server:
        assert server.stdout is not None
        for line in server.stdout:
            if line.startswith("preparing the market"):
                break
        server.send_signal(signal.SIGINT)
        rest = server.stdout.read().splitlines()
    assert server.returncode == 0
    assert rest[-2:] == ["stopping", "stopped; everything that was acknowledged is kept"]
    assert all(line.startswith("preparing the market") for line in rest[:-2])
