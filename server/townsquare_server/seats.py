"""Seats: who sits where, and what brings somebody back to a seat - a signed token, or a personal code.

Law: a capability is (role, room, seat), signed with HMAC-SHA256 by a secret that comes from outside and compared in
constant time. Nothing here draws a random number: what must be unguessable is signed, or drawn by the caller.
A session file therefore holds no secret: personal codes follow from the server's secret, not from the log.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac
import itertools
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, cast, get_args

from townsquare_server.errors import Code, RefusalError
from townsquare_server.wire import Role

ALPHABET = "BCDFGHJKMNPRSTWXYZ"  # no look-alikes (I L O Q U V), and no A or E either: codes spell no words
JOIN_CODE_LETTERS = 6
PERSONAL_CODE_LETTERS = 8
HOST_KEY_LETTERS = 12
NICKNAME_LENGTH = 24
LONGEST_TYPED = 400
"""As much of what somebody typed as is looked at: a name or a code is far shorter."""
MIN_SECRET_BYTES = 16
HOST = "host"
COHOST = "cohost"
PROJECTOR = "projector"

_VERSION = "1"
_BLANKS = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"  # letters and signs that leave the paper white
_JOINERS = "\u200c\u200d"  # hold letters of some scripts, and emoji, together
_UNSEEN = re.compile("[\u200c\u200d\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")  # and variation selectors
MOST_MARKS = 4
"""Marks over one letter that a language may need; more climb out of their line."""
_LOOKALIKES = str.maketrans("авекмнорстухіјѕһӏԁԛԝαβεζηικμνορτυχı", "abekmhopctyxijshldqwabezhikmnoptyxi")
"""Cyrillic and Greek letters, small as casefolding leaves them, that in either case look like a Latin one."""


@dataclass(frozen=True, slots=True)
class Seat:
    """One place in a room. `team` is None for facilitator and projector."""

    id: str
    role: Role
    team: str | None
    nickname: str


def second_host(sent_away: int) -> str:
    """Return the seat of the second host when so many were sent away: none of theirs is given again."""
    return f"{COHOST}{sent_away + 1}" if sent_away else COHOST


class Claim(NamedTuple):
    """What a token proves: that its bearer may act as this seat."""

    role: Role
    room: str
    seat: str


class Signer:
    """Makes and checks capabilities. The first secret signs; older ones are still believed."""

    def __init__(self, secrets: Sequence[bytes]) -> None:
        if not secrets or any(len(secret) < MIN_SECRET_BYTES for secret in secrets):
            raise ValueError(f"a signer needs secrets of at least {MIN_SECRET_BYTES} bytes each")
        self._secrets = tuple(secrets)

    def token(self, claim: Claim) -> str:
        """Return the token of a seat: readable, but not forgeable."""
        payload = ".".join((_VERSION, *claim))
        return f"{payload}.{_signature(self._secrets[0], payload)}"

    def verify(self, token: str) -> Claim:
        """Return what a token proves, or refuse it."""
        payload, _, signature = token.rpartition(".")
        given = signature.encode("utf-8", "replace")
        valid = [hmac.compare_digest(_signature(secret, payload).encode(), given) for secret in self._secrets]
        parts = payload.split(".")
        if not any(valid) or len(parts) != 4 or parts[0] != _VERSION or parts[1] not in get_args(Role):
            detail = f"the token {token[:12]!r}... is not one of this server; join again, or use the personal code"
            raise RefusalError(Code.BAD_TOKEN, detail)
        return Claim(cast(Role, parts[1]), parts[2], parts[3])

    def personal_code(self, room: str, seat: str) -> str:
        """Return the code that brings a seat to another device."""
        return _personal_code(self._secrets[0], room, seat)

    def find_personal_code(self, room: str, seats: Iterable[str], code: str) -> str | None:
        """Return the seat that a personal code belongs to; takes the same time wherever it is."""
        given = _grouped(normal_code(code[:LONGEST_TYPED])).encode("utf-8", "replace")
        found: str | None = None
        for seat in seats:
            for secret in self._secrets:
                if hmac.compare_digest(_personal_code(secret, room, seat).encode(), given):
                    found = seat
        return found


def room_named_in(token: str) -> str:
    """Return the room that a token claims to be for, unproven; nothing when it names none."""
    parts = token.split(".")
    return parts[2] if len(parts) == 5 else ""


def _signature(secret: bytes, payload: str) -> str:
    mac = hmac.digest(secret, b"token\0" + payload.encode("utf-8", "replace"), hashlib.sha256)
    return base64.urlsafe_b64encode(mac).decode().rstrip("=")


def _personal_code(secret: bytes, room: str, seat: str) -> str:
    return _grouped(_spelled(secret, f"personal\0{room}\0{seat}", PERSONAL_CODE_LETTERS))


def host_key(secret: bytes) -> str:
    """Return the key that opens rooms from other machines: the same as long as the secret is."""
    return _grouped(_spelled(secret, "host key", HOST_KEY_LETTERS))


def _spelled(secret: bytes, what: str, count: int) -> str:
    """Return so many letters that nobody can know without the secret."""
    number = int.from_bytes(hmac.digest(secret, what.encode(), hashlib.sha256), "big")
    letters = ""
    for _ in range(count):
        number, index = divmod(number, len(ALPHABET))
        letters += ALPHABET[index]
    return letters


def _grouped(letters: str) -> str:
    """Return letters by fours, as people read them out."""
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def join_code(choose: Callable[[int], int]) -> str:
    """Return a room's code; `choose(n)` draws a number below n (`secrets.randbelow` in a server)."""
    return "".join(ALPHABET[choose(len(ALPHABET))] for _ in range(JOIN_CODE_LETTERS))


def normal_code(text: str) -> str:
    """Return a code as it was printed, however it was typed."""
    return "".join(text.upper().replace("-", " ").split())


def tidy(text: str) -> str:
    """Return a text without surrounding and doubled spaces, in the one form that Unicode has for it."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def hidden_in(text: str) -> list[str]:
    """Return the invisible characters of a text, but for those that hold letters together."""
    return [c for c in text if c not in _JOINERS and _invisible(c)]


def clean_nickname(text: str) -> str:
    """Return a nickname without surrounding and doubled spaces, or refuse it."""
    if len(text) > LONGEST_TYPED:
        detail = f"the nickname has {len(text)} characters; choose one of 1 to {NICKNAME_LENGTH} visible characters"
        raise RefusalError(Code.BAD_NICKNAME, detail)
    name = tidy(text)
    hidden = hidden_in(name)
    visible = sum(unicodedata.category(c)[0] != "M" and c not in _JOINERS for c in name)
    if hidden or name != name.strip(_JOINERS):
        code = ord(hidden[0]) if hidden else ord(_JOINERS[0])
        raise RefusalError(
            Code.BAD_NICKNAME, f"a nickname cannot hold the invisible character U+{code:04X}; leave it out"
        )
    if _most_marks(name) > MOST_MARKS:
        raise RefusalError(
            Code.BAD_NICKNAME, f"a nickname has at most {MOST_MARKS} marks over a letter; leave some out"
        )
    if not 1 <= visible <= NICKNAME_LENGTH or len(name) > 3 * NICKNAME_LENGTH:
        detail = f"the nickname {name[:40]!r} has {visible} visible characters; choose one of 1 to {NICKNAME_LENGTH}"
        raise RefusalError(Code.BAD_NICKNAME, detail)
    return name


def _most_marks(name: str) -> int:
    """Return how many marks stand over the letter that has most."""
    runs = itertools.groupby(unicodedata.normalize("NFD", name), lambda c: unicodedata.category(c) in ("Mn", "Me"))
    return max((len(list(run)) for marks, run in runs if marks), default=0)


def _invisible(character: str) -> bool:
    return character in _BLANKS or unicodedata.category(character)[0] == "C"


@functools.lru_cache(maxsize=4096)  # asked for every guest of a room at each join
def nickname_key(name: str) -> str:
    """Return what two nicknames that a reader would take for one have in common."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return _UNSEEN.sub("", folded).translate(_LOOKALIKES)
