"""The pages besides the client: health, QR codes, the picture of the network, a session to take home."""

from __future__ import annotations

import gzip
import json
import struct
import sys
from pathlib import Path

import pytest

from townsquare_agents.compiled import JIT_DISABLED
from townsquare_server import pages
from townsquare_server.app import Application
from townsquare_server.client import Player
from townsquare_server.wire import ClientPeek, ClientWithdrawHost, ServerWelcome

sys.path.insert(0, str(Path(__file__).parent))
from serving import create, get, join, refusal, with_server

pytestmark = pytest.mark.skipif(JIT_DISABLED, reason="plays live games, which takes minutes uncompiled")


def test_every_page_says_what_it_has_and_no_more(tmp_path: Path) -> None:
    async def test(_: Application, url: str) -> None:
        async with Player(url) as host, Player(url) as anna:
            room = await create(host)
            guest = await join(anna, room.code, "Anna", "A")
            await host.until(lambda view: bool(view.get("graph_url")))
            await check_public_pages(url, room, host.view["graph_url"])
            await check_session(url, room, guest)
            await check_hosts_sent_away(url, host)

    with_server(tmp_path, test)


async def check_public_pages(url: str, room: ServerWelcome, graph_url: str) -> None:
    status, headers, graph = await get(f"{url}/{graph_url}")
    assert (status, headers["cache-control"]) == (200, "public, max-age=31536000, immutable")
    assert struct.unpack_from("<4sII", graph) == (b"TSQG", 1, 120)
    _, headers, packed = await get(f"{url}/{graph_url}", {"Accept-Encoding": "gzip"})
    assert headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed) == graph
    assert (await get(f"{url}/{graph_url}", {"If-None-Match": headers["etag"], "Accept-Encoding": "gzip"}))[0] == 304
    for missing in (
        f"/rooms/{room.code}/graph-{'0' * 16}.bin",
        "/rooms/ZZZZZZ/graph-x.bin",
        "/rooms",
        "/qr/%2e%2e.svg",
        "/qr/ZZZZZZ.svg",
    ):
        assert (await get(url + missing))[0] == 404
    status, headers, svg = await get(f"{url}/qr/{room.code}.svg")
    assert (status, headers["content-type"]) == (200, "image/svg+xml")
    assert svg.startswith(b"<svg")
    assert (await get(f"{url}/qr/{room.code.lower()}.svg"))[2] == svg
    assert (await get(f"{url}/readyz"))[2] == b"ready\n"
    health = json.loads((await get(f"{url}/healthz"))[2])
    assert (health["ready"], health["stage"], health["rooms"], health["connections"]) == (True, "ready", 1, 2)


def test_asking_for_codes_of_rooms_is_guessing_and_draws_nothing(tmp_path: Path) -> None:
    async def test(_: Application, url: str) -> None:
        async with Player(url) as host:
            room = await create(host)
            assert (await get(f"{url}/qr/{room.code}.svg"))[0] == 200
            assert [(await get(f"{url}/qr/BCDFG{letter}.svg"))[0] for letter in "BCDFGH"] == [404] * 6
            assert (await get(f"{url}/qr/{room.code}.svg"))[0] == 404  # whoever guessed that much is not told
        async with Player(url) as guesser:
            assert refusal(await guesser.ask(lambda id: ClientPeek(id, room.code))) == "too_fast"

    with_server(tmp_path, test, guesses_per_second=0.001, guess_burst=5)


async def check_session(url: str, room: ServerWelcome, guest: ServerWelcome) -> None:
    page = f"{url}/rooms/{room.code}/session.townsquare"
    status, headers, session = await get(f"{page}?token={room.token}")
    assert status == 200
    assert f'filename="{room.code}.townsquare"' in headers["content-disposition"]
    assert session.startswith(b"PK")
    assert room.token.encode() not in session
    for token in ("", "x", room.projector_token, guest.token):
        assert (await get(f"{page}?token={token}"))[0] == 403
    assert (await get(f"{url}/rooms/ZZZZZZ/session.townsquare?token={room.token}"))[0] == 403


async def check_hosts_sent_away(url: str, host: Player) -> None:
    """Whoever was sent away has a token that is signed well, and takes nothing home with it."""

    async def taken(token: str | None) -> int:
        return (await get(f"{url}/rooms/{code}/session.townsquare?token={token}"))[0]

    for _ in range(2):
        assert host.welcome is not None
        code, second = host.welcome.code, host.welcome.cohost_token
        assert await taken(second) == 200
        await host.ask(ClientWithdrawHost)
        await host.until(lambda _, old=second: host.welcome is not None and host.welcome.cohost_token != old)
        assert await taken(second) == 403
        assert await taken(host.welcome.token) == 200


def test_who_is_not_ready_says_why() -> None:
    ready = pages.readiness(pages.Health(True, "ready", 1.0, "1"))
    assert (ready.status, ready.body) == (200, b"ready\n")
    for stage, progress, words in (("compiling", 0.4, b"compiling (40%)"), ("stopping", 1.0, b"stopping (100%)")):
        reply = pages.readiness(pages.Health(False, stage, progress, "1"))
        assert (reply.status, reply.body) == (503, b"not ready: the server is " + words + b"\n")
        assert ("Retry-After", "5") in reply.headers
