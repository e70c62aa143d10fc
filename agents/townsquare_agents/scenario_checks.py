"""What no single key can say: names that must exist, shares that must add up, messages that must fit their platform.

Law: each check yields all that it finds, in the order of the file's tables, so that a scenario is mended in one go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from townsquare_agents.errors import Location
from townsquare_agents.event_checks import check_change
from townsquare_agents.network_checks import check_network
from townsquare_agents.scenario_parts import LEVERS, Event, MessageSpec, Platform, Play

if TYPE_CHECKING:
    from townsquare_agents.scenario import Scenario

MOST_MESSAGES_PER_ROUND = 2000


class CrossCheckError(ValueError):
    """A name or number that does not fit the rest of the scenario; `location` is its key path."""

    def __init__(self, location: Location, problem: str, value: object, remedy: str | None = None) -> None:
        self.location = location
        self.remedy = remedy
        self.problem = problem
        self.value = value
        super().__init__(problem)


class CrossChecksError(ValueError):
    """All that does not fit, found in one go."""

    def __init__(self, found: list[CrossCheckError]) -> None:
        self.found = found
        super().__init__("; ".join(str(error) for error in found))


Mistakes = Iterator[CrossCheckError]


def cross_checks(scenario: Scenario) -> list[CrossCheckError]:
    """Return all that does not fit in a scenario whose single keys are right."""
    return [mistake for check in _CHECKS for mistake in check(scenario)]


def _identifiers(scenario: Scenario) -> Mistakes:
    for table in ("topics", "archetypes", "platforms", "vendors", "plays", "events"):
        seen: set[str] = set()
        for index, item in enumerate(getattr(scenario, table)):
            if item.id in seen:
                yield CrossCheckError((table, index, "id"), f"is used twice in {table}", item.id)
            seen.add(item.id)


def _archetypes(scenario: Scenario) -> Mistakes:
    topics = _topics(scenario)
    for index, archetype in enumerate(scenario.archetypes):
        for topic, interest in archetype.interests.items():
            where = ("archetypes", index, "interests", topic)
            if topic not in topics:
                yield CrossCheckError(where, f"is no topic; topics are {_listed(topics)}", topic)
            if not 0 <= interest <= 1:
                yield CrossCheckError(where, "must lie between 0 and 1", interest)
    shares = sum(archetype.share for archetype in scenario.archetypes)
    if abs(shares - 1) > 1e-6:
        yield CrossCheckError(("archetypes",), "the shares of the archetypes must add up to 1", round(shares, 6))


def _vendors(scenario: Scenario) -> Mistakes:
    topics = _topics(scenario)
    market = sum(vendor.market_share for vendor in scenario.vendors)
    if market > 1 + 1e-9:
        yield CrossCheckError(("vendors",), "the vendors' market shares add up to more than 1", round(market, 6))
    for index, vendor in enumerate(scenario.vendors):
        for key in ("niche", "belief"):
            topic = getattr(vendor, key)
            if topic is not None and topic not in topics:
                yield CrossCheckError(("vendors", index, key), f"is no topic; topics are {_listed(topics)}", topic)
        yield from _levers(("vendors", index, "levers"), vendor.levers)


def _policies(scenario: Scenario) -> Mistakes:
    vendors = {vendor.id for vendor in scenario.vendors}
    for name in scenario.policies:
        if name not in vendors:
            yield CrossCheckError(("policies", name), f"is no vendor; vendors are {_listed(vendors)}", name)


def _money(scenario: Scenario) -> Mistakes:
    money = scenario.parameters.money
    if money.retention >= 1 + money.discount:
        problem = f"must be below 1 + discount ({1 + money.discount:g}), or a customer is worth infinitely much"
        yield CrossCheckError(("parameters", "money", "retention"), problem, money.retention)


def _population(scenario: Scenario) -> Mistakes:
    smallest, largest = scenario.population.smallest_committee, scenario.population.largest_committee
    if smallest > largest:
        where = ("population", "smallest_committee")
        yield CrossCheckError(where, f"is larger than largest_committee ({largest})", smallest)


def _platforms(scenario: Scenario) -> Mistakes:
    topics = _topics(scenario)
    for index, platform in enumerate(scenario.platforms):
        if platform.relationship in ("permission", "viral", "mixed") and platform.network is None:
            missing = f"is missing: a {platform.relationship} platform needs ties"
            yield CrossCheckError(("platforms", index, "network"), missing, platform.id)
        if platform.network is not None:
            for mistake in check_network(platform.network, scenario.population.buyers):
                where = ("platforms", index, "network", mistake.key)
                yield CrossCheckError(where, mistake.problem, mistake.value, mistake.remedy)
        if platform.topic is not None and platform.topic not in topics:
            problem = f"is no topic; topics are {_listed(topics)}"
            yield CrossCheckError(("platforms", index, "topic"), problem, platform.topic)


def _plays(scenario: Scenario) -> Mistakes:
    for index, play in enumerate(scenario.plays):
        yield from _play(scenario, ("plays", index), play)
        yield from _levers(("plays", index, "capacity", "levers"), play.capacity.levers)


def _play(scenario: Scenario, at: Location, play: Play) -> Mistakes:
    platforms = {platform.id: platform for platform in scenario.platforms}
    total = 0
    for index, spec in enumerate(play.messages):
        where = (*at, "messages", index)
        platform = platforms.get(spec.platform)
        if platform is None:
            problem = f"is no platform; platforms are {_listed(platforms)}"
            yield CrossCheckError((*where, "platform"), problem, spec.platform)
            continue
        yield from _message(where, spec, platform, scenario.calendar.ticks_per_round)
        total += spec.sends * (play.max_level if spec.scales == "sends" else 1)
    groups = {platform.id for platform in scenario.platforms if platform.relationship == "group"}
    if play.capacity.hosting > 0 and not any(spec.platform in groups for spec in play.messages):
        problem, remedy = "does not say which group is hosted", "let the play send a message to a group"
        yield CrossCheckError((*at, "capacity", "hosting"), problem, play.capacity.hosting, remedy)
    if total > MOST_MESSAGES_PER_ROUND:
        problem = f"asks for more than {MOST_MESSAGES_PER_ROUND} messages a round at its highest level"
        yield CrossCheckError((*at, "messages"), problem, total)


def _message(where: Location, spec: MessageSpec, platform: Platform, ticks: int) -> Mistakes:
    if spec.first_day > spec.last_day:
        yield CrossCheckError((*where, "first_day"), f"comes after last_day ({spec.last_day})", spec.first_day)
    if spec.first_day > ticks:
        yield CrossCheckError((*where, "first_day"), f"comes after the round's last tick ({ticks})", spec.first_day)
    needed = {"purchased": "inbox", "readers": "owned"}.get(spec.reach)
    if needed is not None and platform.relationship != needed:
        problem = f"needs a platform with relationship {needed!r}; {spec.platform!r} is {platform.relationship!r}"
        yield CrossCheckError((*where, "reach"), problem, spec.reach)
    if spec.reach in ("paid", "purchased", "direct") and spec.volume == 0:
        problem = "must be above 0: it says how many buyers are addressed"
        yield CrossCheckError((*where, "volume"), problem, spec.volume)
    if platform.format == "short" and spec.length > 0.5:
        problem = f"is too long for {spec.platform!r}, which is short"
        yield CrossCheckError((*where, "length"), problem, spec.length)


def _levers(where: Location, levers: dict[str, float]) -> Mistakes:
    for name in levers:
        if name not in LEVERS:
            yield CrossCheckError((*where, name), f"is no lever; levers are {', '.join(LEVERS)}", name)
    for name, value in levers.items():
        if not 0 <= value <= 1:
            yield CrossCheckError((*where, name), "must lie between 0 and 1", value)


def _events(scenario: Scenario) -> Mistakes:
    for index, event in enumerate(scenario.events):
        yield from _event(scenario, ("events", index), event)


def _event(scenario: Scenario, at: Location, event: Event) -> Mistakes:
    for index, change in enumerate(event.changes):
        mistake = check_change(scenario, change)
        if mistake is not None:
            where = (*at, "changes", index, mistake.key)
            yield CrossCheckError(where, mistake.problem, mistake.value, mistake.remedy)
    ticks = scenario.calendar.ticks_per_round
    if event.tick > ticks:
        yield CrossCheckError((*at, "tick"), f"comes after the round's last tick ({ticks})", event.tick)


def _topics(scenario: Scenario) -> set[str]:
    return {topic.id for topic in scenario.topics}


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


_CHECKS: tuple[Callable[[Scenario], Mistakes], ...] = (
    _identifiers,
    _archetypes,
    _vendors,
    _policies,
    _money,
    _population,
    _platforms,
    _plays,
    _events,
)
