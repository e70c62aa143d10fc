"""Need, journey and choice: accounts enter the market, stages move, committees decide (docs/model.md, 7.6-7.8)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.compiled import inline
from townsquare_agents.kernels.codes import Cause, Happening, Stage, code
from townsquare_agents.kernels.conversation import ask
from townsquare_agents.kernels.events import NO_MESSAGE, NOBODY, count, tell
from townsquare_agents.kernels.tables import FRIENDS, Table, Ties, World
from townsquare_agents.rng import Purpose, below, draw, exp, unit

_INTERESTED = int(Stage.INTERESTED)
_EVALUATING = int(Stage.EVALUATING)
_CUSTOMER = int(Stage.CUSTOMER)
_LOST = int(Stage.LOST)
_NEED = int(Purpose.NEED)
_CHOICE = int(Purpose.CHOICE)
_ASK = int(Purpose.ASK)
_ENTERED = code(Happening.ENTERED_MARKET)
_LEFT = code(Happening.LEFT_MARKET)
_BOUGHT = code(Happening.BOUGHT)
_RENEWED = code(Happening.RENEWED)
_CHURNED = code(Happening.CHURNED)
_ASKED = code(Happening.ASK)
_NONE = code(Cause.NONE)
_BETTER = code(Cause.BETTER_OFFER)
TICKS_PER_QUARTER = 91.0
_UNASKED_OBJECT = 1 << 40  # keeps questions of need apart from questions about a message


@inline
def need(world: World, tick: int) -> None:
    """Let accounts enter the market, exogenously, and those in it ask the vendors that they are evaluating."""
    rules, log = world.rules[0], world.log
    key, ask_key = world.keys[_NEED], world.keys[_ASK]
    hazard = rules["need_per_quarter"] / TICKS_PER_QUARTER
    shortest = int(rules["need_shortest"])
    spread = max(1, int(rules["need_longest"]) - shortest + 1)
    no_play = log.counters.shape[1] - 1
    accounts, relations, questions = world.accounts, world.relations, world.questions
    vendors = world.vendors.size
    for a in range(accounts.size):
        account = accounts[a]
        if not account["in_market"]:
            if rules["on_need"] == 0.0 or unit(key, a, 0) < hazard:
                account["in_market"] = 1
                account["decision_tick"] = tick + shortest + below(draw(key, a, 1), spread)
                for i in range(account["first"], account["last"]):
                    tell(log, tick, i, NOBODY, _ENTERED, _NONE, NO_MESSAGE, 0.0)
        elif rules["on_service"] != 0.0:
            for i in range(account["first"], account["last"]):
                for v in range(vendors):
                    if relations[i, v]["stage"] == _EVALUATING and account["supplier"] != v:
                        if unit(ask_key, i, _UNASKED_OBJECT + v) < rules["service_question_rate"]:
                            count(log, v, no_play, _ASKED)
                            tell(log, tick, i, v, _ASKED, _NONE, NO_MESSAGE, 0.0)
                            ask(questions, log.sizes, tick, i, v, 0, _UNASKED_OBJECT + v)


@inline
def _count_peers(account: np.void, happy_with: NDArray[np.int8], ties: Ties, vendors: Table, i: int) -> None:
    """Set each vendor's ``peers`` to the share of a buyer's friends in other accounts who are its happy customers.

    They are known as of last night, a byte each: to follow them to their accounts is a random look-up each.
    """
    for v in range(vendors.size):
        vendors[v]["peers"] = 0.0
    friends = 0
    for arc in range(ties.start[FRIENDS, i], ties.start[FRIENDS, i + 1]):
        friend = ties.target[arc]
        if friend < account["first"] or friend >= account["last"]:
            friends += 1
            v = happy_with[friend]
            if v >= 0:
                vendors[v]["peers"] += 1.0
    for v in range(vendors.size):
        vendors[v]["peers"] /= max(1, friends)


@inline
def _utility(
    rules: np.void,
    buyer: np.void,
    relation: np.void,
    vendor: np.void,
    word: float,
    interest: NDArray[np.float64],
    fit: NDArray[np.float64],
) -> float:
    stands_out = 0.0
    for t in range(fit.size):
        stands_out += fit[t] * (interest[t] - rules["choice_indifferent"])
    unshown = rules["choice_unshown"]
    expertise = relation["expertise"] if rules["on_expert_access"] != 0.0 else 0.0
    known = unshown + (1.0 - unshown) * expertise  # quality counts as far as somebody showed it
    caution = rules["choice_careless"] + rules["choice_caution"] * buyer["risk_aversion"]
    utility = rules["choice_trust"] * (relation["trust"] - 0.5) * caution
    utility += rules["choice_awareness"] * relation["awareness"]
    utility += rules["choice_fit"] * stands_out
    utility += rules["choice_quality"] * known * (2.0 * vendor["quality"] - 1.0)
    utility -= rules["choice_price"] * (vendor["price"] - 1.0)
    utility += rules["choice_peers"] * buyer["peer_weight"] * vendor["peers"]
    heard = rules["choice_most_word"]
    utility += rules["choice_word"] * max(-heard, min(heard, word))
    utility += rules["choice_expert"] * expertise
    return utility - rules["choice_irritation"] * relation["irritation"]


@inline
def _consider(account: np.void, relations: Table, vendors: Table, first: int, last: int) -> bool:
    """Mark whom a committee considers: its supplier, and who interests any of its members; say if that is anybody."""
    anybody = False
    for v in range(vendors.size):
        considered = account["supplier"] == v
        for i in range(first, last):
            stage = relations[i, v]["stage"]
            if stage == _EVALUATING or stage == _INTERESTED:
                considered = True
        vendors[v]["considered"] = considered
        anybody = anybody or considered
    return anybody


@inline
def _committee(world: World, a: int) -> float:
    """Set each vendor's ``weight`` to exp(utility) where it is considered, else 0.

    Return their sum, with that of buying from nobody. All are divided by the largest, so that none is infinite.
    """
    rules, account = world.rules[0], world.accounts[a]
    buyers, relations, vendors = world.buyers, world.relations, world.vendors
    first = account["first"]
    last = account["last"] if rules["on_committee"] != 0.0 else first + 1
    for v in range(vendors.size):
        vendors[v]["weight"] = 0.0
    if not _consider(account, relations, vendors, first, last):
        return 1.0
    for i in range(first, last):
        _count_peers(account, world.happy_with, world.ties, vendors, i)
        for v in range(vendors.size):
            if vendors[v]["considered"]:
                vendor, word = vendors[v], world.word[i, v]
                vendor["weight"] += _utility(
                    rules, buyers[i], relations[i, v], vendor, word, world.interest[i], world.fit[v]
                )
    most = rules["choice_nothing"]
    for v in range(vendors.size):
        vendor = vendors[v]
        if vendor["considered"]:
            vendor["weight"] /= last - first
            if account["supplier"] == v:
                vendor["weight"] += rules["choice_incumbent"] * (2.0 * account["satisfaction"] - 1.0)
            most = max(most, vendor["weight"])
    total = exp(rules["choice_nothing"] - most)
    for v in range(vendors.size):
        vendor = vendors[v]
        if vendor["considered"]:
            vendor["weight"] = exp(vendor["weight"] - most)
            total += vendor["weight"]
    return total


@inline
def end_contract(world: World, a: int) -> None:
    """Take the supplier away and let neighbours with the same supplier notice (Nitzan & Libai 2011)."""
    account, ties = world.accounts[a], world.ties
    v = account["supplier"]
    account["supplier"] = -1
    for i in range(account["first"], account["last"]):
        world.relations[i, v]["stage"] = _LOST
        if world.rules[0]["on_churn_contagion"] != 0.0:
            for arc in range(ties.start[FRIENDS, i], ties.start[FRIENDS, i + 1]):
                neighbour = world.accounts[world.buyers[ties.target[arc]]["account"]]
                if neighbour["supplier"] == v:
                    neighbour["left"] = 1.0


@inline
def _sign(world: World, tick: int, a: int, v: int, chance: float) -> None:
    """Make an account a customer of a vendor, leaving the one it had."""
    account, log = world.accounts[a], world.log
    no_play = log.counters.shape[1] - 1
    supplier = account["supplier"]
    if supplier >= 0:
        count(log, supplier, no_play, _CHURNED)
        for i in range(account["first"], account["last"]):
            tell(log, tick, i, supplier, _CHURNED, _BETTER, NO_MESSAGE, 0.0)
        end_contract(world, a)
    account["supplier"] = v
    account["customer_since"] = tick
    account["satisfaction"] = world.rules[0]["experience_new"]
    account["left"] = 0.0
    count(log, v, no_play, _BOUGHT)
    for i in range(account["first"], account["last"]):
        world.relations[i, v]["stage"] = _CUSTOMER
        tell(log, tick, i, v, _BOUGHT, _NONE, NO_MESSAGE, chance)


@inline
def decide(world: World, tick: int) -> None:
    """Let the committees whose time has come choose by logit; buying from nobody leaves things as they are."""
    log, key = world.log, world.keys[_CHOICE]
    nobody = world.vendors.size
    no_play = log.counters.shape[1] - 1
    for a in range(world.accounts.size):
        account = world.accounts[a]
        if not account["in_market"] or account["decision_tick"] > tick:
            continue
        account["in_market"] = 0
        total = _committee(world, a)
        rest = unit(key, a, 0) * total
        chosen = nobody
        for v in range(nobody):
            rest -= world.vendors[v]["weight"]
            if rest < 0.0:
                chosen = v
                break
        supplier = account["supplier"]
        if chosen != nobody and chosen != supplier:
            _sign(world, tick, a, chosen, world.vendors[chosen]["weight"] / total)
            continue
        if chosen == supplier:
            count(log, chosen, no_play, _RENEWED)
        for i in range(account["first"], account["last"]):
            tell(log, tick, i, supplier, _RENEWED if chosen == supplier else _LEFT, _NONE, NO_MESSAGE, 0.0)


@inline
def pipeline(world: World) -> None:
    """Set each vendor's ``expected``: the number of new customers expected from the accounts now in the market."""
    for v in range(world.vendors.size):
        world.vendors[v]["expected"] = 0.0
    for a in range(world.accounts.size):
        if world.accounts[a]["in_market"]:
            total = _committee(world, a)
            for v in range(world.vendors.size):
                vendor = world.vendors[v]
                if world.accounts[a]["supplier"] != v:
                    vendor["expected"] += vendor["weight"] / total
                vendor["weight"] = 0.0
