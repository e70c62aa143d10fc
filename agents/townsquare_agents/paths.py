"""Where the shipped scenarios lie: the checkout's folder when there is one, else the copy that the wheel carries.

A folder counts as the checkout's only when it lies where the repository puts it; nothing is searched for upwards, and
what a scenario names lies below a folder that it may read from.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path

from townsquare_agents.errors import MissingDataError


def data_folder(name: str, *, module: Path, source_root: str) -> Path:
    """Return the repository's folder `name`, or the packaged copy, as seen from the file `module`."""
    package = module.parent
    repository = package.parent.parent
    candidates = [package / "_data" / name]
    if package.parent.name == source_root and (repository / "pyproject.toml").is_file():
        candidates.insert(0, repository / name)
    for candidate in candidates:
        if candidate.is_dir():
            return candidate
    raise MissingDataError(name, candidates)


def first_below(folders: Iterable[Path], name: str) -> Path | None:
    """Return the file of this name in the first of the resolved folders that has it and below it, or None."""
    for folder in folders:
        with contextlib.suppress(OSError, ValueError):  # a name that no file can have
            candidate = (folder / name).resolve()
            if candidate.is_file() and candidate.is_relative_to(folder):
                return candidate
    return None


def scenarios_folder() -> Path:
    """Return the folder of the shipped scenarios."""
    return data_folder("scenarios", module=Path(__file__).resolve(), source_root="agents")
