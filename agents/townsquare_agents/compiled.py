"""The one place that says how a kernel is compiled.

No fast-math: results must be the same bits on every machine. No libm either: `exp` and `log` differ between C
libraries, so kernels use those of `rng.py`. With ``NUMBA_DISABLE_JIT=1`` a kernel is plain Python on NumPy scalars,
whose unsigned wrap-around, which the keyed hash relies on, is a warning there: `kernel` silences exactly that.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

import numba
import numpy as np

P = ParamSpec("P")
R = TypeVar("R")

JIT_DISABLED = bool(numba.config.DISABLE_JIT)


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile an entry point: arrays in, arrays out, no interpreter lock while it runs, cached on disk."""
    if JIT_DISABLED:

        @functools.wraps(function)
        def plain(*args: P.args, **kwargs: P.kwargs) -> R:
            with np.errstate(over="ignore"):
                return function(*args, **kwargs)

        return plain
    return cast(Callable[P, R], numba.njit(nogil=True, cache=True)(function))


def inline(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a helper that only kernels call; LLVM inlines it there."""
    return cast(Callable[P, R], numba.njit(nogil=True, cache=True)(function))
