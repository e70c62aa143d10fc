"""The running server: the page at once, the rooms as soon as the market is compiled and the log is replayed.

Law: everything that takes long happens beside the loop; until it is done every client is told how far it is. The data
folder is given back last, when everything that was acknowledged is kept.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from townsquare_server import addresses, pages
from townsquare_server.clock import Clock
from townsquare_server.codec import decode
from townsquare_server.data_folder import DataFolder
from townsquare_server.delivery import Client
from townsquare_server.engines import Engines
from townsquare_server.entrance import Peer, may_host
from townsquare_server.errors import Code, RefusalError
from townsquare_server.event_log import EventLog
from townsquare_server.frames import Parcel
from townsquare_server.http_messages import HttpReply, HttpRequest, text_reply
from townsquare_server.limits import Allowance, Allowances
from townsquare_server.metrics import Metrics
from townsquare_server.paths import web_client_folder
from townsquare_server.seats import Signer, host_key
from townsquare_server.settings import EVERYWHERE, Settings
from townsquare_server.static import StaticSite
from townsquare_server.stores import open_store
from townsquare_server.traffic import Traffic
from townsquare_server.transport import listen
from townsquare_server.version import version
from townsquare_server.wire import ClientListScenarios, ServerGoodbye, ServerRefusal, ServerScenarios
from townsquare_server.worker import Urgency, Worker

if TYPE_CHECKING:
    from townsquare_agents.scenario import Scenario
    from townsquare_server.desk import Desk
    from townsquare_server.room import Room

logger = logging.getLogger("townsquare")
STARTING, COMPILING, RESTORING, READY, STOPPING = "starting", "compiling", "restoring", "ready", "stopping"
STOP_SECONDS = 10.0
"""How long rooms may take to finish what they have under way when the server goes down."""
PATIENCE = 3
"""Bursts of refused messages after which a connection is closed."""


class Application:
    """What answers the transport."""

    def __init__(self, settings: Settings, engines: Engines | None = None) -> None:
        """Open the data folder and the log; raises ShellError. `engines` are those of a caller, who stops them."""
        self.settings = settings
        self.folder = DataFolder.of(settings.data)
        try:
            self.log = EventLog(open_store(self.folder, settings))
        except BaseException:
            self.folder.close()
            raise
        self.stage, self.progress = STARTING, 0.0
        self.port = settings.port
        self.watchers: list[Callable[[str, float], None]] = []
        self.worker = Worker()
        self.engines = Engines() if engines is None else engines
        self._owns_engines = engines is None
        self.host_key = settings.host_key or host_key(self.folder.secrets[0])
        self._traffic = Traffic()
        self.metrics = Metrics(self._traffic, self._rooms)
        self.metrics.engine_starts.set_function(lambda: self.engines.starts)
        self._site = StaticSite(web_client_folder())
        self._signer = Signer(self.folder.secrets)
        self._desk: Desk | None = None  # from when rooms can be entered
        self._allowances = Allowances(settings)
        self._clients: dict[Client, Allowance] = {}

    # ------------------------------------------------------------------------------ life

    async def run(self, stop: asyncio.Event, listening: Callable[[], None] = lambda: None) -> None:
        """Serve until `stop` is set; `listening` is called when the page can be opened."""
        try:
            server = await listen(self.settings, self, self._traffic)
        except BaseException:
            self._close()
            raise
        self.port = int(server.sockets[0].getsockname()[1])
        self.folder.name_holder(f"process {os.getpid()}, {self.base_url}/")
        listening()
        starting = asyncio.create_task(self._start())
        stopping = asyncio.create_task(stop.wait())
        watching = asyncio.create_task(self.metrics.watch_loop())
        try:
            await asyncio.wait([starting, stopping], return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                starting.result()
            await stopping
        finally:
            self._report(STOPPING, 1.0)
            starting.cancel()
            stopping.cancel()
            watching.cancel()
            if self._desk is not None:
                with contextlib.suppress(TimeoutError):  # a log that hangs must not keep the server alive
                    await asyncio.wait_for(self._desk.stop("shutdown"), STOP_SECONDS)
            for client in self._clients:
                client.send(Parcel(ServerGoodbye("shutdown")))
            server.close(code=1001, reason="shutdown")
            await server.wait_closed()
            self._close()

    def _close(self) -> None:
        self.worker.stop(timeout=3.0)
        if self._owns_engines:
            self.engines.stop()
        self.log.close()
        self.folder.close()

    async def _start(self) -> None:
        """Compile, then take up the rooms."""
        begun = time.monotonic()
        loop = asyncio.get_running_loop()

        def report(progress: float) -> None:
            with contextlib.suppress(RuntimeError):  # the server went down meanwhile, and its loop is closed
                loop.call_soon_threadsafe(self._report, COMPILING, progress)

        self._report(COMPILING, 0.0)
        desk_class, scenarios = await asyncio.wrap_future(
            self.worker.submit(Urgency.ROOM, lambda: _load_and_compile(self.settings.scenarios, self.engines, report))
        )
        desk: Desk = desk_class(
            self.settings,
            scenarios,
            self._signer,
            self.log,
            self.worker,
            Clock(),
            base_url=self.base_url,
            host_key=self.host_key,
            metrics=self.metrics,
            allowances=self._allowances,
            make_engine=self.engines.make,
            client_version=self._site.version,
        )
        self._desk = desk
        self._report(RESTORING, 1.0)
        if self.folder.killed:
            words = "the last server here (%s) did not end by itself: rooms are read to their last whole entry"
            logger.warning(words, self.folder.killed)
        await desk.restore_all()
        self._report(READY, 1.0)
        logger.info("ready after %.1f s", time.monotonic() - begun)

    def _report(self, stage: str, progress: float) -> None:
        if self.stage == STOPPING:
            return
        self.stage, self.progress = stage, progress
        for watcher in self.watchers:
            watcher(stage, progress)

    @property
    def base_url(self) -> str:
        """Return the address that guests type, without a slash at its end."""
        prefix = self.settings.prefix
        if self.settings.public_url:
            return self.settings.public_url.rstrip("/") + prefix
        host = self.settings.listen_host
        if host in (EVERYWHERE, "::"):
            host = addresses.lan_address() or "127.0.0.1"
        return addresses.url(host, self.port).rstrip("/") + prefix

    # ------------------------------------------------------------------------------ the transport's handler

    async def page(self, request: HttpRequest, peer: Peer) -> HttpReply:
        """Return the reply to a GET."""
        if request.path in ("/healthz", "/readyz"):
            state = pages.Health(
                self.stage in (RESTORING, READY),  # rooms are read back on demand
                self.stage,
                round(self.progress, 3),
                version(),
                len(self._rooms()),
                len(self._clients),
            )
            return pages.health(state) if request.path == "/healthz" else pages.readiness(state)
        if request.path == "/metrics":
            refusal = pages.refuse_metrics(request, peer.local, self.settings.metrics_token)
            return refusal or pages.metrics(self.metrics)
        reply = self._site.reply(request) or await pages.room_page(request, peer, self._desk, lambda: self.base_url)
        return reply or text_reply(404, "there is no such page")

    def _rooms(self) -> list[Room]:
        return [] if self._desk is None else [hosted.room for hosted in self._desk.rooms.values()]

    def opened(self, client: Client) -> None:
        """Take note of a new WebSocket."""
        self._clients[client] = self._allowances.for_newcomer()

    async def received(self, client: Client, data: bytes | str) -> None:
        """Take one message: within the limits, readable, and then to the desk."""
        message = decode(client.format, data)
        allowance = (self._desk and self._desk.allowance(client)) or self._clients[client]
        if not self._allowances.take(allowance, client.peer.address):
            self._slow_down(client, allowance, message.id)
        elif isinstance(message, ServerRefusal):
            client.send(Parcel(message))
        elif self._desk is not None:
            await self._desk.receive(client, message)
        elif isinstance(message, ClientListScenarios):
            key_needed = not may_host(client.peer, self.settings)
            client.send(Parcel(ServerScenarios(message.id, [], key_needed, False, self.progress)))
        else:
            detail = f"the server is {self.stage} ({self.progress:.0%}); try again in a moment"
            client.send(Parcel(RefusalError(Code.NOT_READY, detail).message(message.id)))

    def _slow_down(self, client: Client, allowance: Allowance, id: int | None) -> None:
        settings = self.settings
        if allowance.refused > PATIENCE * settings.message_burst:
            client.send(Parcel(ServerGoodbye("too_fast")))
            client.close(1008, "too fast")
            return
        limits = f"{settings.messages_per_second:g} messages a second, or {settings.address_messages_per_second:g}"
        detail = f"more than {limits} from your address; wait a moment and send it again"
        client.send(Parcel(RefusalError(Code.TOO_FAST, detail).message(id)))

    def drained(self, client: Client) -> None:
        """Bring a connection up to date that did not keep up."""
        if self._desk is not None:
            self._desk.drained(client)

    def closed(self, client: Client) -> None:
        """Forget a WebSocket."""
        del self._clients[client]
        if self._desk is not None:
            self._desk.closed(client)


def _load_and_compile(
    files: tuple[str, ...], engines: Engines, report: Callable[[float], None]
) -> tuple[Any, dict[str, Scenario]]:
    """Import what is heavy, load the scenarios, have the market compiled; in the worker thread."""
    engines.start()  # it imports the market while we import the rest
    from townsquare_agents.scenario import load_scenario, shipped_scenarios
    from townsquare_server.desk import Desk

    sources = [*shipped_scenarios(), *map(Path, files)]
    scenarios = {scenario.id: scenario for scenario in map(load_scenario, sources)}
    if scenarios:
        engines.warm_up(min(scenarios.values(), key=lambda scenario: scenario.population.buyers), report)
    return Desk, scenarios
