"""The message board: every message ever sent in a market, one row each (`kernels.columns.MESSAGE`)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.kernels.columns import MESSAGE


class MessageBoard:
    """A growing table of messages. Rows are never changed or removed: shares and stories point at them."""

    def __init__(self) -> None:
        self._rows = np.zeros(256, MESSAGE)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def rows(self) -> NDArray[np.void]:
        """All messages so far (a view)."""
        return self._rows[: self._count]

    def post(self, **attributes: float) -> int:
        """Append a message and return its index; what is not named is 0."""
        if self._count == self._rows.size:
            self._rows = np.concatenate([self._rows, np.zeros_like(self._rows)])
        row = self._rows[self._count]
        for name, value in attributes.items():
            row[name] = value
        self._count += 1
        return self._count - 1
