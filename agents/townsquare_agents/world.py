"""The world: all columns and tables that kernels read and write, made from a scenario and a seed, and run for a day.

Law: a kernel gets the whole of it in one argument. A tick's buffers may grow; what stands in them stays.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.columns import Columns
from townsquare_agents.compiled import direct
from townsquare_agents.kernels import codes, day, measures, tables
from townsquare_agents.network import Network
from townsquare_agents.platforms import QUANTILES, build_ties, platform_table
from townsquare_agents.population import make_population
from townsquare_agents.rng import Purpose
from townsquare_agents.rules import rules_record
from townsquare_agents.scenario import Scenario

_run_day = direct(day.run_day)


def make_world(
    scenario: Scenario, seed: int, messages: NDArray[np.void], stories: bool
) -> tuple[tables.World, Columns, Network, Network]:
    """Return the world before the first tick, its columns, the friend network and the first follow network."""
    population, columns = make_population(scenario, seed)
    ties, friends, follows = build_ties(scenario, seed, columns.account)
    n, platforms = scenario.population.buyers, len(scenario.platforms)
    mail = [p for p, platform in enumerate(scenario.platforms) if platform.relationship == "inbox"]
    vendors = _vendor_table(scenario)
    world = tables.World(
        **population._asdict(),
        offered=np.zeros((n, platforms), np.int32),
        touched=np.zeros(n, np.int32),
        happy_with=_happy_with(scenario, columns),
        tied=np.ascontiguousarray(columns.ties.T),
        ties=ties,
        messages=messages,
        platforms=platform_table(scenario),
        vendors=vendors,
        rules=rules_record(scenario.parameters, scenario.mechanisms, mail_platform=mail[0] if mail else -1),
        budgets=np.zeros((platforms, QUANTILES)),
        hosting=np.zeros((platforms, vendors.size)),
        questions=np.zeros(1024, tables.QUESTION),
        entries=np.zeros(max(1024, n), tables.ENTRY),
        shares=np.zeros(max(1024, n), tables.ENTRY),
        shared=np.full((n, 4), -1, np.int32),
        measured=np.zeros((vendors.size, measures.MEASURES)),
        keys=np.zeros(max(Purpose) + 1, np.uint64),
        log=_log(scenario, stories),
    )
    return world, columns, friends, follows


def _happy_with(scenario: Scenario, columns: Columns) -> NDArray[np.int8]:
    """Return whose happy customer each buyer is at the start; each evening writes it anew."""
    happy_at = scenario.parameters.experience.advocate_at if scenario.mechanisms.peers else np.inf
    return np.where(columns.satisfaction >= happy_at, columns.supplier, -1).astype(np.int8)[columns.account]


def _vendor_table(scenario: Scenario) -> NDArray[np.void]:
    table = np.zeros(len(scenario.vendors), tables.VENDOR)
    for row, vendor in zip(table, scenario.vendors, strict=True):
        row["quality"], row["price"] = vendor.quality, vendor.price
    return table


def _log(scenario: Scenario, stories: bool) -> tables.Log:
    return tables.Log(
        events=np.zeros(4 * scenario.population.buyers + 4096 if stories else 0, tables.EVENT),
        counters=np.zeros((len(scenario.vendors) + 1, len(scenario.plays) + 1, codes.HAPPENINGS), np.int64),
        sizes=np.zeros(8, np.int64),
    )


def run_day(world: tables.World, seed: int, tick: int) -> tables.World:
    """Let a day pass and return the world, whose buffers have grown until the day fitted."""
    while not _run_day(world, seed, tick):
        needed, questions = world.log.sizes[tables.SIZE_NEED], world.log.sizes[tables.SIZE_NEED_QUESTIONS]
        size = max(world.entries.size, int(needed * 1.5))
        world = world._replace(
            entries=_longer(world.entries, size),
            shares=_longer(world.shares, size),
            questions=_longer(world.questions, max(world.questions.size, 2 * int(questions))),
        )
    return world


def _longer(array: NDArray[Any], size: int) -> NDArray[Any]:
    longer = np.zeros(size, array.dtype)
    longer[: array.size] = array
    return longer
