"""The exact table: every row of the quick table holds, and a broken model would not."""

from __future__ import annotations

import pytest

from townsquare_agents.compiled import JIT_DISABLED
from townsquare_research.validation import exact
from townsquare_research.validation.findings import Verdict
from townsquare_research.validation.report import EXACT

pytestmark = pytest.mark.skipif(JIT_DISABLED, reason="hundreds of thousands of cascades")


@pytest.mark.parametrize("section", EXACT)
def test_no_row_fails(section: str) -> None:
    rows = list(EXACT[section](True))
    assert rows
    assert [row for row in rows if row.verdict is Verdict.FAIL] == []


def test_a_cascade_with_a_bias_of_two_percent_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    real = exact.independent_cascade

    def biased(network, seeds, probability, **options):  # type: ignore[no-untyped-def]
        return real(network, seeds, 1.05 * probability, **options)  # about 2 % more spread from one seed

    monkeypatch.setattr(exact, "independent_cascade", biased)
    rows = list(exact.cascades(False))[:4]
    assert all(row.verdict is Verdict.FAIL for row in rows)
