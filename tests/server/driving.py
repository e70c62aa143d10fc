"""A room driven by hand: effects carried out in order, log and bytes kept, the clock in our hands."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass, field
from typing import Any

import msgspec

from townsquare_agents.scenario import Scenario, load_scenario
from townsquare_server import views, wire
from townsquare_server.effects import Append, Compute, Disconnect, Effect, Publish, Send
from townsquare_server.history import apply
from townsquare_server.room import Room
from townsquare_server.room_settings import RoomSettings
from townsquare_server.seats import Signer

START = 1_760_000_000_000
SIGNER = Signer([b"a secret of the tests, long enough"])
TEXT = {"en": "It happens", "nb": "Det skjer"}
SETTINGS = RoomSettings(SIGNER, "http://square.example")


@functools.cache
def small_scenario(rounds: int = 2, ticks: int = 4, buyers: int = 60) -> Scenario:
    """The shipped scenario, small enough to be played hundreds of times in a test."""
    data = json.loads(load_scenario("first_market").to_json())
    data["population"]["buyers"] = buyers
    data["calendar"] |= {"rounds": rounds, "ticks_per_round": ticks, "running_seconds": 2}
    data["calendar"] |= {"briefing_seconds": 10, "planning_seconds": 20, "review_seconds": 10}
    for platform in data["platforms"]:
        if platform["network"]:
            platform["network"]["mean_degree"] = min(6.0, platform["network"]["mean_degree"])
    for play in data["plays"]:
        for message in play["messages"]:
            message["first_day"] = 1
    return Scenario.from_json(json.dumps(data).encode())


def eventful(rounds: int = 3, ticks: int = 4, buyers: int = 60, **scheduled: int) -> Scenario:
    """A small scenario with a recession that halves the money, and a boom; `recession=2` has it come by itself."""
    data = json.loads(small_scenario(rounds, ticks, buyers).to_json())
    changes = {"recession": 0.5, "boom": 2.0}
    data["events"] = [
        {
            "id": id,
            "name": TEXT,
            "summary": TEXT,
            "round": scheduled.get(id),
            "tick": 3,
            "changes": [
                {"path": "calendar.money_per_round", "multiply": factor},
                {"path": "parameters.need.per_quarter", "multiply": factor},
            ],
        }
        for id, factor in changes.items()
    ]
    return Scenario.from_json(json.dumps(data).encode())


def strip(value: Any) -> Any:
    """Drop members that are null: they mean the same as absent ones."""
    if isinstance(value, dict):
        return {key: strip(item) for key, item in value.items() if item is not None}
    return value


def plain(view: wire.View) -> Any:
    return strip(msgspec.to_builtins(view))


@dataclass
class Driver:
    """Stands in the shell's place, without sockets and threads."""

    room: Room
    now: int
    log: list[bytes] = field(default_factory=list)
    sent: dict[str, list[wire.ServerMessage]] = field(default_factory=dict)
    published: dict[str, list[wire.ServerMessage]] = field(default_factory=dict)
    mirrors: dict[str, tuple[int, Any]] = field(
        default_factory=dict
    )  # seat -> version and view, as a client keeps them
    next_id: int = 100
    computes: int = 0

    @classmethod
    def open(cls, scenario: Scenario | None = None, teams: int = 2, seed: int = 7) -> Driver:
        room, effects = Room.create("KWMRTX", scenario or small_scenario(), seed, teams, "en", SETTINGS, START)
        driver = cls(room, START)
        driver.run(effects)
        driver.run(room.connected("host", None, START))
        return driver

    def run(self, effects: list[Effect]) -> list[Effect]:
        """Carry effects out in their order; return them, those of finished computations included."""
        todo, done = list(effects), []
        while todo:
            effect = todo.pop(0)
            done.append(effect)
            if isinstance(effect, Append):
                self.keep(effect)
            elif isinstance(effect, Send):
                self.sent.setdefault(effect.seat, []).append(effect.message)
                self._mirror(effect.seat, effect.message)
            elif isinstance(effect, Publish):
                self.published.setdefault(effect.audience, []).append(effect.message)
                for seat in list(self.mirrors):
                    if self.room.audience_of(seat) == effect.audience:
                        self._mirror(seat, effect.message)
            elif isinstance(effect, Compute):
                self.computes += 1
                self.room.compute()
                todo += self.room.advance(self.now)
            else:
                assert isinstance(effect, Disconnect)
                self.mirrors.pop(effect.seat, None)
        return done

    def keep(self, append: Append) -> None:
        """Write an entry of the log."""
        assert append.seq == len(self.log) + 1
        self.log.append(append.entry)

    def _mirror(self, seat: str, message: wire.ServerMessage) -> None:
        if isinstance(message, wire.ServerSnapshot):
            self.mirrors[seat] = (message.version, msgspec.to_builtins(message.view))
        elif isinstance(message, wire.ServerDelta):
            version, view = self.mirrors[seat]
            assert message.version == version + 1
            self.mirrors[seat] = (message.version, apply(view, message.patch))

    def join(self, nickname: str, team: str) -> str:
        seat, effects = self.room.seat_for(wire.ClientJoin(1, "KWMRTX", nickname, team), self.now)
        self.run(effects)
        self.run(self.room.connected(seat, None, self.now))
        return seat

    def say(self, seat: str, kind: type[wire.ClientMessage], *values: object) -> wire.ServerMessage:
        """Send a command; return its answer."""
        self.next_id += 1
        return self.tell(seat, kind(self.next_id, *values))

    def tell(self, seat: str, message: wire.ClientMessage) -> wire.ServerMessage:
        """Send this very message; return the last answer that carries its number."""
        done = self.run(self.room.receive(seat, message, self.now))
        answers = [
            effect.message
            for effect in done
            if isinstance(effect, Send) and effect.seat == seat and getattr(effect.message, "id", None) == message.id
        ]
        return answers[-1]

    def skip(self) -> None:
        """The facilitator ends the phase."""
        state = self.room.state
        answer = self.say("host", wire.ClientAdvance, state.phase.value, state.round)
        assert isinstance(answer, wire.ServerAck), answer

    def to(self, phase: str, round: int | None = None) -> None:
        """Let the facilitator skip until this phase."""
        while self.room.state.phase.value != phase or (round is not None and self.room.state.round != round):
            self.skip()

    def wait(self, milliseconds: int) -> None:
        """Let time pass, calling `advance` when the room asks for it."""
        until = self.now + milliseconds
        while (deadline := self.room.next_deadline()) is not None and deadline <= until:
            self.now = max(self.now, deadline)
            self.run(self.room.advance(self.now))
        self.now = until

    def crash(self, away: int = 1_000) -> None:
        """Kill the server and start it again after a while: connections and all that is not logged are gone."""
        self.now += away
        self.room = Room.restore("KWMRTX", self.log, self.now, SETTINGS)
        self.mirrors.clear()

    def restored(self, entries: int | None = None) -> Room:
        """Replay the log, or its first entries, as of the last one's time."""
        return Room.restore("KWMRTX", self.log[:entries], 0, SETTINGS)

    def views(self, room: Room | None = None) -> dict[str, Any]:
        """Every audience's view, without what belongs to a server's life: presence and address."""
        return {audience: timeless(room or self.room, audience) for audience in views.audiences(self.room.state)}


def timeless(room: Room, audience: str) -> Any:
    return plain(views.view(room.state, audience, views.Surroundings(room.scenario, "", None, {})))


def accepted(driver: Driver, kind: type[wire.ClientMessage], *values: object, seat: str = "host") -> None:
    answer = driver.say(seat, kind, *values)
    assert isinstance(answer, wire.ServerAck), answer


def refused(driver: Driver, kind: type[wire.ClientMessage], *values: object, seat: str = "host") -> str:
    length = len(driver.log)
    answer = driver.say(seat, kind, *values)
    assert isinstance(answer, wire.ServerRefusal), answer
    assert len(driver.log) == length
    return answer.code


def seen(driver: Driver, seat: str) -> Any:
    return driver.mirrors[seat][1]


def check_replay(driver: Driver) -> None:
    again = driver.restored()
    assert again.state.digests == driver.room.state.digests
    assert driver.views(again) == driver.views()


def phase(driver: Driver) -> tuple[str, int]:
    return driver.room.state.phase.value, driver.room.state.round


def code(answer: wire.ServerMessage) -> str:
    assert isinstance(answer, wire.ServerRefusal), answer
    assert answer.detail[0].islower() or answer.detail[0] in "'0123456789-"
    return answer.code


def start_running(driver: Driver) -> None:
    driver.to("planning")
    driver.wait(20_000)
    assert driver.room.state.phase.value == "running"
