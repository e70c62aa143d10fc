"""The market.

A Mesa model whose step is one tick (a day), an ordered list of steps over columns (model.md, section 2).

Law: the state after a tick is a function of (scenario, seed, plans). Plans change only between rounds. Nothing here
draws from a shared stream, reads a clock or opens a file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import mesa
import numpy as np
from numpy.typing import NDArray

from townsquare_agents.buyer import Buyer
from townsquare_agents.errors import PlanError, ScenarioError
from townsquare_agents.expert import Expert
from townsquare_agents.kernels import columns as layout
from townsquare_agents.kernels import conversation, experience, feed, journey, measures, response, word_of_mouth
from townsquare_agents.listening import observe
from townsquare_agents.marketer import Marketer
from townsquare_agents.messages import MessageBoard
from townsquare_agents.metrics import METRICS, VALUE, VANITY, Yardsticks, tick_metrics, totals
from townsquare_agents.parameters import rules_record
from townsquare_agents.plan import Plan
from townsquare_agents.platforms import attention_quantiles, platform_table
from townsquare_agents.plays import check_plan, plan_cost, play_of
from townsquare_agents.policies import Observation, Policy, RoundReport, make_policy
from townsquare_agents.population import MOST_EVENT_BUYERS, make_columns, make_scratch
from townsquare_agents.scenario import Scenario, load_scenario
from townsquare_agents.spammer import Spammer
from townsquare_agents.stories import EventLog
from townsquare_agents.vendor import Vendor

DEFAULT_POLICY = "mixed"
TICKS_PER_YEAR = 365.0


class Market(mesa.Model):
    """Buyers, vendors, platforms and spammers of one scenario under one seed.

    ``scenario``: a `Scenario`, or what `load_scenario` takes. ``policies``: vendor identifier to policy name
    (``campaign``, ``relationship``, ``mixed``) for vendors without a plan; those not named take the scenario's, else
    ``mixed``. ``stories``: keep what happens to each buyer (default: markets of up to 50 000 buyers). ``collect``:
    feed Mesa's DataCollector each tick. Raises ScenarioErrors and ScenarioError.
    """

    STEPS: tuple[str, ...] = (
        "plan",
        "deliver",
        "attend_and_respond",
        "converse",
        "journey",
        "word_of_mouth",
        "experience",
        "ledger",
    )

    def __init__(
        self,
        scenario: Scenario | str | Path,
        seed: int = 0,
        *,
        policies: Mapping[str, str] | None = None,
        stories: bool | None = None,
        collect: bool = True,
    ) -> None:
        super().__init__(rng=seed)
        self.definition = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
        self.seed = seed
        self.tick = 0
        self._buyers_shown = False
        self._index_names()
        self.rules = rules_record(self.definition.parameters, self.definition.mechanisms)
        self.platforms = platform_table(self.definition)
        self._budgets = attention_quantiles(self.definition)
        self.columns, self.friend_network, self.follow_network = make_columns(self.definition, seed)
        if stories is None:
            stories = self.definition.population.buyers <= MOST_EVENT_BUYERS
        self._scratch = make_scratch(self.definition, self.columns, stories)
        self.events = EventLog()
        self.board = MessageBoard()
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
        viral = [index for index, platform in enumerate(definition.platforms) if platform.relationship == "viral"]
        self.spammers = [Spammer(self, n, p) for p in viral for n in range(definition.spam.campaigns)]
        self.policy_names = {
            vendor.id: policies.get(vendor.id) or definition.policies.get(vendor.id) or DEFAULT_POLICY
            for vendor in self.vendors
        }
        self.policies: dict[str, Policy] = {vendor: make_policy(name) for vendor, name in self.policy_names.items()}
        self._plans: dict[str, Plan] = {}
        self.vendors_table = np.zeros(len(self.vendors), layout.VENDOR)
        ticks = definition.calendar.ticks_per_round
        for vendor in self.vendors:
            row, spec = self.vendors_table[vendor.index], vendor.spec
            row["quality"], row["price"], row["remarkability"] = spec.quality, spec.price, spec.remarkability
            row["niche"] = self.topic_index[spec.niche] if spec.niche else -1
            row["revenue_per_account"] = definition.parameters.money.revenue_per_account * spec.price / ticks

    def _make_ledger(self) -> None:
        definition, count = self.definition, len(self.vendors)
        self._counters = np.zeros((count + 1, len(definition.plays) + 1, layout.HAPPENINGS), np.int64)
        self._counted = np.zeros((count, layout.HAPPENINGS), np.int64)
        self._questions = np.zeros(1024, layout.QUESTION)
        self._credit = np.zeros(count)
        self._load = max(1.0, sum(p.background for p in definition.platforms if p.relationship != "inbox"))
        self._measured = np.zeros((count, measures.MEASURES))
        self._expected = np.zeros(count)
        ticks = definition.calendar.rounds * definition.calendar.ticks_per_round
        self.history = np.zeros((ticks, count, len(METRICS)))
        self.reports: dict[str, list[RoundReport]] = {vendor.id: [] for vendor in self.vendors}
        money = definition.parameters.money
        yearly = money.revenue_per_account / definition.calendar.ticks_per_round * TICKS_PER_YEAR * money.margin
        self._customer_value = yearly * money.retention / (1.0 + money.discount - money.retention)

    def _reporters(self) -> dict[str, Callable[[Market], float]]:
        def reporter(vendor: int, metric: int) -> Callable[[Market], float]:
            return lambda market: float(market.history[market.tick - 1, vendor, metric])

        return {
            f"{vendor.id}.{name}": reporter(vendor.index, index)
            for vendor in self.vendors
            for index, name in enumerate(METRICS)
        }

    # ---------------------------------------------------------------------------------- Mesa's agents

    @property
    def agents(self) -> Any:
        """All agents; the first look makes the buyers' views."""
        self._show_buyers()
        return super().agents

    @agents.setter
    def agents(self, agents: Any) -> None:
        raise AttributeError("agents is Mesa's own attribute and cannot be set")

    @property
    def agents_by_type(self) -> Any:
        """Agents by class; the first look makes the buyers' views."""
        self._show_buyers()
        return super().agents_by_type

    @property
    def agent_types(self) -> Any:
        """Classes of agents in the model."""
        self._show_buyers()
        return super().agent_types

    def _show_buyers(self) -> None:
        if not self._buyers_shown and hasattr(self, "columns"):
            self._buyers_shown = True
            for index in range(self.definition.population.buyers):
                Buyer(self, index)

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
        """Return what the people (or the policy) running a vendor may know now."""
        if vendor not in self.vendor_index:
            raise ScenarioError("there is no such vendor", value=vendor)
        return Observation(
            scenario=self.definition,
            vendor=vendor,
            round=self.round,
            own=tuple(self.reports[vendor]),
            rivals={name: tuple(r.vanity for r in reports) for name, reports in self.reports.items() if name != vendor},
        )

    def set_plan(self, vendor: str, plan: Plan) -> None:
        """Set the plan of a vendor for the round about to start; raises PlanError."""
        if self.tick_in_round != 0 or self.over:
            raise PlanError(f"a plan can only be set between rounds; this is tick {self.tick}", vendor=vendor)
        check_plan(self.definition, vendor, plan)
        self._plans[vendor] = plan

    def _start_round(self) -> None:
        definition, ticks = self.definition, self.definition.calendar.ticks_per_round
        self._scratch.reached[:] = 0
        for vendor, marketer in zip(self.vendors, self.marketers, strict=True):
            plan = self._plans.get(vendor.id)
            if plan is None:
                plan = self.policies[vendor.id].decide(self.observation(vendor.id))
                check_plan(definition, vendor.id, plan)
            vendor.plan = plan
            capacities = [(play_of(definition, action).capacity, action.level) for action in plan.actions]
            money, _ = plan_cost(definition, plan)
            vendor.spend_per_tick = money / ticks
            vendor.expert_hours = sum(c.expert_hours * level for c, level in capacities) / ticks
            vendor.survey_sample = round(sum(c.survey_sample * level for c, level in capacities))
            service = definition.parameters.service
            hours = service.baseline_hours + sum(c.service_hours * level for c, level in capacities)
            row = self.vendors_table[vendor.index]
            row["answers_per_tick"] = hours / service.hours_per_answer / ticks
            row["reference_effort"] = sum(c.reference_effort * level for c, level in capacities)
            row["lead_scoring"] = min(1.0, sum(c.lead_scoring * level for c, level in capacities))
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

    def _plan(self) -> None:
        """1. Marketers, experts and spammers act; this yields messages."""
        self._first_message = len(self.board)
        for expert in self.experts:
            expert.step()
        for marketer in self.marketers:
            marketer.step()
        for spammer in self.spammers:
            spammer.step()

    def _deliver(self) -> None:
        """2. Messages cross ties; the buffer of entries grows until they fit."""
        self._counters[:] = 0
        self._scratch.touched[:] = 0
        needed = self._run_delivery()
        if needed > self._scratch.entry_buyer.size:
            size = int(needed * 1.5)
            self._scratch = self._scratch._replace(
                entry_buyer=_longer(self._scratch.entry_buyer, size),
                entry_message=_longer(self._scratch.entry_message, size),
                entry_sharer=_longer(self._scratch.entry_sharer, size),
                share_buyer=_longer(self._scratch.share_buyer, size),
                share_message=_longer(self._scratch.share_message, size),
            )
            self._run_delivery()

    def _run_delivery(self) -> int:
        return feed.deliver(
            self.seed, self.tick, self.columns, self._scratch, self.board.rows, self._first_message, self.platforms
        )

    def _attend_and_respond(self) -> None:
        """3. and 4. Messages compete for attention; buyers respond."""
        waiting = int(self._scratch.sizes[layout.SIZE_QUESTIONS])
        room = waiting + int(self._scratch.sizes[layout.SIZE_ENTRIES]) + self._most_new_questions()
        if room > self._questions.size:
            self._questions = _longer(self._questions, 2 * room)
        response.attend_and_respond(
            self.seed,
            self.tick,
            self.columns,
            self._scratch,
            self.board.rows,
            self.platforms,
            self.rules,
            self._budgets,
            self.vendors_table,
            self._counters,
            self._questions,
        )

    def _most_new_questions(self) -> int:
        """Return an upper bound of questions a tick can add beyond those about messages."""
        in_market = int(np.count_nonzero(self.columns.in_market))
        largest = self.definition.population.largest_committee
        return in_market * largest * len(self.vendors) + self.columns.supplier.size

    def _converse(self) -> None:
        """5. Questions and complaints take human hours."""
        if self.rules[0]["on_service"]:
            conversation.converse(
                self.tick,
                self.columns,
                self._scratch,
                self._questions,
                self._credit,
                self.vendors_table,
                self.rules,
                self._counters,
            )

    def _journey(self) -> None:
        """6. Accounts enter the market, stages move, committees decide."""
        seed, tick, columns, scratch, rules = self.seed, self.tick, self.columns, self._scratch, self.rules
        journey.need(seed, tick, columns, scratch, rules, self._counters, self._questions)
        journey.settle(seed, tick, columns, scratch, rules, self._load)
        journey.decide(seed, tick, columns, scratch, self.vendors_table, rules, self._counters)

    def _word_of_mouth(self) -> None:
        """6. Customers speak, for better or worse."""
        if self.rules[0]["on_word_of_mouth"]:
            word_of_mouth.talk(
                self.seed, self.tick, self.columns, self._scratch, self.vendors_table, self.rules, self._counters
            )

    def _experience(self) -> None:
        """7. Product and service make satisfaction; satisfaction makes complaints and churn."""
        experience.experience(
            self.seed,
            self.tick,
            self.columns,
            self._scratch,
            self.vendors_table,
            self.rules,
            self._counters,
            self._questions,
        )

    def _ledger(self) -> None:
        """9. Money in and out; every metric recorded."""
        count = len(self.vendors)
        np.sum(self._counters[:count], axis=1, out=self._counted)
        measures.measure(self.columns, self.rules, self.vendors_table, self._measured)
        journey.pipeline(self.columns, self.vendors_table, self.rules, self._expected)
        spend = np.array([vendor.spend_per_tick for vendor in self.vendors])
        for vendor in self.vendors:
            vendor.spent += vendor.spend_per_tick
        spent = np.array([vendor.spent for vendor in self.vendors])
        revenue = self._measured[:, measures.CUSTOMERS] * self.vendors_table["revenue_per_account"]
        yardsticks = Yardsticks(
            self._measured,
            self._expected,
            self._customer_value,
            self._customer_value * self.definition.parameters.money.goodwill,
            self.columns.archetype.size,
            self.columns.supplier.size,
        )
        tick_metrics(self._counted, yardsticks, revenue, spend, spent, self.history[self.tick])
        self.events.take(self._scratch)

    # ------------------------------------------------------------------------------------------ looking

    def node_states(self) -> NDArray[np.uint8]:
        """Return the byte that each buyer shows on the projector, uint8[N] (see `kernels.measures.node_states`)."""
        out = np.empty(self.columns.archetype.size, np.uint8)
        measures.node_states(self.columns, self._scratch, out)
        return out

    def digest(self) -> str:
        """Return a hex digest of the whole state: columns, counters and history."""
        hasher = hashlib.blake2b(digest_size=16)
        hasher.update(self.definition.digest.encode())
        hasher.update(f"{self.seed}:{self.tick}".encode())
        for array in (*self.columns, self._questions[: self._scratch.sizes[layout.SIZE_QUESTIONS]], self._credit):
            hasher.update(np.ascontiguousarray(array).data if array.dtype.names is None else array.tobytes())
        hasher.update(np.ascontiguousarray(self.history[: self.tick]).data)
        return hasher.hexdigest()


def _longer(array: NDArray[Any], size: int) -> NDArray[Any]:
    longer = np.zeros(size, array.dtype)
    longer[: array.size] = array
    return longer
