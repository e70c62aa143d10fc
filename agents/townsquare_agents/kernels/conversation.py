"""Converse: questions and complaints wait for the vendor's human hours. Late is worse, never is worst.

See docs/model.md, 7.5. A vendor that owns up to its shortfalls softens the silence; it does not fill it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.compiled import inline
from townsquare_agents.kernels.codes import Cause, Happening, code
from townsquare_agents.kernels.events import NO_MESSAGE, count, tell
from townsquare_agents.kernels.feelings import irritate, lose_trust
from townsquare_agents.kernels.tables import SIZE_QUESTIONS, Table, World

_ANSWERED = code(Happening.ANSWERED)
_ANSWERED_LATE = code(Happening.ANSWERED_LATE)
_NEVER = code(Happening.NEVER_ANSWERED)
_NONE = code(Cause.NONE)


@inline
def ask(
    questions: Table, sizes: NDArray[np.int64], tick: int, buyer: int, vendor: int, complaint: int, key: int
) -> None:
    """Put a question or complaint into the queue; the caller keeps the queue long enough."""
    n = sizes[SIZE_QUESTIONS]
    if n < questions.size:
        question = questions[n]
        question["tick"] = tick
        question["buyer"] = buyer
        question["vendor"] = vendor
        question["complaint"] = complaint
        question["key"] = key
        sizes[SIZE_QUESTIONS] = n + 1


@inline
def _answer(rules: np.void, relation: np.void, account: np.void, question: np.void, gain: float) -> None:
    relation["trust"] += gain * (1.0 - relation["trust"])
    relation["awareness"] += gain * (1.0 - relation["awareness"])
    relation["expertise"] += rules["expertise_gain"] * (1.0 - relation["expertise"])
    relation["score"] += rules["leads_click"]
    if question["complaint"] and account["supplier"] == question["vendor"]:
        share = gain / max(1e-9, rules["service_prompt_gain"])
        account["satisfaction"] = min(1.0, account["satisfaction"] + rules["experience_answer_gain"] * share)


@inline
def _silence(rules: np.void, relation: np.void, account: np.void, question: np.void, own_up: float) -> None:
    anger = 1.0 - rules["service_own_up_relief"] * own_up
    lose_trust(rules, relation, rules["service_silence_loss"] * anger)
    irritate(rules, relation, anger)
    if question["complaint"] and account["supplier"] == question["vendor"]:
        account["satisfaction"] = max(0.0, account["satisfaction"] - rules["experience_silence_cost"] * anger)


@inline
def converse(world: World, tick: int) -> None:
    """Answer the oldest questions first while hours last; give up those that waited too long.

    A vendor's ``credit`` is the capacity not yet used, in answers; unused hours do not pile up beyond two ticks' worth.
    """
    rules, log = world.rules[0], world.log
    no_play = log.counters.shape[1] - 1
    for v in range(world.vendors.size):
        vendor = world.vendors[v]
        capacity = vendor["answers_per_tick"]
        vendor["credit"] = min(vendor["credit"] + capacity, max(1.0, rules["service_keep"] * capacity))
    kept = 0
    for q in range(log.sizes[SIZE_QUESTIONS]):
        question = world.questions[q]
        v, i = question["vendor"], question["buyer"]
        relation, vendor = world.relations[i, v], world.vendors[v]
        account = world.accounts[world.buyers[i]["account"]]
        age = tick - question["tick"]
        if age > rules["service_patience"]:
            _silence(rules, relation, account, question, vendor["own_up"])
            count(log, v, no_play, _NEVER)
            tell(log, tick, i, v, _NEVER, _NONE, NO_MESSAGE, float(age))
        elif vendor["credit"] >= 1.0:
            vendor["credit"] -= 1.0
            prompt = age <= rules["service_prompt"]
            gain = rules["service_prompt_gain"] if prompt else rules["service_late_gain"]
            _answer(rules, relation, account, question, gain)
            what = _ANSWERED if prompt else _ANSWERED_LATE
            count(log, v, no_play, what)
            tell(log, tick, i, v, what, _NONE, NO_MESSAGE, float(age))
        else:
            world.questions[kept] = question
            kept += 1
    log.sizes[SIZE_QUESTIONS] = kept
