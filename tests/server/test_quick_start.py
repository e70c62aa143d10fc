"""The compiler's level: lower where a person waits, and the user's own choice stands."""

from __future__ import annotations

import os

import pytest

from townsquare_server.quick_start import compile_quickly


def test_the_level_is_lowered_unless_the_user_chose_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_OPT", "2")
    compile_quickly()
    assert os.environ["NUMBA_OPT"] == "2"
    monkeypatch.delenv("NUMBA_OPT")
    compile_quickly()
    assert os.environ["NUMBA_OPT"] == "1"
    monkeypatch.delenv("NUMBA_OPT")
