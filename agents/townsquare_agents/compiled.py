"""The one place that says how a kernel is compiled.

No fast-math: results must be the same bits on every machine. No libm either: `exp` and `log` differ between C
libraries, so kernels use those of `rng.py`. With ``NUMBA_DISABLE_JIT=1`` a kernel is plain Python on NumPy scalars,
whose unsigned wrap-around, which the keyed hash relies on, is a warning there: `kernel` silences exactly that.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import numba
import numpy as np
from numba import types

P = ParamSpec("P")
R = TypeVar("R")

JIT_DISABLED = bool(numba.config.DISABLE_JIT)
KEPT_SECONDS = 86_400.0
"""Time for which kernels that another version compiled are kept."""


def _cache_folder() -> Path:
    """Return a cache folder that belongs to exactly this source and level of optimisation.

    Numba looks only at the file of a function, so a kernel would go on using what it inlined from another file before
    that file changed, and an index that names a module that is gone would stop every later version from starting.
    Where kernels are kept is the user's choice (``NUMBA_CACHE_DIR``); beside the source Numba finds another place
    when it may not write there.
    """
    package = Path(__file__).resolve().parent
    hasher = hashlib.blake2b(str(numba.config.OPT).encode(), digest_size=8)
    for path in sorted(package.rglob("*.py")):
        hasher.update(path.read_bytes())
    return Path(numba.config.CACHE_DIR or package / "__pycache__") / f"compiled-{hasher.hexdigest()}"


def forget_older(folder: Path) -> None:
    """Delete what other versions compiled beside this cache folder, and note that this one is in use.

    Another version may be running: what was opened within a day stays. A process that runs for longer has what it
    needs in memory, and compiles anew what it has not. What cannot be deleted, as files in use on Windows, stays too.
    """
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        os.utime(folder)
        now = folder.stat().st_mtime
        for other in folder.parent.glob("compiled-*"):
            if now - other.stat().st_mtime > KEPT_SECONDS:
                shutil.rmtree(other, ignore_errors=True)


_FOLDER = _cache_folder()
numba.config.CACHE_DIR = str(_FOLDER)
forget_older(_FOLDER)


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


_SCALARS = {"int": types.int64, "float": types.float64}


def direct(function: Callable[P, R]) -> Callable[P, R]:
    """Return the way into a kernel for callers whose arrays are of the same types in every call.

    Numba asks each argument of each call what it is, which takes it 22 microseconds for a `World`, and a day of 2 000
    buyers takes 250. Here only the arrays of the first call are asked, and the machine code is entered in 0.4. A number
    is what its annotation says.
    """
    if JIT_DISABLED:
        return function
    entries: list[Callable[..., object]] = []

    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        if not entries:
            entries.append(_entry_point(cast(Any, function), args))
        return cast(R, entries[0](*args))

    return call


def _entry_point(dispatcher: Any, args: tuple[object, ...]) -> Callable[..., object]:
    """Compile for these arguments, or take what is compiled, and return what Numba itself would call."""
    hints = dispatcher.py_func.__annotations__.values()
    of_args = tuple(_SCALARS.get(hint) or dispatcher.typeof_pyval(arg) for hint, arg in zip(hints, args, strict=False))
    dispatcher.compile(of_args)
    entry: Callable[..., object] = dispatcher.overloads[of_args].entry_point
    return entry
