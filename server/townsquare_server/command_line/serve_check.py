"""`townsquare serve --check`: the settings in force, the source of each, and whether a server could start with them.

Law: it tries what a start would try (scenarios, data folder, log, port), finds everything that is wrong instead of the
first mistake, and shows no secret. Exit code 0: a server would start; 2: it would not.
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

from townsquare_agents.errors import TownsquareError
from townsquare_server.data_folder import DataFolder
from townsquare_server.event_log import EventLog
from townsquare_server.settings import Configuration, Settings
from townsquare_server.shell_errors import PortError
from townsquare_server.stores import open_store

FINE, UNUSABLE = 0, 2


def check(configuration: Configuration) -> int:
    """Print settings and findings; return the exit code."""
    rows = list(configuration.table())
    width = max(len(f"{name} = {value}") for name, value, _ in rows)
    for name, value, source in rows:
        print(f"{f'{name} = {value}':{min(width, 60)}}  # {source}")
    failed = False
    for what, attempt in _attempts(configuration.settings):
        try:
            print(f"ok: {what}: {attempt()}")
        except TownsquareError as error:
            failed = True
            print(f"NOT ok: {what}: {error}")
    return UNUSABLE if failed else FINE


def _attempts(settings: Settings) -> Iterator[tuple[str, Callable[[], str]]]:
    """Yield what is tried, and how; an attempt returns what is to be told or raises."""
    for path in settings.scenarios:
        yield f"scenario {path}", lambda path=path: _load(Path(path))  # type: ignore[misc]
    yield "data folder", lambda: _open_log(settings)
    yield f"port {settings.port}", lambda: _listen(settings)


def _load(path: Path) -> str:
    from townsquare_agents.scenario import load_scenario

    return f"{load_scenario(path).id!r} loads"


def _open_log(settings: Settings) -> str:
    """Take the folder as a server does, lock and all, and read what the log holds."""
    with contextlib.closing(DataFolder.of(settings.data)) as folder:
        log = EventLog(open_store(folder, settings))
        try:
            log.probe().result()
            return f"{len(log.open_rooms())} open rooms in {log.store.place}"
        finally:
            log.close()


def _listen(settings: Settings) -> str:
    host, port = settings.listen_host, settings.port
    try:
        family, *_ = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            if os.name == "posix":  # elsewhere this option would let two servers share the port
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        raise PortError(host, port, error.strerror or str(error)) from error
    return f"free on {host}"
