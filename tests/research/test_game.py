"""A whole game without a server: the same bits everywhere, and the numbers that are on record."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from small_markets import tiny
from townsquare_agents.errors import PlanError
from townsquare_agents.metrics import FLOWS, METRICS, VALUE, VANITY
from townsquare_agents.plan import Action, Plan
from townsquare_agents.scenario import Scenario, load_scenario
from townsquare_research import Game, play_game

GOLDEN = Path(__file__).parents[1] / "golden" / "first_market.json"
POLICIES = {"A": "campaign", "B": "relationship"}


@pytest.fixture(scope="module")
def shipped() -> Scenario:
    return load_scenario("first_market")


@pytest.fixture(scope="module")
def small(shipped: Scenario) -> Scenario:
    return tiny(shipped)


def test_the_golden_run_still_gives_the_bits_on_record(shipped: Scenario) -> None:
    """When this fails on purpose, write a "Results change:" line in CHANGELOG.md and run this file as a script."""
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    result = play_game(shipped, POLICIES, seed=golden["seed"]).to_json()
    assert [r["digest"] for r in result["rounds"]] == [r["digest"] for r in golden["rounds"]]
    assert result == golden


def test_a_fresh_process_gives_the_same_digest(small: Scenario) -> None:
    code = (
        "import sys; from townsquare_agents import Scenario; from townsquare_research import play_game\n"
        f"print(play_game(Scenario.from_json(sys.stdin.buffer.read()), {POLICIES!r}, seed=5).digest)"
    )
    run = subprocess.run([sys.executable, "-c", code], input=small.to_json(), capture_output=True, check=True)
    assert run.stdout.decode().strip() == play_game(small, POLICIES, seed=5).digest


def test_games_on_two_threads_are_the_games_on_one(small: Scenario) -> None:
    seeds = range(4)
    with ThreadPoolExecutor(2) as pool:
        together = [r.digest for r in pool.map(lambda seed: play_game(small, POLICIES, seed=seed), seeds)]
    assert together == [play_game(small, POLICIES, seed=seed).digest for seed in seeds]


def test_the_json_has_the_promised_shape(small: Scenario) -> None:
    data = json.loads(json.dumps(play_game(small, POLICIES, seed=1).to_json()))
    assert {"scenario", "seed", "digest", "rounds", "vendors"} == set(data)
    assert [vendor["policy"] for vendor in data["vendors"]] == ["campaign", "relationship", "mixed", "mixed"]
    for vendor in data["vendors"]:
        assert set(vendor["vanity"]) == set(VANITY)
        assert set(vendor["value"]) == set(VALUE)


def test_a_game_played_tick_by_tick_is_the_game_played_at_once(small: Scenario) -> None:
    game = Game(small, 5, POLICIES)
    while not game.over:
        game.start_round({})
        for tick in range(small.calendar.ticks_per_round):
            record = game.step()
            assert (record.round, record.tick) == (game.rounds_finished + 1, tick + 1)
            assert record.states.shape == (small.population.buyers,)
        result = game.finish_round()
        assert record.live["A"] == result.vanity["A"]
    assert game.digest() == play_game(small, POLICIES, seed=5).digest


def test_logged_plans_replay_to_the_game_that_was_played(small: Scenario) -> None:
    game = Game(small, 5)
    logged: dict[int, dict[str, Plan]] = {}
    for number in (1, 2):
        mine = Plan.of([Action("contest", "contest", number)])
        game.start_round({"A": mine})
        for _ in range(small.calendar.ticks_per_round):
            game.advance()
        result = game.finish_round()
        assert result.plans["A"] == mine
        logged[number] = result.plans
    assert play_game(small, seed=5, plans=logged).digest == game.digest()


def test_timelines_add_up_to_the_rounds(small: Scenario) -> None:
    game = Game(small, 5, POLICIES)
    game.start_round({})
    for _ in range(small.calendar.ticks_per_round):
        game.advance()
    result = game.finish_round()
    for vendor, metrics in game.timelines().items():
        for name in METRICS:
            total = (result.vanity[vendor] | result.value[vendor])[name]
            line = metrics[name]
            assert len(line) == small.calendar.ticks_per_round
            assert total == pytest.approx(np.sum(line) if name in FLOWS else line[-1])


def test_a_round_cannot_be_started_twice_nor_ended_early(small: Scenario) -> None:
    game = Game(small, 1)
    game.start_round({})
    with pytest.raises(PlanError, match="a round is running"):
        game.start_round({})
    with pytest.raises(PlanError, match="the round is not over at tick 0"):
        game.finish_round()


def test_a_refused_plan_leaves_the_game_as_it_was(small: Scenario) -> None:
    game = Game(small, 1)
    before = game.digest()
    with pytest.raises(PlanError):
        game.start_round({"A": Plan.of([Action("x", "contest", 99)])})
    assert game.digest() == before
    game.start_round({})


if __name__ == "__main__":
    golden = play_game(load_scenario("first_market"), POLICIES, seed=7).to_json()
    GOLDEN.write_text(json.dumps(golden, indent=1) + "\n", encoding="utf-8")
