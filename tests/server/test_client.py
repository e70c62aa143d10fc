"""The client in Python: it keeps its view by snapshot and patch, and tells when it missed one."""

from __future__ import annotations

import asyncio

from townsquare_server.client import Player, at_shard
from townsquare_server.wire import ServerAck, ServerDelta, ServerGoodbye, ServerWelcome


def take(*messages: ServerDelta | ServerGoodbye | ServerWelcome, version: int | None = None) -> Player:
    async def run() -> Player:
        player = Player("http://127.0.0.1:1/")
        player.version = version
        for message in messages:
            await player._take(message)
        return player

    return asyncio.run(run())


def test_the_address_of_the_socket_follows_from_the_pages() -> None:
    assert Player("http://127.0.0.1:1/").url == "ws://127.0.0.1:1/ws"
    assert Player("https://square.example").url == "wss://square.example/ws"


def test_a_shard_is_found_from_any_address_of_the_server() -> None:
    for url in (
        "https://square.example",
        "https://square.example/",
        "https://square.example/s/0",
        "https://square.example/s/12/",
    ):
        assert at_shard(url, 3) == "https://square.example/s/3"


def test_patches_are_applied_in_order() -> None:
    player = take(ServerDelta(8, {"a": {"b": 1, "c": 2}}), ServerDelta(9, {"a": {"b": None}}), version=7)
    assert (player.view, player.version, player.gaps) == ({"a": {"c": 2}}, 9, 0)


def test_a_patch_that_does_not_follow_is_counted_and_left_out() -> None:
    player = take(ServerDelta(9, {"a": 1}), version=7)
    assert (player.view, player.version, player.gaps) == ({}, 7, 1)


def test_numbers_of_messages_go_on_from_the_welcome() -> None:
    welcome = ServerWelcome(1, "BCDFGH", "s1", "participant", "A", "Anna", "t", "p", None, 1_760_000_000_000, 1, "0")
    player = take(welcome)
    assert player.welcome == welcome
    assert next(player._ids) >= welcome.now


def test_an_answer_without_a_question_is_ignored() -> None:
    player = take(ServerGoodbye("shutdown"))
    player._take_answer(ServerAck(5))
    assert player.goodbye == "shutdown"
