"""Whatever a scenario may legally say, a share stays a share and a number stays a number."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from small_markets import tiny
from townsquare_agents import Market, load_scenario
from townsquare_agents.parameters import Parameters
from townsquare_agents.parameters.quantity import range_of
from townsquare_agents.scenario import Scenario

SHARES = ("awareness", "trust", "expertise", "offers", "satisfaction", "left", "interest", "fit", "opportunism")
NUMBERS = ("irritation", "frequency", "word", "score", "overload")
LEFT_OUT = {("money", "retention"), ("money", "discount")}  # together they have a check of their own


def _ends() -> dict[tuple[str, str], tuple[float, float]]:
    ends = {}
    for group, model in Parameters():
        for name, field in type(model).model_fields.items():
            ends[group, name] = range_of(field)
    return {key: (end.low, end.high) for key, end in ends.items() if end is not None and key not in LEFT_OUT}


ENDS = _ends()
ALL_LOW, ALL_HIGH = ({key: end[side] for key, end in ENDS.items()} for side in (0, 1))
values = st.sampled_from(sorted(ENDS)).flatmap(lambda key: st.tuples(st.just(key), st.sampled_from(ENDS[key])))


def _lively() -> dict[str, Any]:
    data = tiny(load_scenario("whole_square")).model_dump(mode="json")
    data["calendar"].update(money_per_round=1e9, hours_per_round=1e6)
    data["parameters"]["need"].update(per_quarter=1.0, shortest=2, longest=6)
    data["policies"] = {"A": "campaign", "B": "relationship", "C": "mixed", "D": "campaign"}
    return data


LIVELY = _lively()


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@example(chosen=ALL_LOW, quality=0.0)
@example(chosen=ALL_HIGH, quality=0.0)
@example(chosen=ALL_HIGH, quality=1.0)
@example(chosen={("trust", "gain"): 0.5, ("trust", "loss_ratio"): 10}, quality=0.5)
@given(chosen=st.lists(values, min_size=1, max_size=40).map(dict), quality=st.sampled_from([0.0, 0.65, 1.0]))
def test_shares_stay_shares_at_the_ends_of_every_range(chosen: dict[tuple[str, str], float], quality: float) -> None:
    parameters = {group: dict(model) for group, model in LIVELY["parameters"].items()}
    for (group, name), value in chosen.items():
        parameters[group][name] = value
    vendors = [{**vendor, "quality": quality} for vendor in LIVELY["vendors"]]
    market = Market(Scenario.model_validate({**LIVELY, "parameters": parameters, "vendors": vendors}), 3, collect=False)
    while not market.over:
        market.step()
        for name in SHARES:
            column = getattr(market.columns, name)
            assert column.min() >= 0.0, name
            assert column.max() <= 1.0, name
        for name in NUMBERS:
            assert np.isfinite(getattr(market.columns, name)).all(), name
        assert (market.platforms["noise"] <= 1.0).all()
    assert np.isfinite(market.history).all()
