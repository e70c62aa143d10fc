"""Anything from anybody in any order: a room never raises, a refusal changes nothing, the log always restores it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from townsquare_server import changes, views, wire
from townsquare_server.effects import Append, Send
from townsquare_server.errors import RefusalError
from townsquare_server.room import Room

sys.path.insert(0, str(Path(__file__).parent))
from driving import SETTINGS, Driver, eventful, strip

SCENARIO = eventful(rounds=2, ticks=3, buyers=30, boom=2)
SLOTS = st.sampled_from([play.id for play in SCENARIO.plays] + ["contest#2", "contest#1", "", "nothing", "x" * 300])
VALUES = st.one_of(
    st.integers(-2, 7),
    st.none(),
    st.booleans(),
    st.sampled_from([topic.id for topic in SCENARIO.topics] + [kind.id for kind in SCENARIO.archetypes]),
    st.text(max_size=5),
)
PHASES = st.sampled_from(["lobby", "briefing", "planning", "running", "review", "debrief", "closed"])
TEAMS = st.sampled_from(["A", "B", "C", "", "team:A"])
SEATS = st.sampled_from(["s1", "s2", "s3", "host", "projector", "s99"])
NAMES = st.sampled_from(["Kari", "kari", "Ola", "\u202eevil", "", "Per", "陳小姐", "a" * 30])
IDS = st.integers(1, 40)  # 0 marks what nobody asked for; few numbers, so that repetitions and collisions come up


def commands() -> st.SearchStrategy[wire.ClientMessage]:
    edit = st.builds(wire.ClientEditPlan, IDS, SLOTS, st.sampled_from(["level", "topic", "audience"]), VALUES)
    sensible = st.builds(
        wire.ClientEditPlan,
        IDS,
        st.sampled_from(["contest", "ad_burst", "nurture"]),
        st.just("level"),
        st.integers(0, 3),
    )
    return st.one_of(
        edit,
        sensible,
        st.builds(wire.ClientSetReady, IDS, st.booleans()),
        st.builds(wire.ClientChangeTeam, IDS, TEAMS),
        st.builds(wire.ClientAdvance, IDS, PHASES, st.integers(0, 3)),
        st.builds(wire.ClientPause, IDS),
        st.builds(wire.ClientContinue, IDS),
        st.builds(wire.ClientExtend, IDS, st.integers(-86_400, 86_400)),
        st.builds(wire.ClientStep, IDS, st.sampled_from(["tick", "round"])),
        st.builds(wire.ClientSetSpeed, IDS, st.integers(10, 1000)),
        st.builds(wire.ClientInject, IDS, st.sampled_from(["recession", "boom", "plague"])),
        st.builds(wire.ClientTell, IDS, st.none() | TEAMS, st.text(max_size=9)),
        st.builds(wire.ClientMoveSeat, IDS, SEATS, TEAMS),
        st.builds(wire.ClientRenameSeat, IDS, SEATS, NAMES),
        st.builds(wire.ClientRemoveSeat, IDS, SEATS),
        st.builds(wire.ClientLockRoom, IDS, st.booleans()),
        st.builds(wire.ClientSetDriver, IDS, TEAMS, st.sampled_from(["people", "policy"])),
        st.builds(wire.ClientSetAside, IDS, st.booleans(), st.none() | SEATS),
        st.builds(wire.ClientNameHost, IDS, NAMES),
        st.builds(wire.ClientWithdrawHost, IDS),
        st.builds(wire.ClientRewind, IDS, st.integers(1, 3), st.integers(2, 3), st.none() | st.integers(1, 3)),
        st.builds(wire.ClientInspectBuyer, IDS, st.integers(0, 40)),
        st.builds(wire.ClientAcknowledge, IDS, st.integers(0, 2**53 - 1)),
        st.builds(wire.ClientResume, IDS, st.text(max_size=9), st.none() | IDS),
        st.builds(wire.ClientJoin, IDS, st.just("KWMRTX"), st.text(max_size=9), TEAMS),
        st.builds(wire.ClientListScenarios, IDS),
    )


class RoomMachine(RuleBasedStateMachine):
    """Drives a room and compares it, whenever the log grew, with the room that the log restores."""

    @initialize()
    def open(self) -> None:
        self.driver = Driver.open(SCENARIO)
        self.people = ["host", "cohost", "projector", "s99"]
        self.checked = 0

    def seats(self) -> list[str]:
        return [seat for seat in self.people if seat in self.driver.room.state.seats]

    @rule(nickname=NAMES, team=TEAMS)
    def join(self, nickname: str, team: str) -> None:
        before, restarting = self.everything(), self.driver.room._restarted
        try:
            self.people.append(self.driver.join(nickname, team))
        except RefusalError:
            assert restarting or self.everything() == before

    @rule(who=st.integers(0, 9), message=commands())
    def command(self, who: int, message: wire.ClientMessage) -> None:
        driver = self.driver
        seat = self.people[who % len(self.people)]
        driver.run(driver.room.advance(driver.now))  # a restart that is owed changes something, whatever is refused
        before, length = self.everything(), len(driver.log)
        effects = driver.room.receive(seat, message, driver.now)
        answers = [e.message for e in effects if isinstance(e, Send) and getattr(e.message, "id", None) == message.id]
        assert len(answers) == (0 if isinstance(message, wire.ClientAcknowledge) and seat != "s99" else 1) or (
            isinstance(message, wire.ClientInspectBuyer)
        )
        acknowledged = [
            i for i, e in enumerate(effects) if isinstance(e, Send) and isinstance(e.message, wire.ServerAck)
        ]
        appended = [i for i, e in enumerate(effects) if isinstance(e, Append)]
        driver.run(effects)
        if any(isinstance(answer, wire.ServerRefusal) for answer in answers):
            assert len(driver.log) == length
            assert self.everything() == before
        elif acknowledged and appended:
            assert appended[0] < acknowledged[0]

    @rule(message=commands())
    def lead(self, message: wire.ClientMessage) -> None:
        self.command(0, message)

    @rule()
    def skip(self) -> None:
        if self.driver.room.state.phase.value != "closed":
            self.driver.skip()

    @rule(back=st.integers(0, 2), of=st.none() | st.integers(1, 3))
    def go_back(self, back: int, of: int | None) -> None:
        state = self.driver.room.state
        self.driver.say("host", wire.ClientRewind, max(1, state.round - back), state.branch + 1, of)

    @rule(milliseconds=st.sampled_from([1, 300, 700, 5_000, 21_000]))
    def wait(self, milliseconds: int) -> None:
        self.driver.wait(milliseconds)

    @rule(who=st.integers(0, 9))
    def come_back(self, who: int) -> None:
        seats = self.seats()
        seat = seats[who % len(seats)]
        version = self.driver.mirrors.get(seat, (None, None))[0]
        effects = self.driver.room.connected(seat, version, self.driver.now)
        for effect in effects:
            # a mirror that is at the newest version needs nothing; an older one is never in these tests
            assert not isinstance(effect, Send) or not isinstance(effect.message, wire.ServerDelta)
        self.driver.run(effects)

    @rule(who=st.integers(0, 9))
    def go(self, who: int) -> None:
        seats = self.seats()
        seat = seats[who % len(seats)]
        self.driver.mirrors.pop(seat, None)
        self.driver.run(self.driver.room.disconnected(seat, self.driver.now))

    @rule(away=st.sampled_from([0, 1_000, 3_600_000]))
    def crash(self, away: int) -> None:
        self.driver.crash(away)

    def everything(self) -> dict[str, Any]:
        return self.driver.views()

    @invariant()
    def mirrors_are_current(self) -> None:
        if not hasattr(self, "driver") or self.driver.room._publisher.next_deadline() is not None:
            return  # a crowd is shown its changes together, a moment later
        room = self.driver.room
        for seat, (_, view) in self.driver.mirrors.items():
            expected = views.view(room.state, room.audience_of(seat), room._publisher.around)
            assert strip(view) == strip(wire.msgspec.to_builtins(expected))

    @invariant()
    def log_restores_the_room(self) -> None:
        if not hasattr(self, "driver") or len(self.driver.log) < self.checked + 6:
            return
        self.compare()

    def teardown(self) -> None:
        if hasattr(self, "driver"):
            self.compare()

    def compare(self) -> None:
        driver, live = self.driver, self.driver.room
        self.checked = len(driver.log)
        driver.run(live.advance(driver.now))  # logs a restart that is still owed
        again = Room.restore("KWMRTX", driver.log, driver.now, SETTINGS)
        while again.state.tick < live.state.tick:  # ticks that were published since the last entry are not logged
            changes.publish(again.state, again._runner.compute_now())
        assert driver.views(again) == driver.views()
        assert again.state.digests == live.state.digests
        assert again.state.recent == live.state.recent
        for runner in (again._runner, live._runner):
            while runner.behind and runner.order():
                runner.compute()
                runner.collect()
        if live.state.phase.value != "running":
            assert again._runner.engine.game.digest() == live._runner.engine.game.digest()


TestRoomMachine = RoomMachine.TestCase
TestRoomMachine.settings = settings(
    max_examples=25, stateful_step_count=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
