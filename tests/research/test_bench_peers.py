"""The contestants: each library's cascade is the same cascade, or the test says in what it differs."""

from __future__ import annotations

import numpy as np
import pytest

from townsquare_agents import generators
from townsquare_agents.diffusion import independent_cascade
from townsquare_research.bench import PROBABILITY
from townsquare_research.bench_peers import PEERS, Contestant, townsquare


@pytest.mark.filterwarnings("ignore")  # other people's code
@pytest.mark.parametrize("contestant", [Contestant("townsquare", townsquare), *PEERS], ids=lambda c: c.name)
def test_contestants_run_the_same_cascade(contestant: Contestant) -> None:
    if contestant.version() is None:
        pytest.skip(f"{contestant.name} is not installed; uv sync --group bench")
    network = generators.preferential_attachment(400, 10, seed=1)
    seeds = [0, 100, 200, 300]
    sizes = np.array(contestant.setup(network, seeds, PROBABILITY)(120, 3))
    assert sizes.size == 120
    if contestant.name == "networkit":  # from one seed, which tries twice: alike once it is a large outbreak
        expected = independent_cascade(network, [0], PROBABILITY, runs=20_000, seed=9).sizes
        assert sizes[sizes > 50].mean() == pytest.approx(expected[expected > 50].mean(), rel=0.06)
        return
    expected = independent_cascade(network, seeds, PROBABILITY, runs=20_000, seed=9).sizes
    assert sizes.mean() == pytest.approx(expected.mean(), abs=4 * expected.std() / np.sqrt(120))


def test_an_absent_library_has_no_version() -> None:
    assert Contestant("no-such-library-anywhere", townsquare).version() is None
