"""What kernels read is what the scenario says."""

from __future__ import annotations

import pytest

from townsquare_agents.parameters import Mechanisms, Parameters
from townsquare_agents.rules import refresh_decays, rules_record


def test_every_parameter_and_switch_is_in_the_record() -> None:
    record = rules_record(Parameters(), Mechanisms(spam=False))
    for group, model in Parameters():
        for name, value in model:
            assert record[f"{group}_{name}"][0] == value
    assert record["on_spam"][0] == 0.0
    assert record["on_sharing"][0] == 1.0
    assert record["contact_mail_bit"][0] == -1


def test_a_decay_halves_in_its_half_life_and_follows_a_change() -> None:
    record = rules_record(Parameters(), Mechanisms())
    assert record["awareness_decay"][0] ** 21 == pytest.approx(0.5)
    record["awareness_half_life"] = 3.0
    refresh_decays(record)
    assert record["awareness_decay"][0] ** 3 == pytest.approx(0.5)
