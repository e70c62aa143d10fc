"""Opening rooms, finding them by code and token, and what is told to whom before they join."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

from townsquare_agents.errors import InvariantError
from townsquare_server import wire
from townsquare_server.effects import Append, Send
from townsquare_server.entries import FORMAT, Opened, decode
from townsquare_server.errors import RefusalError
from townsquare_server.lobby import Lobby

sys.path.insert(0, str(Path(__file__).parent))
from driving import SIGNER, START, small_scenario

SCENARIO = small_scenario()


@pytest.fixture
def lobby() -> Lobby:
    draw = random.Random(5).randrange
    return Lobby({SCENARIO.id: SCENARIO}, SIGNER, draw, base_url="http://square.example", host_key="tvers-fjord")


def opening(**values: object) -> wire.ClientCreateRoom:
    given = {"scenario": SCENARIO.id, "teams": 2} | values
    return wire.ClientCreateRoom(9, **given)  # type: ignore[arg-type]


def test_room_is_logged_before_the_facilitator_is_welcomed(lobby: Lobby) -> None:
    room, seat, effects = lobby.create(opening(language="nb"), START, trusted=True)
    append, welcome = effects
    assert isinstance(append, Append)
    assert (append.seq, append.durable) == (1, True)
    assert isinstance(welcome, Send)
    message = welcome.message
    assert isinstance(message, wire.ServerWelcome)
    assert (message.id, message.role, message.seat, message.team) == (9, "facilitator", seat, None)
    assert lobby.room(room.code) is room
    opened = decode(append.entry, room.code, 1).data
    assert isinstance(opened, Opened)
    assert (opened.code, opened.teams, opened.language, opened.format) == (room.code, ["A", "B"], "nb", FORMAT)


def test_capabilities_of_the_facilitator(lobby: Lobby) -> None:
    _, _, effects = lobby.create(opening(), START, trusted=True)
    message = effects[1].message  # type: ignore[union-attr]
    assert isinstance(message, wire.ServerWelcome)
    assert message.projector_token is not None
    assert lobby.admit(wire.ClientResume(1, message.token), START)[1] == "host"
    _, seat, shown = lobby.admit(wire.ClientResume(1, message.projector_token), START)
    welcome = shown[0].message  # type: ignore[union-attr]
    assert isinstance(welcome, wire.ServerWelcome)
    assert (seat, welcome.role, welcome.projector_token) == ("projector", "projector", None)


def test_randomness_comes_from_outside(lobby: Lobby) -> None:
    other = Lobby({SCENARIO.id: SCENARIO}, SIGNER, random.Random(5).randrange)
    mine, theirs = (each.create(opening(), START, trusted=True)[0] for each in (lobby, other))
    assert mine.code == theirs.code
    assert mine.state.opened.seed == theirs.state.opened.seed
    assert lobby.create(opening(seed=7), START, trusted=True)[0].state.opened.seed == 7


def test_codes_that_are_in_use_are_drawn_again() -> None:
    draws = [0, 0, 0, 0, 0, 0, *(0, 0, 0, 0, 0, 0), *(3, 3, 3, 3, 3, 3)]  # the second room draws the first one's code
    fixed = Lobby({SCENARIO.id: SCENARIO}, SIGNER, lambda below: draws.pop(0) % below)
    assert [fixed.create(opening(seed=1), START, trusted=True)[0].code for _ in range(2)] == ["BBBBBB", "FFFFFF"]
    stuck = Lobby({SCENARIO.id: SCENARIO}, SIGNER, lambda below: 0)
    stuck.create(opening(), START, trusted=True)
    with pytest.raises(InvariantError, match="source of randomness"):
        stuck.create(opening(), START, trusted=True)


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (opening(scenario="atlantis"), "unknown_scenario: there is no scenario 'atlantis'; choose one of first_market"),
        (opening(teams=0), "bad_teams: 0 teams cannot play"),
        (opening(teams=5), "choose 1 to 4"),
    ],
)
def test_rooms_that_cannot_be_opened(lobby: Lobby, message: wire.ClientCreateRoom, words: str) -> None:
    with pytest.raises(RefusalError, match=words):
        lobby.create(message, START, trusted=True)
    assert lobby.rooms == {}


def test_another_machine_needs_the_host_key(lobby: Lobby) -> None:
    for key in (None, "", "tvers-fjorD", "é\ud800"):
        with pytest.raises(RefusalError, match="host_key_needed"):
            lobby.create(opening(host_key=key), START, trusted=False)
    assert lobby.create(opening(host_key="tvers-fjord"), START, trusted=False)[1] == "host"
    without = Lobby({SCENARIO.id: SCENARIO}, SIGNER, random.Random(1).randrange)
    with pytest.raises(RefusalError, match="host_key_needed"):
        without.create(opening(host_key=""), START, trusted=False)


def test_cap_on_rooms() -> None:
    lobby = Lobby({SCENARIO.id: SCENARIO}, SIGNER, random.Random(1).randrange, most_rooms=1)
    lobby.create(opening(), START, trusted=True)
    with pytest.raises(RefusalError, match="too_many_rooms"):
        lobby.create(opening(), START, trusted=True)


def test_scenarios_on_offer(lobby: Lobby) -> None:
    answer = lobby.list_scenarios(wire.ClientListScenarios(3), trusted=True)
    assert (answer.id, answer.ready, answer.host_key_needed) == (3, True, False)
    assert [(c.id, c.buyers, c.rounds, c.vendors) for c in answer.scenarios] == [(SCENARIO.id, 60, 2, 4)]


def test_peek_tells_what_a_guest_needs(lobby: Lobby) -> None:
    room, _, _ = lobby.create(opening(language="nb"), START, trusted=True)
    info = lobby.peek(wire.ClientPeek(4, f" {room.code.lower()} "))
    assert (info.id, info.code, info.language, info.phase, info.rounds) == (4, room.code, "nb", "lobby", 2)
    assert list(info.teams) == ["A", "B"]
    for code in ("", "BBBBBB", "é", "x" * 500):
        with pytest.raises(RefusalError, match="unknown_room"):
            lobby.peek(wire.ClientPeek(4, code))


def test_guests_are_admitted_to_the_right_room(lobby: Lobby) -> None:
    one, other = (lobby.create(opening(), START, trusted=True)[0] for _ in range(2))
    room, seat, effects = lobby.admit(wire.ClientJoin(5, other.code.lower(), "Kari", "B"), START)
    assert room is other
    welcome = effects[1].message  # type: ignore[union-attr]
    assert isinstance(welcome, wire.ServerWelcome)
    assert lobby.admit(wire.ClientResume(6, welcome.token), START)[:2] == (other, seat)
    assert lobby.admit(wire.ClientRedeem(7, other.code, welcome.personal_code), START)[:2] == (other, seat)
    with pytest.raises(RefusalError, match="bad_personal_code"):
        lobby.admit(wire.ClientRedeem(7, one.code, welcome.personal_code), START)
    del lobby.rooms[other.code]
    with pytest.raises(RefusalError, match="unknown_room"):
        lobby.admit(wire.ClientResume(6, welcome.token), START)
