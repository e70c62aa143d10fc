"""Experience: product and service make satisfaction; satisfaction makes complaints and churn (model.md 2.7)."""

from __future__ import annotations

from townsquare_agents.compiled import inline
from townsquare_agents.kernels.codes import Cause, Happening, Stage
from townsquare_agents.kernels.events import count, tell
from townsquare_agents.kernels.journey import end_contract
from townsquare_agents.kernels.response import ask
from townsquare_agents.kernels.tables import World
from townsquare_agents.rng import Purpose, below, draw, unit

_SATISFACTION = int(Purpose.SATISFACTION)
_COMPLAIN = int(Purpose.COMPLAIN)
_CHURN = int(Purpose.CHURN)
_COMPLAINED = int(Happening.COMPLAIN)
_CHURNED = int(Happening.CHURNED)
_BECAME_ADVOCATE = int(Happening.BECAME_ADVOCATE)
_CUSTOMER = int(Stage.CUSTOMER)
_ADVOCATE = int(Stage.ADVOCATE)
_NONE = int(Cause.NONE)
_UNHAPPY = int(Cause.UNHAPPY)
_NEIGHBOUR = int(Cause.NEIGHBOUR_LEFT)
_COMPLAINT_OBJECT = 1 << 41


@inline
def _use(world: World, tick: int, a: int) -> None:
    """Let an account use the product for a day: satisfaction drifts, problems happen, somebody complains."""
    rules, log, account = world.rules[0], world.log, world.accounts[a]
    v, first, last = account["supplier"], account["first"], account["last"]
    quality = world.vendors[v]["quality"]
    satisfaction = account["satisfaction"]
    satisfaction += rules["experience_adapt"] * (rules["experience_floor"] + 0.6 * quality - satisfaction)
    if unit(world.keys[_SATISFACTION], a, v) < rules["experience_incident"] * (1.0 - quality):
        satisfaction = max(0.0, satisfaction - rules["experience_incident_cost"])
        i = first + below(draw(world.keys[_COMPLAIN], a, v), last - first)
        count(log, v, log.counters.shape[1] - 1, _COMPLAINED)
        tell(log, tick, i, v, _COMPLAINED, _NONE, -1, satisfaction)
        if rules["on_service"] != 0.0:
            ask(world.questions, log.sizes, tick, i, v, 1, _COMPLAINT_OBJECT + a)
    account["satisfaction"] = satisfaction
    happy = satisfaction >= rules["experience_advocate_at"]
    for i in range(first, last):
        relation = world.relations[i, v]
        if happy and relation["stage"] != _ADVOCATE:
            tell(log, tick, i, v, _BECAME_ADVOCATE, _NONE, -1, satisfaction)
        relation["stage"] = _ADVOCATE if happy else _CUSTOMER


@inline
def experience(world: World, tick: int) -> None:
    """Let every customer account use the product, and leave by a hazard of dissatisfaction."""
    rules, log, key = world.rules[0], world.log, world.keys[_CHURN]
    for a in range(world.accounts.size):
        account = world.accounts[a]
        account["left"] *= rules["churn_neighbour_decay"]
        v = account["supplier"]
        if v < 0:
            continue
        _use(world, tick, a)
        if rules["on_churn"] == 0.0:
            continue
        unhappy = rules["churn_unhappy"] * max(0.0, 0.7 - account["satisfaction"]) / 0.7
        neighbour = rules["churn_neighbour"] * account["left"]
        hazard = rules["churn_rate"] * (1.0 + unhappy) * (1.0 + neighbour)
        if unit(key, a, v) < hazard:
            cause = _UNHAPPY if unhappy >= neighbour else _NEIGHBOUR
            count(log, v, log.counters.shape[1] - 1, _CHURNED)
            for i in range(account["first"], account["last"]):
                tell(log, tick, i, v, _CHURNED, cause, -1, hazard)
            end_contract(world, a)
