"""Warming up: after it a game compiles nothing more, and on the way one sees how far it is."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from townsquare_agents.compiled import JIT_DISABLED

sys.path.insert(0, str(Path(__file__).parent))
from serving import environment

SCRIPT = """
import json
from townsquare_agents.scenario import Scenario, load_scenario
from townsquare_research.game import Game
from townsquare_server.layout import draw
from townsquare_server.warm_up import dispatchers, warm_up
import numpy as np

def compiled_count():
    return sum(len(kernel.nopython_signatures) for kernel in dispatchers())

scenario, steps = load_scenario("first_market"), []
warm_up(scenario, steps.append)
warm = compiled_count()
data = json.loads(scenario.to_json())
data["population"]["buyers"] = 90
data["calendar"] |= {"rounds": 3, "ticks_per_round": 12}
game = Game(Scenario.from_json(json.dumps(data).encode()), 5, {"A": "campaign", "B": "relationship"})
for _ in range(3):
    game.start_round({})
    for _ in range(12):
        game.step()
    game.finish_round()
game.story(3), game.timelines(), game.digest()
network = game.market.friend_network
draw(network.indptr, network.indices, game.market.columns.archetype.astype(np.uint8))
print(json.dumps([warm, compiled_count(), steps]))
"""


@pytest.mark.skipif(JIT_DISABLED, reason="measures the compiled kernels")
def test_after_warming_up_a_game_compiles_nothing() -> None:
    command = [sys.executable, "-c", SCRIPT]
    found = subprocess.run(command, capture_output=True, text=True, timeout=250, check=False, env=environment())
    assert found.returncode == 0, found.stderr
    warm, after, steps = json.loads(found.stdout)
    assert warm > 15
    assert after == warm
    assert steps == sorted(steps)
    assert steps[-1] == 1.0
    assert all(0 <= step < 1 for step in steps[:-1])
