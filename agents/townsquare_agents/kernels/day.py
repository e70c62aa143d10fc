"""One tick from delivery on, in this order (docs/model.md, 3). The order is part of every result.

One entry into compiled code a tick: telling Numba what 30 arrays are costs ten microseconds each time.
"""

from __future__ import annotations

from townsquare_agents.compiled import inline, kernel
from townsquare_agents.kernels.conversation import converse
from townsquare_agents.kernels.evening import settle
from townsquare_agents.kernels.experience import experience
from townsquare_agents.kernels.feed import deliver, delivered
from townsquare_agents.kernels.groups import gather
from townsquare_agents.kernels.journey import decide, need, pipeline
from townsquare_agents.kernels.measures import measure
from townsquare_agents.kernels.response import attend_and_respond
from townsquare_agents.kernels.tables import (
    SIZE_ENTRIES,
    SIZE_NEED,
    SIZE_NEED_QUESTIONS,
    SIZE_QUESTIONS,
    World,
)
from townsquare_agents.kernels.word_of_mouth import talk


@inline
def _most_questions(world: World) -> int:
    """Return the most that can wait today: from before, about each message, out of need, and complaints."""
    members = 0
    for a in range(world.accounts.size):
        account = world.accounts[a]
        if account["in_market"]:
            members += account["last"] - account["first"]
    sizes = world.log.sizes
    most: int = sizes[SIZE_QUESTIONS] + sizes[SIZE_ENTRIES] + members * world.vendors.size + world.accounts.size
    return most


@kernel
def run_day(world: World, seed: int, tick: int) -> bool:
    """Let messages that wait arrive, buyers respond, vendors answer, accounts decide and live with it.

    Return False, with nothing begun, where a buffer is too short for what ``sizes`` asks for: grow it, call again.
    """
    deliver(world, seed, tick)  # 2. deliver
    sizes = world.log.sizes
    sizes[SIZE_NEED_QUESTIONS] = _most_questions(world)
    if sizes[SIZE_NEED] > world.entries.size or sizes[SIZE_NEED_QUESTIONS] > world.questions.size:
        world.offered[:] = 0
        return False
    delivered(world, tick)
    attend_and_respond(world, tick)  # 3. attend, 4. respond
    if world.rules[0]["on_service"] != 0.0:
        converse(world, tick)  # 5. converse
    need(world, tick)  # 6. journey
    decide(world, tick)
    talk(world, tick)
    experience(world, tick)  # 7. experience
    gather(world, tick)  # 8. ties
    settle(world)  # 9. evening, ledger
    measure(world)
    pipeline(world)
    return True
