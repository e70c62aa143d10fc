"""Experience: product and service make satisfaction.

Satisfaction makes complaints and churn (model.md, section 2.7).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.compiled import kernel
from townsquare_agents.kernels.columns import Cause, Columns, Happening, Scratch, Stage
from townsquare_agents.kernels.events import count, tell
from townsquare_agents.kernels.journey import end_contract
from townsquare_agents.kernels.response import ask
from townsquare_agents.rng import Purpose, below, draw, stream_key, unit

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


@kernel
def experience(
    seed: int,
    tick: int,
    columns: Columns,
    scratch: Scratch,
    vendors: NDArray[np.void],
    rules_array: NDArray[np.void],
    counters: NDArray[np.int64],
    questions: NDArray[np.void],
) -> None:
    """Move satisfaction towards what the product deserves, let problems happen, let customers complain and leave."""
    rules = rules_array[0]
    incident_key = stream_key(seed, _SATISFACTION, tick)
    complain_key = stream_key(seed, _COMPLAIN, tick)
    churn_key = stream_key(seed, _CHURN, tick)
    no_play = counters.shape[1] - 1
    for a in range(columns.supplier.size):
        columns.left[a] *= rules["churn_neighbour_decay"]
        v = columns.supplier[a]
        if v < 0:
            continue
        first, last = columns.account_start[a], columns.account_start[a + 1]
        quality = vendors[v]["quality"]
        satisfaction = columns.satisfaction[a]
        satisfaction += rules["experience_adapt"] * (0.35 + 0.6 * quality - satisfaction)
        if unit(incident_key, a, v) < rules["experience_incident"] * (1.0 - quality):
            satisfaction = max(0.0, satisfaction - rules["experience_incident_cost"])
            i = first + below(draw(complain_key, a, v), last - first)
            count(counters, v, no_play, _COMPLAINED)
            tell(scratch, tick, i, v, _COMPLAINED, _NONE, -1, satisfaction)
            if rules["on_service"] != 0.0:
                ask(scratch, questions, tick, i, v, 1, _COMPLAINT_OBJECT + a)
        columns.satisfaction[a] = satisfaction
        happy = satisfaction >= rules["experience_advocate_at"]
        for i in range(first, last):
            if happy and columns.stage[i, v] != _ADVOCATE:
                tell(scratch, tick, i, v, _BECAME_ADVOCATE, _NONE, -1, satisfaction)
            columns.stage[i, v] = _ADVOCATE if happy else _CUSTOMER
        if rules["on_churn"] == 0.0:
            continue
        unhappy = rules["churn_unhappy"] * max(0.0, 0.7 - satisfaction) / 0.7
        neighbour = rules["churn_neighbour"] * columns.left[a]
        hazard = rules["churn_rate"] * (1.0 + unhappy) * (1.0 + neighbour)
        if unit(churn_key, a, v) < hazard:
            cause = _UNHAPPY if unhappy >= neighbour else _NEIGHBOUR
            count(counters, v, no_play, _CHURNED)
            for i in range(first, last):
                tell(scratch, tick, i, v, _CHURNED, cause, -1, hazard)
            end_contract(columns, rules, a, first, last)
