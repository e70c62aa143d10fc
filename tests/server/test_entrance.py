"""Who gets in over a real port: the names and sites that are ours, limits for an address, proxies, shards."""

from __future__ import annotations

import pytest
from listening import MSGPACK, Acknowledger, ask, exchange, with_server, ws
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin

from townsquare_server.entrance import Peer


def test_pages_of_other_sites_may_not_connect() -> None:
    async def test(_: Acknowledger, port: int) -> None:
        for origin in ("http://evil.example", f"http://127.0.0.1:{port + 1}", "null", "http://127.0.0.1"):
            with pytest.raises(InvalidStatus) as refused:
                await ws(port, origin=Origin(origin))
            assert refused.value.response.status_code == 403
        for origin in (f"http://127.0.0.1:{port}", "https://friend.example", "https://square.example"):
            async with ws(port, origin=Origin(origin)) as client:
                assert (await ask(client, 1))["t"] == "ack"

    with_server(test, origins=["https://friend.example/"], public_url="https://square.example")


def test_an_address_has_a_limit_and_gets_its_places_back() -> None:
    async def test(_: Acknowledger, port: int) -> None:
        async with ws(port) as first, ws(port) as second:
            with pytest.raises(ConnectionClosed, match="too many connections"):
                async with ws(port) as third:
                    await third.recv()
            assert (await ask(first, 1), await ask(second, 2)) == ({"t": "ack", "id": 1}, {"t": "ack", "id": 2})
            assert (await exchange(port, "GET / HTTP/1.1\nHost: x"))[0] == 200
        async with ws(port) as again:
            assert (await ask(again, 3))["id"] == 3

    with_server(test, connections_per_address=2)


def test_only_this_machines_own_user_counts_as_local() -> None:
    async def test(handler: Acknowledger, port: int) -> None:
        await exchange(port, f"GET / HTTP/1.1\nHost: 127.0.0.1:{port}")
        await exchange(port, f"GET / HTTP/1.1\nHost: localhost:{port}")
        assert [peer.local for peer in handler.peers] == [True, True]
        handler.peers.clear()
        await exchange(port, "GET / HTTP/1.1\nHost: laptop")
        await exchange(port, "GET / HTTP/1.1\nHost: localhost\nX-Forwarded-For: 203.0.113.9")
        assert [peer.local for peer in handler.peers] == [False, False]
        assert handler.peers[1].address == "127.0.0.1"  # nobody said that this proxy may be believed

    with_server(test)


def test_a_name_that_is_not_ours_is_answered_with_words_alone() -> None:
    async def test(handler: Acknowledger, port: int) -> None:
        status, _, body = await exchange(port, "GET / HTTP/1.1\nHost: rebound.example")
        assert (status, b"open it by its address" in body) == (421, True)
        upgrade = (
            "Connection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Version: 13\nSec-WebSocket-Key: " + "A" * 22 + "=="
        )
        status, _, _ = await exchange(
            port, f"GET /ws HTTP/1.1\nHost: rebound.example\nOrigin: http://rebound.example\n{upgrade}"
        )
        assert status == 421
        assert handler.peers == []
        assert (await exchange(port, "GET / HTTP/1.1\nHost: square.example"))[0] == 200

    with_server(test, public_url="https://square.example")


def test_a_trusted_proxy_names_the_client() -> None:
    async def test(handler: Acknowledger, port: int) -> None:
        await exchange(port, "GET / HTTP/1.1\nHost: x\nX-Forwarded-For: 198.51.100.7, 203.0.113.9")
        assert handler.peers == [Peer("203.0.113.9", local=False)]  # what the client wrote itself comes before

    with_server(test, trusted_proxies=["127.0.0.1"])
    with_server(test, trusted_proxies=["127.0.0.0/8"])


def test_limits_for_an_address_are_for_the_one_that_a_trusted_proxy_names() -> None:
    async def test(_: Acknowledger, port: int) -> None:
        async def enter(address: str) -> ClientConnection:
            return await ws(port, additional_headers={"X-Forwarded-For": address})

        anna, bo = await enter("203.0.113.9"), await enter("203.0.113.10")
        assert await ask(anna, 1) == {"t": "ack", "id": 1}
        assert await ask(bo, 1) == {"t": "ack", "id": 1}
        second = await enter("203.0.113.9")
        await second.wait_closed()
        assert second.close_reason == "too many connections from your address"
        await anna.close()
        await bo.close()

    with_server(test, trusted_proxies=["127.0.0.1"], connections_per_address=1)


def test_any_other_machine_cannot_name_another_client() -> None:
    async def test(handler: Acknowledger, port: int) -> None:
        await exchange(port, "GET / HTTP/1.1\nHost: x\nX-Forwarded-For: 203.0.113.9")
        assert handler.peers == [Peer("127.0.0.1", local=False)]

    with_server(test, trusted_proxies=["10.0.0.0/8"])


def test_a_shard_serves_below_its_prefix_and_sends_the_rest_on() -> None:
    async def test(_: Acknowledger, port: int) -> None:
        for path, place in (("/", "s/1/"), ("/index.html", "s/1/"), ("/s/1", "1/")):
            status, headers, _ = await exchange(port, f"GET {path} HTTP/1.1\nHost: x")
            assert (status, headers["location"]) == (302, place)
        for path in ("/s/1/else", "/else"):  # a check of health comes without the prefix
            assert (await exchange(port, f"GET {path} HTTP/1.1\nHost: x"))[2] == b"page /else\n"
        status, _, body = await exchange(port, "GET /s/0/ HTTP/1.1\nHost: x")
        assert (status, body) == (421, b"this is shard 1 of 3: the proxy sent /s/0/ astray\n")
        for address in (f"ws://127.0.0.1:{port}/s/1/ws", f"ws://127.0.0.1:{port}/ws"):
            async with connect(address, subprotocols=[MSGPACK]) as client:
                assert await ask(client, 1) == {"t": "ack", "id": 1}

    with_server(test, shard=1, shards=3)
