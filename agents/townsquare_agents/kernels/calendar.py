"""Lay out: each message that a plan sends gets its day on a vendor's editorial calendar.

While two topics are tested, two messages stand there under one key; behind a message that employees repeat stands what
they make of it. They have no ideas of their own.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.compiled import kernel
from townsquare_agents.kernels.codes import Reach
from townsquare_agents.kernels.tables import Table

SENDING = np.dtype(
    [
        ("template", np.int64),  # what its messages share; where two topics are tested, the two arms follow
        ("count", np.int64),  # of its messages
        ("tested", np.int64),  # days of the round, from the first, on which two topics are tested
        ("test", np.int64),  # number of the A/B test, -1 none
        ("ideas", np.float64),  # that a message wants
        ("voices", np.float64),  # share of the staff that repeats it in public
    ],
    align=True,
)

_VOICES = int(Reach.VOICES)
MOST = 4  # drafts that one message makes: two arms, and what employees make of each


@kernel
def lay_out(
    sendings: Table,
    days: NDArray[np.int64],
    keys: NDArray[np.int64],
    voices_keys: NDArray[np.int64],
    templates: Table,
    start: int,
    messages: Table,
    drafts: Table,
) -> int:
    """Fill ``messages`` and ``drafts`` sending by sending, and return how many there are.

    ``days`` of the round, from 0, and both kinds of keys hold one for each message, one sending after the other;
    messages go out from tick ``start`` on.
    """
    n = at = 0
    for s in range(sendings.size):
        sending = sendings[s]
        repeats = 2 if sending["voices"] > 0.0 else 1
        for k in range(at, at + sending["count"]):
            tested = days[k] < sending["tested"]
            for voice in range(repeats):
                for arm in range(2 if tested else 1):
                    message, draft = messages[n], drafts[n]
                    messages[n] = templates[sending["template"] + arm + tested]
                    message["key"] = keys[k]
                    draft["tick"] = start + days[k]
                    draft["test"] = sending["test"]
                    if voice:
                        message["key"] = voices_keys[k]
                        message["reach"] = _VOICES
                        draft["voices"] = sending["voices"]
                    else:
                        draft["ideas"] = sending["ideas"]
                    n += 1
        at += sending["count"]
    return n
