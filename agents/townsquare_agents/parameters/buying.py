"""What makes an account buy and stay: need, choice, what friends say, what the product is like, and leaving."""

from __future__ import annotations

from townsquare_agents.parameters.quantity import ASSUMED, Group, quantity


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
