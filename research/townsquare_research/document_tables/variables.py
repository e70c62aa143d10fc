"""The tables of what the market keeps and counts, read from dtypes, enumerations and the comments beside them."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from enum import IntEnum
from typing import Any

import numpy as np

from townsquare_agents.kernels import tables
from townsquare_agents.metrics import FLOWS, KNOWN_WITHOUT_LISTENING, VALUE, VANITY
from townsquare_agents.rng import Purpose
from townsquare_research.document_tables.cells import markdown

_FIELD = re.compile(r'^\s*\("(?P<name>\w+)", np\.\w+\),(?:\s*# (?P<text>.*))?$', re.MULTILINE)
_MEMBER = re.compile(r"^    (?P<name>[A-Z_]+) = [^#\n]+(?:# (?P<text>.*))?$", re.MULTILINE)


def _comments(name: str) -> dict[str, str]:
    source = inspect.getsource(tables)
    start = source.index(f"\n{name} = np.dtype(")
    block = source[start : source.index("align=True", start)]
    return {found["name"]: found["text"] or "" for found in _FIELD.finditer(block)}


def dtype_table(name: str) -> Callable[[], str]:
    """Return what makes the table of a structured array's fields."""

    def table() -> str:
        dtype: np.dtype[Any] = getattr(tables, name)
        comments = _comments(name)
        rows = [(f"`{field}`", str(dtype[field]), comments[field]) for field in dtype.names or ()]
        return markdown(("variable", "type", "meaning"), rows)

    return table


def enum_table(enum: type[IntEnum]) -> Callable[[], str]:
    """Return what makes the table of an enumeration."""

    def table() -> str:
        text = {found["name"]: found["text"] or "" for found in _MEMBER.finditer(inspect.getsource(enum))}
        return markdown(("number", "name", "note"), [(int(m), f"`{m.name}`", text.get(m.name, "")) for m in enum])

    return table


def purpose_table() -> str:
    """Return the purposes of draws in one line each block."""
    return ", ".join(f"`{purpose.name}` {int(purpose)}" for purpose in Purpose if purpose)


def metric_table() -> str:
    """Return both yardsticks."""
    rows = []
    for name in (*VANITY, *VALUE):
        yardstick = "vanity" if name in VANITY else "value"
        kind = "sum over the round" if name in FLOWS else "level at the end of the round"
        known = "everybody, live" if name in VANITY else "only by listening"
        if name in KNOWN_WITHOUT_LISTENING:
            known = "the vendor's own books"
        if name == "sales_ready_leads":
            known = "the vendor, if it scores leads"
        rows.append((f"`{name}`", yardstick, kind, known))
    return markdown(("metric", "yardstick", "kind", "who knows it"), rows)
