"""The checkout's folder wins over the packaged copy; a folder that merely has the right name is not taken for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from townsquare_agents.errors import MissingDataError
from townsquare_agents.paths import data_folder, first_below, scenarios_folder

REPOSITORY = Path(__file__).resolve().parents[2]


def package_in(repository: Path, source_root: str) -> Path:
    package = repository / source_root / "package"
    (package / "_data" / "scenarios").mkdir(parents=True)
    (repository / "scenarios").mkdir()
    return package / "paths.py"


def test_scenarios_come_from_the_checkout() -> None:
    assert scenarios_folder() == REPOSITORY / "scenarios"


def test_checkout_wins_over_packaged_copy(tmp_path: Path) -> None:
    module = package_in(tmp_path, "agents")
    (tmp_path / "pyproject.toml").touch()
    assert data_folder("scenarios", module=module, source_root="agents") == tmp_path / "scenarios"


@pytest.mark.parametrize("source_root", ["site-packages", "agents"])
def test_installed_package_uses_its_own_copy(tmp_path: Path, source_root: str) -> None:
    module = package_in(tmp_path, source_root)
    expected = module.parent / "_data" / "scenarios"
    assert data_folder("scenarios", module=module, source_root="agents") == expected


def test_missing_folder_names_every_place(tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match=r"no folder 'scenarios' \(looked in .*_data") as caught:
        data_folder("scenarios", module=tmp_path / "lib" / "package" / "paths.py", source_root="agents")
    assert caught.value.looked_in == [tmp_path / "lib" / "package" / "_data" / "scenarios"]


def test_a_named_file_lies_in_the_first_folder_that_has_it_and_below_it(tmp_path: Path) -> None:
    beside, shipped = (tmp_path.resolve() / name for name in ("beside", "shipped"))
    for path in (
        shipped / "plays" / "mine.toml",
        shipped / "both.toml",
        beside / "both.toml",
        tmp_path / "secret.toml",
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert first_below((beside, shipped), "both.toml") == beside / "both.toml"
    assert first_below((beside, shipped), "plays/mine.toml") == shipped / "plays" / "mine.toml"
    outside = ("../secret.toml", str(tmp_path / "secret.toml"), "plays", "nowhere.toml", "\0", "x" * 5000)
    assert [first_below((beside, shipped), name) for name in outside] == [None] * 6
