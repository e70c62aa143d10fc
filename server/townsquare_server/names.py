"""The names that this server answers to, and the pages that may talk to it.

Law: a page of another site reaches a server on a laptop or a local network by pointing its own name there (DNS
rebinding). So a request is answered when it came for an address, for a name that no public name server gives out, or
for a name that the settings hold; a proxy that is trusted has looked at the name itself.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from urllib.parse import urlsplit

from townsquare_server.settings import Settings

_HOST = re.compile(r"(?P<name>[A-Za-z0-9._\-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?")
LOCAL_ENDINGS = (".local", ".localhost", ".lan", ".home.arpa", ".internal")


def host_name(host: str) -> str | None:
    """Return the name in a Host header, without port and brackets; None when it is none."""
    match = _HOST.fullmatch(host)
    return None if match is None else match["name"].strip("[]").rstrip(".").lower()


class Names:
    """What the settings and this machine call the server."""

    def __init__(self, settings: Settings) -> None:
        public = (settings.public_url,) if settings.public_url else ()
        urls = [urlsplit(url.lower()) for url in (*settings.origins, *public)]
        self._origins = {f"{url.scheme}://{url.netloc}" for url in urls}
        hosts = (url.netloc for url in urls)
        self._names = {name for host in hosts if (name := host_name(host))} | {socket.gethostname().lower()}

    def answers_to(self, host: str) -> bool:
        """Return whether a request with this Host header is for us; one without a host is from no browser."""
        if not host:
            return True
        name = host_name(host)
        if not name:
            return False
        return name in self._names or "." not in name or name.endswith(LOCAL_ENDINGS) or _is_address(name)

    def may_connect(self, origin: str, host: str) -> bool:
        """Return whether pages of an origin may open a WebSocket: our own, and those that the settings name."""
        authority = origin.partition("://")[2].lower()
        return authority == host.lower() != "" or origin.rstrip("/").lower() in self._origins


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
