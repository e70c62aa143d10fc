"""Who gets a seat: checks of a join, tokens and personal codes, and the welcome that hands them out.

Law: nothing here changes a room; a seat is given by the entry that the room appends.
"""

from __future__ import annotations

from collections.abc import Iterable

from townsquare_agents.errors import InvariantError
from townsquare_server.commands import check_free, check_team
from townsquare_server.errors import Code, RefusalError
from townsquare_server.phases import Phase
from townsquare_server.room_settings import RoomSettings
from townsquare_server.seats import HOST, PROJECTOR, Claim, Signer, clean_nickname, nickname_key
from townsquare_server.state import State
from townsquare_server.wire import PROTOCOL_VERSION, ClientJoin, ClientRedeem, ClientResume, ServerWelcome

LOST_WELCOME_MS = 60_000
"""How long a join that is sent again finds the seat that it made; later the name is taken, whoever asks for it."""


def check_join(state: State, message: ClientJoin, most_seats: int) -> str:
    """Return the nickname that a guest joins with, or refuse it."""
    if state.phase is Phase.CLOSED:
        raise RefusalError(
            Code.ROOM_CLOSED, f"the game in room {state.opened.code} is over; ask for the code of another"
        )
    if state.locked:
        detail = f"room {state.opened.code} takes no new guests; ask the facilitator, or come back by personal code"
        raise RefusalError(Code.ROOM_LOCKED, detail)
    check_team(state, message.team)
    nickname = clean_nickname(message.nickname)
    check_free(state, nickname)
    if state.joined >= most_seats:
        raise RefusalError(Code.ROOM_FULL, f"the room has {state.joined} seats, which is all; ask the facilitator")
    return nickname


def unheard_seat(state: State, message: ClientJoin, unheard: Iterable[str]) -> str | None:
    """Return the seat that this join made before, if its welcome was lost: nobody has spoken from it yet."""
    key = nickname_key(clean_nickname(message.nickname))
    for seat_id in unheard:
        seat = state.seats[seat_id]
        if (nickname_key(seat.nickname), seat.team) == (key, message.team):
            return seat_id
    return None


def find_seat(state: State, message: ClientResume | ClientRedeem, signer: Signer | None) -> str:
    """Return the seat that a token or a personal code proves, or refuse it."""
    signer = _signer(signer)
    if isinstance(message, ClientRedeem):
        found = signer.find_personal_code(state.opened.code, state.seats, message.personal_code)
        if found is None:
            detail = f"no seat of room {state.opened.code} has this personal code; look it up on the other device"
            raise RefusalError(Code.BAD_PERSONAL_CODE, detail)
        return found
    claim = signer.verify(message.token)
    seat = state.seats.get(claim.seat)
    if seat is None or claim != Claim(seat.role, state.opened.code, seat.id):
        raise RefusalError(Code.BAD_TOKEN, f"the token is for no seat of room {state.opened.code}; join again")
    return seat.id


def welcome(state: State, seat_id: str, id: int, now: int, settings: RoomSettings) -> ServerWelcome:
    """Return the message that hands a seat its capabilities."""
    signer, code, seat = _signer(settings.signer), state.opened.code, state.seats[seat_id]
    projector = signer.token(Claim("projector", code, PROJECTOR)) if seat.role == "facilitator" else None
    first = seat.id == HOST
    return ServerWelcome(
        id=id,
        code=code,
        seat=seat.id,
        role=seat.role,
        team=seat.team,
        nickname=seat.nickname,
        token=signer.token(Claim(seat.role, code, seat.id)),
        personal_code=signer.personal_code(code, seat.id),
        projector_token=projector,
        now=now,
        protocol=PROTOCOL_VERSION,
        server_version=settings.version,
        cohost_token=signer.token(Claim("facilitator", code, state.cohost)) if first else None,
        cohost_code=signer.personal_code(code, state.cohost) if first else None,
        client_version=settings.client_version,
    )


def _signer(signer: Signer | None) -> Signer:
    if signer is None:
        raise InvariantError("a room without a signer was asked for a seat; such a room is only replayed")
    return signer
