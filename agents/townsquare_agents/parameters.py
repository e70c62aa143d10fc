"""Every number of the model: default, range, unit and source in one place; every mechanism has a switch.

`docs/model.md` prints its tables from here and the kernels read the same numbers through `rules_record`, so that text
and code cannot drift. A source of "assumed" says honestly that nobody measured it: the sensitivity study shows which
of those matter.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

ASSUMED = "assumed"


def quantity(default: float, low: float, high: float, unit: str, source: str, text: str) -> Any:
    """Return a pydantic field for a number with its range, unit, source and meaning."""
    return Field(
        default,
        ge=low,
        le=high,
        description=text,
        json_schema_extra={"unit": unit, "source": source},
    )


class Group(BaseModel):
    """Parameters that belong to one mechanism; unknown keys are mistakes.

    Defaults are validated too, which makes a float of the integer that a float's default is written as: kernels get the
    same types whether a value was left out, written in TOML or read back from JSON.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, validate_default=True)


class Awareness(Group):
    """Goodwill: A' = A + gain (1 - A) - decay A (Nerlove & Arrow 1962)."""

    half_life: float = quantity(
        21, 3, 60, "ticks", "Nerlove & Arrow 1962; Leone 1995", "time in which awareness halves"
    )
    gain: float = quantity(
        0.10, 0, 1, "share", ASSUMED, "part of the missing awareness that one attended message fills"
    )
    aware_at: float = quantity(0.08, 0.01, 0.9, "awareness", ASSUMED, "awareness at which a buyer knows the vendor")
    forgotten: float = quantity(
        0.5, 0, 1, "share of aware_at", ASSUMED, "awareness below which a buyer that knew the vendor has forgotten it"
    )
    interest_rate: float = quantity(
        0.20, 0, 1, "1/tick", ASSUMED, "hazard of aware to interested at full awareness and trust"
    )


class Trust(Group):
    """Trust rises slowly on value received and falls fast on a breach (Slovic 1993)."""

    gain: float = quantity(0.05, 0, 0.5, "share", ASSUMED, "part of the missing trust that full value fills")
    loss_ratio: float = quantity(
        4, 1, 10, "ratio", "Slovic 1993, conditional", "loss on a breach over gain on equal value; 1 is symmetric"
    )
    start: float = quantity(0.30, 0, 1, "trust", ASSUMED, "mean trust in a vendor before the first contact")
    promoted: float = quantity(0.5, 0, 1, "share", ASSUMED, "value that full promotion takes from a message")
    face: float = quantity(0.35, 0, 2, "share", ASSUMED, "extra value of content with a named person")


class Attention(Group):
    """A finite budget: what does not fit is never seen (Weng 2012), and overload dulls the rest.

    Overload is inflow over capacity, above 1 (Gomez-Rodriguez 2014).
    """

    overload_half_life: float = quantity(7, 1, 60, "ticks", "Gomez-Rodriguez 2014", "memory of how much came in")
    overload_weight: float = quantity(
        0.35, 0, 5, "1", "Gomez-Rodriguez 2014", "how much overload lowers susceptibility"
    )
    usual_engagement: float = quantity(
        0.05, 0.0001, 1, "reactions per view", ASSUMED, "reactions that an average post of other people gets per view"
    )
    first_views: float = quantity(
        20, 0.1, 10_000, "views", ASSUMED, "views until a ranked feed trusts what it counts more than the average"
    )
    inbox_open: float = quantity(0.45, 0, 1, "share", ASSUMED, "chance that a trusted sender's mail is opened")
    inbox_stranger: float = quantity(0.25, 0, 1, "share", ASSUMED, "what is left of it without any trust in the sender")
    inbox_unasked: float = quantity(0.35, 0, 1, "share", ASSUMED, "what is left of it for mail that nobody asked for")
    inbox_crowding: float = quantity(
        0.1, 0, 5, "1/message", ASSUMED, "how much each further message of the day takes from all in an inbox"
    )


class Response(Group):
    """What a buyer does with a message it has seen: rates for a fully relevant message."""

    like: float = quantity(0.12, 0, 1, "share", ASSUMED, "likes per message seen")
    click: float = quantity(0.16, 0, 1, "share", ASSUMED, "clicks per message seen")
    follow: float = quantity(
        0.06, 0, 1, "share", ASSUMED, "new followers per message seen by somebody who does not follow"
    )
    prize_follow: float = quantity(0.30, 0, 1, "share", ASSUMED, "follows for a prize by a full opportunist")
    registration: float = quantity(0.35, 0, 1, "share", ASSUMED, "registrations per click on a form")
    form_cost: float = quantity(
        1, 0, 1, "share", ASSUMED, "clicks that a registration form keeps away, of a reader with full privacy"
    )
    follow_stranger: float = quantity(
        0.25, 0, 1, "share", ASSUMED, "readiness for a tie by permission without trust; trust is added"
    )
    register_stranger: float = quantity(
        0.4, 0, 1, "share", ASSUMED, "readiness to fill in a form without trust; trust is added"
    )
    general_interest: float = quantity(0.35, 0, 1, "interest", ASSUMED, "interest in what has no topic")
    timing: float = quantity(0.5, 0, 1, "share", ASSUMED, "part of missing relevance that timing to the stage fills")
    prize_pull: float = quantity(0.5, 0, 2, "ratio", ASSUMED, "pull of a prize towards a click, over that of use")
    offer_pull: float = quantity(
        0.5, 0, 2, "ratio", ASSUMED, "pull of a relevant offer on whoever is interested, over that of use"
    )
    ask: float = quantity(0.04, 0, 1, "share", ASSUMED, "questions per useful long message seen")
    like_effect: float = quantity(0, 0, 1, "share", "John et al. 2017", "causal effect of a like on purchase")


class Sharing(Group):
    """Independent cascade over ties; the chance depends on reader and message (Goel, Watts & Goldstein 2012)."""

    rate: float = quantity(
        0.2,
        0,
        1,
        "share",
        "calibrated to Goel, Watts & Goldstein 2012",
        "shares per fully relevant and useful message seen; set so that 1-6 % of shares lie deeper than one step",
    )
    indifferent: float = quantity(0.2, 0, 1, "share", ASSUMED, "sharing that is left where nobody cares for the topic")
    prize: float = quantity(0.5, 0, 2, "ratio", ASSUMED, "sharing for a prize, over sharing for the content")
    crossing_loss: float = quantity(0.3, 0, 1, "share", ASSUMED, "freshness lost on the way to another platform")
    short_further: float = quantity(
        0.5, 0, 5, "share", ASSUMED, "how much more readily a line is passed on than a message of length 0.5 or more"
    )


class Contact(Group):
    """What law and media allow; events change it."""

    precision: float = quantity(
        0.9, 0, 1, "share", ASSUMED, "how often aiming at an archetype works; 0 after opting out of tracking"
    )
    refusal: float = quantity(
        0, 0, 2, "share", "design", "buyers who refuse unasked contact, as a law allows; times 0.5 + privacy"
    )
    paid_reach: float = quantity(1, 0, 5, "ratio", "design", "what paid reach still delivers")


class Groups(Group):
    """Groups: gate, moderation, and the noise that members bear."""

    join: float = quantity(0.004, 0, 1, "1/tick", ASSUMED, "chance to join at full interest")
    quit: float = quantity(0.01, 0, 1, "1/tick", ASSUMED, "chance to leave at full noise")
    bored: float = quantity(0.1, 0, 1, "share", ASSUMED, "quitting for want of interest, over quitting for noise")
    qualified_at: float = quantity(0.45, 0, 1, "interest", ASSUMED, "interest that passes a qualified gate")
    democratic: float = quantity(0.6, 0, 1, "share", ASSUMED, "sales talk that members vote away")
    strict: float = quantity(0.95, 0, 1, "share", ASSUMED, "sales talk that strict moderators remove")
    overreach: float = quantity(0.25, 0, 1, "share", ASSUMED, "other messages that strict moderators remove as well")
    noise_speed: float = quantity(0.1, 0, 1, "1/tick", ASSUMED, "speed at which a group's noise follows its content")
    peer_rate: float = quantity(0.05, 0, 1, "1/tick", ASSUMED, "chance that a member in the market asks a peer")
    host_gain: float = quantity(
        0.0006, 0, 0.1, "share/tick", ASSUMED, "trust a member gains in a host per unit of hosting"
    )


class Organisation(Group):
    """The vendor's organisation: ideas, approval, and people who speak."""

    idea_floor: float = quantity(0.4, 0, 1, "ratio", ASSUMED, "rate of ideas with no lever pulled")
    idea_top: float = quantity(2.0, 0, 10, "ratio", ASSUMED, "rate of ideas with all six levers pulled")
    lever_fade: float = quantity(0.8, 0, 1, "1/round", ASSUMED, "what is left of a lever after a round")
    contacts_per_voice: float = quantity(
        1.5, 0, 100, "buyers per 1000", ASSUMED, "buyers who see what an employee shares"
    )
    voice_personal: float = quantity(0.8, 0, 1, "share", ASSUMED, "how personal an employee's post is")
    gaffe: float = quantity(0.01, 0, 1, "share", ASSUMED, "unfiltered personal messages that go wrong")
    gaffe_size: float = quantity(3, 0, 20, "ratio", ASSUMED, "breach of trust by a gaffe, over the gain of full value")
    filtered_usefulness: float = quantity(0.3, 0, 1, "share", ASSUMED, "usefulness that full filtering takes away")


class Exits(Group):
    """Unfollow, unsubscribe, block; order of reasons after ExactTarget 2011.

    Frequent > crowded > repetitive > offers.
    """

    rate: float = quantity(0.010, 0, 1, "share", ASSUMED, "exit hazard per message seen at unit annoyance")
    frequency_half_life: float = quantity(7, 1, 60, "ticks", ASSUMED, "memory of how often a vendor wrote")
    tolerance: float = quantity(
        1.5, 0.5, 50, "messages", ASSUMED, "remembered messages that bother nobody: 1.5 is one seen a week"
    )
    frequent: float = quantity(1.0, 0, 5, "1", "ExactTarget 2011", "weight of too many messages")
    crowded: float = quantity(0.9, 0, 5, "1", "ExactTarget 2011", "weight of an overloaded feed")
    repetitive: float = quantity(0.8, 0, 5, "1", "ExactTarget 2011", "weight of repeated content")
    offers: float = quantity(0.45, 0, 5, "1", "ExactTarget 2011", "weight of nothing but offers")
    irrelevant: float = quantity(0.7, 0, 5, "1", ASSUMED, "weight of irrelevance")
    nothing_to_win: float = quantity(
        5.0, 0, 50, "1", ASSUMED, "weight for a full opportunist who came for a prize and sees none"
    )
    offers_from: float = quantity(0.5, 0, 0.99, "share", ASSUMED, "share of promotion that bothers nobody")
    offers_memory: float = quantity(0.2, 0, 1, "1/message", ASSUMED, "weight of the newest message in that share")
    trusting: float = quantity(0.25, 0, 5, "1", ASSUMED, "hazard at full trust; without trust it is 1 more")
    unasked: float = quantity(4.0, 0, 50, "1", ASSUMED, "weight of an automatic message that nobody asked for")


class WearOut(Group):
    """What was said before is less new: novelty = 1 / (1 + weight x recent repetitions)."""

    half_life: float = quantity(14, 1, 120, "ticks", ASSUMED, "memory of repetitions of one play on one topic")
    weight: float = quantity(0.25, 0, 5, "1", ASSUMED, "loss of novelty per remembered repetition")
    floor: float = quantity(0.4, 0, 1, "share", ASSUMED, "use and fun that are left without any novelty")


class Irritation(Group):
    """Annoyance with a vendor: rises with every message that is not worth its time, fades in weeks."""

    gain: float = quantity(0.05, 0, 1, "irritation", ASSUMED, "per irrelevant and pushy message")
    unasked: float = quantity(1.0, 0, 10, "ratio", ASSUMED, "what coming unasked adds, over full irrelevance")
    half_life: float = quantity(28, 3, 120, "ticks", ASSUMED, "time in which irritation halves")


class Need(Group):
    """Need is exogenous: 5 % of accounts enter the market in a quarter (the 95:5 rule)."""

    per_quarter: float = quantity(0.05, 0, 1, "share", "95:5 rule", "accounts that enter the market in 91 ticks")
    shortest: float = quantity(28, 1, 365, "ticks", ASSUMED, "shortest evaluation")
    longest: float = quantity(70, 1, 365, "ticks", ASSUMED, "longest evaluation")
    search: float = quantity(3, 0, 50, "ratio", ASSUMED, "how much faster interest comes to those in the market")


class Choice(Group):
    """Logit over the consideration set; a committee takes the mean of its members' utilities."""

    trust: float = quantity(4.0, 0, 20, "utility", ASSUMED, "weight of trust")
    awareness: float = quantity(0.7, 0, 20, "utility", ASSUMED, "weight of awareness")
    fit: float = quantity(
        2.4, 0, 20, "utility", ASSUMED, "weight of a product that is remarkable for the buyer's interest"
    )
    indifferent: float = quantity(
        0.3, 0, 1, "interest", ASSUMED, "interest at which a remarkable product is worth no more than a plain one"
    )
    quality: float = quantity(
        1.0, 0, 20, "utility", ASSUMED, "weight of quality, as far as experts and peers have shown it"
    )
    unshown: float = quantity(0.3, 0, 1, "share", ASSUMED, "quality that counts without access to experts")
    careless: float = quantity(0.6, 0, 5, "ratio", ASSUMED, "what trust counts for a buyer who fears no risk")
    caution: float = quantity(0.8, 0, 5, "ratio", ASSUMED, "what full aversion to risk adds to that")
    price: float = quantity(1.5, 0, 20, "utility", ASSUMED, "weight of price")
    peers: float = quantity(
        6.4, 0, 20, "utility", ASSUMED, "weight of happy customers among friends in other accounts, if all were"
    )
    word: float = quantity(0.8, 0, 20, "utility", ASSUMED, "weight of what was heard")
    most_word: float = quantity(2, 0, 20, "word", ASSUMED, "more than this, for or against, adds nothing")
    expert: float = quantity(1.4, 0, 20, "utility", ASSUMED, "weight of access to experts")
    irritation: float = quantity(0.8, 0, 20, "utility", ASSUMED, "weight of irritation")
    incumbent: float = quantity(2.0, 0, 20, "utility", ASSUMED, "weight of a satisfying present supplier")
    nothing: float = quantity(0.3, -20, 20, "utility", ASSUMED, "utility of buying from nobody")


class WordOfMouth(Group):
    """P = 1 - (1-alpha)(1-beta_w)^j (1-beta_s)^m (Goldenberg, Libai & Muller 2001).

    Bad news is louder than good news and leaves trust alone; it crosses the same ties with the same chances.
    """

    talk: float = quantity(0.06, 0, 1, "1/tick", ASSUMED, "chance that a customer with a strong feeling speaks today")
    strong: float = quantity(
        0.05, 0.01, 0.07, "share", "Goldenberg, Libai & Muller 2001", "beta_s: heard and heeded over a strong tie"
    )
    weak: float = quantity(0.012, 0.005, 0.015, "share", "Goldenberg, Libai & Muller 2001", "beta_w: over a weak tie")
    bad_is_louder: float = quantity(
        2.0, 1, 10, "ratio", "Goldenberg et al. 2007", "negative over positive word of mouth"
    )
    gain: float = quantity(0.5, 0, 2, "word", ASSUMED, "effect of one remark")
    half_life: float = quantity(42, 3, 120, "ticks", ASSUMED, "time in which a remark is half forgotten")


class Experience(Group):
    """Product and service beyond what was expected make satisfaction (Oliver 1980).

    Satisfaction makes references, complaints and churn.
    """

    floor: float = quantity(
        0.35, 0, 1, "satisfaction", ASSUMED, "satisfaction with a product of quality 0, of whoever expects the average"
    )
    quality: float = quantity(0.6, 0, 1, "satisfaction", ASSUMED, "what full quality adds")
    expectation_spread: float = quantity(
        0.15, 0, 1, "satisfaction", ASSUMED, "standard deviation of what accounts expect (form: Oliver 1980)"
    )
    new: float = quantity(0.6, 0, 1, "satisfaction", ASSUMED, "satisfaction of a new customer")
    adapt: float = quantity(0.03, 0, 1, "1/tick", ASSUMED, "speed at which satisfaction follows the product")
    incident: float = quantity(0.02, 0, 1, "1/tick", ASSUMED, "chance of a problem per account at quality 0")
    incident_cost: float = quantity(0.08, 0, 1, "satisfaction", ASSUMED, "what a problem costs before anyone answers")
    answer_gain: float = quantity(0.10, 0, 1, "satisfaction", ASSUMED, "what an answer in time gives back")
    silence_cost: float = quantity(0.15, 0, 1, "satisfaction", ASSUMED, "what silence costs on top")
    advocate_at: float = quantity(0.75, 0, 1, "satisfaction", ASSUMED, "satisfaction from which a customer recommends")
    unhappy_at: float = quantity(
        0.45, 0, 1, "satisfaction", ASSUMED, "satisfaction below which a customer warns others"
    )


class Churn(Group):
    """Customers leave by a hazard of dissatisfaction, raised by a neighbour's defection (Nitzan & Libai 2011)."""

    rate: float = quantity(0.0006, 0, 0.1, "1/tick", ASSUMED, "hazard of a content customer")
    unhappy: float = quantity(8, 0, 100, "ratio", ASSUMED, "how much full dissatisfaction multiplies it")
    content_at: float = quantity(0.7, 0.01, 1, "satisfaction", ASSUMED, "satisfaction from which it adds nothing")
    comeback: float = quantity(84, 1, 3650, "ticks", ASSUMED, "mean time until a lost customer looks again")
    neighbour: float = quantity(0.8, 0, 3, "share", "Nitzan & Libai 2011", "rise of the hazard after a neighbour left")
    neighbour_half_life: float = quantity(
        28, 3, 120, "ticks", "Nitzan & Libai 2011", "memory of the neighbour's defection"
    )


class Service(Group):
    """Questions wait for human hours; late is worse, never is worst (Oldroyd 2011, observational)."""

    hours_per_answer: float = quantity(0.5, 0.05, 8, "hours", ASSUMED, "staff time for one answer")
    prompt: float = quantity(1, 0, 28, "ticks", "Oldroyd 2011", "an answer within this time counts as prompt")
    patience: float = quantity(7, 1, 60, "ticks", ASSUMED, "after this time an unanswered question is a breach")
    prompt_gain: float = quantity(
        0.15, 0, 1, "share", "Oldroyd 2011", "part of the missing trust that a prompt answer fills"
    )
    late_gain: float = quantity(0.02, 0, 1, "share", "Oldroyd 2011", "the same for a late one: about a seventh")
    own_up_relief: float = quantity(0.5, 0, 1, "share", ASSUMED, "part of the anger that owning up takes away")
    silence_loss: float = quantity(
        0.10, 0, 1, "share", ASSUMED, "trust lost when a question is never answered, before the loss ratio"
    )
    question_rate: float = quantity(
        0.05, 0, 1, "1/tick", ASSUMED, "questions to each interested vendor by a buyer in the market"
    )
    keep: float = quantity(2, 1, 28, "ticks", ASSUMED, "unused hours of so many ticks are kept")
    baseline_hours: float = quantity(
        8, 0, 1000, "hours/round", ASSUMED, "service hours every vendor has without a plan"
    )


class Leads(Group):
    """Lead scoring: what a reader does adds up; at an agreed score sales calls."""

    click: float = quantity(0.25, 0, 1, "score", ASSUMED, "score of a click or a registration")
    reading: float = quantity(
        0.35, 0, 1, "score", ASSUMED, "score of a fully useful message read by somebody who asked for mail"
    )
    ready_at: float = quantity(1.0, 0.1, 10, "score", ASSUMED, "score at which a lead is sales-ready")
    half_life: float = quantity(42, 3, 365, "ticks", ASSUMED, "time in which a score fades by half")
    conversation: float = quantity(
        0.5, 0, 1, "share", ASSUMED, "what a sales conversation with a ready lead adds to access and awareness"
    )
    call_trust: float = quantity(0.2, 0, 1, "ratio", ASSUMED, "what it adds to trust, over access and awareness")
    information: float = quantity(
        1.0, 0, 10, "ratio", ASSUMED, "gain of a sales conversation when sales knows what was read"
    )


class Expertise(Group):
    """Ideas are a stock: experts make them; articles without ideas are bland."""

    ideas_per_hour: float = quantity(0.05, 0, 10, "ideas/hour", ASSUMED, "ideas from an hour of an expert")
    free_hours: float = quantity(40, 0, 1000, "hours/round", ASSUMED, "hours each expert has for ideas anyway")
    long: float = quantity(0.5, 0, 1, "length", ASSUMED, "length above which a message shows what its author knows")
    bland: float = quantity(0.25, 0, 1, "share", ASSUMED, "usefulness left when an article has no idea")
    gain: float = quantity(0.12, 0, 1, "share", ASSUMED, "access to experts felt after one useful long piece or answer")
    half_life: float = quantity(42, 3, 365, "ticks", ASSUMED, "time in which that fades by half")


class Spam(Group):
    """Adaptive outsiders: more accounts while these earn more than they cost (Kanich 2008; Thomas 2011)."""

    return_per_message: float = quantity(1e-7, 0, 1, "sales", "Kanich 2008", "sales per message")
    sale: float = quantity(100, 0, 1e6, "money", "Kanich 2008", "what a sale brings the spammer")
    account_cost: float = quantity(2e-4, 0, 1000, "money", ASSUMED, "what a new account costs the spammer")
    start_volume: float = quantity(
        10,
        0,
        1000,
        "messages per 1000 buyers",
        ASSUMED,
        "volume of a new campaign; none has fewer accounts than for that",
    )
    growth: float = quantity(
        0.10, 0, 1, "share/tick", ASSUMED, "how fast a campaign grows while it pays, and shrinks while it does not"
    )
    memory: float = quantity(7, 1, 365, "ticks", ASSUMED, "half-life of what a spammer remembers of income and cost")
    messages: float = quantity(10, 0.1, 1000, "messages/tick", ASSUMED, "strangers that an account can write to")
    follows: float = quantity(20, 0, 1000, "buyers/tick", ASSUMED, "buyers that an account follows, or asks to be tied")
    follow_back: float = quantity(0.05, 0, 1, "share", ASSUMED, "of those, buyers who follow back or agree")
    most_volume: float = quantity(
        100, 0, 5000, "messages per 1000 buyers", ASSUMED, "most a campaign can send in a tick"
    )
    quit_rate: float = quantity(
        0.0005, 0, 1, "share", ASSUMED, "chance that a spam message makes a reader leave the platform"
    )
    report: float = quantity(0.02, 0, 1, "share", ASSUMED, "chance that a spam message is reported")


class Money(Group):
    """Money and what a customer is worth: CLV = m r / (1 + d - r)."""

    revenue_per_account: float = quantity(
        2600, 1, 1e7, "money/round", ASSUMED, "what a customer account pays in a round"
    )
    margin: float = quantity(0.5, 0, 1, "share", ASSUMED, "of revenue")
    retention: float = quantity(0.8, 0, 1, "1/year", "standard", "yearly retention of a content customer")
    discount: float = quantity(0.1, 0, 1, "1/year", "standard", "yearly discount rate")
    retention_floor: float = quantity(0.5, 0, 1, "share", ASSUMED, "part of it that dissatisfaction leaves")
    retention_satisfaction: float = quantity(0.65, 0, 1, "share", ASSUMED, "what full satisfaction adds, at most all")
    goodwill: float = quantity(
        0.06,
        0,
        1,
        "share of CLV",
        ASSUMED,
        "what an account that fully knows and trusts a vendor is worth before it buys",
    )


class Mechanisms(Group):
    """Switches. Off means: the rule does not act, so that its effect can be measured."""

    awareness_decay: bool = True
    asymmetric_trust: bool = True
    finite_attention: bool = True
    porous_platforms: bool = True
    groups: bool = True
    peers: bool = True
    organisation: bool = True
    overload: bool = True
    sharing: bool = True
    exits: bool = True
    irritation: bool = True
    need: bool = True
    committee: bool = True
    word_of_mouth: bool = True
    negative_word_of_mouth: bool = True
    strong_ties: bool = True
    expectations: bool = True
    churn: bool = True
    churn_contagion: bool = True
    service: bool = True
    lead_scoring: bool = True
    ideas: bool = True
    spam: bool = True
    wear_out: bool = True
    moderation: bool = True
    targeting: bool = True
    refusal: bool = True
    gaffes: bool = True


class Parameters(Group):
    """All parameter groups of the market."""

    awareness: Awareness = Awareness()
    trust: Trust = Trust()
    attention: Attention = Attention()
    response: Response = Response()
    sharing: Sharing = Sharing()
    contact: Contact = Contact()
    groups: Groups = Groups()
    organisation: Organisation = Organisation()
    exits: Exits = Exits()
    wear_out: WearOut = WearOut()
    irritation: Irritation = Irritation()
    need: Need = Need()
    choice: Choice = Choice()
    word_of_mouth: WordOfMouth = WordOfMouth()
    experience: Experience = Experience()
    churn: Churn = Churn()
    service: Service = Service()
    leads: Leads = Leads()
    expertise: Expertise = Expertise()
    spam: Spam = Spam()
    money: Money = Money()
