"""What strangers do to a port: whatever they send, it ends with them, and everybody else is served."""

from __future__ import annotations

import asyncio
import contextlib
import struct
import sys
import tracemalloc
import zlib
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

sys.path.insert(0, str(Path(__file__).parent))
from listening import JSON, MSGPACK, Acknowledger, ask, exchange, handshake, with_server, ws
from serving import create, get, join, refusal
from serving import with_server as with_whole_server

from townsquare_server.app import Application
from townsquare_server.client import Player
from townsquare_server.wire import (
    MAX_MESSAGE_BYTES,
    ClientPause,
    ClientPeek,
    ClientRemoveSeat,
    ClientResume,
    ServerAck,
    ServerRefusal,
)

CLASS = 200


def frame(opcode: int, payload: bytes, *, final: bool = True, reserved: int = 0) -> bytes:
    """A masked frame with a mask of zeros, as no well-kept client would send it."""
    size = len(payload)
    length = bytes([0x80 | size]) if size < 126 else bytes([0x80 | 126]) + struct.pack("!H", size)
    return bytes([(0x80 if final else 0) | reserved | opcode]) + length + bytes(4) + payload


async def open_raw(port: int, *headers: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A WebSocket of which we write every byte."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(handshake(*headers, subprotocol=JSON))
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101")
    return reader, writer


async def flood(writer: asyncio.StreamWriter, what: bytes, times: int) -> None:
    """Write until the other end has had enough."""
    try:
        for _ in range(times):
            writer.write(what)
            await writer.drain()
    except ConnectionError:
        pass


async def close_code(reader: asyncio.StreamReader) -> int | None:
    """Read to the end; return the code of the close frame that the server sent last."""
    try:
        raw = await reader.read()
    except ConnectionError:
        return None
    place = raw.rfind(b"\x88")
    return None if place < 0 else int.from_bytes(raw[place + 2 : place + 4], "big")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (frame(0x1, b"\xff\xfe\xfd"), 1007),  # text that is not UTF-8
        (frame(0x1, b"\xed\xa0\x80"), 1007),  # half a surrogate
        (frame(0x3, b"x"), 1002),  # an opcode that nobody has defined
        (frame(0xB, b"x"), 1002),
        (frame(0x0, b"x"), 1002),  # a continuation of nothing
        (frame(0x1, b"x", final=False) + frame(0x1, b"x"), 1002),  # a message within a message
        (frame(0x9, b"x" * 126), 1002),  # a control frame that is too long
        (frame(0x9, b"x", final=False), 1002),  # a control frame in pieces
        (frame(0x8, b"\x00"), 1002),  # half a close code
        (frame(0x1, b"x", reserved=0x40), 1002),  # deflate that nobody has agreed on
        (frame(0x1, b"x", reserved=0x30), 1002),
        (b"\x81\x05hello", 1002),  # unmasked
        (b"\x81\xff" + struct.pack("!Q", 2**62) + bytes(4), 1009),  # a length that no memory holds
    ],
)
def test_a_malformed_frame_ends_its_own_connection_alone(data: bytes, code: int) -> None:
    async def test(handler: Acknowledger, port: int) -> None:
        async with ws(port) as other:
            reader, writer = await open_raw(port)
            writer.write(data)
            assert await close_code(reader) == code
            writer.close()
            assert (await ask(other, 8))["id"] == 8
            while len(handler.clients) > 1:
                await asyncio.sleep(0.01)

    with_server(test)


@pytest.mark.parametrize("extension", [None, "permessage-deflate"])
def test_a_message_in_fragments_has_the_same_limit(extension: str | None) -> None:
    async def test(handler: Acknowledger, port: int) -> None:
        headers = [f"Sec-WebSocket-Extensions: {extension}"] if extension else []
        async with ws(port) as other:
            reader, writer = await open_raw(port, *headers)
            piece = frame(0x0, b"x" * 1000, final=False)
            await flood(writer, frame(0x1, b"x", final=False) + piece * 20, 1)
            assert await close_code(reader) == 1009
            writer.close()
            reader, writer = await open_raw(port, *headers)
            await flood(writer, frame(0x1, b"", final=False) + frame(0x0, b"", final=False) * 5000, 1)
            assert await close_code(reader) == 1009  # empty fragments for ever have one, too
            assert (await ask(other, 8))["id"] == 8
            writer.close()

    with_server(test)


def test_a_deflate_bomb_goes_off_in_its_sender_s_face() -> None:
    async def test(handler: Acknowledger, port: int) -> None:
        packer = zlib.compressobj(9, zlib.DEFLATED, -12)
        bomb = (packer.compress(bytes(10_000_000)) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]
        assert len(bomb) < MAX_MESSAGE_BYTES < 10_000_000
        async with ws(port) as other:
            reader, writer = await open_raw(port, "Sec-WebSocket-Extensions: permessage-deflate")
            writer.write(frame(0x2, bomb, reserved=0x40))
            assert await close_code(reader) == 1009
            writer.close()
            assert handler.data == []
            assert (await ask(other, 8))["id"] == 8

    with_server(test)


def test_a_flood_of_pings_is_answered_within_a_buffer_and_no_further() -> None:
    async def test(handler: Acknowledger, port: int) -> None:
        async with ws(port) as other:
            _, writer = await open_raw(port)
            connection = None
            pings = frame(0x9, b"x" * 125) * 100
            for _ in range(400):  # 5 MB of pings, and nobody reads the pongs
                if writer.transport.is_closing():
                    break
                writer.write(pings)
                await asyncio.sleep(0)
                connection = handler.clients[-1]._connection if len(handler.clients) > 1 else connection
                if connection is not None:
                    assert connection.transport.get_write_buffer_size() < 2_000_000
            assert (await ask(other, 8))["id"] == 8
            writer.transport.abort()

    with_server(test)


def test_a_long_page_that_nobody_reads_is_not_held_for_each_who_asked_for_it() -> None:
    async def test(handler: Acknowledger, port: int) -> None:
        asked, length = 40, 3_000_000
        tracemalloc.start()
        try:
            lines = [await asyncio.open_connection("127.0.0.1", port, limit=1000) for _ in range(asked)]
            for _, writer in lines:
                writer.write(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
            while len(handler.peers) < asked:
                await asyncio.sleep(0.01)
            assert (await exchange(port, "GET / HTTP/1.1\nHost: x"))[0] == 200
            held = tracemalloc.get_traced_memory()[0]
        finally:
            tracemalloc.stop()
        assert held < asked * length / 10
        for _, writer in lines:
            writer.transport.abort()
        status, headers, body = await exchange(port, "GET /large HTTP/1.1\nHost: x")
        assert (status, len(body), headers["content-length"]) == (200, length, str(length))
        assert headers["server"] == "townsquare"

    with_server(test)


@pytest.mark.parametrize("read_first", [0, 1000])
def test_a_long_page_for_somebody_who_hangs_up_is_given_up_without_a_word(
    read_first: int, caplog: pytest.LogCaptureFixture
) -> None:
    async def test(_: Acknowledger, port: int) -> None:
        for go in (asyncio.StreamWriter.write_eof, lambda writer: writer.transport.abort()):
            reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1000)
            writer.write(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
            await reader.read(read_first)
            go(writer)
            await reader.read()
            writer.close()
        assert (await exchange(port, "GET / HTTP/1.1\nHost: x"))[0] == 200

    with_server(test)
    assert caplog.text == ""


def test_a_request_that_drips_is_dropped_and_the_others_are_served() -> None:
    async def test(_: Acknowledger, port: int) -> None:
        async def drip() -> bytes:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                for letter in b"GET / HTTP/1.1\r\nX: " + b"y" * 10_000:
                    writer.write(bytes([letter]))
                    await writer.drain()
                    await asyncio.sleep(0.02)
                return await reader.read()
            except ConnectionError:
                return b""
            finally:
                writer.transport.abort()

        slow = [asyncio.create_task(drip()) for _ in range(20)]
        assert (await exchange(port, "GET / HTTP/1.1\nHost: x"))[0] == 200
        for task in slow:
            assert b"200 OK" not in await task

    with_server(test, handshake_seconds=0.3)


@pytest.mark.parametrize(
    "request_text",
    [
        "POST / HTTP/1.1\nHost: x\nContent-Length: 30\nTransfer-Encoding: chunked\n\n0\n\nGET /two HTTP/1.1\nHost: x",
        "GET / HTTP/1.1\nHost: x\nContent-Length: 25\n\nGET /two HTTP/1.1\nHost: x",
        "GET / HTTP/1.1\nHost: x\nContent-Length: 0\nContent-Length: 25\n\nGET /two HTTP/1.1\nHost: x",
        "GET / HTTP/1.1\nHost: x\nTransfer-Encoding: xchunked\n\n5c\nGET /two HTTP/1.1\nHost: x",
        "GET / HTTP/1.1\nHost: x\nTransfer-Encoding : chunked\n\nGET /two HTTP/1.1\nHost: x",
        "GET / HTTP/1.1\nHost: x\n Content-Length: 5\n\nGET /two HTTP/1.1\nHost: x",
        "GET / HTTP/1.1\nHost: x\n\nGET /two HTTP/1.1\nHost: x",
        "GET / HTTP/1.1\nHost: x\nHost: y\n\nGET /two HTTP/1.1\nHost: x",
        "GET http://y.example/ HTTP/1.1\nHost: x\n\nGET /two HTTP/1.1\nHost: x",
        "GET //[ HTTP/1.1\nHost: x",
        "GET / HTTP/1.1\nHost: [",
        "GET /ws HTTP/1.1\nHost: x\nUpgrade: websocket\nOrigin: http://[",
        "CONNECT x:443 HTTP/1.1\nHost: x",
        "TRACE / HTTP/1.1\nHost: x\nMax-Forwards: 0",
        "get / HTTP/1.1\nHost: x",
    ],
)
def test_no_second_request_is_smuggled_in(request_text: str, caplog: pytest.LogCaptureFixture) -> None:
    async def test(handler: Acknowledger, port: int) -> None:
        status, headers, body = await exchange(port, request_text)
        assert status in (0, 200, 400, 403, 404, 405, 421)
        assert b"/two" not in body  # every connection ends with its first reply
        assert headers.get("connection", "close") == "close"
        assert len(handler.peers) <= 1
        assert (await exchange(port, "GET / HTTP/1.1\nHost: x"))[0] == 200

    with_server(test)
    assert caplog.text == ""  # their mistake, not ours


@pytest.mark.parametrize("subprotocol", [MSGPACK, JSON])
def test_text_with_control_characters_is_read_and_never_repeated_raw(subprotocol: object) -> None:
    async def test(_: Acknowledger, port: int) -> None:
        async with ws(port, subprotocol) as client:  # type: ignore[arg-type]
            bad = '{"t": "no_such\\u001b[2J", "id": 3}'
            await client.send(bad if subprotocol is JSON else b"\x81\xa1t\xa5\x1b[2Jx")
            answer = await client.recv()
            assert (answer if isinstance(answer, bytes) else answer.encode()).find(b"\x1b") < 0

    with_server(test)


TRAVERSALS = [
    "/../../etc/passwd",
    "/static/../../../etc/passwd",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/static/%2e%2e%2f%2e%2e%2fetc/passwd",
    "/..%5c..%5cwindows/win.ini",
    "/static/..%c0%af..%c0%afetc/passwd",
    "/%252e%252e/etc/passwd",
    "/static/%00/../secret",
    "/index.html%00.js",
    "//etc/passwd",
    "/secret",
    "/log.sqlite",
    "/holder.txt",
    "/rooms/KWMRTX/..%2f..%2fsecret",
    "/rooms/../secret/session.townsquare",
    "/qr/..%2f.svg",
]


def test_one_server_under_every_attack_on_its_pages_and_seats(tmp_path: Path) -> None:
    async def test(application: Application, url: str) -> None:
        await no_path_leads_out(url, application)
        await a_class_behind_one_address_gets_in(url)
        await old_tokens_open_nothing(url)
        await guessers_are_stopped(url)

    with_whole_server(tmp_path, test, guesses_per_second=0.001, guess_burst=30)


async def no_path_leads_out(url: str, application: Application) -> None:
    port = int(url.rpartition(":")[2])
    version = application._site.version
    for path in (*TRAVERSALS, f"/static/{version}/../../secret", f"/static/{version}/%2e%2e/index.html"):
        status, headers, body = await exchange(port, f"GET {path} HTTP/1.1\nHost: x")
        assert status == 404, path
        assert application.folder.secrets[0] not in body
        assert headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["referrer-policy"] == "no-referrer"
    status, headers, _ = await get(f"{url}/")
    assert status == 200
    policy = headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy


async def a_class_behind_one_address_gets_in(url: str) -> None:
    """Two hundred phones on one wireless network: one address for us."""
    async with Player(url) as host:
        code = (await create(host)).code
        guests = [Player(url) for _ in range(CLASS)]
        for guest in guests:
            await guest.__aenter__()
        seats = await asyncio.gather(
            *(join(guest, code, f"Guest {number}", "AB"[number % 2]) for number, guest in enumerate(guests))
        )
        assert len({seat.seat for seat in seats}) == CLASS
        for guest in guests:
            await guest.__aexit__(None, None, None)


async def old_tokens_open_nothing(url: str) -> None:
    """A token of a seat that was taken away is worth nothing, and a token of one room nothing in another."""
    async with Player(url) as host, Player(url) as guest, Player(url) as thief:
        code = (await create(host)).code
        seat = await join(guest, code, "Ada", "A")
        await host.ask(lambda id: ClientRemoveSeat(id, seat.seat))
        answer = await thief.ask(lambda id: ClientResume(id, seat.token))
        assert isinstance(answer, ServerRefusal)
        assert answer.code == "bad_token"


async def guessers_are_stopped(url: str) -> None:
    async with Player(url) as guesser:
        answers = [await guesser.ask(lambda id: ClientPeek(id, "BBBBBB")) for _ in range(35)]
        codes = [answer.code for answer in answers if isinstance(answer, ServerRefusal)]
        assert codes == ["unknown_room"] * 30 + ["too_fast"] * 5


def test_a_flood_from_many_connections_of_one_address_leaves_the_guests_beside_it_alone(tmp_path: Path) -> None:
    """Each connection keeps within its own limit; together they are far above their address's."""
    address_rate, attackers, each = 20, 30, 40

    async def test(_: Application, url: str) -> None:
        async with Player(url) as host, Player(url) as guest:
            room = await create(host)
            await join(guest, room.code, "Ada", "A")

            async def attack() -> list[str]:
                async with Player(url) as player:
                    asked = [player.ask(lambda id: ClientPeek(id, room.code)) for _ in range(each)]
                    answers = await asyncio.gather(*asked)
                    return [answer.code for answer in answers if isinstance(answer, ServerRefusal)]

            flood = asyncio.create_task(asyncio.to_thread(asyncio.run, crowd(attack)))
            for _ in range(15):
                assert refusal(await guest.ask(ClientPause)) == "wrong_role"  # heard, and answered by the room
                await asyncio.sleep(0.1)
            refused = await flood
            assert set(refused) == {"too_fast"}
            assert len(refused) > attackers * each // 2
            async with Player(url) as late:  # a door that is not blocked
                await join(late, room.code, "Bo", "B")

    async def crowd(attack: Callable[[], Awaitable[list[str]]]) -> list[str]:
        return [code for codes in await asyncio.gather(*(attack() for _ in range(attackers))) for code in codes]

    with_whole_server(tmp_path, test, address_messages_per_second=address_rate, address_message_burst=50)


def test_an_address_that_opens_connections_without_end_is_held_off(tmp_path: Path) -> None:
    async def test(_: Acknowledger, port: int) -> None:
        async def knock() -> bool:
            try:
                return (await exchange(port, "GET / HTTP/1.1\nHost: x"))[0] == 200
            except ConnectionError:
                return False

        async with ws(port) as inside:
            opened = [await knock() for _ in range(40)]
            assert sum(opened) < 30
            assert opened[:10] == [True] * 10
            assert (await ask(inside, 8))["id"] == 8  # who is in stays in

    with_server(test, address_connections_per_second=1, address_connection_burst=20)


def test_a_flood_of_messages_is_refused_and_then_cut(tmp_path: Path) -> None:
    async def test(application: Application, url: str) -> None:
        address = f"{url.replace('http', 'ws')}/ws"
        async with Player(url) as host, connect(address, subprotocols=[JSON]) as client:
            code = (await create(host)).code
            for number in range(400):
                await client.send(f'{{"t": "peek", "id": {number}, "code": "{code}"}}')
            heard = []
            with pytest.raises(ConnectionClosed) as closed:  # noqa: PT012
                while True:
                    heard.append(await client.recv())
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1008
            assert sum('"too_fast"' in str(answer) for answer in heard) > 30
            while len(application._clients) > 1:
                await asyncio.sleep(0.01)
            assert isinstance(await host.ask(lambda id: ClientPause(id)), ServerAck | ServerRefusal)

    with_whole_server(tmp_path, test, messages_per_second=1, message_burst=10)


def test_the_library_s_limits_on_headers_are_in_force() -> None:
    async def test(_: Acknowledger, port: int) -> None:
        for request in (
            "GET / HTTP/1.1\nHost: x\nX: " + "y" * 100_000,
            "GET / HTTP/1.1\nHost: x\n" + "\n".join(f"x-{number}: y" for number in range(1000)),
            "GET /" + "a" * 100_000 + " HTTP/1.1\nHost: x",
        ):
            with contextlib.suppress(ConnectionError):  # the rest of the request met a closed door
                assert (await exchange(port, request))[0] in (0, 400, 414, 431)
        assert (await exchange(port, "GET / HTTP/1.1\nHost: x"))[0] == 200

    with_server(test)
