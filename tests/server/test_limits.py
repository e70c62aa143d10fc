"""Limits: generous to a class behind one address, firm with a flood."""

from __future__ import annotations

from townsquare_server.limits import Doorkeeper, Networks, TokenBucket, is_loopback, plain_address


def test_a_bucket_lets_a_burst_through_and_then_the_rate() -> None:
    now = 0.0
    bucket = TokenBucket(10.0, 3, lambda: now)
    assert [bucket.take() for _ in range(5)] == [True, True, True, False, False]
    assert bucket.refused == 2
    now = 0.1
    assert [bucket.take() for _ in range(2)] == [True, False]
    now = 100.0
    assert sum(bucket.take() for _ in range(9)) == 3


def test_a_doorkeeper_counts_an_ipv6_customer_as_one() -> None:
    door = Doorkeeper(1)
    assert door.open_socket("2001:db8::1")
    assert not door.open_socket("2001:db8::2")
    assert door.open_socket("2001:db8:0:1::1")
    door.close_socket("2001:db8::1")
    assert door.open_socket("2001:db8::2")
    assert plain_address("::ffff:192.0.2.1") == "192.0.2.1"
    assert [is_loopback(host) for host in ("localhost", "127.0.0.1", "::1", "::ffff:127.0.0.1", "10.0.0.1", "x")] == [
        True,
        True,
        True,
        True,
        False,
        False,
    ]


def test_a_network_holds_its_addresses_and_a_name_is_in_none() -> None:
    networks = Networks(["10.1.0.0/16", "192.0.2.7", "2001:db8::/32"])
    assert all(address in networks for address in ("10.1.255.3", "192.0.2.7", "2001:db8::1"))
    assert not any(address in networks for address in ("10.2.0.1", "192.0.2.8", "2001:db9::1", "localhost", "unknown"))
