"""What a room needs to know of the server it lives in.

Law: of this only `policies` changes a game, and they are logged; all else may differ from server to server.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from townsquare_agents.scenario import Scenario
from townsquare_server.engine import MakeEngine, in_this_process
from townsquare_server.entries import FORMAT, Opened
from townsquare_server.seats import Signer
from townsquare_server.version import version as installed_version
from townsquare_server.wire import Language


@dataclass(frozen=True, slots=True)
class RoomSettings:
    """The settings of a room."""

    signer: Signer | None = None  # None: a room that is only replayed; it admits nobody
    base_url: str = ""
    version: str = field(default_factory=installed_version)
    client_version: str = ""  # of the pages that the server has
    most_seats: int = 500
    policies: dict[str, str] = field(default_factory=dict)
    make_engine: MakeEngine = in_this_process  # where the games are computed

    def opening(self, code: str, scenario: Scenario, seed: int, teams: int, language: Language) -> Opened:
        """Return what the first entry of a new room says."""
        return Opened(
            format=FORMAT,
            version=self.version,
            code=code,
            scenario=scenario.to_json(),
            seed=seed,
            teams=[vendor.id for vendor in scenario.vendors[:teams]],
            language=language,
            policies=self.policies,
        )
