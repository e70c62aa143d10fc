"""Small markets for the tests of the model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from small_markets import tiny
from townsquare_agents.scenario import Scenario, load_scenario


@pytest.fixture(scope="session")
def shipped() -> Scenario:
    """Return the shipped scenario."""
    return load_scenario("first_market")


@pytest.fixture(scope="session")
def small(shipped: Scenario) -> Scenario:
    """Return the shipped scenario with 200 buyers and two rounds of 8 ticks."""
    return tiny(shipped)


@pytest.fixture(scope="session")
def whole() -> Scenario:
    """Return the whole square with a first vendor that needs no approval: what it plans goes out as planned."""
    data = load_scenario("whole_square").model_dump(mode="json")
    data["vendors"][0].update(approval_days=0, filtering=0)
    return Scenario.model_validate(data)


@pytest.fixture(scope="session")
def changed() -> Callable[..., Scenario]:
    """Return a function that gives a copy of a scenario with some keys set: ``changed(s, {"spam.campaigns": 0})``."""

    def change(scenario: Scenario, settings: dict[str, Any]) -> Scenario:
        data = scenario.model_dump(mode="json")
        for path, value in settings.items():
            *parents, last = path.split(".")
            node: Any = data
            for parent in parents:
                node = node[int(parent)] if isinstance(node, list) else node[parent]
            node[int(last) if isinstance(node, list) else last] = value
        return Scenario.model_validate(data)

    return change
