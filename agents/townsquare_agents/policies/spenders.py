"""Policies that spend a round's money and hours on the plays of one side, or of both, as evenly as these allow.

They read the plays from the scenario, so they also play with plays that a scenario's author has invented.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from townsquare_agents.plan import Action, Plan
from townsquare_agents.policies import Observation
from townsquare_agents.scenario import Scenario
from townsquare_agents.scenario_parts import Play


@dataclass(frozen=True, slots=True)
class Spender:
    """Raises the levels of its plays in turn, one at a time, while money and hours last."""

    sides: tuple[str, ...]
    share: float = 1.0  # of the round's money

    def decide(self, observation: Observation) -> Plan:
        """Return levels for the plays of ``sides``; topics go round, starting with the vendor's niche."""
        scenario = observation.scenario
        plays = _in_turn([play for play in scenario.plays if play.side in self.sides], self.sides)
        levels = _fill(plays, observation.money * self.share, observation.hours)
        topic = _topic(scenario, observation)
        return Plan.of(
            Action(play.id, play.id, levels[play.id], topic=topic if play.takes_topic else None)
            for play in plays
            if levels[play.id] > 0
        )


def _in_turn(plays: Iterable[Play], sides: tuple[str, ...]) -> list[Play]:
    """Return the plays with the sides alternating, each side in the scenario's order."""
    by_side = {side: [play for play in plays if play.side == side] for side in sides}
    longest = max((len(group) for group in by_side.values()), default=0)
    return [group[n] for n in range(longest) for group in by_side.values() if n < len(group)]


def _fill(plays: list[Play], money: float, hours: float) -> dict[str, int]:
    levels = {play.id: 0 for play in plays}
    raised = True
    while raised:
        raised = False
        for play in plays:
            if levels[play.id] < play.max_level and play.money <= money and play.hours <= hours:
                levels[play.id] += 1
                money -= play.money
                hours -= play.hours
                raised = raised or play.money > 0 or play.hours > 0 or levels[play.id] < play.max_level
    return levels


def _topic(scenario: Scenario, observation: Observation) -> str:
    """Return the topic believed most wanted in odd rounds, and the others in turn in even ones."""
    topics = [topic.id for topic in scenario.topics]
    if observation.round % 2 == 1:
        return max(topics, key=lambda topic: observation.demand[topic])
    return topics[(observation.round // 2) % len(topics)]


def campaign() -> Spender:
    """Return the campaigner: shouts."""
    return Spender(("campaign",))


def relationship() -> Spender:
    """Return the relationship builder: talks and listens."""
    return Spender(("relationship", "listening"))


def mixed() -> Spender:
    """Return the player that does both."""
    return Spender(("relationship", "campaign", "listening"))


def idle() -> Spender:
    """Return the player that does nothing: what the others are worth is the difference to it."""
    return Spender(())
