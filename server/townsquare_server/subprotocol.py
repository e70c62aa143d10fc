"""Which version of the protocol two ends speak, and the words for those who cannot understand each other.

Law: a client of another version is told so in words that any WebSocket library shows, a browser's too, which hides the
text of a refused handshake: its handshake is accepted and the socket closed at once, with a code and a reason that
mean the same in every version.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from townsquare_server.wire import PROTOCOL_VERSION, SUBPROTOCOLS

OTHER_VERSION = 4400
"""The close code for a client of another version."""
_OURS = re.compile(r"townsquare\.v(\d{1,4})(\.\w+)?")


def choose(offered: Sequence[str]) -> str | None:
    """Return the subprotocol to answer with: the first of ours that is offered, else one of another version."""
    ours = (name for name in SUBPROTOCOLS if name in offered)
    others = (name for name in offered if _OURS.fullmatch(name))
    return next(ours, None) or next(others, None)


def problem(subprotocol: str | None) -> str | None:
    """Return why nothing can be said over a chosen subprotocol, or None when it is spoken here (at most 123 bytes)."""
    match = None if subprotocol in SUBPROTOCOLS else _OURS.fullmatch(subprotocol or "")
    if match is None:
        return None
    version, spoken = int(match[1]), f"townsquare.v{PROTOCOL_VERSION} is spoken here"
    if version > PROTOCOL_VERSION:
        return f"{spoken}, v{version} is too new: load the page again, or update the server"
    return f"{spoken}, v{version} is too old: load the page again, or update your program"
