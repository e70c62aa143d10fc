"""What makes a start quick when a person waits for it: less work for the compiler, and no library that is not used.

Law: this changes when something is ready, never what it computes. Without fast-math every level of the compiler gives
the same bits; a deferred library is imported in full at its first use. Libraries and tests are not touched: commands
and the process that computes games call this.

Measured on the shipped scenario, processor time on a shared machine: compiling takes 30 s at level 1 and 41 s at
level 3, a game the same 0.46 s, a layout the same 0.3 s. Importing the market takes 1.5 s where it took 3.8 s.
"""

from __future__ import annotations

import importlib
import importlib.machinery
import os
import sys
import types
from typing import Any

UNUSED = ("pandas", "networkx", "mesa.experimental.continuous_space")
"""What Mesa imports and a game does not use; the last one brings half of SciPy."""


def quick_start() -> None:
    """Prepare this process; called before anything heavy is imported."""
    os.environ.setdefault("NUMBA_OPT", "1")
    for name in UNUSED:
        defer(name)


class Deferred(types.ModuleType):
    """Stands in a module's place until somebody asks for something in it."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        # what the import system and `inspect` look at must not count as use
        self.__spec__ = importlib.machinery.ModuleSpec(name, None)
        self.__file__ = None

    def __getattr__(self, attribute: str) -> Any:
        """Import the module, and be it from now on."""
        name = self.__name__
        if sys.modules.get(name) is self:
            del sys.modules[name]
        real = importlib.import_module(name)
        self.__dict__.update(real.__dict__)
        return getattr(real, attribute)


def defer(name: str) -> None:
    """Import a module when it is first used, unless it is imported already."""
    if name not in sys.modules:
        sys.modules[name] = Deferred(name)
