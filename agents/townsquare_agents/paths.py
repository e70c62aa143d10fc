"""Where the shipped scenarios lie: the checkout's folder when there is one, else the copy that the wheel carries.

A folder counts as the checkout's only when it lies where the repository puts it; nothing is searched for upwards.
"""

from __future__ import annotations

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


def scenarios_folder() -> Path:
    """Return the folder of the shipped scenarios."""
    return data_folder("scenarios", module=Path(__file__).resolve(), source_root="agents")
