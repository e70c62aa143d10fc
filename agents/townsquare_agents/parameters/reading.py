"""What a message does to those it reaches: who attends, what they feel and do, when it wears out and they leave."""

from __future__ import annotations

from townsquare_agents.parameters.quantity import ASSUMED, Group, quantity


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
    """Independent cascade over ties; the chance depends on reader, message and tie (Goel, Watts & Goldstein 2012)."""

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
    strong_tie: float = quantity(
        0.5,
        0,
        5,
        "share",
        ASSUMED,
        "how much more readily is passed on what came over a strong tie",
    )


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
