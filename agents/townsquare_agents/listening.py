"""What a vendor learns about its value: its own books always.

The rest only as far as its listening measures it, with sampling error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.metrics import KNOWN_WITHOUT_LISTENING, METRICS, VALUE
from townsquare_agents.population import normal_draw, sample_buyers
from townsquare_agents.rng import Purpose
from townsquare_agents.scenario import Scenario

if TYPE_CHECKING:
    from townsquare_agents.market import Market
    from townsquare_agents.vendor import Vendor

_MONEY_SPREAD = 2.0  # standard deviation of a survey of one buyer, relative to the true amount of money
_SURVEYED_MONEY = ("pipeline", "customer_equity")
_SURVEYED_EXACTLY = ("churned", "references")  # who is asked says so


def observe(market: Market, vendor: Vendor, exact: dict[str, float]) -> dict[str, float | None]:
    """Return what the vendor knows of each value metric after a round; None is "not measured".

    ``exact`` are the true values. Trust is the mean over a real sample of buyers; money in the pipeline and customer
    equity carry the sampling error of the same survey.
    """
    known: dict[str, float | None] = dict.fromkeys(VALUE)
    known.update({name: exact[name] for name in KNOWN_WITHOUT_LISTENING})
    if market.vendors_table[vendor.index]["lead_scoring"] > 0:
        known["sales_ready_leads"] = exact["sales_ready_leads"]
    sample = round(vendor.capacity("survey_sample"))
    if sample > 0:
        purpose, object_ = int(Purpose.SURVEY), vendor.index
        buyers = market.columns.archetype.size
        asked = sample_buyers(market.seed, purpose, market.tick, object_, sample, buyers)
        known["trust"] = float(np.mean(market.columns.trust[asked, vendor.index]))
        for name in _SURVEYED_MONEY:
            error = normal_draw(market.seed, purpose, market.tick, 100 * METRICS.index(name) + object_)
            known[name] = exact[name] * (1.0 + _MONEY_SPREAD * error / float(np.sqrt(sample)))
        known.update({name: exact[name] for name in _SURVEYED_EXACTLY})
    return known


_BELIEVED, _NOT_BELIEVED = 0.8, 0.3


def expected_demand(market: Market, vendor: str) -> dict[str, float]:
    """Return what those who run a vendor expect buyers to want, topic -> interest.

    What launch research measured, else what its staff believe; the truth where nobody believes what is not so.
    """
    researched = round(market.vendors[market.vendor_index[vendor]].capacity("launch_research"))
    if researched:
        return measured_demand(market, vendor, researched)
    if market.rules[0]["on_beliefs"]:
        return believed_demand(market.definition, vendor)
    return mean_interest(market.definition, market.columns.interest)


def believed_demand(scenario: Scenario, vendor: str) -> dict[str, float]:
    """Return what a vendor's staff believe buyers want, topic -> interest: by default what they already do best."""
    spec = scenario.vendors[scenario.vendor_index(vendor)]
    believed = spec.belief or spec.niche
    return {topic.id: _BELIEVED if topic.id == believed else _NOT_BELIEVED for topic in scenario.topics}


def measured_demand(market: Market, vendor: str, sample: int) -> dict[str, float]:
    """Return what ``sample`` buyers drawn at random are interested in: topic -> mean interest."""
    object_ = 1000 + market.vendor_index[vendor]
    buyers = market.columns.archetype.size
    asked = sample_buyers(market.seed, int(Purpose.SURVEY), market.tick, object_, sample, buyers)
    return mean_interest(market.definition, market.columns.interest[asked])


def mean_interest(scenario: Scenario, interest: NDArray[np.float64]) -> dict[str, float]:
    """Return the means over buyers of ``interest[buyers, T]``: topic -> interest."""
    return {topic.id: float(np.mean(interest[:, t])) for t, topic in enumerate(scenario.topics)}
