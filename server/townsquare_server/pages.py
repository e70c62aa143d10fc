"""The pages besides the client's files: health, QR codes, the network's picture, a session to take home.

Law: a page reads and never changes anything. What belongs to a room's facilitator needs the facilitator's token, and
nobody makes the server compute by asking for what there is not.
"""

from __future__ import annotations

import asyncio
import hmac
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from townsquare_server import addresses, session_file
from townsquare_server.errors import RefusalError, ReplayError
from townsquare_server.http_messages import (
    IMMUTABLE,
    HttpReply,
    HttpRequest,
    file_reply,
    fresh_reply,
    text_reply,
)
from townsquare_server.seats import normal_code
from townsquare_server.shell_errors import LogUnreadableError

if TYPE_CHECKING:
    from townsquare_server.desk import Desk
    from townsquare_server.entrance import Peer
    from townsquare_server.metrics import Metrics

CODE = r"(?P<code>[A-Za-z]{4,12})"
QR = re.compile(rf"/qr/{CODE}\.svg")
GRAPH = re.compile(rf"/rooms/{CODE}/graph-(?P<digest>[0-9a-f]{{16}})\.bin")
SESSION = re.compile(rf"/rooms/{CODE}/session\.townsquare")


class Health(msgspec.Struct, frozen=True):
    """What `/healthz` says."""

    ready: bool
    stage: str
    progress: float
    version: str
    rooms: int = 0
    connections: int = 0


def health(state: Health) -> HttpReply:
    """Return the state of the server, for programs that watch it."""
    return fresh_reply(200, "application/json", msgspec.json.encode(state) + b"\n")


def readiness(state: Health) -> HttpReply:
    """Return whether guests can be sent here, for what stands in front: 200 or 503, and in words why not."""
    if state.ready:
        return text_reply(200, "ready")
    words = f"not ready: the server is {state.stage} ({state.progress:.0%})"
    return text_reply(503, words, ("Retry-After", "5"))


def refuse_metrics(request: HttpRequest, local: bool, token: str | None) -> HttpReply | None:
    """Return why somebody may not read the metrics: only this machine may, and who has the token if there is one."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    proof = given.strip().encode("utf-8", "replace") if scheme.lower() == "bearer" else b""
    if local or (token is not None and hmac.compare_digest(proof, token.encode())):
        return None
    if token is None:
        return text_reply(403, "metrics are for this machine alone: to read them from another, set metrics_token")
    return text_reply(401, "metrics need the bearer token of metrics_token", ("WWW-Authenticate", "Bearer"))


def metrics(source: Metrics) -> HttpReply:
    """Return what the server counts and times, in the text format of Prometheus."""
    return fresh_reply(200, source.content_type, source.text())


async def room_page(
    request: HttpRequest, peer: Peer, desk: Desk | None, base_url: Callable[[], str]
) -> HttpReply | None:
    """Return a page about a room, or None when the path is not one."""
    if (match := QR.fullmatch(request.path)) is not None:
        code = normal_code(match["code"])
        if desk is None or not desk.knows(code, peer.address):
            return text_reply(404, "there is no such room: look at the six letters on the screen in front")
        return file_reply(request, "image/svg+xml", addresses.qr_svg(addresses.join_url(base_url(), code)))
    if (match := GRAPH.fullmatch(request.path)) is not None:
        file = None if desk is None else desk.graphs.find(normal_code(match["code"]), match["digest"])
        if file is None:
            return text_reply(404, "there is no such picture: load the page again")
        return file_reply(request, "application/octet-stream", file.plain, file.packed, caching=IMMUTABLE)
    if (match := SESSION.fullmatch(request.path)) is not None:
        return await _session(request, desk, normal_code(match["code"]))
    return None


async def _session(request: HttpRequest, desk: Desk | None, code: str) -> HttpReply:
    if desk is None:
        return text_reply(503, "the server is still starting: try again in a moment", ("Retry-After", "5"))
    try:
        claim = desk.signer.verify(request.query.get("token", ""))
    except RefusalError as refusal:
        return text_reply(403, refusal.detail)
    if claim.role != "facilitator" or claim.room != code:
        return _for_hosts(code)
    try:
        entries = await asyncio.to_thread(desk.log.read, code)  # also of a room that is over
    except LogUnreadableError as error:
        return text_reply(503, str(error), ("Retry-After", "5"))
    if not entries:
        return text_reply(404, f"the log holds no room {code}: look for it in a backup of the data folder")
    return await asyncio.to_thread(_download, code, entries, claim.seat, request.query.get("branch", ""))


def _for_hosts(code: str) -> HttpReply:
    return text_reply(403, f"only the facilitator of room {code} may take its session home")


def _download(code: str, entries: list[bytes], seat: str, branch: str) -> HttpReply:
    """Return the session file of a log, up to where a branch was left if one is named; it takes a while."""
    name = code
    try:
        if seat not in session_file.hosts(code, entries):
            return _for_hosts(code)
        if branch:
            number = int(branch) if branch.isdecimal() and len(branch) < 5 else 0
            entries = session_file.until_left(code, entries, number)
            if not entries:
                return text_reply(404, f"room {code} has no branch {branch[:20]!r}: the desk lists them")
            name = f"{code}-{number}"
        data = session_file.pack(code, entries)
    except ReplayError as error:
        return text_reply(500, f"the session cannot be taken home as it is: {error}")
    disposition = f'attachment; filename="{name}{session_file.SUFFIX}"'
    return fresh_reply(200, "application/zip", data, ("Content-Disposition", disposition))
