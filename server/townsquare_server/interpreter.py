"""How the interpreter is set where an event loop must not wait: who holds its lock, and when it collects garbage.

Law: this changes when something happens, never what is computed. It is for the whole process, so a command calls it;
libraries and tests are not touched.
"""

from __future__ import annotations

import gc
import sys

from townsquare_server.app import RESTORING

LOOP_WAITS_SECONDS = 0.00005
"""How long Python code of the worker may keep the loop waiting, each time that the loop has spoken to the system.

It lets go of the interpreter with every write to a socket: eight of them would cost 4 ms at half a millisecond each.
"""


def let_the_loop_go_first() -> None:
    """Have a thread that computes give the interpreter away sooner."""
    sys.setswitchinterval(LOOP_WAITS_SECONDS)


def settle(stage: str, _progress: float = 1.0) -> None:
    """Never look again at what lives as long as the process: for `Application.watchers`.

    When everything is imported and compiled, and no room is there yet, a quarter of a million objects are known to the
    collector. Going through them took 80 ms each time, in which the loop stood still.
    """
    if stage == RESTORING:
        gc.freeze()
