"""What the square itself is like: what law and media allow, groups and their gates, and outsiders who spam."""

from __future__ import annotations

from townsquare_agents.parameters.quantity import ASSUMED, Group, quantity


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


class Spam(Group):
    """Adaptive outsiders: more accounts while these earn more than they cost (Kanich 2008; Thomas 2011)."""

    return_per_message: float = quantity(1e-7, 0, 1, "sales", "Kanich 2008", "sales per message past a filter")
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
    report: float = quantity(0.02, 0, 1, "share", ASSUMED, "chance that a spam message seen is reported")
    report_refused: float = quantity(
        0.1, 0, 1, "share", ASSUMED, "the same by somebody whom a law lets refuse such messages, and who did"
    )
