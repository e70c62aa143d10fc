"""Node states of the network view as frames: the whole, or what changed, whichever is smaller.

Law: a keyframe comes at the beginning of a round and at least every `KEYFRAME_EVERY` ticks, so that who missed a
frame is whole again soon.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from townsquare_server.wire import ServerNodes

States: TypeAlias = NDArray[np.uint8]

KEYFRAME_EVERY = 8
_BYTES_OF_CHANGE = 5  # a uint32 index and a state


def keyframe(round: int, tick: int, states: States) -> ServerNodes:
    """Return a frame that needs no other."""
    return ServerNodes(round, tick, True, b"", states.tobytes())


def frame(round: int, tick: int, old: States | None, new: States) -> ServerNodes:
    """Return the frame of a tick, after the one of the tick before."""
    if old is None or tick % KEYFRAME_EVERY == 1:
        return keyframe(round, tick, new)
    changed = np.flatnonzero(old != new).astype("<u4")
    if changed.size * _BYTES_OF_CHANGE >= new.size:
        return keyframe(round, tick, new)
    return ServerNodes(round, tick, False, changed.tobytes(), new[changed].tobytes())
