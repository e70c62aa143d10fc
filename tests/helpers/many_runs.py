"""What many runs must say: how close a mean has to lie to what theory says."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def assert_mean(values: NDArray[np.int64], truth: float) -> None:
    """Check a mean so closely that a bias of 2 % would be seen: its standard error is at most a fifth of that."""
    error = float(values.std() / np.sqrt(values.size))
    assert error < 0.004 * truth
    assert abs(float(values.mean()) - truth) < 4 * error
