"""Need, journey and choice: accounts enter the market, stages move, committees decide (docs/model.md, 7.6-7.8)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.compiled import inline
from townsquare_agents.kernels.codes import Cause, Happening, Stage, code
from townsquare_agents.kernels.events import NO_MESSAGE, NOBODY, count, tell
from townsquare_agents.kernels.response import ask
from townsquare_agents.kernels.tables import Table, Ties, World
from townsquare_agents.rng import Purpose, below, draw, exp, unit

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
_ENTERED = code(Happening.ENTERED_MARKET)
_LEFT = code(Happening.LEFT_MARKET)
_BOUGHT = code(Happening.BOUGHT)
_RENEWED = code(Happening.RENEWED)
_CHURNED = code(Happening.CHURNED)
_ASKED = code(Happening.ASK)
_NONE = code(Cause.NONE)
_BETTER = code(Cause.BETTER_OFFER)
_TICKS_PER_QUARTER = 91.0
_UNASKED_OBJECT = 1 << 40  # keeps questions of need apart from questions about a message


@inline
def need(world: World, tick: int) -> None:
    """Let accounts enter the market, exogenously, and those in it ask the vendors that they are evaluating."""
    rules, log = world.rules[0], world.log
    key, ask_key = world.keys[_NEED], world.keys[_ASK]
    hazard = rules["need_per_quarter"] / _TICKS_PER_QUARTER
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


def _next_stage(stage: int, faint: bool, aware: bool, searching: bool, chance: bool) -> int:
    """Return where a buyer stands tomorrow with a vendor that is not its supplier.

    ``faint``: it hardly remembers the vendor any more; ``chance``: today's draw is for interest, or for a new look.
    """
    if stage in (_CUSTOMER, _ADVOCATE):
        return stage
    if stage == _LOST:
        return _AWARE if chance else _LOST
    if faint:
        return _UNAWARE
    if stage == _UNAWARE:
        return _AWARE if aware else _UNAWARE
    if stage == _AWARE:
        return (_EVALUATING if searching else _INTERESTED) if chance else _AWARE
    if stage == _INTERESTED and not searching:
        return _INTERESTED if aware else _AWARE
    return _EVALUATING if searching else _INTERESTED


# the rule as a table: which stage comes next cannot be predicted, and a wrong guess costs more than a look-up
_NEXT_STAGE = np.array(
    [
        [_next_stage(stage, bool(n & 8), bool(n & 4), bool(n & 2), bool(n & 1)) for n in range(16)]
        for stage in range(len(Stage))
    ],
    np.int16,
)


@inline
def _move(
    relation: np.void, u: float, faint_at: float, aware_at: float, rate: float, again: float, searching: bool
) -> None:
    """Move one buyer's stage with a vendor.

    ``rate`` is how fast somebody who knows and trusts it gets interested, ``again`` how fast a lost one looks again.
    """
    stage, awareness = relation["stage"], relation["awareness"]
    chance = again if stage == _LOST else rate * awareness * relation["trust"]
    faint, aware = awareness < faint_at, awareness >= aware_at
    relation["stage"] = _NEXT_STAGE[stage, faint * 8 + aware * 4 + searching * 2 + (u < chance)]


@inline
def _overload(
    buyer: np.void, platforms: Table, member: NDArray[np.int8], offered: NDArray[np.int32], fade: float
) -> None:
    """Move a buyer's overload towards today's inflow over its capacity, on the platforms that it belongs to."""
    others, messages, capacity = 0.0, 0, 0.0
    for p in range(platforms.size):
        if member[p] and platforms[p]["open"]:
            others += platforms[p]["background"]
            capacity += platforms[p]["attention"]
            messages += offered[p]
        offered[p] = 0
    load = (others + messages / buyer["activity"]) / capacity if capacity > 0.0 else 0.0
    buyer["overload"] = fade * buyer["overload"] + (1.0 - fade) * load


@inline
def settle(world: World) -> None:
    """Fade what fades and move each buyer's stage: the one sweep over all relations."""
    rules, key = world.rules[0], world.keys[_STAGE]
    awareness_fade = rules["awareness_decay"] if rules["on_awareness_decay"] != 0.0 else 1.0
    irritation_fade, frequency_fade = rules["irritation_decay"], rules["exits_frequency_decay"]
    word_fade, expertise_fade = rules["word_of_mouth_decay"], rules["expertise_decay"]
    score_fade, overload_fade = rules["leads_decay"], rules["attention_overload_decay"]
    buyers, relations, accounts, platforms = world.buyers, world.relations, world.accounts, world.platforms
    aware_at = rules["awareness_aware_at"]
    faint_at, again = rules["awareness_forgotten"] * aware_at, 1.0 / rules["churn_comeback"]
    for i in range(buyers.size):
        buyer = buyers[i]
        _overload(buyer, platforms, world.member[i], world.offered[i], overload_fade)
        searching = accounts[buyer["account"]]["in_market"] != 0
        rate = rules["awareness_interest_rate"] * (rules["need_search"] if searching else 1.0)
        for v in range(relations.shape[1]):
            relation = relations[i, v]
            relation["awareness"] *= awareness_fade
            relation["irritation"] *= irritation_fade
            relation["frequency"] *= frequency_fade
            relation["word"] *= word_fade
            relation["expertise"] *= expertise_fade
            relation["score"] *= score_fade
            _move(relation, unit(key, i, v), faint_at, aware_at, rate, again, searching)


@inline
def _count_peers(buyers: Table, accounts: Table, ties: Ties, vendors: Table, i: int, happy_at: float) -> None:
    """Set each vendor's ``peers`` to the share of a buyer's friends in other accounts who are its happy customers."""
    for v in range(vendors.size):
        vendors[v]["peers"] = 0.0
    own, friends = buyers[i]["account"], 0
    for arc in range(ties.start[0, i], ties.start[0, i + 1]):
        theirs = buyers[ties.target[arc]]["account"]
        if theirs != own:
            friends += 1
            account = accounts[theirs]
            if account["supplier"] >= 0 and account["satisfaction"] >= happy_at:
                vendors[account["supplier"]]["peers"] += 1.0
    for v in range(vendors.size):
        vendors[v]["peers"] /= max(1, friends)


@inline
def _utility(
    rules: np.void,
    buyer: np.void,
    relation: np.void,
    vendor: np.void,
    interest: NDArray[np.float64],
    fit: NDArray[np.float64],
) -> float:
    stands_out = 0.0
    for t in range(fit.size):
        stands_out += fit[t] * (interest[t] - rules["choice_indifferent"])
    unshown = rules["choice_unshown"]
    known = unshown + (1.0 - unshown) * relation["expertise"]  # quality counts as far as somebody showed it
    caution = rules["choice_careless"] + rules["choice_caution"] * buyer["risk_aversion"]
    utility = rules["choice_trust"] * (relation["trust"] - 0.5) * caution
    utility += rules["choice_awareness"] * relation["awareness"]
    utility += rules["choice_fit"] * stands_out
    utility += rules["choice_quality"] * known * (2.0 * vendor["quality"] - 1.0)
    utility -= rules["choice_price"] * (vendor["price"] - 1.0)
    utility += rules["choice_peers"] * buyer["peer_weight"] * vendor["peers"]
    heard = rules["choice_most_word"]
    utility += rules["choice_word"] * max(-heard, min(heard, relation["word"]))
    utility += rules["choice_expert"] * relation["expertise"]
    return utility - rules["choice_irritation"] * relation["irritation"]


@inline
def _committee(world: World, a: int) -> float:
    """Set each vendor's ``weight`` to exp(utility) where it is considered, else 0.

    Return their sum, with that of buying from nobody. All are divided by the largest, so that none is infinite.
    """
    rules, account = world.rules[0], world.accounts[a]
    buyers, relations, accounts, vendors = world.buyers, world.relations, world.accounts, world.vendors
    first = account["first"]
    last = account["last"] if rules["on_committee"] != 0.0 else first + 1
    happy_at = rules["experience_advocate_at"] if rules["on_peers"] != 0.0 else 2.0
    anybody = False
    for v in range(vendors.size):
        vendors[v]["weight"] = 0.0
        considered = account["supplier"] == v
        for i in range(first, last):
            stage = relations[i, v]["stage"]
            if stage == _EVALUATING or stage == _INTERESTED:
                considered = True
        vendors[v]["considered"] = considered
        anybody = anybody or considered
    most = rules["choice_nothing"]
    if not anybody:
        return 1.0
    for i in range(first, last):
        _count_peers(buyers, accounts, world.ties, vendors, i, happy_at)
        for v in range(vendors.size):
            if vendors[v]["considered"]:
                vendor = vendors[v]
                vendor["weight"] += _utility(rules, buyers[i], relations[i, v], vendor, world.interest[i], world.fit[v])
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
            for arc in range(ties.start[0, i], ties.start[0, i + 1]):
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
