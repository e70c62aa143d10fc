"""Tasks with many pieces of work: one turn in a round of the loop, and others between the pieces when it is over."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from townsquare_server.turn import Turns


def order_of(seconds: float) -> list[str]:
    """Let two tasks do three pieces each by turns, while a third one sees how often the loop goes around."""
    done: list[str] = []

    def pieces(name: str) -> Iterator[None]:
        for piece in range(3):
            done.append(f"{name}{piece}")
            yield

    async def watch() -> None:
        for _ in range(30):
            done.append("|")
            await asyncio.sleep(0)

    async def all_of_them() -> None:
        turns = Turns(seconds)
        await asyncio.gather(watch(), turns.go_through(pieces("a")), turns.go_through(pieces("b")))

    asyncio.run(all_of_them())
    return "".join(done).strip("|").split("|")


def test_pieces_take_turns_and_no_round_of_the_loop_has_two() -> None:
    rounds = [each for each in order_of(0.0) if each]
    assert rounds == ["a0", "a1", "b0", "a2", "b1", "b2"]  # b has not asked yet when a asks again


def test_a_turn_that_lasts_is_not_given_away_and_the_next_one_waits_for_another_round() -> None:
    rounds = [each for each in order_of(3600.0) if each]
    assert rounds == ["a0a1a2", "b0b1b2"]


def test_what_cannot_be_cut_waits_for_its_turn() -> None:
    async def both() -> list[str]:
        turns, done = Turns(), list[str]()

        async def act(name: str) -> None:
            async with turns:
                done.append(name)

        def pieces() -> Iterator[None]:
            done.append("piece")
            yield

        await asyncio.gather(act("first"), turns.go_through(pieces()), act("last"))
        return done

    assert asyncio.run(both()) == ["first", "piece", "last"]


def test_a_mistake_ends_its_turn_all_the_same() -> None:
    async def both() -> None:
        turns = Turns()

        def pieces() -> Iterator[None]:
            yield
            raise RuntimeError("a mistake")

        with pytest.raises(RuntimeError, match="a mistake"):
            await turns.go_through(pieces())
        async with turns:
            pass

    asyncio.run(both())
