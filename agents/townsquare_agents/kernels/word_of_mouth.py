"""Customers speak to their friends, for better or worse.

P = 1 - (1-alpha)(1-beta_w)^j(1-beta_s)^m arises from one chance per tie (Goldenberg, Libai & Muller 2001). Bad news is
louder and does not pass through trust (Goldenberg et al. 2007).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.compiled import inline, kernel
from townsquare_agents.kernels.columns import Cause, Columns, Happening, Scratch
from townsquare_agents.kernels.events import count, tell
from townsquare_agents.rng import Purpose, stream_key, unit

_TALK = int(Purpose.TALK)
_HEAR = int(Purpose.HEAR)
_WELL = int(Happening.SPOKE_WELL)
_ILL = int(Happening.SPOKE_ILL)
_PRAISE = int(Happening.PRAISE_HEARD)
_WARNING = int(Happening.WARNING_HEARD)
_NONE = int(Cause.NONE)


@inline
def _speak(
    tick: int,
    columns: Columns,
    scratch: Scratch,
    counters: NDArray[np.int64],
    rules: np.void,
    hear_key: np.uint64,
    i: int,
    v: int,
    good: bool,
) -> None:
    no_play = counters.shape[1] - 1
    for arc in range(columns.friend_start[i], columns.friend_start[i + 1]):
        j = columns.friend[arc]
        beta = rules["word_of_mouth_strong"] if columns.friend_strong[arc] else rules["word_of_mouth_weak"]
        if unit(hear_key, i, j) >= beta:
            continue
        if good:
            columns.word[j, v] += rules["word_of_mouth_gain"]
            columns.awareness[j, v] += rules["awareness_gain"] * (1.0 - columns.awareness[j, v])
            columns.trust[j, v] += rules["trust_gain"] * (1.0 - columns.trust[j, v])
            count(counters, v, no_play, _PRAISE)
            tell(scratch, tick, j, v, _PRAISE, _NONE, i, beta)
        else:
            columns.word[j, v] -= rules["word_of_mouth_gain"] * rules["word_of_mouth_bad_is_louder"]
            columns.awareness[j, v] += rules["awareness_gain"] * (1.0 - columns.awareness[j, v])
            count(counters, v, no_play, _WARNING)
            tell(scratch, tick, j, v, _WARNING, _NONE, i, beta)


@kernel
def talk(
    seed: int,
    tick: int,
    columns: Columns,
    scratch: Scratch,
    vendors: NDArray[np.void],
    rules_array: NDArray[np.void],
    counters: NDArray[np.int64],
) -> None:
    """Let customers with a strong feeling speak; a reference programme makes the happy ones speak more."""
    rules = rules_array[0]
    talk_key = stream_key(seed, _TALK, tick)
    hear_key = stream_key(seed, _HEAR, tick)
    no_play = counters.shape[1] - 1
    negative = rules["on_negative_word_of_mouth"] != 0.0
    for a in range(columns.supplier.size):
        v = columns.supplier[a]
        if v < 0:
            continue
        satisfaction = columns.satisfaction[a]
        good = satisfaction >= rules["experience_advocate_at"]
        bad = negative and satisfaction <= rules["experience_unhappy_at"]
        if not good and not bad:
            continue
        chance = rules["word_of_mouth_talk"]
        if good:
            chance *= 1.0 + vendors[v]["reference_effort"]
        for i in range(columns.account_start[a], columns.account_start[a + 1]):
            if unit(talk_key, i, v) < chance:
                what = _WELL if good else _ILL
                count(counters, v, no_play, what)
                tell(scratch, tick, i, v, what, _NONE, -1, satisfaction)
                _speak(tick, columns, scratch, counters, rules, hear_key, i, v, good)
