"""A server as a program sees it: when it may be sent guests, and what its log says of a life with accidents."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from townsquare_agents.compiled import JIT_DISABLED
from townsquare_server.client import Player
from townsquare_server.seats import Claim, Signer
from townsquare_server.wire import ClientPause, ClientRedeem, ClientResume, ServerAck, ServerRefusal, ServerWelcome

sys.path.insert(0, str(Path(__file__).parents[1]))
from keeping import Keeping
from serving import advance, create, edit, environment, get, join, refusal, short_scenario

pytestmark = pytest.mark.skipif(JIT_DISABLED, reason="plays live games, which takes minutes uncompiled")


class Process:
    """A server whose two outputs are kept apart."""

    def __init__(self, data: Path, *options: str) -> None:
        command = (sys.executable, "-m", "townsquare_server.cli", "serve", "--port", "0", "--data", str(data), *options)
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", env=environment()
        )
        self.said: list[str] = []
        self.log: list[str] = []
        self._listener = threading.Thread(target=self._listen)
        self._listener.start()
        self.url = self.read_until(r"on this machine: (http://\S+?)/?$")

    def _listen(self) -> None:
        assert self.process.stderr is not None
        self.log.extend(self.process.stderr)

    def read_until(self, pattern: str) -> str:
        """Read what it prints up to a line; return the last group in it."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line)
            if (found := re.search(pattern, line.rstrip())) is not None:
                return found.group(found.lastindex or 0)
        raise AssertionError(f"the server ended before it said {pattern!r}: {self.said} {self.log}")

    def end(self, *, kill: bool = False) -> None:
        """Stop it, or end it as a power cut would; read what it said last."""
        if kill:
            self.process.kill()
        else:
            self.process.terminate()
        assert self.process.stdout is not None
        with self.process.stdout:
            self.said += self.process.stdout.readlines()
        self.process.wait(60)
        self._listener.join()
        if self.process.stderr is not None:
            self.process.stderr.close()


@contextmanager
def process(data: Path, *options: str) -> Iterator[Process]:
    started = Process(data, *options)
    try:
        yield started
    finally:
        if started.process.poll() is None:
            started.end()


def test_readiness_is_told_over_http_from_the_first_moment(tmp_path: Path) -> None:
    async def ask(url: str, path: str) -> tuple[int, bytes]:
        status, _, body = await get(url + path)
        return status, body

    async def watch(url: str) -> list[str]:
        """Ask until it is ready; return the stages that it went through."""
        stages: list[str] = []
        async with Player(url) as early:
            while True:
                status, words = await ask(url, "/readyz")
                page, _ = await ask(url, "/")
                alive, body = await ask(url, "/healthz")
                health = json.loads(body)
                stages += [health["stage"]] * (health["stage"] not in stages)
                assert (page, alive) == (200, 200)  # the page is there, and so is the process
                if status == 200:
                    assert words == b"ready\n"
                    assert health["ready"]
                    return stages
                assert status == 503
                assert words.startswith(b"not ready: the server is ")
                if not health["ready"]:
                    answer = await early.ask(lambda id: ClientResume(id, "a token"))
                    assert refusal(answer) in ("not_ready", "bad_token")  # it may have become ready meanwhile
                await asyncio.sleep(0.02)

    with process(tmp_path) as server:
        stages = asyncio.run(watch(server.url))
        assert stages[0] in ("starting", "compiling")
        assert stages[-1] in ("restoring", "ready")
        server.read_until("^ready$")
        assert asyncio.run(ask(server.url, "/readyz")) == (200, b"ready\n")
    assert server.process.returncode == (0 if sys.platform != "win32" else 1)


def secrets_of(data: Path, *welcomes: ServerWelcome) -> list[str]:
    """Everything that opens a seat or signs for one, as it might be written."""
    found = [(data / "secret").read_bytes().hex()]
    for welcome in welcomes:
        tokens = (welcome.token, welcome.projector_token, welcome.cohost_token)
        found += [token.rpartition(".")[2] for token in tokens if token]
        found += [code for code in (welcome.personal_code, welcome.cohost_code) if code]
    return found


def test_each_line_of_the_log_is_json_and_holds_no_secret(tmp_path: Path) -> None:
    data = tmp_path / "data"
    options = ("--log-format", "json", "--scenario", str(short_scenario(tmp_path)))
    kept: list[ServerWelcome] = []

    async def first_life(url: str) -> None:
        async with Player(url) as host, Player(url) as anna:
            room = await create(host)
            kept.extend([room, await join(anna, room.code, "Anna\N{RIGHTWARDS ARROW}", "A")])
            await advance(host)
            assert isinstance(await edit(anna, "contest", "level", 1), ServerAck)
            for token in (room.token, kept[1].token, "x", Signer([b"another key" * 3]).token(Claim("host", "X", "y"))):  # type: ignore[arg-type]
                await get(f"{url}/rooms/{room.code}/session.townsquare?token={token}")

    async def second_life(url: str) -> None:
        room, seat = kept
        async with Player(url) as anna, Player(url) as phone, Player(url) as thief:
            assert isinstance(await anna.ask(lambda id: ClientResume(id, seat.token)), ServerWelcome)
            assert refusal(await anna.ask(ClientPause)) == "wrong_role"
            code = seat.personal_code
            assert isinstance(await phone.ask(lambda id: ClientRedeem(id, room.code, code)), ServerWelcome)
            assert isinstance(await thief.ask(lambda id: ClientResume(id, seat.token + "x")), ServerRefusal)

    with process(data, *options) as server:
        server.read_until("^ready$")
        asyncio.run(first_life(server.url))
        server.end(kill=True)
    Keeping(data).spoil("UPDATE entries SET entry = x'c1' WHERE seq = (SELECT max(seq) FROM entries)")
    with process(data, *options) as again:
        again.read_until("^ready$")
        asyncio.run(second_life(again.url))
        again.end()
    for life in (server, again):
        for line in life.log:
            record = json.loads(line)
            assert set(record) - {"traceback", "left_out"} == {"time", "level", "logger", "message"}
        written = "".join(life.log + life.said)
        assert [secret for secret in secrets_of(data, *kept) if secret.lower() in written.lower()] == []
    messages = [json.loads(line)["message"] for line in again.log]
    assert any("did not end by itself" in message for message in messages)
    assert any("the log was cut to its last whole entry" in message for message in messages)
    assert any(message.startswith("ready after ") for message in messages)


@pytest.mark.skipif(sys.platform != "linux", reason="only there can a test take descriptors from another process")
def test_a_server_without_descriptors_plays_on_and_takes_guests_again_when_there_are_some(tmp_path: Path) -> None:
    import resource

    async def life(url: str) -> None:
        port = int(url.rpartition(":")[2])
        async with Player(url) as host, Player(url) as anna:
            room = await create(host)
            await join(anna, room.code, "Anna", "A")
            await advance(host)
            await host.wait_for_phase("briefing")
            knocking = [socket.create_connection(("127.0.0.1", port)) for _ in range(150)]
            assert isinstance(await edit(anna, "contest", "level", 1), ServerAck)  # kept, and acknowledged
            await advance(host)
            await anna.wait_for_phase("planning")
            for line in knocking:
                line.close()
            async with Player(url, open_timeout=60) as late:  # the port is looked at again after a second
                await join(late, room.code, "Bo", "B")

    options = ("--log-format", "json", "--scenario", str(short_scenario(tmp_path)))
    with process(tmp_path / "data", *options) as server:
        server.read_until("^ready$")
        resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (80, 80))
        asyncio.run(life(server.url))
    records = [json.loads(line) for line in server.log]
    assert any("Too many open files" in str(record) for record in records)
    assert len(records) < 300  # of one kind a few
