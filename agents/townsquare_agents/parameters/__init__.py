"""Every number of the model: default, range, unit and source in one place; every mechanism has a switch.

`docs/model.md` prints its tables from here and the kernels read the same numbers through `rules_record`, so that text
and code cannot drift.
"""

from __future__ import annotations

from townsquare_agents.parameters.buying import Choice, Churn, Experience, Need, WordOfMouth
from townsquare_agents.parameters.quantity import Group
from townsquare_agents.parameters.reading import (
    Attention,
    Awareness,
    Exits,
    Irritation,
    Response,
    Sharing,
    Trust,
    WearOut,
)
from townsquare_agents.parameters.selling import Expertise, Leads, Money, Organisation, Service
from townsquare_agents.parameters.square import Contact, Groups, Spam
from townsquare_agents.parameters.start import Start


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
    policing: bool = True
    beliefs: bool = True
    experiments: bool = True
    expert_access: bool = True
    stage_timing: bool = True
    owning_up: bool = True


class Parameters(Group):
    """All parameter groups of the market."""

    start: Start = Start()
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
