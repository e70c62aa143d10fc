"""One tick after delivery, in this order (model.md, section 2). The order is part of every result."""

from __future__ import annotations

from townsquare_agents.compiled import kernel
from townsquare_agents.kernels.conversation import converse
from townsquare_agents.kernels.experience import experience
from townsquare_agents.kernels.groups import gather
from townsquare_agents.kernels.journey import decide, need, pipeline, settle
from townsquare_agents.kernels.measures import measure
from townsquare_agents.kernels.response import attend_and_respond
from townsquare_agents.kernels.tables import World
from townsquare_agents.kernels.word_of_mouth import talk


@kernel
def run_day(world: World, tick: int) -> None:
    """Let buyers attend and respond, vendors answer, accounts move and decide, customers live with what they bought."""
    attend_and_respond(world, tick)  # 3. attend, 4. respond
    if world.rules[0]["on_service"] != 0.0:
        converse(world, tick)  # 5. converse
    need(world, tick)  # 6. journey
    settle(world)
    decide(world, tick)
    talk(world, tick)
    experience(world, tick)  # 7. experience
    gather(world, tick)  # 8. ties
    measure(world)  # 9. ledger
    pipeline(world)
