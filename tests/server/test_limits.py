"""Limits: generous to a class behind one address, firm with a flood."""

from __future__ import annotations

import msgspec

from townsquare_server.limits import (
    MOST_KEYS,
    NEWCOMER_SHARE,
    SEAT_SHARE,
    Allowances,
    Buckets,
    Doorkeeper,
    Networks,
    TokenBucket,
    is_loopback,
    plain_address,
)
from townsquare_server.settings import Settings

CLASS = 200


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
    door = Doorkeeper(Settings(connections_per_address=1))
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


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_class_behind_one_address_plays_a_game_without_meeting_a_limit() -> None:
    """It opens the page together, joins together, plans at two commands a second each, and reloads all at once."""
    clock, settings = Clock(), Settings()
    door, allowances = Doorkeeper(settings, clock), Allowances(settings, clock)
    seats = [allowances.for_seat() for _ in range(CLASS)]
    for _ in range(2):
        for _ in range(13):  # requests of a page
            assert all(door.enter("192.0.2.1") for _ in range(CLASS))
            for _ in range(CLASS):
                door.leave("192.0.2.1")
        newcomers = [allowances.for_newcomer() for _ in range(CLASS)]
        assert all(allowances.take(each, "192.0.2.1") for each in newcomers for _ in range(3))
        for _ in range(2 * 300):
            clock.now += 0.5
            assert all(allowances.take(seat, "192.0.2.1") for seat in seats)


def test_one_address_is_bounded_however_many_connections_it_floods_from() -> None:
    clock, settings = Clock(), Settings()
    allowances = Allowances(settings, clock)
    seats = [allowances.for_seat() for _ in range(settings.connections_per_address)]
    seconds = 15
    through = 0
    for _ in range(seconds * 10):
        clock.now += 0.1
        newcomers = [allowances.for_newcomer() for _ in range(30)]  # connections that come and go
        through += sum(allowances.take(each, "192.0.2.1") for each in [*seats, *newcomers] for _ in range(10))
    shares = len(seats) * (SEAT_SHARE[1] + SEAT_SHARE[0] * seconds) + 300 * seconds * NEWCOMER_SHARE[1]
    most = settings.address_message_burst + settings.address_messages_per_second * seconds + shares
    assert through <= most
    assert allowances.take(allowances.for_newcomer(), "192.0.2.2")  # nobody else notices


def test_who_sits_beside_a_flood_is_heard() -> None:
    clock = Clock()
    allowances = Allowances(Settings(), clock)
    guest, flood = allowances.for_seat(), [allowances.for_seat() for _ in range(250)]
    answers, refused = [], 0
    for _ in range(120):
        clock.now += 1.0
        refused += sum(not allowances.take(each, "192.0.2.1") for _ in range(30) for each in flood)
        answers.append(allowances.take(guest, "192.0.2.1"))
        newcomer = allowances.for_newcomer()
        answers += [allowances.take(newcomer, "192.0.2.1") for _ in range(3)]
    assert refused > 0
    assert all(answers)


def test_connections_are_counted_as_they_come_not_only_while_they_last() -> None:
    clock = Clock()
    settings = msgspec.structs.replace(Settings(), address_connections_per_second=10.0, address_connection_burst=20)
    door = Doorkeeper(settings, clock)

    def come_and_go(times: int) -> int:
        let_in = 0
        for _ in range(times):
            if door.enter("192.0.2.1"):
                let_in += 1
                door.leave("192.0.2.1")
        return let_in

    assert come_and_go(100) == 20
    clock.now = 1.0
    assert come_and_go(100) == 10
    assert door.enter("192.0.2.2")


def test_of_many_keys_the_latest_are_remembered() -> None:
    buckets = Buckets(0.001, 1, Clock())
    assert buckets.of("first").take()
    assert not buckets.of("first").take()
    for number in range(MOST_KEYS):
        buckets.of(str(number)).take()
    assert buckets.find("first") is None
    assert not buckets.of(str(MOST_KEYS - 1)).take()


def test_a_network_holds_its_addresses_and_a_name_is_in_none() -> None:
    networks = Networks(["10.1.0.0/16", "192.0.2.7", "2001:db8::/32"])
    assert all(address in networks for address in ("10.1.255.3", "192.0.2.7", "2001:db8::1"))
    assert not any(address in networks for address in ("10.2.0.1", "192.0.2.8", "2001:db9::1", "localhost", "unknown"))
