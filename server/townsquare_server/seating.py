"""Who sits where and who plays: what the commands about guests, teams and hosts change in a room's state.

Law: as in `changes.py`, nothing is decided here; a command was accepted before it comes.
"""

from __future__ import annotations

from dataclasses import replace

from townsquare_server.entries import Command
from townsquare_server.phases import Phase
from townsquare_server.seats import COHOST, Seat, second_host
from townsquare_server.state import State
from townsquare_server.wire import (
    ClientLockRoom,
    ClientMoveSeat,
    ClientNameHost,
    ClientRemoveSeat,
    ClientRenameSeat,
    ClientSetAside,
    ClientSetDriver,
    ClientWithdrawHost,
    Driver,
)


def apply(state: State, seat: str, message: Command) -> None:
    """Take a command of a seat; those that are not about seats change nothing."""
    match message:
        case ClientMoveSeat(seat=guest, team=team):
            state.seats[guest] = replace(state.seats[guest], team=team)
        case ClientRenameSeat(seat=guest, nickname=nickname):
            state.seats[guest] = replace(state.seats[guest], nickname=nickname)
        case ClientNameHost(nickname=nickname):
            state.seats[seat] = replace(state.seats[seat], nickname=nickname)
        case ClientRemoveSeat(seat=guest):
            _remove(state, guest)
        case ClientWithdrawHost():
            _remove(state, state.cohost)
            state.cohost = second_host(int(state.cohost.removeprefix(COHOST) or 1))
            state.seats[state.cohost] = Seat(state.cohost, "facilitator", None, "")
        case ClientSetAside(aside=aside, seat=guest):
            _set_aside(state, guest or seat, aside)
        case ClientLockRoom(locked=locked):
            state.locked = locked
        case ClientSetDriver(team=team, driver=driver):
            state.handed = state.handed - {team} if driver == "people" else state.handed | {team}
            _drive(state, team, driver)


def _remove(state: State, seat: str) -> None:
    del state.seats[seat]
    state.recent.pop(seat, None)
    state.aside = state.aside - {seat}


def _set_aside(state: State, guest: str, aside: bool) -> None:
    """Hand a seat over or take it back; a team in which nobody plays is the computer's."""
    state.aside = state.aside | {guest} if aside else state.aside - {guest}
    team = state.seats[guest].team or ""
    if team not in state.handed and not (aside and state.players(team)):
        _drive(state, team, "policy" if aside else "people")


def _drive(state: State, team: str, driver: Driver) -> None:
    """Have a team's plan of this planning made by its people or by the computer; later rounds ask anew."""
    if state.phase is Phase.PLANNING:
        state.drivers = {**state.drivers, team: driver}
