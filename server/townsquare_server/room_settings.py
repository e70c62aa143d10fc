"""What a room needs to know of the server it lives in.

Law: of this only `policies` changes a game, and they are logged; all else may differ from server to server.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from townsquare_server.seats import Signer
from townsquare_server.version import version as installed_version


@dataclass(frozen=True, slots=True)
class RoomSettings:
    """The settings of a room."""

    signer: Signer | None = None  # None: a room that is only replayed; it admits nobody
    base_url: str = ""
    version: str = field(default_factory=installed_version)
    client_version: str = ""  # of the pages that the server has
    most_seats: int = 500
    policies: dict[str, str] = field(default_factory=dict)
