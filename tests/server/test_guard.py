"""Guesses of codes: a class mistypes, a guesser waits; and how long guessing takes is computed, not hoped."""

from __future__ import annotations

import itertools

import msgspec
import pytest

from townsquare_server.errors import Code, RefusalError
from townsquare_server.guard import Guard
from townsquare_server.limits import Guesses
from townsquare_server.seats import ALPHABET, JOIN_CODE_LETTERS, PERSONAL_CODE_LETTERS
from townsquare_server.settings import Settings
from townsquare_server.wire import ClientCreateRoom, ClientJoin, ClientMessage, ClientPeek, ClientRedeem, ClientResume

DAY, YEAR = 86_400, 86_400 * 365
CLASS = 200


def outcome(guard: Guard, address: str, message: ClientMessage, code: Code | None) -> Code | None:
    """What somebody hears whose message turns out to be wrong (`code`) or right (None)."""
    try:
        with guard.watching(address, message):
            if code is not None:
                raise RefusalError(code, "wrong")
    except RefusalError as refusal:
        return refusal.code
    return None


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (ClientPeek(1, "BBBBBB"), Code.UNKNOWN_ROOM),
        (ClientJoin(1, "BBBBBB", "Ada", "A"), Code.UNKNOWN_ROOM),
        (ClientRedeem(1, "KWMRTX", "BBBB-BBBB"), Code.BAD_PERSONAL_CODE),
        (ClientCreateRoom(1, "first_market", 2, host_key="BBBB-BBBB-BBBB"), Code.HOST_KEY_NEEDED),
    ],
)
def test_whoever_guesses_is_soon_not_listened_to(message: ClientMessage, code: Code) -> None:
    guard = Guard(msgspec.convert({"guesses_per_second": 0.001, "guess_burst": 5}, Settings))
    heard = [outcome(guard, "192.0.2.1", message, code) for _ in range(8)]
    assert heard == [code] * 5 + [Code.TOO_FAST] * 3
    assert outcome(guard, "192.0.2.1", message, None) is Code.TOO_FAST  # a right guess too: else nothing were gained
    assert outcome(guard, "192.0.2.2", ClientPeek(1, "KWMRTX"), None) is None


def test_personal_codes_of_a_room_are_guarded_against_many_addresses() -> None:
    guard = Guard(msgspec.convert({"guesses_per_second": 0.001, "guess_burst": 5}, Settings))
    message = ClientRedeem(1, "kwm rtx", "BBBB-BBBB")
    heard = [outcome(guard, f"192.0.2.{n}", message, Code.BAD_PERSONAL_CODE) for n in range(8)]
    assert heard[5:] == [Code.TOO_FAST] * 3
    assert outcome(guard, "192.0.2.99", ClientRedeem(1, "BCDFGH", "BBBB-BBBB"), None) is None
    assert outcome(guard, "192.0.2.99", ClientResume(1, "a token"), None) is None


def test_a_class_behind_one_address_mistypes_and_gets_in() -> None:
    guard = Guard(Settings())
    for number in range(CLASS):
        assert outcome(guard, "192.0.2.1", ClientPeek(number, "WRONGS"), Code.UNKNOWN_ROOM) is Code.UNKNOWN_ROOM
        assert outcome(guard, "192.0.2.1", ClientJoin(number, "KWMRTX", "Ada", "A"), None) is None


def test_guessing_takes_longer_than_a_room_lives() -> None:
    settings = Settings()
    rate = settings.guesses_per_second
    rooms, seats, room_lives = 20, CLASS + 2, 1 * DAY
    find_some_room = len(ALPHABET) ** JOIN_CODE_LETTERS / rooms / rate
    find_some_seat = len(ALPHABET) ** PERSONAL_CODE_LETTERS / seats / rate
    find_the_hosts_seat = len(ALPHABET) ** PERSONAL_CODE_LETTERS / 2 / rate  # the host's and the second host's
    find_the_host_key = len(ALPHABET) ** 12 / rate
    assert find_some_room > 15 * room_lives  # 20 days
    assert find_some_seat > 1.5 * YEAR
    assert find_the_hosts_seat > 150 * YEAR
    assert find_the_host_key > 1e7 * YEAR


def test_only_so_many_guessers_are_remembered() -> None:
    now = itertools.count()
    guesses = Guesses(1e-9, 1, lambda: next(now))
    for number in range(10_001):
        guesses.wrong(str(number))
    assert guesses.allowed("0")
    assert not guesses.allowed("10000")


def test_games_that_are_over_are_not_read_back_for_one_address_again_and_again() -> None:
    guard = Guard(Settings())
    for _ in range(30):
        guard.read_again("192.0.2.1")
    with pytest.raises(RefusalError, match="too_fast"):
        guard.read_again("192.0.2.1")
    guard.read_again("192.0.2.2")
