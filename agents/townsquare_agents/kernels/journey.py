"""Need, journey and choice.

Accounts enter the market, stages move, committees decide (model.md, sections 2.6 and 5).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.compiled import inline, kernel
from townsquare_agents.kernels.columns import Cause, Columns, Happening, Scratch, Stage
from townsquare_agents.kernels.events import count, tell
from townsquare_agents.kernels.response import ask
from townsquare_agents.rng import Purpose, below, draw, exp, stream_key, unit

_UNAWARE = int(Stage.UNAWARE)
_AWARE = int(Stage.AWARE)
_INTERESTED = int(Stage.INTERESTED)
_EVALUATING = int(Stage.EVALUATING)
_CUSTOMER = int(Stage.CUSTOMER)
_ADVOCATE = int(Stage.ADVOCATE)
_LOST = int(Stage.LOST)
_NEED = int(Purpose.NEED)
_STAGE = int(Purpose.STAGE)
_CHOICE = int(Purpose.CHOICE)
_ASK = int(Purpose.ASK)
_ENTERED = int(Happening.ENTERED_MARKET)
_LEFT = int(Happening.LEFT_MARKET)
_BOUGHT = int(Happening.BOUGHT)
_RENEWED = int(Happening.RENEWED)
_CHURNED = int(Happening.CHURNED)
_ASKED = int(Happening.ASK)
_NONE = int(Cause.NONE)
_BETTER = int(Cause.BETTER_OFFER)
_TICKS_PER_QUARTER = 91.0
_IN_MARKET_SEARCH = 3.0  # a buyer in the market looks for vendors: interest comes this much faster
_LOST_HALF_TICKS = 84.0
_UNASKED_OBJECT = 1 << 40  # keeps questions of need apart from questions about a message


@kernel
def need(
    seed: int,
    tick: int,
    columns: Columns,
    scratch: Scratch,
    rules_array: NDArray[np.void],
    counters: NDArray[np.int64],
    questions: NDArray[np.void],
) -> None:
    """Let accounts enter the market, exogenously, and those in it ask the vendors that they are evaluating."""
    rules = rules_array[0]
    key = stream_key(seed, _NEED, tick)
    ask_key = stream_key(seed, _ASK, tick)
    hazard = rules["need_per_quarter"] / _TICKS_PER_QUARTER
    shortest = int(rules["need_shortest"])
    spread = max(1, int(rules["need_longest"]) - shortest + 1)
    vendors = columns.awareness.shape[1]
    no_play = counters.shape[1] - 1
    for a in range(columns.in_market.size):
        first, last = columns.account_start[a], columns.account_start[a + 1]
        if columns.in_market[a] == 0:
            if rules["on_need"] == 0.0 or unit(key, a, 0) < hazard:
                columns.in_market[a] = 1
                columns.decision_tick[a] = tick + shortest + below(draw(key, a, 1), spread)
                for i in range(first, last):
                    tell(scratch, tick, i, -1, _ENTERED, _NONE, -1, 0.0)
        elif rules["on_service"] != 0.0:
            for i in range(first, last):
                for v in range(vendors):
                    if columns.stage[i, v] == _EVALUATING and columns.supplier[a] != v:
                        if unit(ask_key, i, _UNASKED_OBJECT + v) < rules["service_question_rate"]:
                            count(counters, v, no_play, _ASKED)
                            tell(scratch, tick, i, v, _ASKED, _NONE, -1, 0.0)
                            ask(scratch, questions, tick, i, v, 0, _UNASKED_OBJECT + v)


@kernel
def settle(
    seed: int, tick: int, columns: Columns, scratch: Scratch, rules_array: NDArray[np.void], load: float
) -> None:
    """Fade what fades and move each buyer's stage. ``load``: other people's posts per tick, over all platforms."""
    rules = rules_array[0]
    key = stream_key(seed, _STAGE, tick)
    buyers, vendors = columns.awareness.shape
    platforms = scratch.offered.shape[1]
    fade = rules["awareness_decay"] if rules["on_awareness_decay"] != 0.0 else 1.0
    overload_fade = rules["attention_overload_decay"]
    aware_at = rules["awareness_aware_at"]
    for i in range(buyers):
        offered = 0
        for p in range(platforms):
            offered += scratch.offered[i, p]
        columns.overload[i] = overload_fade * columns.overload[i] + (1.0 - overload_fade) * (1.0 + 3.0 * offered / load)
        a = columns.account[i]
        searching = columns.in_market[a]
        for v in range(vendors):
            awareness = columns.awareness[i, v] * fade
            columns.awareness[i, v] = awareness
            columns.irritation[i, v] *= rules["irritation_decay"]
            columns.frequency[i, v] *= rules["exits_frequency_decay"]
            columns.word[i, v] *= rules["word_of_mouth_decay"]
            columns.expertise[i, v] *= rules["expertise_decay"]
            columns.score[i, v] *= rules["leads_decay"]
            stage = columns.stage[i, v]
            if stage == _CUSTOMER or stage == _ADVOCATE:
                continue
            if stage == _LOST:
                if unit(key, i, v) < 1.0 / _LOST_HALF_TICKS:
                    columns.stage[i, v] = _AWARE
            elif awareness < 0.5 * aware_at:
                columns.stage[i, v] = _UNAWARE
            elif stage == _UNAWARE:
                if awareness >= aware_at:
                    columns.stage[i, v] = _AWARE
            elif stage == _AWARE:
                hazard = rules["awareness_interest_rate"] * awareness * columns.trust[i, v]
                if searching:
                    hazard *= _IN_MARKET_SEARCH
                if unit(key, i, v) < hazard:
                    columns.stage[i, v] = _EVALUATING if searching else _INTERESTED
            elif stage == _INTERESTED:
                if searching:
                    columns.stage[i, v] = _EVALUATING
                elif awareness < aware_at:
                    columns.stage[i, v] = _AWARE
            elif not searching:
                columns.stage[i, v] = _INTERESTED


@inline
def _peers(columns: Columns, rules: np.void, i: int, v: int) -> float:
    """Return the share of a buyer's friends who are happy customers of the vendor."""
    first, last = columns.friend_start[i], columns.friend_start[i + 1]
    if last == first:
        return 0.0
    happy = 0
    for arc in range(first, last):
        a = columns.account[columns.friend[arc]]
        if columns.supplier[a] == v and columns.satisfaction[a] >= rules["experience_advocate_at"]:
            happy += 1
    return happy / (last - first)


@inline
def _utility(columns: Columns, rules: np.void, vendor: np.void, i: int, v: int) -> float:
    trust = columns.trust[i, v]
    niche = vendor["niche"]
    fit = columns.interest[i, niche] if niche >= 0 else 0.4
    known = 0.3 + 0.7 * columns.expertise[i, v]  # quality counts as far as somebody showed it
    utility = rules["choice_trust"] * (trust - 0.5) * (0.6 + 0.8 * columns.risk_aversion[i])
    utility += rules["choice_awareness"] * columns.awareness[i, v]
    utility += rules["choice_fit"] * vendor["remarkability"] * (2.0 * fit - 0.6)
    utility += rules["choice_quality"] * known * (2.0 * vendor["quality"] - 1.0)
    utility -= rules["choice_price"] * (vendor["price"] - 1.0)
    utility += rules["choice_peers"] * columns.peer_weight[i] * _peers(columns, rules, i, v) * 4.0
    utility += rules["choice_word"] * max(-2.0, min(2.0, columns.word[i, v]))
    utility += rules["choice_expert"] * columns.expertise[i, v]
    return utility - rules["choice_irritation"] * columns.irritation[i, v]


@inline
def _committee(
    columns: Columns, rules: np.void, vendors: NDArray[np.void], a: int, weights: NDArray[np.float64]
) -> float:
    """Fill ``weights[V + 1]`` with exp(utility) over the consideration set, the last for buying from nobody.

    Return their sum.
    """
    first = columns.account_start[a]
    last = columns.account_start[a + 1] if rules["on_committee"] != 0.0 else first + 1
    total = exp(rules["choice_nothing"])
    weights[vendors.size] = total
    for v in range(vendors.size):
        considered = columns.supplier[a] == v
        utility = 0.0
        for i in range(first, last):
            if columns.stage[i, v] == _EVALUATING or columns.stage[i, v] == _INTERESTED:
                considered = True
            utility += _utility(columns, rules, vendors[v], i, v)
        weights[v] = 0.0
        if considered:
            utility /= last - first
            if columns.supplier[a] == v:
                utility += rules["choice_incumbent"] * (2.0 * columns.satisfaction[a] - 1.0)
            weights[v] = exp(utility)
            total += weights[v]
    return total


@inline
def end_contract(columns: Columns, rules: np.void, a: int, first: int, last: int) -> None:
    """Take the supplier away and let neighbours with the same supplier notice (Nitzan & Libai 2011)."""
    v = columns.supplier[a]
    columns.supplier[a] = -1
    for i in range(first, last):
        columns.stage[i, v] = _LOST
        if rules["on_churn_contagion"] != 0.0:
            for arc in range(columns.friend_start[i], columns.friend_start[i + 1]):
                b = columns.account[columns.friend[arc]]
                if columns.supplier[b] == v:
                    columns.left[b] = 1.0


@kernel
def decide(
    seed: int,
    tick: int,
    columns: Columns,
    scratch: Scratch,
    vendors: NDArray[np.void],
    rules_array: NDArray[np.void],
    counters: NDArray[np.int64],
) -> None:
    """Let the committees whose time has come choose by logit; buying from nobody leaves things as they are."""
    rules = rules_array[0]
    key = stream_key(seed, _CHOICE, tick)
    no_play = counters.shape[1] - 1
    weights = np.empty(vendors.size + 1, np.float64)
    for a in range(columns.in_market.size):
        if columns.in_market[a] == 0 or columns.decision_tick[a] > tick:
            continue
        first, last = columns.account_start[a], columns.account_start[a + 1]
        columns.in_market[a] = 0
        total = _committee(columns, rules, vendors, a, weights)
        rest = unit(key, a, 0) * total
        chosen = vendors.size
        for v in range(vendors.size):
            rest -= weights[v]
            if rest < 0.0:
                chosen = v
                break
        supplier = columns.supplier[a]
        if chosen == vendors.size or chosen == supplier:
            if chosen == supplier:
                count(counters, chosen, no_play, _RENEWED)
            for i in range(first, last):
                what = _RENEWED if chosen == supplier else _LEFT
                tell(scratch, tick, i, supplier, what, _NONE, -1, 0.0)
            continue
        if supplier >= 0:
            count(counters, supplier, no_play, _CHURNED)
            for i in range(first, last):
                tell(scratch, tick, i, supplier, _CHURNED, _BETTER, -1, 0.0)
            end_contract(columns, rules, a, first, last)
        columns.supplier[a] = chosen
        columns.customer_since[a] = tick
        columns.satisfaction[a] = 0.6
        columns.left[a] = 0.0
        count(counters, chosen, no_play, _BOUGHT)
        for i in range(first, last):
            columns.stage[i, chosen] = _CUSTOMER
            tell(scratch, tick, i, chosen, _BOUGHT, _NONE, -1, weights[chosen] / total)


@kernel
def pipeline(
    columns: Columns, vendors: NDArray[np.void], rules_array: NDArray[np.void], out: NDArray[np.float64]
) -> None:
    """Fill ``out[V]`` with the number of new customers expected from the accounts now in the market."""
    rules = rules_array[0]
    weights = np.empty(vendors.size + 1, np.float64)
    out[:] = 0.0
    for a in range(columns.in_market.size):
        if columns.in_market[a]:
            total = _committee(columns, rules, vendors, a, weights)
            for v in range(vendors.size):
                if columns.supplier[a] != v:
                    out[v] += weights[v] / total
