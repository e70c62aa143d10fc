"""How many connections a process may hold: as many as its system grants, not as few as a shell asks for.

Law: a shell's usual limit, 256 on macOS and 1024 on Linux, is less than a class with its pages; it is raised up to what
an administrator allows, never beyond, and left alone where the system knows no such limit.
"""

from __future__ import annotations

import contextlib

WANTED = 10_000
"""More than macOS grants is refused whole there."""


def raise_limit(wanted: int = WANTED) -> None:
    """Let this process hold so many files and sockets, if it may."""
    try:
        import resource
    except ImportError:  # Windows counts sockets otherwise
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        with contextlib.suppress(ValueError, OSError):  # the kernel has a limit of its own
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
