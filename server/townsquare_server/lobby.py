"""All rooms of a server: opening one, finding one by code or token, and what may be known of it before joining.

Law: nothing is drawn here. `choose(n)`, a number below n, comes from outside (`secrets.randbelow` in a server), and
what it gave goes into the room's log.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping, Set

from townsquare_agents.errors import InvariantError
from townsquare_agents.scenario import Scenario
from townsquare_server.effects import Effect
from townsquare_server.engine import MakeEngine, in_this_process
from townsquare_server.errors import Code, RefusalError
from townsquare_server.room import Room
from townsquare_server.room_settings import RoomSettings
from townsquare_server.seats import HOST, Signer, normal_code, room_named_in
from townsquare_server.shards import ALONE, Shards
from townsquare_server.wire import (
    ClientCreateRoom,
    ClientJoin,
    ClientListScenarios,
    ClientPeek,
    ClientRedeem,
    ClientResume,
    ScenarioChoice,
    ServerRoomInfo,
    ServerScenarios,
)

SEEDS = 2**53


def choice(scenario: Scenario, id: str) -> ScenarioChoice:
    """Return what a host sees of a scenario that a room can be opened with, by the name to choose it by."""
    return ScenarioChoice(
        id=id,
        title=scenario.title,
        summary=scenario.summary,
        buyers=scenario.population.buyers,
        rounds=scenario.calendar.rounds,
        vendors=len(scenario.vendors),
    )


class Lobby:
    """The rooms of one server, by code."""

    def __init__(
        self,
        scenarios: Mapping[str, Scenario],
        signer: Signer,
        choose: Callable[[int], int],
        *,
        base_url: str = "",
        host_key: str | None = None,
        most_rooms: int = 200,
        shards: Shards = ALONE,
        taken: Set[str] = frozenset(),
        make_engine: MakeEngine = in_this_process,
        client_version: str = "",
    ) -> None:
        """`taken` are codes that no new room gets: those of rooms that are kept, but not here."""
        self.scenarios = dict(scenarios)
        self.rooms: dict[str, Room] = {}
        self.settings = RoomSettings(signer, base_url, client_version=client_version, make_engine=make_engine)
        self._signer = signer
        self._choose = choose
        self._host_key = host_key
        self._most_rooms = most_rooms
        self._shards = shards
        self._taken = taken

    # ------------------------------------------------------------------ rooms

    def create(
        self, message: ClientCreateRoom, now: int, *, trusted: bool, own: Scenario | None = None
    ) -> tuple[Room, str, list[Effect]]:
        """Open a room; return it, the facilitator's seat, and the effects that log and welcome it.

        `trusted` says that the request came from this machine; any other needs the host key. `own` is the scenario that
        the host has handed in and now names.
        """
        self.check_host(message.host_key, trusted=trusted)
        scenario = self._check(message, own)
        seed = self._choose(SEEDS) if message.seed is None else message.seed
        room, effects = Room.create(
            self._free_code(), scenario, seed, message.teams, message.language, self.settings, now
        )
        self.rooms[room.code] = room
        return room, HOST, [*effects, room.welcome(HOST, message.id, now)]

    def room(self, code: str) -> Room:
        """Return the room with this code, however it was typed."""
        room = self.rooms.get(normal_code(code))
        if room is None:
            self._shards.check(code)
            detail = f"there is no room {code[:20]!r}; look at the six letters on the screen in front"
            raise RefusalError(Code.UNKNOWN_ROOM, detail)
        return room

    def check_host(self, host_key: str | None, *, trusted: bool) -> None:
        """Let who may open rooms pass: this machine's user, or whoever has the host key; raises RefusalError."""
        if not trusted and not self._key_fits(host_key or ""):
            detail = "opening a room from another machine needs the host key; the server printed it when it started"
            raise RefusalError(Code.HOST_KEY_NEEDED, detail)

    def _check(self, message: ClientCreateRoom, own: Scenario | None) -> Scenario:
        scenario = own or self.scenarios.get(message.scenario)
        if scenario is None:
            detail = f"there is no scenario {message.scenario[:60]!r}; choose one of {', '.join(self.scenarios)}"
            raise RefusalError(Code.UNKNOWN_SCENARIO, detail)
        vendors = len(scenario.vendors)
        if not 1 <= message.teams <= vendors:
            detail = f"{message.teams} teams cannot play {scenario.id!r}; choose 1 to {vendors}, one for each vendor"
            raise RefusalError(Code.BAD_TEAMS, detail)
        if len(self.rooms) >= self._most_rooms:
            detail = f"this server has {len(self.rooms)} rooms, which is all it takes; close one first"
            raise RefusalError(Code.TOO_MANY_ROOMS, detail)
        return scenario

    def _key_fits(self, given: str) -> bool:
        key = self._host_key
        return key is not None and hmac.compare_digest(key.encode(), given.encode("utf-8", "replace"))

    def _free_code(self) -> str:
        for _ in range(1000):
            code = self._shards.draw_code(self._choose)
            if code not in self.rooms and code not in self._taken:
                return code
        raise InvariantError("a thousand room codes were drawn and all are in use: the source of randomness is broken")

    # ------------------------------------------------------------------ guests

    def admit(self, message: ClientJoin | ClientResume | ClientRedeem, now: int) -> tuple[Room, str, list[Effect]]:
        """Return the room and seat that a message gives, and the effects that welcome it; raises RefusalError."""
        room = self.room_meant(message)
        seat, effects = room.seat_for(message, now)
        return room, seat, effects

    def room_meant(self, message: ClientJoin | ClientResume | ClientRedeem) -> Room:
        """Return the room that a message wants a seat in; raises RefusalError."""
        return self.room(self.code_meant(message))

    def code_meant(self, message: ClientJoin | ClientResume | ClientRedeem) -> str:
        """Return the code of that room, whether there is one or not; raises RefusalError."""
        if not isinstance(message, ClientResume):
            return normal_code(message.code)
        self._shards.check(room_named_in(message.token))  # another shard's token can only be proven there
        return self._signer.verify(message.token).room

    def peek(self, message: ClientPeek) -> ServerRoomInfo:
        """Return what room a code belongs to."""
        return self.room(message.code).info(message.id)

    def list_scenarios(self, message: ClientListScenarios, *, trusted: bool, uploads: bool = False) -> ServerScenarios:
        """Return the scenarios that a room can be opened with; `uploads`: whether a host may hand one in."""
        choices = [choice(scenario, scenario.id) for scenario in self.scenarios.values()]
        return ServerScenarios(message.id, choices, not trusted, ready=True, progress=1.0, uploads=uploads)
