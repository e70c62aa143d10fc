"""A task with many steps: others go between them when its turn is over, and not before."""

from __future__ import annotations

import asyncio

from townsquare_server.turn import Turn


def order_of(turn: Turn) -> list[str]:
    """Let two tasks take three steps each, one of them by turns; return who took which."""
    done: list[str] = []

    async def work() -> None:
        for step in range(3):
            done.append(f"step {step}")
            await turn.give_way()

    async def other() -> None:
        for step in range(3):
            done.append(f"other {step}")
            await asyncio.sleep(0)

    async def both() -> None:
        await asyncio.gather(work(), other())

    asyncio.run(both())
    return done


def test_others_go_between_the_steps_of_a_task_whose_turn_is_over() -> None:
    assert order_of(Turn(0.0)) == ["step 0", "other 0", "step 1", "other 1", "step 2", "other 2"]


def test_a_turn_that_lasts_is_not_given_away() -> None:
    assert order_of(Turn(3600.0)) == ["step 0", "step 1", "step 2", "other 0", "other 1", "other 2"]
