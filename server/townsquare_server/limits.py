"""How much one address and one seat may ask of the server. Generous: a class behind one address never meets a limit."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Callable, Iterable

TCP_PER_SOCKET = 5
"""A page is fetched over several short connections: so many more of these are let in than of WebSockets."""


class TokenBucket:
    """Lets `burst` messages through at once and `rate` a second on average. `clock` counts seconds."""

    def __init__(self, rate: float, burst: int, clock: Callable[[], float]) -> None:
        self._rate = rate
        self._burst = float(burst)
        self._clock = clock
        self._tokens = float(burst)
        self._at = clock()
        self.refused = 0
        """messages refused since one was last let through"""

    def take(self) -> bool:
        """Return whether one more message is let through."""
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now
        if self._tokens < 1.0:
            self.refused += 1
            return False
        self._tokens -= 1.0
        self.refused = 0
        return True


class Doorkeeper:
    """Counts the open connections of each address; an IPv6 customer counts as one (its /64)."""

    def __init__(self, sockets_per_address: int) -> None:
        self._sockets_per_address = sockets_per_address
        self._connections: Counter[str] = Counter()
        self._sockets: Counter[str] = Counter()

    def enter(self, address: str) -> bool:
        """Count a connection; return False, and do not count it, when the address has too many."""
        return _count(self._connections, _customer(address), TCP_PER_SOCKET * self._sockets_per_address)

    def leave(self, address: str) -> None:
        """Forget a connection that was counted."""
        _uncount(self._connections, _customer(address))

    def open_socket(self, address: str) -> bool:
        """Count a WebSocket; return False, and do not count it, when the address has too many."""
        return _count(self._sockets, _customer(address), self._sockets_per_address)

    def close_socket(self, address: str) -> None:
        """Forget a WebSocket that was counted."""
        _uncount(self._sockets, _customer(address))


def _count(counter: Counter[str], key: str, limit: int) -> bool:
    if counter[key] >= limit:
        return False
    counter[key] += 1
    return True


def _uncount(counter: Counter[str], key: str) -> None:
    counter[key] -= 1
    if counter[key] <= 0:
        del counter[key]


def plain_address(text: str) -> str:
    """Return an address without scope and without the IPv4-in-IPv6 wrapping; other text as it is."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return text
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


class Networks:
    """A set of addresses and networks."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._networks = [ipaddress.ip_network(text) for text in texts]

    def __contains__(self, address: str) -> bool:
        """Return whether a plain address lies in one of them."""
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in self._networks)


def is_loopback(host: str) -> bool:
    """Return whether a host name or address, without a port, is this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(plain_address(host)).is_loopback
    except ValueError:
        return False


def _customer(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.IPv6Network((parsed, 64), strict=False))
    return str(parsed)
