"""The tree of refusals: what a client asked for and cannot have. Our bug stays `agents.errors.InvariantError`.

Law: a refusal changes nothing. Its `code` is a key of the client's texts, its `detail` begins in lower case and names
the value and the remedy in English.
"""

from __future__ import annotations

from enum import StrEnum

from townsquare_agents.errors import TownsquareError
from townsquare_server.wire import ServerRefusal


class Code(StrEnum):
    """Why a message was refused. Clients translate these: append, never rename."""

    # the message itself
    TOO_LARGE = "too_large"
    BAD_MESSAGE = "bad_message"
    TOO_FAST = "too_fast"
    # finding a room and a seat
    NOT_READY = "not_ready"
    HOST_KEY_NEEDED = "host_key_needed"
    UNKNOWN_SCENARIO = "unknown_scenario"
    NO_UPLOADS = "no_uploads"
    BAD_SCENARIO = "bad_scenario"
    BAD_TEAMS = "bad_teams"
    TOO_MANY_ROOMS = "too_many_rooms"
    UNKNOWN_ROOM = "unknown_room"
    ELSEWHERE = "elsewhere"
    ROOM_FULL = "room_full"
    ROOM_CLOSED = "room_closed"
    ROOM_LOCKED = "room_locked"
    BAD_TOKEN = "bad_token"
    BAD_PERSONAL_CODE = "bad_personal_code"
    BAD_NICKNAME = "bad_nickname"
    NICKNAME_TAKEN = "nickname_taken"
    UNKNOWN_TEAM = "unknown_team"
    NOT_SEATED = "not_seated"
    ALREADY_SEATED = "already_seated"
    # who may do what, and when
    WRONG_ROLE = "wrong_role"
    WRONG_PHASE = "wrong_phase"
    POLICY_PLAYS = "policy_plays"
    # the facilitator's clock
    STALE = "stale"
    ALREADY_PAUSED = "already_paused"
    NOT_PAUSED = "not_paused"
    NO_TIMER = "no_timer"
    BAD_TIME = "bad_time"
    NO_ROUND_LEFT = "no_round_left"
    # what else a facilitator does
    UNKNOWN_EVENT = "unknown_event"
    ALREADY_WAITING = "already_waiting"
    UNKNOWN_SEAT = "unknown_seat"
    BAD_TEXT = "bad_text"
    EMPTY_TEAM = "empty_team"
    SEAT_ASIDE = "seat_aside"
    NOT_YOURS = "not_yours"
    UNKNOWN_BRANCH = "unknown_branch"
    NOT_PLAYED = "not_played"
    TOO_MANY_BRANCHES = "too_many_branches"
    # plans
    UNKNOWN_PLAY = "unknown_play"
    EMPTY_SLOT = "empty_slot"
    TOO_MANY_SLOTS = "too_many_slots"
    BAD_VALUE = "bad_value"
    BAD_LEVEL = "bad_level"
    UNKNOWN_TOPIC = "unknown_topic"
    UNKNOWN_AUDIENCE = "unknown_audience"
    TOO_EXPENSIVE = "too_expensive"
    TOO_MANY_HOURS = "too_many_hours"
    BAD_PLAN = "bad_plan"
    # the debrief
    UNKNOWN_BUYER = "unknown_buyer"
    # the server
    NOT_STORED = "not_stored"
    ROOM_UNREADABLE = "room_unreadable"


class RefusalError(TownsquareError):
    """A message that is refused: the room stays as it was."""

    def __init__(self, code: Code, detail: str, shard: int | None = None) -> None:
        self.code = code
        self.detail = detail
        self.shard = shard
        super().__init__(f"{code}: {detail}")

    def message(self, id: int | None) -> ServerRefusal:
        """Return this refusal as the answer to the message `id`."""
        return ServerRefusal(id, str(self.code), self.detail, self.shard)


class EngineError(Exception):
    """Our bug, in the process that computes games; its traceback there is a note of this."""


class EngineLostError(TownsquareError):
    """What computed a game has ended: a room is taken from its log again."""


class ReplayError(TownsquareError):
    """A room's log cannot be replayed as it stands."""

    def __init__(self, problem: str, *, room: str, seq: int | None = None) -> None:
        self.problem = problem
        self.room = room
        self.seq = seq
        place = f"room {room}" if seq is None else f"room {room}, entry {seq}"
        super().__init__(f"{place}: {problem}")


class BrokenEntryError(ReplayError):
    """An entry is missing, or what stands in its place is none."""


class DigestError(ReplayError):
    """A replayed round ended in another state than the one that was logged."""

    def __init__(self, *, room: str, seq: int, round: int, logged: str, replayed: str) -> None:
        self.round = round
        self.logged = logged
        self.replayed = replayed
        super().__init__(
            f"round {round} was logged with digest {logged} but replays to {replayed}: "
            "this version computes other numbers, or the log was changed; use the version named in its first entry",
            room=room,
            seq=seq,
        )
