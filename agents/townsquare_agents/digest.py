"""The digest of a market: what a replay must arrive at to be the game that was played.

Law: every bit of columns, queue, tables and history is in it, on every machine alike. What is not (the board, what
spammers own, who was told of what today) shows there within days if it ever matters.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.compiled import direct
from townsquare_agents.kernels.fingerprint import fingerprint
from townsquare_agents.kernels.tables import SIZE_QUESTIONS, World

_fingerprint = direct(fingerprint)


def digest_of(world: World, history: NDArray[np.float64], *names: object) -> str:
    """Return a hex digest of columns, queue, tables and history, under names: what market this is, and on which day.

    A million buyers are 700 MB, which a hash of every byte takes a second for: tables go in by their fingerprints.
    """
    hasher = hashlib.blake2b(":".join(map(str, names)).encode(), digest_size=16)
    waiting = world.questions[: world.log.sizes[SIZE_QUESTIONS]]
    hasher.update(world.member.data)
    for table in (
        *(world.buyers, world.relations, world.accounts, world.interest, world.word, world.fit),
        *(world.hosting, world.vendors, world.platforms, world.rules, waiting, history),
    ):
        hasher.update(int(_fingerprint(_words(table))).to_bytes(8, "little"))
    return hasher.hexdigest()


def _words(table: NDArray[Any]) -> NDArray[np.uint64]:
    """Return the bits of a table whose records have no padding, 64 at a time."""
    return table.reshape(-1).view(np.uint64)
