"""A digest changes with every bit of the state, and with where it stands."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from townsquare_agents import Market
from townsquare_agents.columns import Columns
from townsquare_agents.kernels import tables
from townsquare_agents.kernels.fingerprint import fingerprint
from townsquare_agents.scenario import Scenario


@pytest.fixture(scope="module")
def market(small: Scenario) -> Market:
    market = Market(small, 1, collect=False)
    while not market._world.log.sizes[tables.SIZE_QUESTIONS]:
        market.step()
    return market


def _flip(array: NDArray[Any], place: int) -> None:
    """Flip the lowest bit of an element."""
    bits = array[np.unravel_index(place % array.size, array.shape)].tobytes()
    array[np.unravel_index(place % array.size, array.shape)] = np.frombuffer(
        bytes([bits[0] ^ 1]) + bits[1:], array.dtype
    )[0]


def _state(market: Market) -> dict[str, NDArray[Any]]:
    world = market._world
    state: dict[str, NDArray[Any]] = {name: getattr(market.columns, name) for name in Columns._fields}
    state |= {"hosting": world.hosting, "history": market.history[: market.tick]}
    waiting = world.questions[: world.log.sizes[tables.SIZE_QUESTIONS]]
    for table in (world.vendors, world.platforms, world.rules, waiting):
        state |= {f"{name} of {table.dtype.names[0]}": table[name] for name in table.dtype.names or ()}
    return state


def test_every_bit_of_the_state_counts(market: Market) -> None:
    known = market.digest()
    seen = {known}
    for name, array in _state(market).items():
        for place in (0, array.size - 1):
            _flip(array, place)
            assert market.digest() != known, name
            seen.add(market.digest())
            _flip(array, place)
            assert market.digest() == known, name
    assert len(seen) > len(_state(market))


def test_two_words_that_change_places_are_another_table() -> None:
    words = np.array([7, 9, 7, 0], np.uint64)
    assert fingerprint(words) == fingerprint(words.copy())
    assert len({int(fingerprint(words[order])) for order in ([0, 1, 2, 3], [1, 0, 2, 3], [0, 1, 3, 2], [0, 1, 2])}) == 4


def test_no_record_has_bits_that_belong_to_no_field() -> None:
    for record in (tables.BUYER, tables.RELATION, tables.ACCOUNT, tables.VENDOR, tables.PLATFORM, tables.QUESTION):
        assert sum(record[name].itemsize for name in record.names or ()) == record.itemsize
        assert record.itemsize % 8 == 0
