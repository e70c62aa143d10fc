"""A server behind Caddy with TLS, by the documented Caddyfile: pages and WebSockets pass, metrics do not."""

from __future__ import annotations

import asyncio
import http.client
import ssl
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from townsquare_agents.compiled import JIT_DISABLED
from townsquare_server.client import Player
from townsquare_server.wire import ClientListScenarios, ServerScenarios

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "server"))
from proxies import DEPLOY, HOST_KEY, free_port, in_front, program
from serving import create

pytestmark = pytest.mark.skipif(JIT_DISABLED, reason="plays live games, which takes minutes uncompiled")


def test_a_room_is_opened_over_tls(start_server: Callable[..., Any], tmp_path: Path) -> None:
    caddy, port = program("caddy"), free_port()
    server = start_server(
        *("--trusted-proxy", "127.0.0.1", "--public-url", f"https://localhost:{port}"),
        *("--set", f"host_key={HOST_KEY}"),
    )
    environment = {
        "SQUARE_SITE": f"https://localhost:{port}",
        "SQUARE_TLS": "tls internal",
        "SQUARE_SERVER": server.url.removeprefix("http://"),
        "HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path / "caddy"),
        "XDG_CONFIG_HOME": str(tmp_path / "caddy"),
    }
    command = [caddy, "run", "--config", str(DEPLOY / "Caddyfile"), "--adapter", "caddyfile"]
    with in_front(command, port, environment):
        authority = tmp_path / "caddy" / "caddy" / "pki" / "authorities" / "local" / "root.crt"
        trusting = trust(authority, port)
        assert ask(port, trusting, "/healthz")[0] == 200
        status, policy = ask(port, trusting, "/")
        assert status == 200
        assert f"wss://localhost:{port}" in policy
        assert ask(port, trusting, "/metrics")[0] == 403
        asyncio.run(open_a_room(f"https://localhost:{port}", trusting))
        server.stop()
        assert ask(port, trusting, "/")[0] == 502


def trust(authority: Path, port: int) -> ssl.SSLContext:
    """Wait until Caddy has made its certificates, a moment after it listens; return what trusts them."""
    for _ in range(300):
        try:
            trusting = ssl.create_default_context(cafile=str(authority))
            ask(port, trusting, "/healthz")
        except (FileNotFoundError, ssl.SSLError):
            time.sleep(0.1)
        else:
            return trusting
    raise AssertionError("Caddy has no certificate after half a minute")


def ask(port: int, trusting: ssl.SSLContext, path: str) -> tuple[int, str]:
    """Return the status of a page and its policy."""
    connection = http.client.HTTPSConnection("localhost", port, context=trusting, timeout=20)
    connection.request("GET", path)
    reply = connection.getresponse()
    reply.read()
    connection.close()
    return reply.status, reply.headers.get("Content-Security-Policy", "")


async def open_a_room(url: str, trusting: ssl.SSLContext) -> None:
    """Whoever comes through the proxy is not this machine's user: the host key is needed."""
    async with asyncio.timeout(60), Player(url, ssl=trusting) as host:
        scenarios = await host.ask(ClientListScenarios)
        assert isinstance(scenarios, ServerScenarios)
        assert scenarios.host_key_needed
        room = await create(host, scenario="first_market", host_key=HOST_KEY)
        assert (await host.until(bool))["join_url"] == f"{url}/#/join/{room.code}"
