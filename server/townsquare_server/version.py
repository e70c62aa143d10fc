"""The version of this installation."""

from __future__ import annotations

import functools
import importlib.metadata


@functools.cache
def version() -> str:
    """Return the version of the installed package, or ``0+unknown`` from a checkout that is not installed."""
    try:
        return importlib.metadata.version("townsquare")
    except importlib.metadata.PackageNotFoundError:
        return "0+unknown"
