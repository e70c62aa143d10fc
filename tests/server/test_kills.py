"""Killed at any instant, hundreds of times: what was called kept is there, and every round ends as it was logged."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from townsquare_agents.compiled import JIT_DISABLED

sys.path.insert(0, str(Path(__file__).parent))
from keeping import Keeping
from serving import environment

pytestmark = [
    pytest.mark.skipif(JIT_DISABLED, reason="plays many games, which takes minutes uncompiled"),
    pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not cheap enough here; test_crash.py kills some"),
]
KILLS = 120


def test_a_room_killed_at_any_instant_loses_nothing_that_was_kept(keeping: Keeping) -> None:
    seed = secrets.randbelow(10**6)
    place = [str(keeping.folder), str(KILLS), str(seed), *([keeping.url] if keeping.url else [])]
    program = Path(__file__).parent / "kill_often.py"
    done = subprocess.run(
        [sys.executable, str(program), *place], env=environment(), capture_output=True, text=True, check=False
    )
    print(f"seed {seed}: {done.stdout}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith(f"{KILLS} kills, ")
