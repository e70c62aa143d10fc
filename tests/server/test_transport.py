"""The port, over real sockets: pages, handshakes, subprotocols, and messages that are broken or never come."""

from __future__ import annotations

import asyncio

import msgspec
import pytest
from listening import JSON, MSGPACK, Acknowledger, ask, exchange, listening, with_server, ws
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from townsquare_server.shell_errors import PortError


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


def test_a_port_that_is_taken_is_told_in_words() -> None:
    async def test(_: Acknowledger, port: int) -> None:
        with pytest.raises(PortError, match=f"port {port}: .*--port"):
            async with listening(Acknowledger(), port=port):
                pass

    with_server(test)
