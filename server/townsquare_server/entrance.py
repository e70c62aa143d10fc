"""What stands between the port and the pages: who asks, by which name, and whether a WebSocket may open.

Law: every request is looked at here before anything answers it, and a refusal is said in words. Whoever is at the other
end is told by the line and by proxies that the settings trust, never by what a client says of itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from townsquare_server import subprotocol
from townsquare_server.http_messages import HttpReply, HttpRequest, text_reply
from townsquare_server.limits import Networks, is_loopback, plain_address
from townsquare_server.names import Names, host_name
from townsquare_server.settings import Settings
from townsquare_server.wire import SUBPROTOCOLS

SOCKET_PATH = "/ws"


@dataclass(frozen=True, slots=True)
class Peer:
    """Who is at the other end. `local`: this machine's user, not a proxy and not a page of another site."""

    address: str
    local: bool


def may_host(peer: Peer, settings: Settings) -> bool:
    """Say who opens rooms without the host key: this machine's user, where no proxy brings the world the same way."""
    return peer.local and settings.public_url is None


class Entrance:
    """Looks requests over as the settings say."""

    def __init__(self, settings: Settings) -> None:
        self.proxies = Networks(settings.trusted_proxies)
        self._settings = settings
        self._names = Names(settings)

    def refuse(self, address: str, method: str, request: HttpRequest) -> HttpReply | None:
        """Return why a request from the end of a line is not looked at any further."""
        if address not in self.proxies and not self._names.answers_to(request.host):
            words = f"this server is not {request.host[:80]!r}: open it by its address, or name it with --public-url"
            return text_reply(421, words)
        if method not in ("GET", "HEAD"):
            return text_reply(405, f"{method} is not served: use GET or HEAD", ("Allow", "GET, HEAD"))
        return None

    def peer(self, address: str, request: HttpRequest) -> Peer:
        """Return who asks, when a request came over a line from `address`."""
        forwarded = [part.strip() for part in request.headers.get("x-forwarded-for", "").split(",") if part.strip()]
        via_proxy = bool(forwarded) or "forwarded" in request.headers
        # a proxy appends the address that it saw: the last one that is not a proxy of ours is the client
        while address in self.proxies and forwarded:
            address = plain_address(forwarded.pop())
        # a page that made its own name point here still carries that name
        typed = host_name(request.host) or ""
        return Peer(address, local=is_loopback(address) and is_loopback(typed) and not via_proxy)

    def place(self, request: HttpRequest) -> HttpRequest | HttpReply:
        """Return the request with its path below this shard's prefix, or the reply that says where it belongs."""
        prefix, path, own = self._settings.prefix, request.path, self._settings.shard
        if not prefix:
            return request
        if path in ("/", "/index.html", prefix):  # who comes to no shard in particular stays with the one that answers
            target = "s/" * (path != prefix) + f"{own}/"
            return text_reply(302, f"this page is below {prefix}/", ("Location", target))
        if path.startswith(f"{prefix}/"):
            return replace(request, path=path.removeprefix(prefix))
        if re.match(r"/s/\d+(/|$)", path):
            return text_reply(421, f"this is shard {own} of {self._settings.shards}: the proxy sent {path} astray")
        return request

    def refuse_socket(self, request: HttpRequest) -> HttpReply | None:
        """Return why a WebSocket may not open."""
        origin = request.headers.get("origin")
        if origin is not None and not self._names.may_connect(origin, request.host):
            return text_reply(403, f"pages of {origin} may not connect here: open the page of this server")
        asked = [name.strip() for name in request.headers.get("sec-websocket-protocol", "").split(",") if name.strip()]
        if subprotocol.choose(asked) is None:
            words = f"subprotocol {', '.join(asked) or '(none)'} is not spoken here"
            return text_reply(400, f"{words}: ask for {' or '.join(SUBPROTOCOLS)}")
        return None
