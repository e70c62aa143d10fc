"""The benchmark measures what it says: everybody's cascades agree, ratios are ratios, absent libraries are named."""

from __future__ import annotations

import json

import pytest

from townsquare_research.bench import run_diffusion_benchmark


@pytest.mark.timeout(120)
def test_a_small_benchmark() -> None:
    said: list[str] = []
    result = run_diffusion_benchmark([500], repeats=3, peers=False, progress=said.append)
    (size,) = result.sizes
    assert (size.nodes, size.arcs) == (500, 2 * (55 + 489 * 10))
    (line,) = size.lines
    assert line.name == "townsquare"
    assert line.ratio == 1.0
    assert line.milliseconds > 0
    assert size.roof > 0
    assert size.of_roof == pytest.approx(size.roof / line.per_arc, rel=0.9)
    assert result.draws["keyed"] < result.draws["numba's own generator"]
    assert json.loads(json.dumps(result.to_json()))["sizes"][0]["nodes"] == 500
    assert "| townsquare " in result.to_markdown()
    assert any("500 nodes" in text for text in said)
