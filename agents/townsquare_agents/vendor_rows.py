"""What kernels read of a vendor: its row of the vendors' table, its hosting, its product's fit.

Law: a plan in force and the rules of today say all that stands there; nothing else writes these columns.
"""

from __future__ import annotations

from townsquare_agents.columns import Columns
from townsquare_agents.kernels.tables import World
from townsquare_agents.listening import mean_interest
from townsquare_agents.plan import Plan
from townsquare_agents.plays import plan_cost, play_of
from townsquare_agents.scenario import Scenario
from townsquare_agents.vendor import Vendor


def follow_rules(world: World, scenario: Scenario, vendor: Vendor) -> None:
    """Work out what the rules of today make of a vendor's capacities and price."""
    rules, row, ticks = world.rules[0], world.vendors[vendor.index], scenario.calendar.ticks_per_round
    hours = rules["service_baseline_hours"] * vendor.spec.hours + vendor.capacity("service_hours")
    row["answers_per_tick"] = hours / rules["service_hours_per_answer"] / ticks
    row["revenue_per_account"] = rules["money_revenue_per_account"] * row["price"] / ticks


def put_in_force(world: World, columns: Columns, scenario: Scenario, vendor: Vendor, plan: Plan) -> None:
    """Let a vendor build what its plan builds."""
    likely = _likely_topic(world, columns, scenario, vendor)
    capacities = [(play_of(scenario, a), a.level, a.topic or likely) for a in plan.actions]
    vendor.put_in_force(plan, capacities, float(world.rules[0]["organisation_lever_fade"]))
    row = world.vendors[vendor.index]
    row["spend_per_tick"] = plan_cost(scenario, plan)[0] / scenario.calendar.ticks_per_round
    for name in ("reference_effort", "sales_information"):
        row[name] = vendor.capacity(name)
    for name in ("lead_scoring", "pass_everything", "own_up"):
        row[name] = min(1.0, vendor.capacity(name))
    if not world.rules[0]["on_owning_up"]:
        row["own_up"] = 0.0
    _host(world, scenario, vendor)
    _work_on_product(columns, scenario, vendor)


def _likely_topic(world: World, columns: Columns, scenario: Scenario, vendor: Vendor) -> str | None:
    """Return the topic that work goes into which nobody gave one: what staff believe that buyers want, if anything.

    What buyers do want most, where nobody believes what is not so.
    """
    if world.rules[0]["on_beliefs"]:
        return vendor.spec.belief
    wanted = mean_interest(scenario, columns.interest)
    return max(wanted, key=lambda topic: wanted[topic])


def _host(world: World, scenario: Scenario, vendor: Vendor) -> None:
    groups = {p.id: index for index, p in enumerate(scenario.platforms) if p.relationship == "group"}
    for group, effort in vendor.hosting(groups).items():
        world.hosting[groups[group], vendor.index] = effort


def _work_on_product(columns: Columns, scenario: Scenario, vendor: Vendor) -> None:
    """Close part of what a product lacks for the topic that is worked on."""
    topics = [topic.id for topic in scenario.topics]
    for play, level, topic in vendor.capacities:
        if play.capacity.product_work > 0 and topic is not None:
            fit = columns.fit[vendor.index]
            done = min(1.0, play.capacity.product_work * level)
            fit[topics.index(topic)] += done * (1.0 - fit[topics.index(topic)])
