"""Looking at a running market: who shared what at which depth of its cascade, whom that reached, who answered.

Law: looking changes nothing. A message is delivered by its vendor on the day it is posted, and by those who share it on
the day after they did; so the depth of a share is its day less the message's, with nothing to be guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.kernels.codes import Happening
from townsquare_agents.kernels.tables import SIZE_SHARES, World
from townsquare_agents.market import Market
from townsquare_agents.plan import Plan
from townsquare_agents.scenario import Scenario


@dataclass(slots=True)
class Cascades:
    """What was seen of sharing in one game."""

    shares: list[
        int
    ]  # acts of sharing by depth: 0 saw the vendor's own message, 1 a share of it, 2 a share of that, ..
    follows: list[int]  # buyers who became followers, by the depth at which they saw the message
    audience: NDArray[np.int64]  # [N] buyers whom each buyer's shares can reach, over all networks
    taken_part: NDArray[np.int64]  # [N] acts of sharing
    reached: NDArray[np.int64]  # [N] deliveries that each buyer's shares made
    persuaded: NDArray[np.float64]  # [N] answers (a share, a follow) to them; split when several delivered the same
    _senders: dict[tuple[int, int], list[int]] = field(default_factory=dict)


def world_of(market: Market) -> World:
    """Return the tables behind a market's columns, to read."""
    return market._world


def run_rounds(market: Market, plans: Iterable[Mapping[str, Plan]]) -> Market:
    """Run one round for each of these sets of plans; vendors not named are decided by their policy."""
    for round_plans in plans:
        for vendor, plan in round_plans.items():
            market.set_plan(vendor, plan)
        for _ in range(market.definition.calendar.ticks_per_round):
            market.step()
    return market


def watch_cascades(scenario: Scenario, seed: int) -> Cascades:
    """Play a game by the scenario's policies and watch every share."""
    market = Market(scenario, seed, stories=True, collect=False)
    n = scenario.population.buyers
    seen = Cascades(
        shares=[0] * 12,
        follows=[0] * 12,
        audience=np.diff(world_of(market).ties.start, axis=1).sum(axis=0).astype(np.int64),
        taken_part=np.zeros(n, np.int64),
        reached=np.zeros(n, np.int64),
        persuaded=np.zeros(n),
    )
    while not market.over:
        market.step()
        _watch_tick(market, seen)
    _count_follows(market, seen)
    return seen


def _watch_tick(market: Market, seen: Cascades) -> None:
    """Take down the shares of the tick that has just been run."""
    world, tick = world_of(market), market.tick - 1
    shares = world.shares[: int(world.log.sizes[SIZE_SHARES])]
    answers = {(int(share["buyer"]), int(share["message"])) for share in shares}
    for buyer, message in answers:
        depth = tick - int(world.messages[message]["tick"])
        seen.shares[min(depth, len(seen.shares) - 1)] += 1
        seen.taken_part[buyer] += 1
        _credit(seen, seen._senders.get((buyer, message), []))
    follows = market.stories.rows()
    follows = follows[(follows["tick"] == tick) & (follows["what"] == Happening.FOLLOW)]
    for event in follows:
        _credit(seen, seen._senders.get((int(event["buyer"]), int(event["message"])), []))
    seen._senders.clear()
    for share in shares:
        _deliver(world, seen, int(share["buyer"]), int(share["message"]), int(share["platform"]))


def _deliver(world: World, seen: Cascades, sharer: int, message: int, platform: int) -> None:
    """Note whom a share will reach tomorrow."""
    network = int(world.platforms[platform]["network"])
    if network < 0:
        return
    first, last = world.ties.start[network, sharer], world.ties.start[network, sharer + 1]
    for buyer in world.ties.target[first:last]:
        if world.member[buyer, platform]:
            seen.reached[sharer] += 1
            seen._senders.setdefault((int(buyer), message), []).append(sharer)


def _credit(seen: Cascades, senders: list[int]) -> None:
    for sender in senders:
        seen.persuaded[sender] += 1.0 / len(senders)


def _count_follows(market: Market, seen: Cascades) -> None:
    rows = market.stories.rows()
    rows = rows[(rows["what"] == Happening.FOLLOW) & (rows["message"] >= 0)]
    depth = rows["tick"] - market.board.rows["tick"][rows["message"]]
    for value, count in zip(*np.unique(depth, return_counts=True), strict=True):
        seen.follows[min(int(value), len(seen.follows) - 1)] += int(count)
