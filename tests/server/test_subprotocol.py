"""Versions: ours is chosen where it is offered, and every other one gets words that fit a close frame."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from townsquare_server.subprotocol import choose, problem
from townsquare_server.wire import SUBPROTOCOLS

OTHERS = st.integers(0, 9999).filter(lambda version: version != 1).map(lambda version: f"townsquare.v{version}.json")


@given(st.lists(st.one_of(OTHERS, st.sampled_from(SUBPROTOCOLS), st.text(max_size=20)), max_size=6))
def test_ours_is_chosen_where_it_is_offered_and_foreign_ones_never(offered: list[str]) -> None:
    chosen = choose(offered)
    if set(offered) & set(SUBPROTOCOLS):
        assert chosen in SUBPROTOCOLS
        assert problem(chosen) is None
    else:
        assert chosen is None or chosen.startswith("townsquare.v")
        assert chosen is None or problem(chosen) is not None


def test_msgpack_is_preferred() -> None:
    assert choose(["townsquare.v2.json", "townsquare.v1.json", "townsquare.v1.msgpack"]) == "townsquare.v1.msgpack"
    assert choose(["chat", "graphql-ws"]) is None


@given(OTHERS)
def test_another_version_is_told_which_is_spoken_and_what_to_do(name: str) -> None:
    words = problem(name)
    assert words is not None
    assert words.startswith("townsquare.v1 is spoken here, v")
    assert ("too old" if name == "townsquare.v0.json" else "too new") in words
    assert len(words.encode()) <= 123
