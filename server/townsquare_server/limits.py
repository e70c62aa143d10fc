"""How much one address and one seat may ask of the server.

Law: limits are generous: a class behind one address never meets one. Whoever does is told so, and let in again later.
A flood is bounded by its address, and costs those beside it at that address nothing that they need.
"""

from __future__ import annotations

import functools
import ipaddress
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from townsquare_server.settings import Settings

TCP_PER_SOCKET = 5
"""A page is fetched over several short connections: so many more of these are let in than of WebSockets."""

MOST_KEYS = 10_000
"""Addresses, or rooms, that are remembered; those heard of longest ago are forgotten first."""

SEAT_SHARE = (1.0, 20)
"""Messages a second, and at once, that a seat always has, whatever its address sends: more than a guest needs."""
NEWCOMER_SHARE = (0.1, 3)
"""The same for a connection without a seat: enough to look at a room and take a seat there, or take it up again."""


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


class Buckets:
    """A bucket for each key; of many keys those used longest ago are forgotten."""

    def __init__(self, rate: float, burst: int, clock: Callable[[], float]) -> None:
        self._limits = (rate, burst, clock)
        self._buckets: OrderedDict[str, TokenBucket] = OrderedDict()

    def find(self, key: str) -> TokenBucket | None:
        """Return the bucket of a key that has one."""
        return self._buckets.get(key)

    def of(self, key: str) -> TokenBucket:
        """Return the bucket of a key, which is then the one used last."""
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = TokenBucket(*self._limits)
            if len(self._buckets) > MOST_KEYS:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(key)
        return bucket


class Guesses:
    """Counts wrong guesses of codes by whom they come from, or whom they are aimed at. Right ones cost nothing."""

    def __init__(self, rate: float, burst: int, clock: Callable[[], float]) -> None:
        self._buckets = Buckets(rate, burst, clock)

    def allowed(self, key: str) -> bool:
        """Return whether one more guess is looked at."""
        bucket = self._buckets.find(key)
        return bucket is None or bucket.level() >= 1.0

    def wrong(self, key: str) -> None:
        """Count a wrong guess."""
        self._buckets.of(key).take()


class Allowance:
    """What one seat, or one connection without a seat, may send: within a limit of its own and its address's.

    Though others at its address use up all that the address has, `share` is left to it: who floods from many
    connections takes nothing from the class beside them.
    """

    def __init__(self, own: TokenBucket, share: TokenBucket) -> None:
        self._own = own
        self._share = share

    def take(self, address: TokenBucket) -> bool:
        """Return whether one more message is let through."""
        return self._own.take() and (address.take() or self._share.take())

    @property
    def refused(self) -> int:
        """Return how many messages were refused since one was last let through, by either limit."""
        return max(self._own.refused, self._share.refused)


class Allowances:
    """Hands allowances out, and knows what each address has left."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self._own = (settings.messages_per_second, settings.message_burst, clock)
        self._clock = clock
        self._addresses = Buckets(settings.address_messages_per_second, settings.address_message_burst, clock)

    def for_seat(self) -> Allowance:
        """Return what a seat may send."""
        return Allowance(TokenBucket(*self._own), TokenBucket(*SEAT_SHARE, self._clock))

    def for_newcomer(self) -> Allowance:
        """Return what a connection may send that has no seat yet."""
        return Allowance(TokenBucket(*self._own), TokenBucket(*NEWCOMER_SHARE, self._clock))

    def take(self, allowance: Allowance, address: str) -> bool:
        """Return whether one more message of somebody at an address is let through."""
        return allowance.take(self._addresses.of(customer(address)))


class Doorkeeper:
    """Counts the open connections of each address; an IPv6 customer counts as one (its /64)."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self._sockets_per_address = settings.connections_per_address
        self._connections: Counter[str] = Counter()
        self._sockets: Counter[str] = Counter()
        self._knocks = Buckets(settings.address_connections_per_second, settings.address_connection_burst, clock)

    def enter(self, address: str) -> bool:
        """Count a connection; return False, and do not count it, when the address has or opened too many."""
        key = customer(address)
        return self._knocks.of(key).take() and _count(
            self._connections, key, TCP_PER_SOCKET * self._sockets_per_address
        )

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


@functools.lru_cache(maxsize=MOST_KEYS)
def customer(address: str) -> str:
    """Return what stands for everybody behind an address: itself, or the /64 that an IPv6 customer gets."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.IPv6Network((parsed, 64), strict=False))
    return str(parsed)
