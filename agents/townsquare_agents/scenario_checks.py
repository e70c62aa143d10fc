"""What no single key can say: names that must exist, shares that must add up, messages that must fit their platform."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from townsquare_agents.event_checks import check_change
from townsquare_agents.network_checks import check_network
from townsquare_agents.scenario_parts import LEVERS, Event, Platform, Play

if TYPE_CHECKING:
    from townsquare_agents.scenario import Scenario

MOST_MESSAGES_PER_ROUND = 2000


class CrossCheckError(ValueError):
    """A name or number that does not fit the rest of the scenario; `location` is its key path."""

    def __init__(self, location: tuple[str | int, ...], problem: str, value: object, remedy: str | None = None) -> None:
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


def cross_checks(scenario: Scenario) -> list[CrossCheckError]:
    """Return all that does not fit in a scenario whose single keys are right."""
    found: list[CrossCheckError] = []
    for table in ("topics", "archetypes", "platforms", "vendors", "plays", "events"):
        seen: set[str] = set()
        for index, item in enumerate(getattr(scenario, table)):
            if item.id in seen:
                found.append(CrossCheckError((table, index, "id"), f"is used twice in {table}", item.id))
            seen.add(item.id)
    topics = {t.id for t in scenario.topics}
    platforms = {p.id: p for p in scenario.platforms}
    vendors = {v.id for v in scenario.vendors}
    for a, archetype in enumerate(scenario.archetypes):
        for topic, interest in archetype.interests.items():
            where = ("archetypes", a, "interests", topic)
            if topic not in topics:
                found.append(CrossCheckError(where, f"is no topic; topics are {_listed(topics)}", topic))
            if not 0 <= interest <= 1:
                found.append(CrossCheckError(where, "must lie between 0 and 1", interest))
    shares = sum(archetype.share for archetype in scenario.archetypes)
    if abs(shares - 1) > 1e-6:
        found.append(
            CrossCheckError(("archetypes",), "the shares of the archetypes must add up to 1", round(shares, 6))
        )
    market = sum(vendor.market_share for vendor in scenario.vendors)
    if market > 1 + 1e-9:
        found.append(
            CrossCheckError(("vendors",), "the vendors' market shares add up to more than 1", round(market, 6))
        )
    for v, vendor in enumerate(scenario.vendors):
        for key in ("niche", "belief"):
            topic = getattr(vendor, key)
            if topic is not None and topic not in topics:
                found.append(CrossCheckError(("vendors", v, key), f"is no topic; topics are {_listed(topics)}", topic))
        found.extend(_check_levers(("vendors", v, "levers"), vendor.levers))
    for name in scenario.policies:
        if name not in vendors:
            found.append(CrossCheckError(("policies", name), f"is no vendor; vendors are {_listed(vendors)}", name))
    money = scenario.parameters.money
    if money.retention >= 1 + money.discount:
        problem = f"must be below 1 + discount ({1 + money.discount:g}), or a customer is worth infinitely much"
        found.append(CrossCheckError(("parameters", "money", "retention"), problem, money.retention))
    population = scenario.population
    if population.smallest_committee > population.largest_committee:
        found.append(
            CrossCheckError(
                ("population", "smallest_committee"),
                f"is larger than largest_committee ({population.largest_committee})",
                population.smallest_committee,
            )
        )
    for p, platform in enumerate(scenario.platforms):
        if platform.relationship in ("permission", "viral", "mixed") and platform.network is None:
            missing = f"is missing: a {platform.relationship} platform needs ties"
            found.append(CrossCheckError(("platforms", p, "network"), missing, platform.id))
        if platform.network is not None:
            found.extend(
                CrossCheckError(
                    ("platforms", p, "network", mistake.key), mistake.problem, mistake.value, mistake.remedy
                )
                for mistake in check_network(platform.network, population.buyers)
            )
        if platform.topic is not None and platform.topic not in topics:
            problem = f"is no topic; topics are {_listed(topics)}"
            found.append(CrossCheckError(("platforms", p, "topic"), problem, platform.topic))
    for k, play in enumerate(scenario.plays):
        found.extend(_check_play(scenario, k, play, platforms))
        found.extend(_check_levers(("plays", k, "capacity", "levers"), play.capacity.levers))
    for e, event in enumerate(scenario.events):
        found.extend(_check_event(scenario, e, event))
    return found


def _check_levers(where: tuple[str | int, ...], levers: dict[str, float]) -> list[CrossCheckError]:
    found = [
        CrossCheckError((*where, name), f"is no lever; levers are {', '.join(LEVERS)}", name)
        for name in levers
        if name not in LEVERS
    ]
    found += [
        CrossCheckError((*where, name), "must lie between 0 and 1", value)
        for name, value in levers.items()
        if not 0 <= value <= 1
    ]
    return found


def _check_event(scenario: Scenario, e: int, event: Event) -> list[CrossCheckError]:
    found = []
    for c, change in enumerate(event.changes):
        mistake = check_change(scenario, change)
        if mistake is not None:
            where = ("events", e, "changes", c, mistake.key)
            found.append(CrossCheckError(where, mistake.problem, mistake.value, mistake.remedy))
    if event.tick > scenario.calendar.ticks_per_round:
        ticks = scenario.calendar.ticks_per_round
        found.append(CrossCheckError(("events", e, "tick"), f"comes after the round's last tick ({ticks})", event.tick))
    return found


def _check_play(scenario: Scenario, k: int, play: Play, platforms: dict[str, Platform]) -> list[CrossCheckError]:
    found: list[CrossCheckError] = []
    total = 0
    for m, spec in enumerate(play.messages):
        where = ("plays", k, "messages", m)
        platform = platforms.get(spec.platform)
        if platform is None:
            found.append(
                CrossCheckError(
                    (*where, "platform"), f"is no platform; platforms are {_listed(platforms)}", spec.platform
                )
            )
            continue
        if spec.first_day > spec.last_day:
            found.append(
                CrossCheckError((*where, "first_day"), f"comes after last_day ({spec.last_day})", spec.first_day)
            )
        if spec.first_day > scenario.calendar.ticks_per_round:
            ticks = scenario.calendar.ticks_per_round
            found.append(
                CrossCheckError((*where, "first_day"), f"comes after the round's last tick ({ticks})", spec.first_day)
            )
        needed = {"purchased": "inbox", "readers": "owned"}.get(spec.reach)
        if needed is not None and platform.relationship != needed:
            problem = f"needs a platform with relationship {needed!r}; {spec.platform!r} is {platform.relationship!r}"
            found.append(CrossCheckError((*where, "reach"), problem, spec.reach))
        if spec.reach in ("paid", "purchased", "direct") and spec.volume == 0:
            found.append(
                CrossCheckError(
                    (*where, "volume"), "must be above 0: it says how many buyers are addressed", spec.volume
                )
            )
        if platform.format == "short" and spec.length > 0.5:
            found.append(
                CrossCheckError((*where, "length"), f"is too long for {spec.platform!r}, which is short", spec.length)
            )
        total += spec.sends * (play.max_level if spec.scales == "sends" else 1)
    hosted = [spec for spec in play.messages if _relationship(platforms, spec.platform) == "group"]
    if play.capacity.hosting > 0 and not hosted:
        problem, remedy = "does not say which group is hosted", "let the play send a message to a group"
        place = ("plays", k, "capacity", "hosting")
        found.append(CrossCheckError(place, problem, play.capacity.hosting, remedy))
    if total > MOST_MESSAGES_PER_ROUND:
        found.append(
            CrossCheckError(
                ("plays", k, "messages"),
                f"asks for more than {MOST_MESSAGES_PER_ROUND} messages a round at its highest level",
                total,
            )
        )
    return found


def _relationship(platforms: dict[str, Platform], name: str) -> str | None:
    return platforms[name].relationship if name in platforms else None


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
