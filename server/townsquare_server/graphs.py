"""The pictures of rooms' networks: where the page of a room finds the one that was laid out for it.

Law: the address of a picture names what is in it, so a browser may keep it for ever.
"""

from __future__ import annotations

from townsquare_server.graph_file import GraphFile
from townsquare_server.room import Room


class Graphs:
    """The pictures of the rooms in memory."""

    def __init__(self) -> None:
        self._files: dict[tuple[str, str], GraphFile] = {}

    def draw(self, room: Room) -> str:
        """Lay a room's network out, and return where the picture is; in the worker thread."""
        file = room.draw()
        self._files[room.code, file.digest] = file
        return f"rooms/{room.code}/graph-{file.digest}.bin"

    def find(self, code: str, digest: str) -> GraphFile | None:
        """Return a room's picture."""
        return self._files.get((code, digest))

    def forget(self, code: str) -> None:
        """Let a room's pictures go."""
        self._files = {key: file for key, file in self._files.items() if key[0] != code}
