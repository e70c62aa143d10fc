"""The message board: every message ever sent in a market, one row each (`kernels.tables.MESSAGE`)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.kernels.tables import MESSAGE


class MessageBoard:
    """A growing table of messages. Rows are never removed: shares and stories point at them; kernels count in them."""

    def __init__(self) -> None:
        self._rows = np.zeros(256, MESSAGE)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def rows(self) -> NDArray[np.void]:
        """All messages so far (a view)."""
        return self._rows[: self._count]

    def reserve(self, count: int) -> int:
        """Append so many rows, for the caller to fill, and return the first one's index."""
        first = self._count
        self._count += count
        while self._count > self._rows.size:
            self._rows = joined(self._rows, np.zeros_like(self._rows))
        return first

    def release(self, count: int) -> None:
        """Give back the last rows reserved, into which nothing was written."""
        self._count -= count


def joined(*tables: NDArray[np.void]) -> NDArray[np.void]:
    """Return tables of one kind, one after the other; as plain bytes, since NumPy copies records field by field."""
    return np.concatenate([as_bytes(table) for table in tables]).view(tables[0].dtype)


def as_bytes(table: NDArray[np.void]) -> NDArray[np.void]:
    """Return a view of a table whose records are plain bytes, which NumPy picks and copies whole."""
    return table.view(np.dtype((np.void, table.dtype.itemsize)))


def make_message(**attributes: float) -> NDArray[np.void]:
    """Return one message, `MESSAGE`[1]; what is not named is 0."""
    rows = np.zeros(1, MESSAGE)
    rows["audience"] = rows["topic"] = rows["stage"] = -1
    for name, value in attributes.items():
        rows[name] = value
    return rows
