"""Customers speak to their friends, for better or worse.

P = 1 - (1 - alpha)(1 - beta_w)^j (1 - beta_s)^m arises from one chance per tie (Goldenberg, Libai & Muller 2001). Bad
news is louder and does not pass through trust (Goldenberg et al. 2007).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.compiled import inline
from townsquare_agents.kernels.codes import Cause, Happening, code
from townsquare_agents.kernels.events import NO_MESSAGE, count, tell
from townsquare_agents.kernels.tables import FRIENDS, Log, World
from townsquare_agents.rng import Purpose, unit

_TALK = int(Purpose.TALK)
_HEAR = int(Purpose.HEAR)
_WELL = code(Happening.SPOKE_WELL)
_ILL = code(Happening.SPOKE_ILL)
_PRAISE = code(Happening.PRAISE_HEARD)
_WARNING = code(Happening.WARNING_HEARD)
_NONE = code(Cause.NONE)


@inline
def hear(
    log: Log,
    rules: np.void,
    relation: np.void,
    word: NDArray[np.float64],
    tick: int,
    j: int,
    v: int,
    speaker: int,
    good: bool,
) -> None:
    """Let a buyer hear a customer's opinion of a vendor."""
    no_play = log.counters.shape[1] - 1
    relation["awareness"] += rules["awareness_gain"] * (1.0 - relation["awareness"])
    if good:
        word[j, v] += rules["word_of_mouth_gain"]
        relation["trust"] += rules["trust_gain"] * (1.0 - relation["trust"])
        count(log, v, no_play, _PRAISE)
        tell(log, tick, j, v, _PRAISE, _NONE, speaker, rules["word_of_mouth_gain"])
    else:
        word[j, v] -= rules["word_of_mouth_gain"] * rules["word_of_mouth_bad_is_louder"]
        count(log, v, no_play, _WARNING)
        tell(log, tick, j, v, _WARNING, _NONE, speaker, rules["word_of_mouth_gain"])


@inline
def _speak(world: World, tick: int, i: int, v: int, good: bool) -> None:
    rules, ties, key, log = world.rules[0], world.ties, world.keys[_HEAR], world.log
    relations, word = world.relations, world.word
    strong = rules["word_of_mouth_strong"] if rules["on_strong_ties"] != 0.0 else rules["word_of_mouth_weak"]
    for arc in range(ties.start[FRIENDS, i], ties.start[FRIENDS, i + 1]):
        j = int(np.int64(ties.target[arc]))
        beta = strong if ties.strong[arc] else rules["word_of_mouth_weak"]
        if unit(key, i, j) < beta:
            hear(log, rules, relations[j, v], word, tick, j, v, i, good)


@inline
def talk(world: World, tick: int) -> None:
    """Let customers with a strong feeling speak; a reference programme makes the happy ones speak more."""
    rules, log, key = world.rules[0], world.log, world.keys[_TALK]
    if rules["on_word_of_mouth"] == 0.0:
        return
    no_play = log.counters.shape[1] - 1
    negative = rules["on_negative_word_of_mouth"] != 0.0
    accounts, vendors = world.accounts, world.vendors
    for a in range(accounts.size):
        account = accounts[a]
        v = account["supplier"]
        if v < 0:
            continue
        good = account["satisfaction"] >= rules["experience_advocate_at"]
        bad = negative and account["satisfaction"] <= rules["experience_unhappy_at"]
        if not good and not bad:
            continue
        chance = rules["word_of_mouth_talk"]
        if good:
            chance *= 1.0 + vendors[v]["reference_effort"]
        else:
            chance *= 1.0 - rules["service_own_up_relief"] * vendors[v]["own_up"]
        for i in range(account["first"], account["last"]):
            if unit(key, i, v) < chance:
                what = _WELL if good else _ILL
                count(log, v, no_play, what)
                tell(log, tick, i, v, what, _NONE, NO_MESSAGE, account["satisfaction"])
                _speak(world, tick, i, v, good)
