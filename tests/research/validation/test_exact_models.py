"""The exact table, continued: what is wrong with a curve or a share is seen."""

from __future__ import annotations

import pytest

from townsquare_agents.compiled import JIT_DISABLED
from townsquare_research.validation import exact_models
from townsquare_research.validation.findings import Verdict


def test_sharing_out_that_forgets_an_order_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    assert all(row.verdict is Verdict.PASS for row in exact_models.shares_of_an_outcome(True))
    monkeypatch.setattr(exact_models, "shapley", exact_models.leave_one_out)
    rows = list(exact_models.shares_of_an_outcome(True))
    assert [row.verdict for row in rows[:3]] == [Verdict.FAIL, Verdict.FAIL, Verdict.PASS]


@pytest.mark.skipif(JIT_DISABLED, reason="millions of adoptions")
def test_a_curve_with_too_strong_imitation_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    real = exact_models.bass

    def biased(*network, q, **options):  # type: ignore[no-untyped-def]
        return real(*network, q=1.1 * q, **options)

    monkeypatch.setattr(exact_models, "bass", biased)
    assert all(row.verdict is Verdict.FAIL for row in exact_models.bass_curves(True))
