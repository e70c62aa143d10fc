"""The port, over real sockets: pages, handshakes, limits, and a fan-out that no client can hold up."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable

import msgspec
import pytest
from listening import listening
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin, Subprotocol

from townsquare_server.codec import Format, decode
from townsquare_server.delivery import BUFFER_LIMIT, Client, deliver
from townsquare_server.entrance import Peer
from townsquare_server.frames import Parcel, Variant
from townsquare_server.http_messages import HttpReply, HttpRequest, text_reply
from townsquare_server.shell_errors import PortError
from townsquare_server.wire import SUBPROTOCOLS, ClientListScenarios, ServerAck, ServerNodes, ServerRefusal

MSGPACK, JSON = (Subprotocol(name) for name in SUBPROTOCOLS)
NODES = ServerNodes(round=1, tick=2, keyframe=True, changed=b"", states=bytes(range(256)) * 200)


class Acknowledger:
    """A handler that acknowledges each message; what a room does is tested with rooms."""

    def __init__(self) -> None:
        self.clients: list[Client] = []
        self.peers: list[Peer] = []
        self.drained_clients = 0
        self.data: list[bytes | str] = []

    async def page(self, request: HttpRequest, peer: Peer) -> HttpReply:
        self.peers.append(peer)
        if request.path == "/broken":
            raise RuntimeError("meant to fail")
        if request.path == "/large":
            return HttpReply(200, (("Content-Type", "application/octet-stream"),), bytes(3_000_000))
        return text_reply(200 if request.path == "/" else 404, f"page {request.path}")

    def opened(self, client: Client) -> None:
        self.clients.append(client)

    async def received(self, client: Client, data: bytes | str) -> None:
        self.data.append(data)
        message = decode(client.format, data)
        answer = message if isinstance(message, ServerRefusal) else ServerAck(message.id)
        client.send(Parcel(answer))

    def drained(self, client: Client) -> None:
        self.drained_clients += 1
        client.send(Parcel(ServerAck(999)))

    def closed(self, client: Client) -> None:
        self.clients.remove(client)


def with_server(test: Callable[[Acknowledger, int], Awaitable[None]], **settings: object) -> None:
    async def run() -> None:
        handler = Acknowledger()
        async with asyncio.timeout(20), listening(handler, **settings) as port:
            await test(handler, port)

    asyncio.run(run())


async def exchange(port: int, request: str) -> tuple[int, dict[str, str], bytes]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request.replace("\n", "\r\n").encode() + b"\r\n\r\n")
    raw = await reader.read()
    writer.close()
    if not raw:
        return 0, {}, b""
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    return int(first.split()[1]), {line.partition(": ")[0].lower(): line.partition(": ")[2] for line in lines}, body


def ws(port: int, subprotocol: Subprotocol = MSGPACK, **options: object) -> connect:
    return connect(f"ws://127.0.0.1:{port}/ws", subprotocols=[subprotocol], **options)  # type: ignore[arg-type]


async def ask(client: ClientConnection, id: int) -> dict[str, object]:
    if client.subprotocol == MSGPACK:
        await client.send(msgspec.msgpack.encode(ClientListScenarios(id)))
        answer: dict[str, object] = msgspec.msgpack.decode(await client.recv())
    else:
        await client.send(msgspec.json.encode(ClientListScenarios(id)).decode())
        answer = json.loads(await client.recv())
    return answer


def test_pages_are_served_to_get_and_head_alone() -> None:
    async def test(_: Acknowledger, port: int) -> None:
        status, headers, body = await exchange(port, "GET / HTTP/1.1\nHost: x")
        assert (status, body, headers["content-length"]) == (200, b"page /\n", "7")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["server"] == "townsquare"
        status, headers, body = await exchange(port, "HEAD / HTTP/1.1\nHost: x")
        assert (status, body, headers["content-length"]) == (200, b"", "7")
        for method in ("POST", "PUT", "DELETE", "OPTIONS"):
            status, headers, _body = await exchange(port, f"{method} / HTTP/1.1\nHost: x")
            assert (status, headers["allow"]) == (405, "GET, HEAD")
        assert (await exchange(port, "GET /none HTTP/1.1\nHost: x"))[0] == 404
        assert (await exchange(port, "GET /ws HTTP/1.1\nHost: x"))[0] == 426
        assert (await exchange(port, "GET /large HTTP/1.1\nHost: x"))[2] == bytes(3_000_000)

    with_server(test)


def test_a_page_that_fails_is_told_and_the_server_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    async def test(_: Acknowledger, port: int) -> None:
        assert (await exchange(port, "GET /broken HTTP/1.1\nHost: x"))[0] == 500
        assert (await exchange(port, "GET / HTTP/1.1\nHost: x"))[0] == 200

    with_server(test)
    assert "meant to fail" in caplog.text


@pytest.mark.parametrize(
    "request_text",
    [
        "\x00\x01\x02",
        "GET / HTTP/9.9\nHost: x",
        "POST / HTTP/1.1\nHost: x\nContent-Length: 5\n\nhello",
        "GET /" + "a" * 20_000 + " HTTP/1.1\nHost: x",
        "GET / HTTP/1.1\n" + "\n".join(f"x-{i}: y" for i in range(500)),
    ],
)
def test_a_malformed_request_ends_its_connection_alone(request_text: str) -> None:
    async def test(_: Acknowledger, port: int) -> None:
        assert (await exchange(port, request_text))[0] in (0, 400, 405, 414, 431, 505)
        assert (await exchange(port, "GET / HTTP/1.1\nHost: x"))[0] == 200

    with_server(test)


def test_both_subprotocols_carry_the_same_messages() -> None:
    async def test(_: Acknowledger, port: int) -> None:
        async with ws(port, MSGPACK) as binary, ws(port, JSON) as text:
            assert await ask(binary, 5) == await ask(text, 5) == {"t": "ack", "id": 5}
        async with connect(f"ws://127.0.0.1:{port}/ws", subprotocols=[JSON, MSGPACK]) as both:
            assert both.subprotocol == MSGPACK  # the default

    with_server(test)


@pytest.mark.parametrize("offered", [None, [Subprotocol("graphql-ws")], [Subprotocol("chat")]])
def test_another_subprotocol_is_refused_in_words(offered: list[Subprotocol] | None) -> None:
    async def test(_: Acknowledger, port: int) -> None:
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"ws://127.0.0.1:{port}/ws", subprotocols=offered)
        assert refused.value.response.status_code == 400
        assert b"ask for townsquare.v1.msgpack or townsquare.v1.json" in refused.value.response.body

    with_server(test)


@pytest.mark.parametrize(("version", "words"), [(0, "v0 is too old"), (2, "v2 is too new")])
def test_another_version_is_told_in_words_that_a_browser_can_read(version: int, words: str) -> None:
    async def test(handler: Acknowledger, port: int) -> None:
        offered = [Subprotocol(f"townsquare.v{version}.{format}") for format in ("msgpack", "json")]
        async with connect(f"ws://127.0.0.1:{port}/ws", subprotocols=offered) as client:
            with pytest.raises(ConnectionClosed):
                await client.recv()
            assert client.close_code == 4400
            assert client.close_reason is not None
            assert client.close_reason.startswith(f"townsquare.v1 is spoken here, {words}: ")
        assert handler.clients == []
        async with connect(f"ws://127.0.0.1:{port}/ws", subprotocols=[*offered, JSON]) as both:
            assert both.subprotocol == JSON

    with_server(test)


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


def test_broken_messages_are_refused_and_huge_ones_end_their_connection_alone() -> None:
    async def test(handler: Acknowledger, port: int) -> None:
        async with ws(port) as client, ws(port) as other:
            for bad in (b"", b"\xc1", b"\x81", msgspec.msgpack.encode({"t": "no_such"}), bytes(16_000), "text"):
                await client.send(bad)
                assert msgspec.msgpack.decode(await client.recv())["t"] == "refusal"
            assert (await ask(client, 7))["id"] == 7
            await client.send(bytes(16_385))  # deflated it is small on the wire
            with pytest.raises(ConnectionClosed) as closed:
                await client.recv()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1009
            assert (await ask(other, 8))["id"] == 8
            assert len(handler.clients) == 1

    with_server(test)


def test_raw_garbage_on_an_open_socket_closes_it_alone() -> None:
    async def test(handler: Acknowledger, port: int) -> None:
        async with ws(port) as other:
            reserved, unmasked, undeflatable = b"\xff" * 50, b"\x81\x05hello", b"\xc1\x85\0\0\0\0hello"
            for garbage in (reserved, unmasked, undeflatable):
                async with ws(port) as client:
                    client.transport.write(garbage)
                    with pytest.raises(ConnectionClosed):
                        await client.recv()
            assert (await ask(other, 8))["id"] == 8
            assert len(handler.clients) == 1

    with_server(test)


def test_a_client_that_sends_no_request_is_dropped() -> None:
    async def test(_: Acknowledger, port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HT")
        assert await reader.read() == b""
        writer.close()

    with_server(test, handshake_seconds=0.2)


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


@pytest.mark.parametrize("compression", ["deflate", None])
@pytest.mark.parametrize("subprotocol", [MSGPACK, JSON])
def test_a_frame_built_once_is_read_by_every_kind_of_client(subprotocol: Subprotocol, compression: str | None) -> None:
    async def test(handler: Acknowledger, port: int) -> None:
        async with ws(port, subprotocol, compression=compression) as client:
            await ask(client, 1)
            for message in (NODES, ServerAck(3), NODES):
                client_side = handler.clients[0]
                deliver([client_side], Parcel(message).frame(client_side.variant), droppable=True)
                raw = await client.recv()
                decoder = msgspec.msgpack.decode if subprotocol == MSGPACK else msgspec.json.decode
                assert decoder(raw, type=ServerNodes | ServerAck) == message  # type: ignore[operator]

    with_server(test)


def test_a_client_that_does_not_read_costs_the_others_nothing() -> None:
    async def test(handler: Acknowledger, port: int) -> None:
        async with ws(port, compression=None, max_queue=1) as stalled, ws(port, compression=None) as reader:
            await ask(stalled, 1)
            await ask(reader, 2)
            slow, quick = handler.clients
            received = 0

            async def read() -> None:
                nonlocal received
                while True:
                    await reader.recv()
                    received += 1

            reading = asyncio.create_task(read())
            for _ in range(400):  # 20 MB: far more than the sockets' own buffers hold
                parcel = Parcel(NODES)
                for client in (slow, quick):
                    deliver([client], parcel.frame(client.variant), droppable=client is slow)
                while quick.crowded:
                    await asyncio.sleep(0)
                await asyncio.sleep(0)
            while received < 400:
                await asyncio.sleep(0.01)
            reading.cancel()
            assert slow.crowded
            buffered = slow._connection.transport.get_write_buffer_size()
            assert buffered <= BUFFER_LIMIT + len(Parcel(NODES).frame(Variant(Format.MSGPACK, 0)))
            assert handler.drained_clients == 0
            deliver([slow], Parcel(ServerAck(1)).frame(slow.variant), droppable=False)
            assert slow.behind
            while msgspec.msgpack.decode(await stalled.recv()) != {"t": "ack", "id": 999}:
                pass  # reads what it had, and then what `drained` sent
            assert handler.drained_clients == 1
            assert not slow.behind

    with_server(test)


def test_a_client_that_vanishes_is_forgotten() -> None:
    async def test(handler: Acknowledger, port: int) -> None:
        gone, stays = await ws(port), await ws(port)
        await ask(gone, 1)
        await ask(stays, 2)
        client = handler.clients[0]
        gone.transport.abort()
        for _ in range(50):
            client.send(Parcel(NODES))
        while len(handler.clients) > 1:
            await asyncio.sleep(0.01)
        assert (await ask(stays, 3))["id"] == 3
        await stays.close()

    with_server(test)


def test_a_port_that_is_taken_is_told_in_words() -> None:
    async def test(_: Acknowledger, port: int) -> None:
        with pytest.raises(PortError, match=f"port {port}: .*--port"):
            async with listening(Acknowledger(), port=port):
                pass

    with_server(test)
