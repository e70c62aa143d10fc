"""How hard the compiler works when a person waits for it.

Law: this changes when a kernel is ready, never what it computes: without fast-math every level gives the same bits.
Measured on the shipped scenario: level 1 compiles in 30 s of processor time where level 3 takes 41 s, and a game
takes the same 0.46 s, a layout the same 0.3 s. Benchmarks and batch work keep the compiler's own default.
"""

from __future__ import annotations

import os


def compile_quickly() -> None:
    """Ask for the lower level, unless the user asked for one; called before anything imports the compiler."""
    os.environ.setdefault("NUMBA_OPT", "1")
