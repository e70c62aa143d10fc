"""Write the pinned requirements anew: exact versions with hashes, for every platform and Python, naming no index.

Run it after a change of the dependencies in pyproject.toml: ``uv run requirements/update.py``.
With ``--until 2027-01-31`` it moves to the versions that were current on that day, and `uv run` with it
(``exclude-newer`` in pyproject.toml).
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
PYPROJECT = FOLDER.parent / "pyproject.toml"
SETS: dict[str, list[str]] = {
    "runtime.txt": [],  # what `townsquare` needs: for a researcher who must have the versions that were tested
    "ci.txt": ["--group", "dev", "--group", "lint"],  # the same versions, and the tools that test and check them
}


def move_date(until: date) -> None:
    """Let uv see what had been published by the start of that day (UTC)."""
    text = PYPROJECT.read_text(encoding="utf-8")
    changed, count = re.subn(r'(?m)^exclude-newer = ".*"$', f'exclude-newer = "{until.isoformat()}T00:00:00Z"', text)
    if count != 1:
        raise SystemExit(f"{PYPROJECT} has {count} lines `exclude-newer = ...`, not one; put it below [tool.uv]")
    PYPROJECT.write_text(changed, encoding="utf-8")


def compile_set(name: str, groups: list[str], constraints: list[str]) -> None:
    """Resolve one set for all platforms and write it."""
    command = ["uv", "pip", "compile", "pyproject.toml", "--universal", "--generate-hashes", "--upgrade", "--quiet"]
    command += ["--python-version", "3.11", "--no-emit-index-url", "--no-annotate", *groups, *constraints]
    command += ["--custom-compile-command", "uv run requirements/update.py", "--output-file", f"requirements/{name}"]
    subprocess.run(command, cwd=FOLDER.parent, check=True)


def main() -> int:
    """Write every set; the later one keeps the versions of the first."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--until", type=date.fromisoformat, help="move to the versions of this day")
    until: date | None = parser.parse_args().until
    if until is not None:
        move_date(until)
    constraints: list[str] = []
    for name, groups in SETS.items():
        compile_set(name, groups, constraints)
        constraints = ["--constraint", "requirements/runtime.txt"]
    return 0


if __name__ == "__main__":
    sys.exit(main())
