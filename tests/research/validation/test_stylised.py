"""Verdicts on spread: they follow the numbers, in both directions."""

from __future__ import annotations

import numpy as np
import pytest

from townsquare_agents.compiled import JIT_DISABLED
from townsquare_research.validation.findings import Verdict
from townsquare_research.validation.stylised import elite_attention, hubs, referral_depth
from townsquare_research.validation.watching import Cascades


def games(shares: list[int], hub_part: int = 3, hub_answers: float = 1.0) -> list[Cascades]:
    """Return six alike games of 100 buyers, ten of them hubs."""
    hub = np.arange(100) < 10
    one = Cascades(
        shares=shares,
        follows=shares,
        audience=np.where(hub, 100, 10).astype(np.int64),
        taken_part=np.where(hub, hub_part, 1).astype(np.int64),
        reached=np.where(hub, 100, 100).astype(np.int64),
        persuaded=np.where(hub, hub_answers, 1.0),
    )
    return [one] * 6


@pytest.mark.parametrize(
    ("deep", "verdict"), [(0, Verdict.FAIL), (30, Verdict.PASS), (200, Verdict.FAIL), (10, Verdict.UNRESOLVED)]
)
def test_referral_depth(deep: int, verdict: Verdict) -> None:
    fact = referral_depth(games([900 - deep, 100, deep, 0]))
    assert fact.verdict is verdict
    assert fact.interval.found == pytest.approx(deep / 1000)


def test_hubs() -> None:
    assert hubs(games([1], hub_part=3)).verdict is Verdict.PASS
    assert hubs(games([1], hub_part=3, hub_answers=5.0)).verdict is Verdict.FAIL  # they win by persuading
    fewer = [*games([1], hub_part=0)]
    assert hubs(fewer).verdict is Verdict.FAIL


@pytest.mark.skipif(JIT_DISABLED, reason="large networks")
def test_elite_attention_is_measured_on_the_network_as_it_is() -> None:
    fact = elite_attention(True)
    assert 0.0 < fact.interval.low < fact.interval.found < fact.interval.high < 1.0
    assert fact.verdict is fact.interval.verdict(0.4, 0.6)
