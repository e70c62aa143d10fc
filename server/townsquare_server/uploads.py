"""Scenarios that hosts hand in before they open a room: parts of a file, put together and looked over.

Law: only who may open a room may hand a scenario in; it belongs to its connection and is forgotten with it, and a room
that is opened with it carries it in its log. A file has a size, its check has a time and a process of its own
(`upload_check.py`), and one is looked over at a time. An owner can switch it off; it is off where a public address is
set, because then the host key is all that stands between a stranger and the server's time.
"""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys

import msgspec

from townsquare_agents.scenario import Scenario
from townsquare_server.delivery import Client
from townsquare_server.errors import Code, RefusalError
from townsquare_server.lobby import choice
from townsquare_server.settings import Settings
from townsquare_server.upload_check import NAME, Limits, Task, Verdict
from townsquare_server.wire import ClientUploadScenario, ServerAck, ServerScenarioRead

OWN = "own:"
"""What the name of a handed-in scenario begins with; no scenario's identifier does."""
MOST_UNDER_WAY = 20
"""Files that may be on their way at once."""
CLOCK_FACTOR = 5
"""How many times its processor time a check may take on the clock."""
OUT_OF_TIME = [-getattr(signal, name) for name in ("SIGXCPU", "SIGKILL") if hasattr(signal, name)]
"""How a process ends that has used up its processor time: by the soft limit's signal or the hard one's."""


class Uploads:
    """What is on its way, and what has arrived, by connection."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._limits = Limits(settings.upload_buyers, settings.upload_ties, settings.upload_work)
        self._parts: dict[Client, list[bytes]] = {}
        self._scenarios: dict[Client, Scenario] = {}
        self._one_at_a_time = asyncio.Lock()

    @property
    def allowed(self) -> bool:
        """Return whether scenarios may be handed in."""
        return self._settings.public_url is None if self._settings.uploads is None else self._settings.uploads

    async def take(self, client: Client, message: ClientUploadScenario) -> ServerAck | ServerScenarioRead:
        """Take a part of a file; read the file when it is the last. Raises RefusalError."""
        try:
            data = self._join(client, message)
        except RefusalError:
            self._parts.pop(client, None)
            raise
        if data is None:
            return ServerAck(message.id)
        async with self._one_at_a_time:
            scenario = await asyncio.to_thread(self._read, data)
        if client.open:
            self._scenarios[client] = scenario
        return ServerScenarioRead(message.id, choice(scenario, OWN + scenario.id))

    def scenario(self, client: Client, name: str) -> Scenario | None:
        """Return the scenario that this connection has handed in, when it is the one named."""
        own = self._scenarios.get(client)
        return own if own is not None and name == OWN + own.id else None

    def forget(self, client: Client) -> None:
        """Forget what a connection has handed in."""
        self._parts.pop(client, None)
        self._scenarios.pop(client, None)

    def _join(self, client: Client, message: ClientUploadScenario) -> bytes | None:
        """Return the whole file when this part is its last one."""
        if not self.allowed:
            detail = (
                "this server takes no scenarios from pages; have its owner offer yours with --scenario, or --uploads"
            )
            raise RefusalError(Code.NO_UPLOADS, detail)
        if message.part == 0:
            self._parts.pop(client, None)
            if len(self._parts) >= MOST_UNDER_WAY:
                detail = f"{MOST_UNDER_WAY} scenarios are being handed in just now; try again in a moment"
                raise RefusalError(Code.NOT_READY, detail)
        parts = self._parts.setdefault(client, [])
        if message.part != len(parts):
            detail = f"part {message.part} of the scenario came where part {len(parts)} belongs; hand it in again"
            raise RefusalError(Code.BAD_SCENARIO, detail)
        parts.append(message.text.encode())
        size, most = sum(map(len, parts)), self._settings.upload_bytes
        if size > most:
            detail = f"{NAME}: has more than {most} bytes, which is all that is read (setting upload_bytes); shorten it"
            raise RefusalError(Code.BAD_SCENARIO, detail)
        return b"".join(self._parts.pop(client)) if message.last else None

    def _read(self, data: bytes) -> Scenario:
        """Have a process of its own look a file over; in a thread that may wait."""
        seconds = self._settings.upload_seconds
        task = msgspec.msgpack.encode(Task(data, self._limits, seconds))
        command = [sys.executable, "-m", "townsquare_server.upload_check"]
        try:
            done = subprocess.run(
                command,
                input=task,
                capture_output=True,
                timeout=CLOCK_FACTOR * seconds,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
            if done.returncode in OUT_OF_TIME:
                raise subprocess.TimeoutExpired(command, seconds)
            verdict = msgspec.msgpack.decode(done.stdout, type=Verdict)
        except subprocess.TimeoutExpired:
            detail = f"{NAME}: takes more than {seconds:g} seconds to read (setting upload_seconds); make it simpler"
            raise RefusalError(Code.BAD_SCENARIO, detail) from None
        except (subprocess.SubprocessError, OSError, msgspec.MsgspecError):
            detail = f"{NAME}: could not be looked over; try it with `townsquare scenarios check`"
            raise RefusalError(Code.BAD_SCENARIO, detail) from None
        if verdict.scenario is None:
            raise RefusalError(Code.BAD_SCENARIO, "\n".join(verdict.errors))
        return Scenario.from_json(verdict.scenario)
