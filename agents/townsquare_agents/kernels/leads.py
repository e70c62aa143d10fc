"""From a click to a sales conversation: visits, registrations, lead scores."""

from __future__ import annotations

import numpy as np

from townsquare_agents.compiled import inline
from townsquare_agents.kernels.codes import Cause, Happening, Tie, code
from townsquare_agents.kernels.events import count, tell
from townsquare_agents.kernels.feed import platform_bit
from townsquare_agents.kernels.feelings import irritate, is_interested, lose_trust
from townsquare_agents.kernels.tables import Keys, Log
from townsquare_agents.rng import Purpose, unit

_BLOCKED = np.uint32(Tie.BLOCKED)
_NO_TIE = np.uint32(0)
_CLICK = code(Happening.CLICK)
_REGISTER = code(Happening.REGISTER)
_SALES_READY = code(Happening.SALES_READY)
_UNWELCOME = code(Happening.SALES_CALL_UNWELCOME)
_P_CLICK = int(Purpose.CLICK)
_P_REGISTER = int(Purpose.REGISTER)
_C_NONE = code(Cause.NONE)
_C_UNASKED = code(Cause.UNASKED)


@inline
def _sales_call(
    log: Log,
    rules: np.void,
    relation: np.void,
    vendor: np.void,
    message: np.void,
    tick: int,
    i: int,
    m: int,
    strength: float,
) -> None:
    """Let sales call a buyer: welcome to whom it concerns, more so when sales knows what was read; else a nuisance."""
    if is_interested(relation["stage"]):
        informed = 1.0 + rules["leads_information"] * vendor["sales_information"]
        gain = min(1.0, rules["leads_conversation"] * strength * informed)
        relation["expertise"] += gain * (1.0 - relation["expertise"])
        relation["awareness"] += gain * (1.0 - relation["awareness"])
        relation["trust"] += rules["leads_call_trust"] * gain * (1.0 - relation["trust"])
    else:
        irritate(rules, relation, 1.0)
        lose_trust(rules, relation, rules["trust_gain"])
        count(log, message["vendor"], message["play"], _UNWELCOME)
        tell(log, tick, i, message["vendor"], _UNWELCOME, _C_UNASKED, m, strength)


@inline
def _score_lead(
    log: Log, rules: np.void, relation: np.void, vendor: np.void, message: np.void, tick: int, i: int, m: int
) -> None:
    """Recognise a sales-ready lead by its score; sales then calls on somebody who wants to talk."""
    scoring = vendor["lead_scoring"] if rules["on_lead_scoring"] != 0.0 else 0.0
    if scoring == 0.0 or relation["score"] < rules["leads_ready_at"] or not is_interested(relation["stage"]):
        return
    relation["score"] = 0.0
    count(log, message["vendor"], message["play"], _SALES_READY)
    tell(log, tick, i, message["vendor"], _SALES_READY, _C_NONE, m, scoring)
    _sales_call(log, rules, relation, vendor, message, tick, i, m, scoring)


@inline
def _register(
    log: Log,
    key: np.uint64,
    rules: np.void,
    buyer: np.void,
    relation: np.void,
    vendor: np.void,
    message: np.void,
    tick: int,
    i: int,
    m: int,
    name: int,
    mail_bit: np.uint32,
) -> None:
    """Fill in a form, and open the inbox."""
    willing = rules["response_registration"] * (1.0 - buyer["privacy"])
    willing *= rules["response_register_stranger"] + relation["trust"]
    if unit(key, i, name) < willing:
        relation["ties"] |= mail_bit
        relation["score"] += rules["leads_click"]
        count(log, message["vendor"], message["play"], _REGISTER)
        tell(log, tick, i, message["vendor"], _REGISTER, _C_NONE, m, willing)
        if vendor["pass_everything"] > 0.0:
            _sales_call(log, rules, relation, vendor, message, tick, i, m, vendor["pass_everything"])


@inline
def visit(
    log: Log,
    keys: Keys,
    rules: np.void,
    buyer: np.void,
    relation: np.void,
    vendor: np.void,
    message: np.void,
    tracked: int,
    tick: int,
    i: int,
    m: int,
    name: int,
    useful: float,
    pull: float,
) -> None:
    """Click, register, and become a lead."""
    click = rules["response_click"] * pull
    if message["form"]:
        click *= 1.0 - rules["response_form_cost"] * buyer["privacy"]
    mail = rules["contact_mail_platform"]
    mail_bit = platform_bit(int(mail)) if mail >= 0.0 else _NO_TIE
    if unit(keys[_P_CLICK], i, name) < click:
        count(log, message["vendor"], message["play"], _CLICK)
        message["clicks"] += 1
        if tracked:
            relation["score"] += rules["leads_click"]
        if message["form"] and mail >= 0.0 and not relation["ties"] & (mail_bit | _BLOCKED):
            _register(log, keys[_P_REGISTER], rules, buyer, relation, vendor, message, tick, i, m, name, mail_bit)
    if tracked and relation["ties"] & mail_bit:
        relation["score"] += rules["leads_reading"] * useful
    _score_lead(log, rules, relation, vendor, message, tick, i, m)
