"""How the interpreter is set where an event loop must not wait: who holds its lock, and when it collects garbage.

Law: this changes when something happens, never what is computed. It is for the whole process, so a command calls it;
libraries and tests are not touched.
"""

from __future__ import annotations

import gc
import sys

from townsquare_server.app import RESTORING

COLLECTED_AFTER = (700, 1, 1000)
"""New objects before the youngest are looked at; how often that happens before the next older ones are, and those."""
LOOP_WAITS_SECONDS = 0.00005
"""How long another thread that is at Python code (a room that is read back) may keep the loop waiting, each time that
the loop has spoken to the system.

It lets go of the interpreter with every write to a socket: eight of them would cost 4 ms at half a millisecond each.
"""


def let_the_loop_go_first() -> None:
    """Have a thread that computes give the interpreter away sooner."""
    sys.setswitchinterval(LOOP_WAITS_SECONDS)


def settle(stage: str, _progress: float = 1.0) -> None:
    """Never look again at what lives as long as the process: for `Application.watchers`.

    When everything is imported and no room is there yet, so many objects are known to the collector that going through
    them takes tens of milliseconds, in which the loop stands still. From then on it looks at what is young in small
    portions (1 ms instead of 3), and seldom at the rest: what rooms leave behind goes without it.
    """
    if stage == RESTORING:
        gc.freeze()
        gc.set_threshold(*COLLECTED_AFTER)
