"""The scenario: schema, checks and defaults. A scenario is data.

Whatever is not said takes the default of `parameters.py`.

`load_scenario` reads TOML (`toml_source.py`), merges what it includes, and returns a frozen `Scenario` or raises
`ScenarioErrors` with file, line, key, value and remedy. `Scenario.to_json` is canonical: a session file carries it,
and `Scenario.digest` names it.
"""

from __future__ import annotations

import functools
import hashlib
import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, ValidationError, model_validator

from townsquare_agents import toml_source
from townsquare_agents.errors import ScenarioError
from townsquare_agents.parameters import Group, Mechanisms, Parameters, quantity
from townsquare_agents.paths import scenarios_folder

LANGUAGES = ("en", "nb")
MOST_BUYERS = 2_000_000
MOST_VENDORS = 8  # three bits of a node's byte name the vendor
MOST_MESSAGES_PER_ROUND = 2000

Identifier = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,39}$")]


def _has_english(texts: dict[str, str]) -> dict[str, str]:
    if "en" not in texts:
        raise ValueError("needs an English text under the key 'en'")
    for language, text in texts.items():
        if len(text) > 4000:
            raise ValueError(f"the text in {language!r} has {len(text)} characters; at most 4000 are allowed")
    return texts


Texts = Annotated[dict[str, str], AfterValidator(_has_english)]


NO_TEXT = Field(default_factory=lambda: {"en": ""})


class Calendar(Group):
    """Length of the game, and the seconds of each phase in a live room."""

    rounds: int = quantity(8, 1, 60, "rounds", "design", "rounds in a game")
    ticks_per_round: int = quantity(28, 1, 366, "ticks", "design", "days in a round")
    money_per_round: float = quantity(60_000, 0, 1e9, "money", "design", "marketing money a vendor gets each round")
    hours_per_round: float = quantity(320, 0, 1e6, "hours", "design", "staff hours a vendor has each round")
    briefing_seconds: int = quantity(180, 1, 7200, "seconds", "design", "briefing in a live room")
    planning_seconds: int = quantity(240, 1, 7200, "seconds", "design", "planning in a live room")
    running_seconds: float = quantity(24, 0.1, 7200, "seconds", "design", "time a round takes on the projector")
    review_seconds: int = quantity(120, 1, 7200, "seconds", "design", "review in a live room")


class Topic(Group):
    """A subject that buyers care about and messages are about."""

    id: Identifier
    name: Texts
    summary: Texts = NO_TEXT


class Archetype(Group):
    """A kind of buyer: what it wants to read, and how it decides."""

    id: Identifier
    name: Texts
    summary: Texts = NO_TEXT
    share: float = quantity(0.25, 0, 1, "share of buyers", "design", "part of the population")
    interests: dict[Identifier, float] = Field(
        default_factory=dict, description="mean interest by topic, 0..1; 0.2 where not named"
    )
    opportunism: float = quantity(0.25, 0, 1, "share", "assumed", "mean attraction to prizes")
    privacy: float = quantity(0.4, 0, 1, "share", "assumed", "mean reluctance to register")
    risk_aversion: float = quantity(0.5, 0, 1, "share", "assumed", "mean aversion to unknown suppliers")
    peer_weight: float = quantity(0.5, 0, 1, "share", "assumed", "how much it leans on peers")
    activity: float = quantity(1.0, 0.1, 5, "ratio", "assumed", "attention it gives social networks, 1 is average")


class NetworkSpec(Group):
    """How the ties of a platform are made."""

    generator: Literal["small_world", "stochastic_block", "directed_follow", "preferential_attachment", "erdos_renyi"]
    mean_degree: float = quantity(10, 0, 500, "ties", "assumed", "mean number of ties (of buyers followed)")
    rewiring: float = quantity(0.1, 0, 1, "share", "Watts & Strogatz 1998", "small world: share of rewired ties")
    reciprocity: float = quantity(0.22, 0, 1, "share", "Kwak et al. 2010", "follow network: ties that go both ways")


class Platform(Group):
    """A social network as rules, not as a brand."""

    id: Identifier
    name: Texts
    relationship: Literal["permission", "viral", "inbox"]
    format: Literal["short", "long", "both"] = "both"
    feed: Literal["recent", "ranked", "digest"] = "recent"
    background: float = quantity(40, 0, 10_000, "posts/tick", "Weng 2012", "other people's posts a member is offered")
    attention: float = quantity(20, 0.1, 200, "posts/tick", "Weng 2012", "posts a member looks at, mean of a Poisson")
    members: float = quantity(0.8, 0, 1, "share", "assumed", "buyers who are on it")
    detection: float = quantity(0.5, 0, 1, "1/tick", "Thomas 2011", "chance that a spamming account is found in a tick")
    followed_at_start: float = quantity(0.03, 0, 1, "share", "assumed", "buyers already tied to a vendor of mean size")
    network: NetworkSpec | None = None


class MessageSpec(Group):
    """Messages that a play sends. It never says what happens next."""

    platform: Identifier
    reach: Literal["followers", "paid", "opted_in", "purchased", "direct", "customers"]
    sends: int = quantity(4, 1, 366, "messages/round", "design", "messages in a round")
    first_day: int = quantity(1, 1, 366, "tick", "design", "first day of the round")
    last_day: int = quantity(28, 1, 366, "tick", "design", "last day of the round")
    volume: float = quantity(
        0, 0, 5000, "buyers per 1000", "design", "addressees of a paid, purchased or direct message"
    )
    scales: Literal["sends", "volume"] = Field("sends", description="what a higher level multiplies")
    usefulness: float = quantity(0, 0, 1, "share", "design", "help it gives to a reader who cares about its topic")
    promotion: float = quantity(0, 0, 1, "share", "design", "how much of it is an offer")
    incentive: float = quantity(0, 0, 1, "share", "design", "prize or rebate for reacting")
    entertainment: float = quantity(0, 0, 1, "share", "design", "fun")
    personal: float = quantity(0, 0, 1, "share", "Lenovo-style expert faces", "a named human being speaks")
    length: float = quantity(0.2, 0, 1, "share", "design", "0 a line, 1 a paper; only long carries expertise")
    stage_fit: float = quantity(0, 0, 1, "share", "design", "timed to where the reader stands")
    ideas: float = quantity(0, 0, 20, "ideas", "design", "ideas one message uses up")
    unsolicited: bool = False
    automated: bool = False
    form: bool = Field(False, description="asks the reader to register")


class Capacity(Group):
    """What a play builds, per level and round."""

    service_hours: float = quantity(0, 0, 10_000, "hours", "design", "hours for questions and complaints")
    expert_hours: float = quantity(0, 0, 10_000, "hours", "design", "hours of experts for ideas")
    reference_effort: float = quantity(0, 0, 10, "ratio", "design", "how much more happy customers speak")
    lead_scoring: float = quantity(0, 0, 1, "share", "design", "sales-ready leads are recognised")
    survey_sample: float = quantity(0, 0, 100_000, "buyers", "design", "buyers asked: what listening measures")


class Play(Group):
    """What a team can do: which messages go out, what they cost, which capacity they build."""

    id: Identifier
    side: Literal["campaign", "relationship", "listening"]
    risk: Literal["low", "medium", "high"] = "low"
    name: Texts
    summary: Texts
    money: float = quantity(0, 0, 1e9, "money", "design", "cost per level and round")
    hours: float = quantity(0, 0, 1e6, "hours", "design", "staff hours per level and round")
    max_level: int = quantity(5, 1, 20, "levels", "design", "highest level")
    takes_topic: bool = False
    takes_audience: bool = False
    messages: list[MessageSpec] = Field(default_factory=list, max_length=20)
    capacity: Capacity = Capacity()


class Vendor(Group):
    """A company that sells; a team or a policy runs it."""

    id: Identifier
    name: str = Field(min_length=1, max_length=40)
    quality: float = quantity(0.6, 0, 1, "share", "design", "quality of product")
    price: float = quantity(1.0, 0.1, 10, "ratio", "design", "price over the market's mean")
    remarkability: float = quantity(0.3, 0, 1, "share", "design", "how much the product stands out for its niche")
    niche: Identifier | None = Field(None, description="topic the product is best at")
    market_share: float = quantity(0.1, 0, 1, "share of accounts", "design", "accounts that are customers at the start")
    awareness: float = quantity(0.25, 0, 1, "awareness", "design", "mean awareness at the start")
    experts: int = quantity(2, 0, 50, "experts", "design", "subject-matter experts")


class Spamming(Group):
    """Outsiders on the open platforms."""

    campaigns: int = quantity(1, 0, 100, "spammers", "design", "spammers at work")


class Population(Group):
    """Buyers and the accounts they decide for."""

    buyers: int = quantity(2000, 10, MOST_BUYERS, "buyers", "design", "size of the market")
    smallest_committee: int = quantity(3, 1, 50, "buyers", "design", "1 and 1: everybody decides alone (B2C)")
    largest_committee: int = quantity(7, 1, 50, "buyers", "design", "largest committee")
    industries: int = quantity(8, 1, 10_000, "industries", "design", "blocks in which ties are denser")


class Scenario(Group):
    """A whole scenario, checked. Frozen: share it between games and threads."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="Townsquare scenario")

    schema_version: Literal[1] = 1
    id: Identifier
    title: Texts
    summary: Texts = NO_TEXT
    briefing: Texts = NO_TEXT
    calendar: Calendar = Calendar()
    population: Population = Population()
    topics: list[Topic] = Field(min_length=1, max_length=32)
    archetypes: list[Archetype] = Field(min_length=1, max_length=32)
    platforms: list[Platform] = Field(min_length=1, max_length=16)
    vendors: list[Vendor] = Field(min_length=1, max_length=MOST_VENDORS)
    plays: list[Play] = Field(min_length=1, max_length=64)
    spam: Spamming = Spamming()
    parameters: Parameters = Parameters()
    mechanisms: Mechanisms = Mechanisms()
    policies: dict[Identifier, Literal["campaign", "relationship", "mixed"]] = Field(
        default_factory=dict, description="policy that plays a vendor without people: campaign, relationship or mixed"
    )

    @model_validator(mode="after")
    def _names_exist(self) -> Scenario:
        found = _cross_checks(self)
        if found:
            raise CrossChecksError(found)
        return self

    @functools.cached_property
    def digest(self) -> str:
        """Hex digest of the canonical JSON."""
        return hashlib.blake2b(self.to_json(), digest_size=16).hexdigest()

    def to_json(self) -> bytes:
        """Return the canonical JSON: all defaults written out, keys sorted."""
        return json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False).encode()

    @classmethod
    def from_json(cls, data: bytes) -> Scenario:
        """Read what `to_json` wrote; raises ScenarioErrors."""
        try:
            return cls.model_validate_json(data)
        except ValidationError as error:
            raise toml_source.explain(error, None) from None

    def vendor_index(self, vendor: str) -> int:
        """Return the index of a vendor by identifier; raises ScenarioError."""
        for index, candidate in enumerate(self.vendors):
            if candidate.id == vendor:
                return index
        known = ", ".join(v.id for v in self.vendors)
        raise ScenarioError("there is no such vendor", value=vendor, remedy=f"use one of {known}")


class CrossCheckError(ValueError):
    """A name or number that does not fit the rest of the scenario; `location` is its key path."""

    def __init__(self, location: tuple[str | int, ...], problem: str, value: object) -> None:
        self.location = location
        self.problem = problem
        self.value = value
        super().__init__(problem)


class CrossChecksError(ValueError):
    """All that does not fit, found in one go."""

    def __init__(self, found: list[CrossCheckError]) -> None:
        self.found = found
        super().__init__("; ".join(str(error) for error in found))


def _cross_checks(scenario: Scenario) -> list[CrossCheckError]:
    found: list[CrossCheckError] = []
    for table in ("topics", "archetypes", "platforms", "vendors", "plays"):
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
        if vendor.niche is not None and vendor.niche not in topics:
            found.append(
                CrossCheckError(("vendors", v, "niche"), f"is no topic; topics are {_listed(topics)}", vendor.niche)
            )
    for name in scenario.policies:
        if name not in vendors:
            found.append(CrossCheckError(("policies", name), f"is no vendor; vendors are {_listed(vendors)}", name))
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
        if platform.relationship != "inbox" and platform.network is None:
            missing = "is missing: a platform that is no inbox needs ties"
            found.append(CrossCheckError(("platforms", p, "network"), missing, platform.id))
        if platform.network is not None and platform.network.mean_degree >= population.buyers:
            found.append(
                CrossCheckError(
                    ("platforms", p, "network", "mean_degree"),
                    f"must be smaller than the number of buyers ({population.buyers})",
                    platform.network.mean_degree,
                )
            )
    for k, play in enumerate(scenario.plays):
        found.extend(_check_play(scenario, k, play, platforms))
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
        if spec.reach in ("opted_in", "purchased") and platform.relationship != "inbox":
            found.append(
                CrossCheckError(
                    (*where, "reach"), f"needs an inbox; {spec.platform!r} is {platform.relationship}", spec.reach
                )
            )
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
    if total > MOST_MESSAGES_PER_ROUND:
        found.append(
            CrossCheckError(
                ("plays", k, "messages"),
                f"asks for more than {MOST_MESSAGES_PER_ROUND} messages a round at its highest level",
                total,
            )
        )
    return found


def _listed(names: Any) -> str:
    return ", ".join(sorted(names))


def load_scenario(source: str | Path) -> Scenario:
    """Load a scenario by path, or by the identifier of a shipped one.

    Raises ScenarioErrors, which lists every mistake.
    """
    path = Path(source)
    if path.suffix != ".toml" and not path.exists():
        path = scenarios_folder() / f"{source}.toml"
    document = toml_source.read(path)
    try:
        return Scenario.model_validate(document.data)
    except ValidationError as error:
        raise toml_source.explain(error, document) from None


def shipped_scenarios() -> list[Path]:
    """Return the paths of the scenarios that come with Townsquare, sorted by name."""
    return sorted(scenarios_folder().glob("*.toml"))


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a scenario file, with units and sources."""
    return Scenario.model_json_schema()
