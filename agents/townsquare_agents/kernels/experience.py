"""Experience: product and service make satisfaction; satisfaction makes complaints and churn (docs/model.md, 7.9)."""

from __future__ import annotations

import numpy as np

from townsquare_agents.compiled import inline
from townsquare_agents.kernels.codes import Cause, Happening, Stage, code
from townsquare_agents.kernels.conversation import ask
from townsquare_agents.kernels.events import NO_MESSAGE, count, tell
from townsquare_agents.kernels.journey import end_contract
from townsquare_agents.kernels.tables import Log, Table, World
from townsquare_agents.rng import Purpose, below, draw, unit

_SATISFACTION = int(Purpose.SATISFACTION)
_COMPLAIN = int(Purpose.COMPLAIN)
_CHURN = int(Purpose.CHURN)
_COMPLAINED = code(Happening.COMPLAIN)
_CHURNED = code(Happening.CHURNED)
_BECAME_ADVOCATE = code(Happening.BECAME_ADVOCATE)
_CUSTOMER = int(Stage.CUSTOMER)
_ADVOCATE = int(Stage.ADVOCATE)
_NONE = code(Cause.NONE)
_UNHAPPY = code(Cause.UNHAPPY)
_NEIGHBOUR = code(Cause.NEIGHBOUR_LEFT)
_END = code(Cause.END_OF_CONTRACT)
_COMPLAINT_OBJECT = 1 << 41


@inline
def _use(rules: np.void, account: np.void, quality: float, problem: bool) -> None:
    """Let an account use the product for a day: satisfaction drifts to what it is beyond expectation; problems cost.

    Satisfaction is the difference between performance and what was expected of it (Oliver 1980).
    """
    satisfaction = account["satisfaction"]
    expected = account["expectation"] if rules["on_expectations"] != 0.0 else 0.0
    surprise = rules["experience_floor"] + rules["experience_quality"] * quality - expected
    satisfaction += rules["experience_adapt"] * (max(0.0, min(1.0, surprise)) - satisfaction)
    if problem:
        satisfaction = max(0.0, satisfaction - rules["experience_incident_cost"])
    account["satisfaction"] = satisfaction


@inline
def _recommend(log: Log, relations: Table, account: np.void, tick: int, happy: bool) -> None:
    """Let the members of an account be advocates while they are happy, all of them or none."""
    v, stage = account["supplier"], _ADVOCATE if happy else _CUSTOMER
    if relations[account["first"], v]["stage"] == stage:
        return
    for i in range(account["first"], account["last"]):
        relations[i, v]["stage"] = stage
        if happy:
            tell(log, tick, i, v, _BECAME_ADVOCATE, _NONE, NO_MESSAGE, account["satisfaction"])


@inline
def _churn_cause(u: float, rate: float, unhappy: float, neighbour: float) -> int:
    """Return why an account leaves: nothing in particular where it would have left anyway, by the same draw."""
    if u < rate:
        return _END
    return _UNHAPPY if unhappy >= neighbour else _NEIGHBOUR


@inline
def experience(world: World, tick: int) -> None:
    """Let every customer account use the product, complain, and leave by a hazard of dissatisfaction."""
    rules, log, accounts, relations = world.rules[0], world.log, world.accounts, world.relations
    vendors, questions = world.vendors, world.questions
    churn_key, incident_key, complain_key = world.keys[_CHURN], world.keys[_SATISFACTION], world.keys[_COMPLAIN]
    no_play = log.counters.shape[1] - 1
    for a in range(accounts.size):
        account = accounts[a]
        account["left"] *= rules["churn_neighbour_decay"]
        v = account["supplier"]
        if v < 0:
            continue
        quality = vendors[v]["quality"]
        problem = unit(incident_key, a, v) < rules["experience_incident"] * (1.0 - quality)
        _use(rules, account, quality, problem)
        if problem:
            i = account["first"] + below(draw(complain_key, a, v), account["last"] - account["first"])
            count(log, v, no_play, _COMPLAINED)
            tell(log, tick, i, v, _COMPLAINED, _NONE, NO_MESSAGE, account["satisfaction"])
            if rules["on_service"] != 0.0:
                ask(questions, log.sizes, tick, i, v, 1, _COMPLAINT_OBJECT + a)
        _recommend(log, relations, account, tick, account["satisfaction"] >= rules["experience_advocate_at"])
        if rules["on_churn"] == 0.0:
            continue
        content = rules["churn_content_at"]
        unhappy = rules["churn_unhappy"] * max(0.0, content - account["satisfaction"]) / content
        neighbour = rules["churn_neighbour"] * account["left"]
        hazard = rules["churn_rate"] * (1.0 + unhappy) * (1.0 + neighbour)
        u = unit(churn_key, a, v)
        if u < hazard:
            cause = _churn_cause(u, rules["churn_rate"], unhappy, neighbour)
            count(log, v, no_play, _CHURNED)
            for i in range(account["first"], account["last"]):
                tell(log, tick, i, v, _CHURNED, cause, NO_MESSAGE, hazard)
            end_contract(world, a)
