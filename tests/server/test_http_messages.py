"""Requests and replies: what a client can unpack, what it has already, and the headers that every reply carries."""

from __future__ import annotations

import gzip

import pytest

from townsquare_server.http_messages import SAFETY, HttpReply, HttpRequest, entity_tag, file_reply, text_reply

PLAIN = b"x" * 1000
PACKED = gzip.compress(PLAIN)


def reply(**headers: str) -> HttpReply:
    request = HttpRequest("/x", {}, {name.replace("_", "-"): value for name, value in headers.items()})
    return file_reply(request, "text/plain", PLAIN, PACKED)


def test_a_target_is_split_and_decoded() -> None:
    request = HttpRequest.of("/rooms/A%42C/x?token=a%20b&empty", {"host": "h:1"})
    assert (request.path, request.query, request.host) == ("/rooms/ABC/x", {"token": "a b"}, "h:1")


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [
        ("gzip", True),
        ("br, gzip;q=0.8", True),
        ("GZIP ; q=1.0", True),
        ("*", True),
        ("gzip;q=0", False),
        ("gzip;q=0.000", False),
        ("br", False),
        ("xgzip", False),
        ("", False),
    ],
)
def test_gzip_goes_to_those_who_say_that_they_can_unpack_it(accepted: str, packed: bool) -> None:
    found = reply(accept_encoding=accepted)
    assert found.body == (PACKED if packed else PLAIN)
    assert (("Content-Encoding", "gzip") in found.headers) is packed
    assert ("Vary", "Accept-Encoding") in found.headers


def test_a_header_of_spaces_is_read_in_one_pass() -> None:
    assert not HttpRequest("/", {}, {"accept-encoding": "gzip" + " " * 300_000 + "x"}).accepts_gzip()
    assert HttpRequest("/", {}, {"accept-encoding": "gzip" + " " * 300_000 + ";q=1"}).accepts_gzip()


def test_what_a_client_has_is_not_sent_again() -> None:
    assert reply(if_none_match=entity_tag(PLAIN)).status == 304
    assert reply(if_none_match=f'"a", W/{entity_tag(PLAIN)}').body == b""
    assert reply(if_none_match="*").status == 304
    assert reply(if_none_match=entity_tag(PACKED)).status == 200  # the other coding is another entity


def test_every_reply_is_fenced_in() -> None:
    for found in (reply(), text_reply(404, "no"), reply(if_none_match="*")):
        assert set(SAFETY) <= set(found.headers)
    assert text_reply(404, "no").phrase == "Not Found"
