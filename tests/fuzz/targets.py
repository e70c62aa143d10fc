"""What strangers' bytes are given to: each target takes any bytes, and ends quietly or has found a mistake of ours.

Law: a target lets pass the errors that its function promises, and nothing else. `test_fuzz.py` runs each for a moment
in every suite; `fuzz.py` runs them for as long as one likes, guided by coverage where atheris is installed.
"""

from __future__ import annotations

import base64
import contextlib
import functools
import json
import random
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "server"))
from driving import SIGNER, Driver, eventful  # noqa: E402

from townsquare_agents.errors import ScenarioErrors  # noqa: E402
from townsquare_agents.paths import scenarios_folder  # noqa: E402
from townsquare_agents.scenario import parse_scenario  # noqa: E402
from townsquare_server import entries, session_file  # noqa: E402
from townsquare_server.codec import Format, decode, encode  # noqa: E402
from townsquare_server.errors import RefusalError, ReplayError  # noqa: E402
from townsquare_server.http_messages import HttpRequest  # noqa: E402
from townsquare_server.limits import customer, is_loopback, plain_address  # noqa: E402
from townsquare_server.lobby import Lobby  # noqa: E402
from townsquare_server.logs import clean  # noqa: E402
from townsquare_server.names import Names, host_name  # noqa: E402
from townsquare_server.phases import Phase  # noqa: E402
from townsquare_server.restore import replay  # noqa: E402
from townsquare_server.seats import clean_nickname, nickname_key, normal_code  # noqa: E402
from townsquare_server.settings import Settings  # noqa: E402
from townsquare_server.shell_errors import SessionFileError  # noqa: E402
from townsquare_server.upload_check import Limits, Task, check  # noqa: E402
from townsquare_server.wire import (  # noqa: E402
    ClientAdvance,
    ClientJoin,
    ClientPeek,
    ClientRedeem,
    ClientResume,
    ServerRefusal,
)

SEATS = ("host", "s1", "s2", "projector")
LIFE = 300
"""Messages after which a fuzzed room is begun anew."""
BEGINNINGS = ("planning", "lobby", "running", "planning", "review", "briefing", "planning", "debrief")


def decoder(data: bytes) -> None:
    """Any frame is a message or a typed refusal, which can be said in both formats."""
    for format, frame in ((Format.MSGPACK, data), (Format.JSON, data), (Format.JSON, data.decode("utf-8", "replace"))):
        answer = decode(format, frame)
        if isinstance(answer, ServerRefusal):
            for way in Format:
                assert len(encode(way, answer)) < 2000
        else:
            assert decode(Format.MSGPACK, msgspec.msgpack.encode(answer)) == answer


def words(data: bytes) -> None:
    """Tokens, codes, names, addresses, hosts, targets: texts that people and browsers send."""
    text = data.decode("utf-8", "replace")
    for refusing in (SIGNER.verify, clean_nickname):
        with contextlib.suppress(RefusalError):
            refusing(text)
    assert SIGNER.find_personal_code("KWMRTX", SEATS, text) in (None, *SEATS)
    for total in (nickname_key, normal_code, host_name, plain_address, is_loopback, customer, NAMES.answers_to):
        total(text)
    NAMES.may_connect(text, text)
    assert len(clean(text).splitlines()) <= 1
    with contextlib.suppress(ValueError):
        HttpRequest.of(text, {"accept-encoding": text, "host": text, "if-none-match": text}).accepts_gzip()


def entry(data: bytes) -> None:
    """Any blob of a log is an entry or told of."""
    with contextlib.suppress(ReplayError):
        found = entries.decode(data, "KWMRTX", 1)
        entries.encode(found)


def log(data: bytes) -> None:
    """A log with one entry replaced replays, or stops with its place."""
    blobs = list(recorded())
    blobs[data[0] % len(blobs) if data else 0] = data[1:]
    with contextlib.suppress(ReplayError):
        replay("KWMRTX", blobs)


def session(data: bytes) -> None:
    """Any file is a session or told of."""
    path = FOLDER / "fuzzed.townsquare"
    path.write_bytes(data)
    with contextlib.suppress(SessionFileError, ReplayError):
        _, blobs = session_file.unpack(path)
        session_file.decode_all("KWMRTX", blobs[:1000])


def scenario(data: bytes) -> None:
    """Any file that is handed in is a scenario or told of, in a bounded number of words."""
    verdict = check(Task(data, LIMITS, 60.0))
    assert (verdict.scenario is None) == bool(verdict.errors)
    assert sum(map(len, verdict.errors)) < 5000
    if len(data) < 4000:
        with contextlib.suppress(ScenarioErrors):
            parse_scenario(data, "fuzzed.toml")


class Fuzzed:
    """A room that takes whatever comes, and is begun anew from time to time."""

    def __init__(self) -> None:
        self.left = self.begun = 0
        self.driver = Driver.open(SMALL)
        self.lobby = Lobby({SMALL.id: SMALL}, SIGNER, lambda n: 0)

    def begin(self) -> None:
        self.left = LIFE
        self.driver = Driver.open(SMALL)
        for nickname, team in (("Ann", "A"), ("Bob", "B")):
            self.driver.join(nickname, team)
        self.driver.to(BEGINNINGS[self.begun % len(BEGINNINGS)])
        self.begun += 1
        self.lobby.rooms = {self.driver.room.code: self.driver.room}

    def take(self, data: bytes) -> None:
        """Two bytes say who speaks and how long it waited; the rest is the frame."""
        if self.left == 0 or self.driver.room.state.phase is Phase.CLOSED:
            self.begin()
        self.left -= 1
        who, wait, frame = data[:1], data[1:2], data[2:]
        message = decode(Format.MSGPACK, frame)
        if isinstance(message, ServerRefusal):
            return
        if frame[-1] % 8:  # else it may be a command sent twice
            message = msgspec.structs.replace(message, id=10**6 + self.left)
        driver = self.driver
        driver.wait(wait[0] * 20 if wait else 0)
        if isinstance(message, ClientAdvance) and wait and wait[0] % 2:  # else a game would never get anywhere
            state = driver.room.state
            message = ClientAdvance(message.id, state.phase.value, state.round)
        with contextlib.suppress(RefusalError):
            match message:
                case ClientPeek():
                    self.lobby.peek(message)
                case ClientJoin() | ClientRedeem() | ClientResume():
                    seat, effects = self.lobby.admit(message, driver.now)[1:]
                    driver.run(effects)
                    driver.run(driver.room.connected(seat, None, driver.now))
                case _:
                    seat = SEATS[who[0] % len(SEATS)] if who else SEATS[0]
                    if driver.room.has_seat(seat):
                        driver.run(driver.room.receive(seat, message, driver.now))


@functools.cache
def fuzzed_room() -> Fuzzed:
    return Fuzzed()


def room(data: bytes) -> None:
    """Any message from anybody at any time is carried out or refused."""
    fuzzed_room().take(data)


@functools.cache
def recorded() -> tuple[bytes, ...]:
    """The log of a short game."""
    driver = Driver.open(SMALL)
    driver.join("Ann", "A")
    driver.to("review", 1)
    return tuple(driver.log)


@functools.cache
def seeds(target: str) -> tuple[bytes, ...]:
    """Valid inputs to begin from."""
    fixtures = [json.loads(path.read_text("utf-8")) for path in sorted((HERE.parent / "wire").glob("client_*.json"))]
    frames = [base64.b64decode(fixture["msgpack_base64"]) for fixture in fixtures]
    texts = [json.dumps(fixture["json"]).encode() for fixture in fixtures]
    whole = session_file.pack("KWMRTX", list(recorded()))
    shipped = [path.read_bytes() for path in sorted(scenarios_folder().rglob("*.toml"))]
    token = SIGNER.token(("participant", "KWMRTX", "s1"))  # type: ignore[arg-type]
    said = [
        token,
        "KWMRTX",
        "bcdf-ghjk",
        "Åse",
        "http://[::1]:8321",
        "/rooms/KWMRTX/x?token=a%20b",
        "::ffff:10.0.0.1%1",
        "gzip;q=0.5",
    ]
    return {
        "decoder": (*frames, *texts),
        "words": tuple(text.encode() for text in said),
        "entry": recorded(),
        "log": tuple(bytes([number]) + blob for number, blob in enumerate(recorded())),
        "session": (whole,),
        "scenario": tuple(shipped),
        "room": tuple(bytes([number % 4, 0]) + frame for number, frame in enumerate(frames)),
    }[target]


NUMBERS = [0, -1, 1, 2**53, 2**64 - 1, -(2**63), 1.5, float("nan"), float("inf"), -0.0, True, False, None]
TEXTS = ["", "\0", "\ud7ff", "é" * 40, "x" * 5000, "\u202e", "\u200d", "A", "B", "s1", "host", "projector", "KWMRTX"]
NAMED = [
    "planning",
    "lobby",
    "review",
    "contest",
    "contest#2",
    "ad_burst",
    "level",
    "topic",
    "boom",
    "people",
    "policy",
]
NASTY: list[Any] = [*NUMBERS, *TEXTS, *NAMED, [], {}, [[]], {"a": {}}, b"", b"\xff", [1] * 50]


def mutate(data: bytes, random: random.Random) -> bytes:
    """Return a neighbour: another value or name in the same structure where there is one, else other bytes."""
    if random.random() < 0.8:
        for prefix in (0, 2):  # a room's inputs begin with who speaks and how long it waited
            with contextlib.suppress(Exception):
                message = msgspec.msgpack.decode(data[prefix:])
                if isinstance(message, dict):
                    return random.randbytes(prefix) + _disturbed(message, random)
    return _scrambled(data, random)


def _disturbed(message: dict[Any, Any], random: random.Random) -> bytes:
    """Change a message: most often to values of the same kind, so that it is read and the room has to judge it."""
    for key, value in list(message.items()):
        if key != "t" and random.random() < 0.5:
            message[key] = _another(value, random)
    if random.random() < 0.15:
        message[random.choice([*message, "x"])] = random.choice(NASTY)
    if random.random() < 0.05:
        message.pop(random.choice(list(message)))
    return msgspec.msgpack.encode(message)


def _another(value: Any, random: random.Random) -> Any:
    match value:
        case bool():
            return not value
        case int():
            return random.choice([0, 1, 2, 3, 10, 100, 2**53 - 1, value, value + 1])
        case str() | None:
            return random.choice([*NAMED, *NAMED, *TEXTS, value])
        case _:
            return value


def _scrambled(data: bytes, random: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(random.randint(1, 4)):
        at = random.randrange(len(out) + 1)
        action = random.randrange(5)
        if action == 0 and out:
            out[at % len(out)] ^= 1 << random.randrange(8)
        elif action == 1:
            out[at:at] = random.randbytes(random.randint(1, 8))
        elif action == 2:
            del out[at : at + random.randint(1, 8)]
        elif action == 3:
            out[at:at] = out[at : at + 16] * random.randint(1, 20)
        else:
            del out[at:]
    return bytes(out[:20_000])


SMALL = eventful(rounds=2, ticks=3, buyers=30, boom=2)
LIMITS = Limits(20_000, 2_000_000, 2_000_000_000)
NAMES = Names(Settings(public_url="https://square.example"))
FOLDER = Path(tempfile.mkdtemp(prefix="townsquare-fuzz-"))
TARGETS: dict[str, Callable[[bytes], None]] = {
    each.__name__: each for each in (decoder, words, entry, log, session, scenario, room)
}
