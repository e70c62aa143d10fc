"""The tables of a scenario file, from calendar to events. Schema only; no behaviour."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from townsquare_agents.parameters.quantity import Group, quantity

MOST_BUYERS = 2_000_000
MOST_TIES = 100_000  # of an imported network: a session file carries them
MOST_DEGREES = 100_000  # of a configuration model: a session file carries them
MOST_COMPLETE = 1_000  # buyers who can all be tied to all: finding whose friends are friends takes its cube
MOST_DRAWN = MOST_COMPLETE * (MOST_COMPLETE - 1) // 2  # ties that a list of degrees may ask for
LEVERS = ("leadership", "recognition", "goals", "tools", "competition", "visibility")
"""What an organisation can pull to get ideas from its experts."""

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
    money_per_round: float = quantity(
        60_000, 0, 1e9, "money", "design", "marketing money a vendor of usual size gets each round"
    )
    hours_per_round: float = quantity(
        320, 0, 1e6, "hours", "design", "staff hours a vendor of usual size has each round"
    )
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
        default_factory=dict, description="mean interest by topic, 0..1; parameters.start.interest where not named"
    )
    opportunism: float = quantity(0.25, 0, 1, "share", "assumed", "mean attraction to prizes")
    privacy: float = quantity(0.4, 0, 1, "share", "assumed", "mean reluctance to register")
    risk_aversion: float = quantity(0.5, 0, 1, "share", "assumed", "mean aversion to unknown suppliers")
    peer_weight: float = quantity(0.5, 0, 1, "share", "assumed", "how much it leans on peers")
    activity: float = quantity(1.0, 0.1, 5, "ratio", "assumed", "attention it gives social networks, 1 is average")


class NetworkSpec(Group):
    """How the ties of a platform are made."""

    generator: Literal[
        "small_world",
        "stochastic_block",
        "directed_follow",
        "preferential_attachment",
        "erdos_renyi",
        "ring",
        "complete",
        "configuration_model",
        "imported",
    ]
    mean_degree: float = quantity(10, 0, 500, "ties", "assumed", "mean number of ties (of buyers followed)")
    rewiring: float = quantity(0.1, 0, 1, "share", "Watts & Strogatz 1998", "small world: share of rewired ties")
    reciprocity: float = quantity(0.22, 0, 1, "share", "Kwak et al. 2010", "follow network: ties that go both ways")
    elite: float = quantity(0.0005, 0, 1, "share", "Wu et al. 2011", "follow network: buyers whom most follow")
    own_kind: float = quantity(0.8, 0, 1, "share", "assumed", "follow network: how far the elite follows itself")
    file: str | None = Field(
        None,
        max_length=200,
        description="imported: an edge list (CSV) or GraphML beside this file; configuration_model: a number a line",
    )
    degrees: list[int] = Field(
        default_factory=list, max_length=MOST_DEGREES, description="configuration_model: ties of each buyer, from 0"
    )
    nodes: int = quantity(0, 0, MOST_BUYERS, "buyers", "design", "imported: people in the file, filled in from it")
    ties: list[int] = Field(
        default_factory=list, max_length=2 * MOST_TIES, description="imported: ends of each tie, one after the other"
    )


class Platform(Group):
    """A social network as rules, not as a brand."""

    id: Identifier
    name: Texts
    relationship: Literal["permission", "viral", "inbox", "mixed", "group", "owned", "internal"]
    format: Literal["short", "long", "both"] = Field(
        "both", description="short takes messages of length 0.5 at most, long and both take any"
    )
    feed: Literal["recent", "ranked", "digest"] = "recent"
    background: float = quantity(40, 0, 10_000, "posts/tick", "Weng 2012", "other people's posts a member is offered")
    attention: float = quantity(20, 0.1, 200, "posts/tick", "Weng 2012", "posts a member looks at, mean of a Poisson")
    members: float = quantity(0.8, 0, 1, "share", "assumed", "buyers who are on it when it opens")
    opens_round: int = quantity(
        1, 1, 1000, "round", "design", "round from which it exists; 1000: when an event opens it"
    )
    detection: float = quantity(0.5, 0, 1, "1/tick", "Thomas 2011", "chance that a spamming account is found in a tick")
    detection_delay: float = quantity(1, 1, 60, "ticks", "Thomas 2011", "age at which that begins")
    report_weight: float = quantity(0.2, 0, 1, "share", "assumed", "chance that one report bans a spamming account")
    spam_filter: float = quantity(
        0, 0, 1, "share", "assumed", "spam that a filter keeps from readers; 1: there is none"
    )
    followed_at_start: float = quantity(0.03, 0, 1, "share", "assumed", "buyers already tied to a vendor of mean size")
    followed_by_customers: float = quantity(
        0.3, 0, 1, "share", "assumed", "customers already tied to their supplier, beyond other buyers"
    )
    porosity: float = quantity(0.05, 0, 1, "share", "assumed", "shares that are repeated on another platform")
    credibility: float = quantity(1.0, 0, 3, "ratio", "assumed", "weight of what is said there; 1 is usual")
    traffic: float = quantity(1.0, 0, 5, "ratio", "assumed", "searchers it gets, for an owned platform; 1 is usual")
    tracked: bool = Field(True, description="the vendor sees who clicks")
    interruption: float = quantity(0, 0, 1, "share", "assumed", "how far it demands attention: 1 a ringing phone")
    gate: Literal["open", "qualified", "invite"] = Field("open", description="who may join a group")
    moderation: Literal["none", "democratic", "strict"] = Field("none", description="who removes sales talk")
    tolerated: float = quantity(0.5, 0, 1, "share", "assumed", "promotion that a group's rules allow in a message")
    topic: Identifier | None = Field(None, description="what a group is about")
    network: NetworkSpec | None = None


class MessageSpec(Group):
    """Messages that a play sends. It never says what happens next."""

    platform: Identifier
    reach: Literal["followers", "paid", "purchased", "direct", "customers", "readers"]
    sends: int = quantity(4, 1, 366, "messages/round", "design", "messages in a round")
    first_day: int = quantity(1, 1, 366, "tick", "design", "first day of the round")
    last_day: int = quantity(28, 1, 366, "tick", "design", "last day of the round")
    volume: float = quantity(0, 0, 5000, "buyers per 1000", "design", "addressees of a sampled message; of readers")
    scales: Literal["sends", "volume"] = Field("sends", description="what a higher level multiplies")
    usefulness: float = quantity(0, 0, 1, "share", "design", "help it gives to a reader who cares about its topic")
    promotion: float = quantity(0, 0, 1, "share", "design", "how much of it is an offer")
    incentive: float = quantity(0, 0, 1, "share", "design", "prize or rebate for reacting")
    entertainment: float = quantity(0, 0, 1, "share", "design", "fun")
    personal: float = quantity(0, 0, 1, "share", "design", "how far a named human being speaks")
    length: float = quantity(0.2, 0, 1, "share", "design", "0 a line, 1 a paper; only long carries expertise")
    stage_fit: float = quantity(0, 0, 1, "share", "design", "timed to where the reader stands")
    ideas: float = quantity(0, 0, 20, "ideas", "design", "ideas one message uses up")
    unsolicited: bool = False
    automated: bool = False
    form: bool = Field(False, description="asks the reader to register")
    qualified: bool = Field(False, description="the prize is worth something only to those who care about the topic")


class Capacity(Group):
    """What a play builds, per level and round."""

    service_hours: float = quantity(0, 0, 10_000, "hours", "design", "hours for questions and complaints")
    expert_hours: float = quantity(0, 0, 10_000, "hours", "design", "hours of experts for ideas")
    reference_effort: float = quantity(0, 0, 10, "ratio", "design", "how much more happy customers speak")
    lead_scoring: float = quantity(0, 0, 1, "share", "design", "sales-ready leads are recognised")
    pass_everything: float = quantity(0, 0, 1, "share", "design", "sales calls everybody who registers")
    sales_information: float = quantity(0, 0, 5, "ratio", "design", "sales knows what the buyer has read")
    survey_sample: float = quantity(0, 0, 100_000, "buyers", "design", "buyers asked: what listening measures")
    launch_research: float = quantity(0, 0, 100_000, "buyers", "design", "buyers asked what they want")
    product_work: float = quantity(0, 0, 1, "share", "design", "part of the missing remarkability for its topic")
    own_up: float = quantity(0, 0, 1, "share", "design", "shortfalls are admitted")
    hosting: float = quantity(0, 0, 10, "effort", "design", "community work")
    employee_voices: float = quantity(0, 0, 1, "share of staff", "design", "employees who speak in public")
    levers: dict[str, float] = Field(default_factory=dict, description="idea organisation: what it adds to each lever")


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
    staff: int = quantity(50, 1, 1_000_000, "people", "design", "size of the organisation")
    money: float = quantity(1.0, 0, 100, "ratio", "design", "its money each round, over calendar.money_per_round")
    hours: float = quantity(1.0, 0, 100, "ratio", "design", "its staff hours each round, over calendar.hours_per_round")
    approval_days: int = quantity(0, 0, 90, "ticks", "design", "time that corporate approval takes")
    filtering: float = quantity(0, 0, 1, "share", "design", "how far approval takes the person out of a message")
    belief: Identifier | None = Field(None, description="topic that its staff believe buyers want")
    levers: dict[str, float] = Field(default_factory=dict, description="idea organisation at the start, 0..1 by lever")


class Spamming(Group):
    """Outsiders on the open platforms."""

    campaigns: int = quantity(1, 0, 100, "spammers", "design", "spammers at work")


class Population(Group):
    """Buyers and the accounts they decide for."""

    buyers: int = quantity(2000, 10, MOST_BUYERS, "buyers", "design", "size of the market")
    smallest_committee: int = quantity(3, 1, 50, "buyers", "design", "1 and 1: everybody decides alone (B2C)")
    largest_committee: int = quantity(7, 1, 50, "buyers", "design", "largest committee")
    industries: int = quantity(8, 1, 10_000, "industries", "design", "blocks in which ties are denser")
    alike: float = quantity(
        0.5, 0, 1, "share", "assumed", "part of the spread of interests that buyers of one industry have in common"
    )


class Change(Group):
    """One thing that an event changes: ``path`` names it, and it is set or multiplied."""

    path: str = Field(
        max_length=120, description="parameters.GROUP.NAME, platforms.ID.NAME, calendar.NAME, mechanisms.NAME"
    )
    set: float | str | None = Field(None, description="its new value: a number, or a word")
    multiply: float | None = Field(
        None, ge=0, allow_inf_nan=False, description="times this, held to the range that a scenario may have"
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> Change:
        if (self.set is None) == (self.multiply is None):
            raise ValueError("needs either 'set' or 'multiply'")
        return self


class Event(Group):
    """Something that happens to the whole market, at its time or when a facilitator says so."""

    id: Identifier
    name: Texts
    summary: Texts = NO_TEXT
    round: int | None = Field(None, ge=1, le=1000, description="round in which it happens; none: only when injected")
    tick: int = quantity(1, 1, 366, "tick", "design", "tick of that round")
    changes: list[Change] = Field(min_length=1, max_length=32)
