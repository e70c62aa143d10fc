"""The market of Townsquare: buyers, experts, marketers and spammers on social networks, with keyed randomness.

Names are loaded on first use, so that importing a part does not import Mesa.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from townsquare_agents import generators
    from townsquare_agents.market import Market
    from townsquare_agents.network import Network
    from townsquare_agents.plan import Action, Plan
    from townsquare_agents.scenario import Scenario, load_scenario

_HOMES = {
    "Action": "plan",
    "Market": "market",
    "Network": "network",
    "Plan": "plan",
    "Scenario": "scenario",
    "load_scenario": "scenario",
}

__all__ = ["Action", "Market", "Network", "Plan", "Scenario", "generators", "load_scenario"]


def __getattr__(name: str) -> Any:
    if name == "generators":
        return import_module("townsquare_agents.generators")
    if name in _HOMES:
        return getattr(import_module(f"townsquare_agents.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
