"""An HTTP request and its reply as the pages see them: plain values; no page knows which library carries them.

Law: every reply carries the headers of `SAFETY` and a policy of what it may run, which is nothing but for the page.
"""

from __future__ import annotations

import hashlib
import http
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote

NO_CACHE = "no-cache"
IMMUTABLE = "public, max-age=31536000, immutable"
_QUALITY = re.compile(r"q=(1(\.0*)?|0?\.0*[1-9]\d*)")  # a quality of zero means no


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A GET or HEAD; `headers` has lower-case names, `host` is the Host header."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]

    @classmethod
    def of(cls, target: str, headers: Mapping[str, str]) -> HttpRequest:
        """Return the request for a raw request target such as ``/healthz?x=1``; raises ValueError for another form."""
        path, _, query = target.partition("?")
        if not path.startswith("/"):
            raise ValueError(f"the target {target[:40]!r} is no path")
        return cls(unquote(path), dict(parse_qsl(query)), headers)

    @property
    def host(self) -> str:
        """Return the name and port that the client typed."""
        return self.headers.get("host", "")

    def accepts_gzip(self) -> bool:
        """Return whether the client can unpack gzip."""
        return any(map(_names_gzip, self.headers.get("accept-encoding", "").lower().split(",")))


@dataclass(frozen=True, slots=True)
class HttpReply:
    """What goes back; the transport adds date, length and connection, and leaves the body out for HEAD."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def phrase(self) -> str:
        """Return the standard words for the status."""
        return http.HTTPStatus(self.status).phrase


SAFETY = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)
"""Headers of every reply."""
CLOSED = ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox")
"""What is not the page itself runs nothing, loads nothing and is framed nowhere."""


def _names_gzip(coding: str) -> bool:
    """Return whether one of the codings that a client accepts is gzip; in one pass, however many spaces it holds."""
    name, _, quality = coding.partition(";")
    return name.strip() in ("gzip", "*") and (not quality or _QUALITY.fullmatch(quality.strip()) is not None)


def entity_tag(body: bytes) -> str:
    """Return a strong validator for these bytes."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def text_reply(status: int, text: str, *extra: tuple[str, str]) -> HttpReply:
    """Return a short reply in words."""
    return fresh_reply(status, "text/plain; charset=utf-8", f"{text}\n".encode(), *extra)


def fresh_reply(status: int, content_type: str, body: bytes, *extra: tuple[str, str]) -> HttpReply:
    """Return a reply that is true now and is kept by nobody."""
    headers = (("Content-Type", content_type), ("Cache-Control", "no-store"), *extra, *SAFETY, CLOSED)
    return HttpReply(status, headers, body)


def file_reply(
    request: HttpRequest,
    content_type: str,
    plain: bytes,
    packed: bytes | None = None,
    *,
    caching: str = NO_CACHE,
    policy: tuple[str, str] = CLOSED,
) -> HttpReply:
    """Return a file, packed when the client can unpack it, or 304 when it has it already."""
    use_packed = packed is not None and request.accepts_gzip()
    body = packed if packed is not None and use_packed else plain
    tag = entity_tag(body)
    headers = [("Content-Type", content_type), ("Cache-Control", caching), ("ETag", tag), policy, *SAFETY]
    if packed is not None:
        headers.append(("Vary", "Accept-Encoding"))
    known = [candidate.strip().removeprefix("W/") for candidate in request.headers.get("if-none-match", "").split(",")]
    if tag in known or "*" in known:
        return HttpReply(304, tuple(headers), b"")
    if use_packed:
        headers.append(("Content-Encoding", "gzip"))
    return HttpReply(200, tuple(headers), body)
