"""Names: whoever reaches the server by a name that is not its own is a page of another site."""

from __future__ import annotations

import msgspec
import pytest

from townsquare_server.names import Names, host_name
from townsquare_server.settings import Settings


def names(**settings: object) -> Names:
    return Names(msgspec.convert(settings, Settings))


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1:8321", "[::1]:8321", "192.168.1.7", "localhost:8321", "laptop", "laptop.local:8321", "", "a.LAN."],
)
def test_addresses_and_local_names_are_answered(host: str) -> None:
    assert names().answers_to(host)


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8321",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "a b",
        "[",
        "x, y",
        "é",
        ".",
    ],
)
def test_public_names_that_nobody_gave_the_server_are_not(host: str) -> None:
    assert not names().answers_to(host)


def test_names_in_the_settings_are_answered() -> None:
    ours = names(public_url="https://Square.example/", origins=["https://other.example:8443"])
    assert ours.answers_to("square.example")
    assert ours.answers_to("SQUARE.example:443")
    assert ours.answers_to("other.example:8443")
    assert not ours.answers_to("third.example")


def test_origins_are_the_page_s_own_or_named() -> None:
    ours = names(origins=["https://friend.example/"])
    assert ours.may_connect("http://10.0.0.5:8321", "10.0.0.5:8321")
    assert ours.may_connect("https://friend.example", "10.0.0.5:8321")
    for origin in ("null", "http://[", "", "http://", "http://10.0.0.5", "https://friend.example.evil.example"):
        assert not ours.may_connect(origin, "10.0.0.5:8321")
    assert not ours.may_connect("http://", "")


def test_a_host_name_is_taken_from_its_header() -> None:
    assert [host_name(host) for host in ("A.b:80", "[::1]:9", "x", "x:y", "x:123456", "")] == [
        "a.b",
        "::1",
        "x",
        None,
        None,
        None,
    ]
