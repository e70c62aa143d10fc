"""A whole game without a server: scenario, seed and plans (or policies) in, results out.

The live room runs this very class.

Law: no clock, no file, no socket. A game is a pure function of (scenario, seed, plans of the vendors that people run).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from townsquare_agents.errors import PlanError
from townsquare_agents.market import Market
from townsquare_agents.metrics import METRICS, VALUE, VANITY, totals
from townsquare_agents.plan import Plan
from townsquare_agents.scenario import Scenario
from townsquare_agents.stories import BuyerStory, tell_story
from townsquare_research.records import RoundResult, TickRecord


@dataclass(frozen=True, slots=True)
class GameResult:
    """A finished game."""

    scenario: str
    seed: int
    digest: str
    policies: dict[str, str]
    names: dict[str, str]
    rounds: list[RoundResult]
    final: dict[str, dict[str, float]]  # flows over the whole game, levels at its end

    def to_json(self) -> dict[str, Any]:
        """Return plain data: ``scenario``, ``seed``, ``digest``, ``rounds``, ``vendors``."""
        return {
            "scenario": self.scenario,
            "seed": self.seed,
            "digest": self.digest,
            "rounds": [
                {"round": r.round, "digest": r.digest, "vanity": r.vanity, "value": r.value} for r in self.rounds
            ],
            "vendors": [
                {
                    "id": vendor,
                    "name": self.names[vendor],
                    "policy": self.policies[vendor],
                    "vanity": {name: metrics[name] for name in VANITY},
                    "value": {name: metrics[name] for name in VALUE},
                }
                for vendor, metrics in self.final.items()
            ],
        }


class Game:
    """One game, round by round and tick by tick."""

    def __init__(
        self,
        scenario: Scenario,
        seed: int,
        policies: Mapping[str, str] | None = None,
        *,
        stories: bool | None = None,
    ) -> None:
        self.scenario = scenario
        self.seed = seed
        self.market = Market(scenario, seed, policies=policies, stories=stories, collect=False)
        self.results: list[RoundResult] = []
        self._running = False

    @property
    def rounds_finished(self) -> int:
        """Rounds that are over."""
        return len(self.results)

    @property
    def over(self) -> bool:
        """Whether the last round is over."""
        return self.rounds_finished == self.scenario.calendar.rounds

    @property
    def tick(self) -> int:
        """Ticks of the running round that are over."""
        return self.market.tick - self.rounds_finished * self.scenario.calendar.ticks_per_round

    def policy_plan(self, vendor: str) -> Plan:
        """Return what the computer player of a vendor would do in the coming round."""
        return self.market.policies[vendor].decide(self.market.observation(vendor))

    def start_round(self, plans: Mapping[str, Plan]) -> None:
        """Begin the next round; vendors not named are decided by their policy.

        Raises PlanError, and then nothing has begun.
        """
        if self._running or self.over:
            raise PlanError("a round is running or the game is over; no round can be started now")
        complete = {v.id: plans[v.id] if v.id in plans else self.policy_plan(v.id) for v in self.scenario.vendors}
        for vendor, plan in complete.items():
            self.market.set_plan(vendor, plan)
        self._running = True

    def step(self) -> TickRecord:
        """Run one tick of the running round and return what it shows."""
        self.advance()
        return TickRecord(
            round=self.rounds_finished + 1,
            tick=self.tick,
            states=self.market.node_states(),
            live=self._live(),
        )

    def advance(self) -> None:
        """Run one tick without looking at it."""
        if not self._running or self.tick >= self.scenario.calendar.ticks_per_round:
            raise PlanError("no tick is due; start a round first")
        self.market.step()

    def _live(self) -> dict[str, dict[str, float]]:
        market = self.market
        sums = totals(market.history[market.tick - self.tick : market.tick])
        return {
            vendor.id: {name: float(sums[vendor.index, METRICS.index(name)]) for name in VANITY}
            for vendor in market.vendors
        }

    def finish_round(self) -> RoundResult:
        """Close the running round after its last tick."""
        if not self._running or self.tick != self.scenario.calendar.ticks_per_round:
            raise PlanError(f"the round is not over at tick {self.tick}")
        reports = {vendor: reports[-1] for vendor, reports in self.market.reports.items()}
        result = RoundResult(
            round=self.rounds_finished + 1,
            digest=self.market.digest(),
            vanity={vendor: dict(report.vanity) for vendor, report in reports.items()},
            value={vendor: dict(report.value) for vendor, report in reports.items()},
            observed={vendor: dict(report.observed) for vendor, report in reports.items()},
            plans={vendor: report.plan for vendor, report in reports.items()},
        )
        self.results.append(result)
        self._running = False
        return result

    def play_round(self, plans: Mapping[str, Plan]) -> RoundResult:
        """Run a whole round without looking at its ticks; raises PlanError as `start_round` does."""
        self.start_round(plans)
        for _ in range(self.scenario.calendar.ticks_per_round):
            self.advance()
        return self.finish_round()

    def timelines(self) -> dict[str, dict[str, list[float]]]:
        """Return vendor -> metric -> one value per tick so far."""
        market = self.market
        return {
            vendor.id: {
                name: market.history[: market.tick, vendor.index, column].tolist()
                for column, name in enumerate(METRICS)
            }
            for vendor in market.vendors
        }

    def story(self, buyer: int) -> BuyerStory:
        """Return why a buyer is where it is; raises ParameterError."""
        return tell_story(self.market, buyer)

    def digest(self) -> str:
        """Return a hex digest of the market's whole state."""
        return self.market.digest()


def play_game(
    scenario: Scenario,
    policies: Mapping[str, str] | None = None,
    *,
    seed: int = 0,
    plans: Mapping[int, Mapping[str, Plan]] | None = None,
    on_round: Callable[[RoundResult], None] | None = None,
) -> GameResult:
    """Play a whole game: ``policies`` by vendor, or logged ``plans`` by round (1-based) and vendor, which win.

    Raises ScenarioError for an unknown vendor, ParameterError for an unknown policy, PlanError for a plan that cannot
    be paid.
    """
    game = Game(scenario, seed, policies, stories=False)
    logged = plans or {}
    for number in range(1, scenario.calendar.rounds + 1):
        result = game.play_round(logged.get(number, {}))
        if on_round is not None:
            on_round(result)
    sums = totals(game.market.history)
    return GameResult(
        scenario=scenario.id,
        seed=seed,
        digest=game.results[-1].digest,
        policies=dict(game.market.policy_names),
        names={vendor.id: vendor.spec.name for vendor in game.market.vendors},
        rounds=game.results,
        final={
            vendor.id: dict(zip(METRICS, sums[vendor.index].tolist(), strict=True)) for vendor in game.market.vendors
        },
    )
