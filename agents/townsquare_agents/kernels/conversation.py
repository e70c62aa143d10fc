"""Converse: questions and complaints wait for the vendor's human hours.

Late is worse, never is worst (model.md, section 2.5).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.compiled import inline, kernel
from townsquare_agents.kernels.columns import SIZE_QUESTIONS, Cause, Columns, Happening, Scratch
from townsquare_agents.kernels.events import count, tell

_ANSWERED = int(Happening.ANSWERED)
_ANSWERED_LATE = int(Happening.ANSWERED_LATE)
_NEVER = int(Happening.NEVER_ANSWERED)
_NONE = int(Cause.NONE)


@inline
def _answer(columns: Columns, rules: np.void, i: int, v: int, complaint: int, gain: float) -> None:
    columns.trust[i, v] += gain * (1.0 - columns.trust[i, v])
    columns.awareness[i, v] += gain * (1.0 - columns.awareness[i, v])
    columns.expertise[i, v] += rules["expertise_gain"] * (1.0 - columns.expertise[i, v])
    columns.score[i, v] += rules["leads_click"]
    if complaint:
        a = columns.account[i]
        if columns.supplier[a] == v:
            share = gain / max(1e-9, rules["service_prompt_gain"])
            better = columns.satisfaction[a] + rules["experience_answer_gain"] * share
            columns.satisfaction[a] = min(1.0, better)


@inline
def _silence(columns: Columns, rules: np.void, i: int, v: int, complaint: int) -> None:
    ratio = rules["trust_loss_ratio"] if rules["on_asymmetric_trust"] != 0.0 else 1.0
    columns.trust[i, v] *= max(0.0, 1.0 - rules["service_silence_loss"] * ratio)
    columns.irritation[i, v] += rules["irritation_gain"]
    if complaint:
        a = columns.account[i]
        if columns.supplier[a] == v:
            columns.satisfaction[a] = max(0.0, columns.satisfaction[a] - rules["experience_silence_cost"])


@kernel
def converse(
    tick: int,
    columns: Columns,
    scratch: Scratch,
    questions: NDArray[np.void],
    credit: NDArray[np.float64],
    vendors: NDArray[np.void],
    rules_array: NDArray[np.void],
    counters: NDArray[np.int64],
) -> None:
    """Answer the oldest questions first while hours last; give up those that waited too long.

    ``credit`` float64[V] is the capacity not yet used, in answers; unused hours do not pile up beyond one tick's worth.
    """
    rules = rules_array[0]
    no_play = counters.shape[1] - 1
    for v in range(vendors.size):
        capacity = vendors[v]["answers_per_tick"]
        credit[v] = min(credit[v] + capacity, max(1.0, 2.0 * capacity))
    kept = 0
    for q in range(scratch.sizes[SIZE_QUESTIONS]):
        question = questions[q]
        v = question["vendor"]
        i = question["buyer"]
        age = tick - question["tick"]
        if age > rules["service_patience"]:
            _silence(columns, rules, i, v, question["complaint"])
            count(counters, v, no_play, _NEVER)
            tell(scratch, tick, i, v, _NEVER, _NONE, -1, float(age))
        elif credit[v] >= 1.0:
            credit[v] -= 1.0
            prompt = age <= rules["service_prompt"]
            gain = rules["service_prompt_gain"] if prompt else rules["service_late_gain"]
            _answer(columns, rules, i, v, question["complaint"], gain)
            what = _ANSWERED if prompt else _ANSWERED_LATE
            count(counters, v, no_play, what)
            tell(scratch, tick, i, v, what, _NONE, -1, float(age))
        else:
            questions[kept] = question
            kept += 1
    scratch.sizes[SIZE_QUESTIONS] = kept
