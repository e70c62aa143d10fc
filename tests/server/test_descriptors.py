"""The limit on descriptors is raised as far as it may be."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Windows has no such limit")


def limit_after(soft: int, hard: int, wanted: int) -> int:
    program = f"""
import resource
from townsquare_server.descriptors import raise_limit
resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard}))
raise_limit({wanted})
print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True)
    return int(done.stdout)


@pytest.mark.parametrize(
    ("soft", "hard", "wanted", "granted"),
    [(100, 250, 200, 200), (100, 150, 200, 150), (180, 250, 120, 180), (200, 200, 200, 200)],
)
def test_the_limit_is_raised_to_what_is_wanted_or_allowed_and_never_lowered(
    soft: int, hard: int, wanted: int, granted: int
) -> None:
    assert limit_after(soft, hard, wanted) == granted
