"""The one place that says how a kernel is compiled.

No fast-math: results must be the same bits on every machine. No libm either: `exp` and `log` differ between C
libraries, so kernels use those of `rng.py`. With ``NUMBA_DISABLE_JIT=1`` a kernel is plain Python on NumPy scalars,
whose unsigned wrap-around, which the keyed hash relies on, is a warning there: `kernel` silences exactly that.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar, cast

import numba
import numpy as np

P = ParamSpec("P")
R = TypeVar("R")

JIT_DISABLED = bool(numba.config.DISABLE_JIT)


def _cache_folder() -> Path:
    """Return a cache folder that belongs to exactly this source and level of optimisation.

    Numba looks only at the file of a function, so a kernel would go on using what it inlined from another file before
    that file changed, and an index that names a module that is gone would stop every later version from starting.
    """
    package = Path(__file__).resolve().parent
    hasher = hashlib.blake2b(str(numba.config.OPT).encode(), digest_size=8)
    for path in sorted(package.rglob("*.py")):
        hasher.update(path.read_bytes())
    return package / "__pycache__" / f"compiled-{hasher.hexdigest()}"


if not numba.config.CACHE_DIR:  # the user's own choice wins; where the folder cannot be written, Numba finds another
    numba.config.CACHE_DIR = str(_cache_folder())


def _compiled(function: Callable[P, R], **options: bool) -> Callable[P, R]:
    return cast(Callable[P, R], numba.njit(nogil=True, cache=True, **options)(function))


def _plain(function: Callable[P, R]) -> Callable[P, R]:
    @functools.wraps(function)
    def plain(*args: P.args, **kwargs: P.kwargs) -> R:
        with np.errstate(over="ignore"):
            return function(*args, **kwargs)

    return plain


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile an entry point: arrays in, arrays out, no interpreter lock while it runs, cached on disk.

    It makes no array, so that nothing in it counts references. Each counting is an atomic instruction behind a call,
    and taking an array out of an argument counts twice. Without, attending and responding take half the time at 2 000
    buyers, and everything compiles in three quarters of it.
    """
    return _plain(function) if JIT_DISABLED else _compiled(function, _nrt=False)


def inline(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a helper that only kernels call; LLVM inlines it there. It makes no array either."""
    return _compiled(function, _nrt=False)


def allocating(function: Callable[P, R]) -> Callable[P, R]:
    """Compile an entry point that makes arrays of its own: for set-up and whole ensembles, never for a tick."""
    return _plain(function) if JIT_DISABLED else _compiled(function)
