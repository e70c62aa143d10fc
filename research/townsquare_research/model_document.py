"""Fill the tables of the written documents from the model itself, so that text and code cannot drift.

Law: what stands between ``<!-- generated: NAME -->`` and ``<!-- end -->`` is written here, from the parameters, the
schema, the tables of the kernels and the shipped scenarios; the rest is prose and stays as it is. A test fails when a
committed document is not what `fill` gives. Write them anew with
``python -m townsquare_research.model_document docs/model.md docs/scenarios.md``.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from townsquare_research.document_tables import TABLES

_BLOCK = re.compile(r"(?P<open><!-- generated: (?P<name>[a-z_]+) -->\n).*?(?P<close><!-- end -->)", re.DOTALL)


def fill(text: str, tables: dict[str, Callable[[], str]] = TABLES) -> str:
    """Return a document with every generated table written anew; raises KeyError for a table that nobody makes."""

    def table(found: re.Match[str]) -> str:
        name = found["name"]
        if name not in tables:
            raise KeyError(f"there is no table {name!r}; tables are {', '.join(sorted(tables))}")
        return f"{found['open']}\n{tables[name]().strip()}\n\n{found['close']}"

    return _BLOCK.sub(table, text)


def main(paths: Sequence[str]) -> int:
    """Write the tables of these documents; return 0."""
    for path in map(Path, paths):
        path.write_text(fill(path.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
