"""What kernels read is what the scenario says."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from townsquare_agents.kernels.powers import power
from townsquare_agents.parameters import Mechanisms, Parameters
from townsquare_agents.rules import refresh_decays, rules_record


def test_every_parameter_and_switch_is_in_the_record() -> None:
    record = rules_record(Parameters(), Mechanisms(spam=False))
    for group, model in Parameters():
        for name, value in model:
            assert record[f"{group}_{name}"][0] == value
    assert record["on_spam"][0] == 0.0
    assert record["on_sharing"][0] == 1.0
    assert record["contact_mail_platform"][0] == -1


def test_a_decay_halves_in_its_half_life_and_follows_a_change() -> None:
    record = rules_record(Parameters(), Mechanisms())
    assert record["awareness_decay"][0] ** 21 == pytest.approx(0.5)
    record["awareness_half_life"] = 3.0
    refresh_decays(record)
    assert record["awareness_decay"][0] ** 3 == pytest.approx(0.5)


@settings(deadline=None)  # compiles first
@given(st.floats(2.0**-53, 1.0), st.floats(0.0, 50.0))
def test_a_power_of_a_share_is_that_of_the_library_but_for_rounding(share: float, exponent: float) -> None:
    assert power(share, exponent) == pytest.approx(math.pow(share, exponent), rel=1e-12, abs=1e-300)


def test_a_power_of_nothing_is_one_or_nothing() -> None:
    assert power(0.0, 0.0) == 1.0
    assert power(0.0, 2.5) == 0.0
