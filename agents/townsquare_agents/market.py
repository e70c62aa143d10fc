"""The market: a Mesa model whose step is one tick (a day), an ordered list of steps over columns (docs/model.md, 3).

Law: the state after a tick is a function of (scenario, seed, plans, injected events). Plans change only between
rounds. Nothing here draws from a shared stream, reads a clock or opens a file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import mesa
import numpy as np
from numpy.typing import NDArray

from townsquare_agents import vendor_rows
from townsquare_agents.buyers_on_demand import BuyersOnDemand
from townsquare_agents.compiled import direct
from townsquare_agents.digest import digest_of
from townsquare_agents.errors import ParameterError, PlanError
from townsquare_agents.expert import Expert
from townsquare_agents.kernels import measures
from townsquare_agents.kernels.codes import Gate
from townsquare_agents.listening import expected_demand, observe
from townsquare_agents.marketer import Marketer
from townsquare_agents.messages import MessageBoard
from townsquare_agents.metrics import METRICS, VALUE, VANITY, totals
from townsquare_agents.plan import Plan
from townsquare_agents.platforms import attention_quantiles
from townsquare_agents.plays import check_plan, vendor_budget
from townsquare_agents.policies import Observation, Policy, RoundReport, make_policy
from townsquare_agents.population import open_platform
from townsquare_agents.scenario import Scenario, load_scenario
from townsquare_agents.shocks import apply_event, event_of
from townsquare_agents.spammer import Spammer, is_spammed
from townsquare_agents.stories import StoryLog
from townsquare_agents.tick_metrics import tick_metrics
from townsquare_agents.vendor import Vendor
from townsquare_agents.world import make_world, run_day

_tick_metrics = direct(tick_metrics)
DEFAULT_POLICY = "mixed"
MOST_SEED = 2**63 - 1
MOST_STORIES = 50_000  # buyers above which stories are kept only when asked for


class Market(BuyersOnDemand):
    """Buyers, vendors, platforms and spammers of one scenario under one seed.

    ``scenario``: a `Scenario`, or what `load_scenario` takes. ``policies``: vendor identifier to the name of a policy
    (`policies.POLICIES`) for vendors without a plan; those not named take the scenario's, else ``mixed``.
    ``stories``: keep what happens to each buyer (default: markets of up to 50 000 buyers). ``collect``: feed Mesa's
    DataCollector each tick. Raises ScenarioErrors, ScenarioError and ParameterError.
    """

    STEPS: tuple[str, ...] = ("events", "plan", "day", "ledger")
    """The steps of a tick; `kernels.day` lists what happens within the day."""

    def __init__(
        self,
        scenario: Scenario | str | Path,
        seed: int = 0,
        *,
        policies: Mapping[str, str] | None = None,
        stories: bool | None = None,
        collect: bool = True,
    ) -> None:
        if not isinstance(seed, int | np.integer) or not 0 <= seed <= MOST_SEED:
            raise ParameterError(f"a market needs a seed: a whole number from 0 to {MOST_SEED}, not {seed!r}")
        super().__init__(rng=seed)
        self.definition = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
        self.seed = seed
        self.tick = 0
        self.money = self.definition.calendar.money_per_round
        self.hours = self.definition.calendar.hours_per_round
        self.happened: list[tuple[int, str]] = []
        self._injected: list[str] = []
        self._index_names()
        self.stories = StoryLog()
        self.board = MessageBoard()
        if stories is None:
            stories = self.definition.population.buyers <= MOST_STORIES
        self._world, self.columns, self.friend_network, self.follow_network = make_world(
            self.definition, seed, self.board.rows, stories
        )
        self.platforms, self.rules, self.vendors_table = self._world.platforms, self._world.rules, self._world.vendors
        self._make_vendors(policies or {})
        self._make_ledger()
        self._steps: list[Callable[[], None]] = [getattr(self, f"_{name}") for name in self.STEPS]
        self.datacollector = mesa.DataCollector(model_reporters=self._reporters() if collect else {})
        self._collect = collect

    # ------------------------------------------------------------------------------------------ set-up

    def _index_names(self) -> None:
        definition = self.definition
        self.vendor_index = {vendor.id: index for index, vendor in enumerate(definition.vendors)}
        self.play_index = {play.id: index for index, play in enumerate(definition.plays)}
        self.topic_index = {topic.id: index for index, topic in enumerate(definition.topics)}
        self.archetype_index = {kind.id: index for index, kind in enumerate(definition.archetypes)}
        self.platform_index = {platform.id: index for index, platform in enumerate(definition.platforms)}

    def _make_vendors(self, policies: Mapping[str, str]) -> None:
        for name in policies:
            self.definition.vendor_index(name)
        definition = self.definition
        self.vendors = [Vendor(index, spec) for index, spec in enumerate(definition.vendors)]
        self.marketers = [Marketer(self, vendor) for vendor in self.vendors]
        self.experts = [Expert(self, vendor, n) for vendor in self.vendors for n in range(vendor.spec.experts)]
        spammed = [p for p, platform in enumerate(definition.platforms) if is_spammed(platform.relationship)]
        self.spammers = [Spammer(self, n, p) for p in spammed for n in range(definition.spam.campaigns)]
        self.policy_names = {
            vendor.id: policies.get(vendor.id) or definition.policies.get(vendor.id) or DEFAULT_POLICY
            for vendor in self.vendors
        }
        self.policies: dict[str, Policy] = {vendor: make_policy(name) for vendor, name in self.policy_names.items()}
        self._plans: dict[str, Plan] = {}

    def _make_ledger(self) -> None:
        definition, count = self.definition, len(self.vendors)
        ticks = definition.calendar.rounds * definition.calendar.ticks_per_round
        self.history = np.zeros((ticks, count, len(METRICS)))
        self.reports: dict[str, list[RoundReport]] = {vendor.id: [] for vendor in self.vendors}
        self._attention = np.full(len(definition.platforms), np.nan)  # that the budgets were worked out for
        self.follow_rules()

    def follow_rules(self) -> None:
        """Work out again all that follows from the rules: when plans come into force, and after an event."""
        for vendor in self.vendors:
            vendor_rows.follow_rules(self._world, self.definition, vendor)
        for expert in self.experts:
            expert.follow_rules()
        if not np.array_equal(self._attention, self.platforms["attention"]):
            self._attention = self.platforms["attention"].copy()
            attention_quantiles(self._attention, self._world.budgets)

    def _reporters(self) -> dict[str, Callable[[Market], float]]:
        def reporter(vendor: int, metric: int) -> Callable[[Market], float]:
            return lambda market: float(market.history[market.tick - 1, vendor, metric])

        return {
            f"{vendor.id}.{name}": reporter(vendor.index, index)
            for vendor in self.vendors
            for index, name in enumerate(METRICS)
        }

    # ------------------------------------------------------------------------------------------ rounds

    @property
    def round(self) -> int:
        """The running round, 1-based; after the last tick, the number of rounds."""
        calendar = self.definition.calendar
        return min(self.tick // calendar.ticks_per_round + 1, calendar.rounds)

    @property
    def tick_in_round(self) -> int:
        """Ticks of the running round that are over."""
        return self.tick % self.definition.calendar.ticks_per_round

    @property
    def over(self) -> bool:
        """Whether the last round is over."""
        return self.tick >= self.history.shape[0]

    def observation(self, vendor: str) -> Observation:
        """Return what the people (or the policy) running a vendor may know now; raises ScenarioError."""
        self.definition.vendor_index(vendor)  # says so when there is none
        money, hours = vendor_budget(self.definition, vendor, self.money, self.hours)
        return Observation(
            scenario=self.definition,
            vendor=vendor,
            round=self.round,
            money=money,
            hours=hours,
            demand=expected_demand(self, vendor),
            own=tuple(self.reports[vendor]),
            rivals={name: tuple(r.vanity for r in reports) for name, reports in self.reports.items() if name != vendor},
        )

    def set_plan(self, vendor: str, plan: Plan) -> None:
        """Set the plan of a vendor for the round about to start; raises PlanError."""
        if self.tick_in_round != 0 or self.over:
            raise PlanError(f"a plan can only be set between rounds; this is tick {self.tick}", vendor=vendor)
        self._check_plan(vendor, plan)
        self._plans[vendor] = plan

    def _check_plan(self, vendor: str, plan: Plan) -> None:
        money, hours = vendor_budget(self.definition, vendor, self.money, self.hours)
        check_plan(self.definition, vendor, plan, money=money, hours=hours)

    def open_platform(self, p: int) -> None:
        """Let a platform begin, under the rules of today; one that is open stays as it is."""
        row = self.platforms[p]
        if not row["open"]:
            row["open"] = 1
            gate, qualified_at = Gate(int(row["gate"])).name.lower(), float(self.rules[0]["groups_qualified_at"])
            open_platform(self.definition, self.seed, self.columns, p, gate=gate, qualified_at=qualified_at)

    def inject(self, event: str) -> None:
        """Let an event of the scenario happen at the start of the next tick; raises ScenarioError."""
        event_of(self, event)
        self._injected.append(event)

    def _start_round(self) -> None:
        self._world.relations["reached"] = 0
        for p, platform in enumerate(self.definition.platforms):
            if platform.opens_round == self.round:
                self.open_platform(p)
        for vendor in self.vendors:
            plan = self._plans.get(vendor.id)
            if plan is None:
                plan = self.policies[vendor.id].decide(self.observation(vendor.id))
                self._check_plan(vendor.id, plan)
            vendor_rows.put_in_force(self._world, self.columns, self.definition, vendor, plan)
        self.follow_rules()
        for marketer in self.marketers:
            marketer.start_round()
        self._plans.clear()

    def _finish_round(self) -> None:
        ticks = self.definition.calendar.ticks_per_round
        sums = totals(self.history[self.tick - ticks : self.tick])
        for vendor in self.vendors:
            exact = dict(zip(METRICS, sums[vendor.index].tolist(), strict=True))
            self.reports[vendor.id].append(
                RoundReport(
                    plan=vendor.plan,
                    vanity={name: exact[name] for name in VANITY},
                    value={name: exact[name] for name in VALUE},
                    observed=observe(self, vendor, exact),
                )
            )

    # -------------------------------------------------------------------------------------------- ticks

    def step(self) -> None:
        """Advance the market by one tick."""
        if self.over:
            raise PlanError(f"the game is over after {self.tick} ticks")
        if self.tick_in_round == 0:
            self._start_round()
        for step in self._steps:
            step()
        self.tick += 1
        if self.tick_in_round == 0:
            self._finish_round()
        if self._collect:
            self.datacollector.collect(self)
        self.running = not self.over

    def _events(self) -> None:
        """0. What the scenario has for this day happens, then what a facilitator injected."""
        for event in self.definition.events:
            if event.round == self.round and event.tick == self.tick_in_round + 1:
                apply_event(self, event)
        for name in self._injected:
            apply_event(self, event_of(self, name))
        self._injected.clear()

    def _plan(self) -> None:
        """1. Marketers, experts and spammers act; this yields messages."""
        for expert in self.experts:
            expert.step()
        for marketer in self.marketers:
            marketer.step()
        for spammer in self.spammers:
            spammer.step()

    def _day(self) -> None:
        """2. to 8. The day, in the order of `kernels.day`."""
        self._world = run_day(self._world._replace(messages=self.board.rows), self.seed, self.tick)

    def _ledger(self) -> None:
        """9. Money in and out; every metric recorded."""
        world = self._world
        counters = world.log.counters
        accounts, buyers = world.accounts.size, world.buyers.size
        _tick_metrics(world.vendors, world.measured, counters, world.rules, accounts, buyers, self.history[self.tick])
        self.stories.take(self._world.log)

    # ------------------------------------------------------------------------------------------ looking

    def node_states(self) -> NDArray[np.uint8]:
        """Return the byte that each buyer shows on the projector, uint8[N] (see `kernels.measures.node_states`)."""
        out = np.empty(self.columns.archetype.size, np.uint8)
        measures.node_states(self._world.touched, self._world.relations, self.tick, out)
        return out

    def digest(self) -> str:
        """Return a hex digest of the whole state: columns, queue, tables and history."""
        names = self.definition.digest, self.seed, self.tick, self.money, self.hours
        return digest_of(self._world, self.history[: self.tick], *names)
