"""Post: what stands on a vendor's calendar for today goes out (docs/model.md, 7.1).

Approval filters it, ideas give it substance, repetition wears it out, and an A/B test decides between two topics.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from townsquare_agents.compiled import inline, kernel
from townsquare_agents.kernels.tables import Table
from townsquare_agents.rng import Purpose, stream_key, unit

DRAFT = np.dtype(
    [
        ("tick", np.int64),  # the day it goes out
        ("ideas", np.float64),  # that it wants
        ("voices", np.float64),  # share of the staff that repeats it in public; 0: the vendor's own message
        ("test", np.int64),  # number of the A/B test that it belongs to, -1 none
        ("posted", np.int64),  # its row on the board, once it is there
    ],
    align=True,
)
SAID = np.dtype([("repetitions", np.float64), ("last", np.int64)], align=True)

_GAFFE = int(Purpose.GAFFE)


class Calendar(NamedTuple):
    """What a vendor will say and has said."""

    messages: Table  # MESSAGE: drafts in order of their days; two arms of a test side by side
    drafts: Table  # DRAFT: one for each
    said: Table  # SAID [plays, topics + 1]: fading repetitions of a play on a topic; last topic: none


@inline
def _repetitions(said: np.void, tick: int, fade: float) -> float:
    repetitions: float = said["repetitions"]
    if repetitions > 0.0:
        for _ in range(tick - said["last"]):
            repetitions *= fade
    return repetitions


@inline
def _novelty(rules: np.void, said: np.void, tick: int) -> float:
    """Return 1 / (1 + weight x recent repetitions) of a play on a topic."""
    if rules["on_wear_out"] == 0.0:
        return 1.0
    return 1.0 / (1.0 + rules["wear_out_weight"] * _repetitions(said, tick, rules["wear_out_decay"]))


@inline
def _remember(rules: np.void, said: np.void, tick: int, share: float) -> None:
    """Count one more repetition, heard by a share of the market."""
    said["repetitions"] = _repetitions(said, tick, rules["wear_out_decay"]) + share
    said["last"] = tick


@inline
def _approve(rules: np.void, message: np.void, filtering: float) -> None:
    """Let corporate approval take the person out of a message, and some of the use and the fun."""
    if filtering > 0.0 and rules["on_organisation"] != 0.0:
        message["usefulness"] *= 1.0 - filtering * rules["organisation_filtered_usefulness"]
        message["personal"] *= 1.0 - filtering
        message["entertainment"] *= 1.0 - filtering * rules["organisation_filtered_entertainment"]


@inline
def _slips(rules: np.void, message: np.void, seed: int) -> bool:
    """Say whether a personal message goes wrong, as unfiltered ones sometimes do."""
    if message["personal"] == 0.0 or rules["on_gaffes"] == 0.0 or rules["on_organisation"] == 0.0:
        return False
    chance: float = rules["organisation_gaffe"] * message["personal"]
    return unit(stream_key(seed, _GAFFE, 0), message["vendor"], message["key"]) < chance


@inline
def _better_topic(calendar: Calendar, n: int, board: Table) -> int:
    """Return the topic of the arm that got more clicks per message seen, the first in a draw, for draft ``n``."""
    best, most = calendar.messages[n]["topic"], -1.0
    for arm in range(1, 3):
        seen, clicks, topic = 0, 0, best
        for k in range(n):
            if calendar.drafts[k]["test"] == calendar.drafts[n]["test"] and calendar.messages[k]["arm"] == arm:
                message = board[calendar.drafts[k]["posted"]]
                topic = message["topic"]
                seen += message["seen"]
                clicks += message["clicks"]
        rate = clicks / seen if seen > 0 else 0.0
        if rate > most:
            best, most = topic, rate
    return best


@inline
def _substance(rules: np.void, wanted: float, ideas: float) -> float:
    """Return the share of full usefulness that a message has which wants so many ideas and gets so many."""
    bland: float = rules["expertise_bland"]
    return bland + (1.0 - bland) * ideas / wanted


@inline
def _let_employees_speak(rules: np.void, message: np.void, share: float, staff: float, buyers: int) -> None:
    """Turn a copy of a message into what employees make of it, on accounts of their own."""
    contacts = share * staff * rules["organisation_contacts_per_voice"]
    message["volume"] = int(np.rint(contacts * buyers / 1000))
    message["personal"] = rules["organisation_voice_personal"]


@kernel
def post(
    calendar: Calendar,
    first: int,
    last: int,
    board: Table,
    at: int,
    rules: Table,
    ideas: float,
    filtering: float,
    staff: float,
    buyers: int,
    seed: int,
    tick: int,
) -> float:
    """Put drafts ``first`` to ``last`` - 1 on the board, from row ``at`` on; return the ideas that are left."""
    rule, drafts, messages, said = rules[0], calendar.drafts, calendar.messages, calendar.said
    n, substance = first, 1.0
    while n < last:
        draft = drafts[n]
        end = n + 1 if messages[n]["arm"] == 0 else n + 2
        if draft["test"] >= 0 and messages[n]["arm"] == 0:
            messages[n]["topic"] = _better_topic(calendar, n, board)
        repeats = draft["voices"] > 0.0  # the draft before it, arm by arm
        if not repeats:
            substance = 1.0
            if draft["ideas"] > 0.0 and rule["on_ideas"] != 0.0:
                used = min(draft["ideas"], ideas)
                ideas -= used
                substance = _substance(rule, draft["ideas"], used)
        for k in range(n, end):
            message = messages[k]
            message["tick"] = tick
            if repeats:
                message["novelty"] = messages[k - (end - n)]["novelty"]
            else:
                message["novelty"] = _novelty(rule, said[message["play"], message["topic"]], tick)
        for k in range(n, end):
            message = messages[k]
            _approve(rule, message, filtering)
            message["usefulness"] *= substance
            if repeats:
                _let_employees_speak(rule, message, draft["voices"], staff, buyers)
            else:
                _remember(rule, said[message["play"], message["topic"]], tick, 1.0 / (end - n))
            message["gaffe"] = int(_slips(rule, message, seed))
            drafts[k]["posted"] = at + k - first
            board[at + k - first] = message
        n = end
    return ideas
