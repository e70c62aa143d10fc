"""Shards: a code alone says where its room is, and a shard draws only codes of its own."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from townsquare_server.errors import Code, RefusalError
from townsquare_server.seats import ALPHABET, JOIN_CODE_LETTERS
from townsquare_server.settings import MOST_SHARDS
from townsquare_server.shards import Shards


@given(st.integers(1, MOST_SHARDS), st.data(), st.integers())
def test_every_shard_finds_the_one_that_drew_a_code(count: int, data: st.DataObject, seed: int) -> None:
    own = data.draw(st.integers(0, count - 1))
    code = Shards(own, count).draw_code(random.Random(seed).randrange)
    assert len(code) == JOIN_CODE_LETTERS
    assert set(code) <= set(ALPHABET)
    assert {Shards(other, count).of(code.lower()) for other in range(count)} == {own}
    for other in set(range(count)) - {own}:
        with pytest.raises(
            RefusalError, match=rf"^elsewhere: room '{code}' lives on shard {own}: .*/s/{own}/"
        ) as caught:
            Shards(other, count).check(code)
        assert (caught.value.code, caught.value.shard) == (Code.ELSEWHERE, own)
    Shards(own, count).check(code)


@given(st.text(max_size=8), st.integers(1, MOST_SHARDS))
def test_whatever_was_typed_is_of_a_shard_that_exists(text: str, count: int) -> None:
    assert 0 <= Shards(0, count).of(text) < count


def test_the_letters_are_dealt_out_whole() -> None:
    assert len(ALPHABET) == MOST_SHARDS
    first = {Shards(own, 5).draw_code(lambda n: n - 1)[0] for own in range(5)}
    assert len(first) == 5
