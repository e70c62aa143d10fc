"""Kernels that a gone version compiled are deleted; those that may be in use, and whatever else lies there, stay."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from townsquare_agents.compiled import KEPT_SECONDS, forget_older

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
