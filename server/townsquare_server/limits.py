"""How much one address and one seat may ask of the server.

Law: limits are generous: a class behind one address never meets one. Whoever does is told so, and let in again later.
"""

from __future__ import annotations

import ipaddress
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable

TCP_PER_SOCKET = 5
"""A page is fetched over several short connections: so many more of these are let in than of WebSockets."""

MOST_GUESSERS = 10_000
"""Addresses whose wrong guesses are remembered; those who guessed longest ago go first."""


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

    def level(self) -> float:
        """Return how many messages would be let through now."""
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now
        return self._tokens

    def take(self) -> bool:
        """Return whether one more message is let through."""
        if self.level() < 1.0:
            self.refused += 1
            return False
        self._tokens -= 1.0
        self.refused = 0
        return True


class Guesses:
    """Counts wrong guesses of codes by whom they come from, or whom they are aimed at. Right ones cost nothing."""

    def __init__(self, rate: float, burst: int, clock: Callable[[], float]) -> None:
        self._limits = (rate, burst, clock)
        self._buckets: OrderedDict[str, TokenBucket] = OrderedDict()

    def allowed(self, key: str) -> bool:
        """Return whether one more guess is looked at."""
        bucket = self._buckets.get(key)
        return bucket is None or bucket.level() >= 1.0

    def wrong(self, key: str) -> None:
        """Count a wrong guess."""
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = TokenBucket(*self._limits)
        bucket.take()
        self._buckets.move_to_end(key)
        if len(self._buckets) > MOST_GUESSERS:
            self._buckets.popitem(last=False)


class Doorkeeper:
    """Counts the open connections of each address; an IPv6 customer counts as one (its /64)."""

    def __init__(self, sockets_per_address: int) -> None:
        self._sockets_per_address = sockets_per_address
        self._connections: Counter[str] = Counter()
        self._sockets: Counter[str] = Counter()

    def enter(self, address: str) -> bool:
        """Count a connection; return False, and do not count it, when the address has too many."""
        return _count(self._connections, customer(address), TCP_PER_SOCKET * self._sockets_per_address)

    def leave(self, address: str) -> None:
        """Forget a connection that was counted."""
        _uncount(self._connections, customer(address))

    def open_socket(self, address: str) -> bool:
        """Count a WebSocket; return False, and do not count it, when the address has too many."""
        return _count(self._sockets, customer(address), self._sockets_per_address)

    def close_socket(self, address: str) -> None:
        """Forget a WebSocket that was counted."""
        _uncount(self._sockets, customer(address))


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


def customer(address: str) -> str:
    """Return what stands for everybody behind an address: itself, or the /64 that an IPv6 customer gets."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.IPv6Network((parsed, 64), strict=False))
    return str(parsed)
