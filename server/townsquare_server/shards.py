"""Rooms spread over processes: which shard a room lives on, told by the first letter of its code.

Law: a code alone says where its room is, so any shard can send a guest on; nothing is asked of the others. Codes keep
nearly all their variety: the letters that they can begin with are dealt out to the shards.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from townsquare_server.errors import Code, RefusalError
from townsquare_server.seats import ALPHABET, join_code, normal_code


@dataclass(frozen=True, slots=True)
class Shards:
    """One process, `own`, among the `count` that share one public address."""

    own: int = 0
    count: int = 1

    def of(self, code: str) -> int:
        """Return the shard of a room; this one for what is no code at all."""
        first = normal_code(code)[:1]
        return ALPHABET.index(first) % self.count if first and first in ALPHABET else self.own

    def draw_code(self, choose: Callable[[int], int]) -> str:
        """Return a code for a room of this shard."""
        letters = ALPHABET[self.own :: self.count]
        return letters[choose(len(letters))] + join_code(choose)[1:] if self.count > 1 else join_code(choose)

    def check(self, code: str) -> None:
        """Refuse a code whose room lives on another shard, and say on which."""
        shard = self.of(code)
        if shard != self.own:
            detail = f"room {code[:20]!r} lives on shard {shard}: ask for it at /s/{shard}/ of this address"
            raise RefusalError(Code.ELSEWHERE, detail, shard)


ALONE = Shards()
