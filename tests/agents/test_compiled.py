"""Kernels that a gone version compiled are deleted, and what may be in use stays; a direct way leads to the kernel."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from townsquare_agents.compiled import JIT_DISABLED, KEPT_SECONDS, direct, forget_older, kernel

pytestmark = pytest.mark.small


def _folder(parent: Path, name: str, age: float) -> Path:
    folder = parent / name
    (folder / "kernels_0123").mkdir(parents=True)
    (folder / "kernels_0123" / "feed.nbc").write_bytes(b"machine code")
    opened = time.time() - age
    os.utime(folder, (opened, opened))
    return folder


def test_only_what_nobody_opened_for_long_is_deleted(tmp_path: Path) -> None:
    own = _folder(tmp_path, "compiled-own", 10 * KEPT_SECONDS)
    stale = _folder(tmp_path, "compiled-stale", 2 * KEPT_SECONDS)
    running = _folder(tmp_path, "compiled-running", KEPT_SECONDS / 2)
    other = _folder(tmp_path, "something", 10 * KEPT_SECONDS)
    forget_older(own)
    assert not stale.exists()
    assert all((folder / "kernels_0123" / "feed.nbc").exists() for folder in (own, running, other))


def test_a_start_keeps_its_folder_from_the_next_version(tmp_path: Path) -> None:
    first = _folder(tmp_path, "compiled-first", 10 * KEPT_SECONDS)
    forget_older(first)
    forget_older(tmp_path / "compiled-second")  # where nothing is compiled yet
    assert first.exists()


def test_what_cannot_be_deleted_is_left(tmp_path: Path) -> None:
    in_the_way = tmp_path / "compiled-file"
    in_the_way.write_bytes(b"")
    os.utime(in_the_way, (0, 0))
    forget_older(tmp_path / "compiled-own")
    forget_older(in_the_way / "compiled-own")
    assert in_the_way.exists()


def test_a_place_of_the_users_choice_holds_a_folder_for_each_version(tmp_path: Path) -> None:
    stale = _folder(tmp_path, "compiled-stale", 2 * KEPT_SECONDS)
    code = "import townsquare_agents.compiled, numba; print(numba.config.CACHE_DIR)"
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    said = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    folder = Path(said.stdout.strip())
    assert folder.parent == tmp_path
    assert folder.name.startswith("compiled-")
    assert not stale.exists()


@kernel
def scaled(values: NDArray[np.float64], first: int, by: float) -> float:
    """Multiply all values from ``first`` on, and return the last one."""
    for n in range(first, values.size):
        values[n] *= by
    last: float = values[values.size - 1]
    return last


def test_a_direct_way_takes_numbers_for_what_the_kernel_says_they_are() -> None:
    way = direct(scaled)
    values = np.arange(4.0)
    assert way(values, 0, 2) == 6.0  # a whole number where a real one is due, at the first call of all
    assert way(values, 3, 0.5) == 3.0
    assert values.tolist() == [0.0, 2.0, 4.0, 3.0]
    longer = np.ones(9)
    assert way(longer, np.int64(8), np.float64(0.25)) == 0.25
    assert longer.sum() == 8.25


@pytest.mark.skipif(JIT_DISABLED, reason="nothing is compiled")
def test_a_direct_way_is_closed_to_elements_of_another_size() -> None:
    way = direct(scaled)
    way(np.ones(3), 0, 1.0)
    with pytest.raises(TypeError):
        way(np.ones(3, np.float32), 0, 1.0)  # type: ignore[arg-type]
