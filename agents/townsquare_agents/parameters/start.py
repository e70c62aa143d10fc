"""The numbers of how a market begins: read once, when it is made, so that no event changes them."""

from __future__ import annotations

from townsquare_agents.parameters.quantity import ASSUMED, Group, quantity


class Start(Group):
    """What buyers are like, know and feel when the market begins, beside `trust.start` and the vendors' own numbers."""

    interest: float = quantity(
        0.2, 0, 1, "interest", ASSUMED, "mean interest in a topic that an archetype does not name"
    )
    interest_spread: float = quantity(
        0.5, 0, 2, "interest", ASSUMED, "width of the even spread of interests around the archetype's"
    )
    trait_spread: float = quantity(
        0.5, 0, 2, "share", ASSUMED, "the same of opportunism, privacy, aversion to risk and weight of peers"
    )
    activity_spread: float = quantity(1.0, 0, 1.9, "ratio", ASSUMED, "the same of activity, over the archetype's")
    awareness_spread: float = quantity(
        1.0, 0, 1, "ratio", ASSUMED, "how far above or below the mean awareness of a vendor buyers lie, at most"
    )
    trust_spread: float = quantity(0.3, 0, 2, "trust", ASSUMED, "width of the even spread of trust around trust.start")
    awareness_of_customers: float = quantity(0.8, 0, 1, "awareness", ASSUMED, "a customer's awareness of its supplier")
    trust_of_customers: float = quantity(
        0.3, 0, 1, "trust", ASSUMED, "a customer's trust in its supplier, beyond other buyers'"
    )
    expertise_of_customers: float = quantity(
        0.3, 0, 1, "share", ASSUMED, "a customer's access to its supplier's experts; other buyers have none"
    )
