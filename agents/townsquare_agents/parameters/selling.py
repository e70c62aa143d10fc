"""What a vendor is made of: its organisation, its answers, its leads, its experts, and what a customer is worth."""

from __future__ import annotations

from townsquare_agents.parameters.quantity import ASSUMED, Group, quantity


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
    filtered_entertainment: float = quantity(0.5, 0, 1, "share", ASSUMED, "fun that full filtering takes away")


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
        8, 0, 1000, "hours/round", ASSUMED, "service hours of a vendor of usual size without a plan; times its hours"
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
