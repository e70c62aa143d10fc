"""A room: a pure function of (scenario, seed, log), wrapped so that commands and time go in and effects come out.

It knows no clock, socket, thread or file: `now` comes in as milliseconds, and what is to be done goes out as
`effects`, which the shell carries out in order. Law: a command is checked, applied and appended to the log before
anything acknowledges or shows it.
"""

from __future__ import annotations

from collections.abc import Iterable

from townsquare_agents.scenario import Scenario
from townsquare_server import admission, commands, restore, views
from townsquare_server.course import Course
from townsquare_server.effects import Append, Audience, Disconnect, Effect, Send
from townsquare_server.engine import Question
from townsquare_server.entries import (
    Command,
    Commanded,
    Due,
    Entry,
    Joined,
    Restarted,
    encode,
)
from townsquare_server.errors import Code, RefusalError
from townsquare_server.graph_file import GraphFile
from townsquare_server.phases import Phase
from townsquare_server.publisher import Publisher
from townsquare_server.room_settings import RoomSettings
from townsquare_server.runner import Runner
from townsquare_server.seats import Seat
from townsquare_server.state import State
from townsquare_server.wire import (
    ClientAcknowledge,
    ClientChangeTeam,
    ClientInject,
    ClientInspectBuyer,
    ClientJoin,
    ClientMessage,
    ClientMoveSeat,
    ClientRedeem,
    ClientRemoveSeat,
    ClientResume,
    ClientRewind,
    ClientWithdrawHost,
    Driver,
    Language,
    ServerAck,
    ServerRoomInfo,
)

MOST_QUESTIONS = 8
"""Questions of a seat that may wait for their answers: more are asked than a game can answer."""


class Room:
    """One room. Every method but `compute` and `draw` belongs to one thread."""

    def __init__(self, state: State, runner: Runner, settings: RoomSettings, now: int) -> None:
        self.state = state
        self.settings = settings
        self._runner = runner
        self._publisher = Publisher(state, f"{settings.base_url}/#/join/{state.opened.code}", now)
        self._course = Course(state, runner, self._publisher, now)
        self._restarted: Restarted | None = None  # to be logged with the next effects
        self._unheard: dict[str, int] = {}  # seats from which nothing came yet, and when they were given
        self._owed: list[Effect] = []  # effects that a refused join could not hand over

    # ---------------------------------------------------------------------- life

    @classmethod
    def create(
        cls,
        code: str,
        scenario: Scenario,
        seed: int,
        teams: int,
        language: Language,
        settings: RoomSettings,
        now: int,
    ) -> tuple[Room, list[Effect]]:
        """Open a room in which guests run the first `teams` vendors."""
        opened = settings.opening(code, scenario, seed, teams, language)
        entry = Entry(1, now, 0, None, opened)
        state = State.open(entry, opened, scenario)
        engine = settings.make_engine(scenario, seed, settings.policies)
        room = cls(state, Runner(engine, scenario.calendar.ticks_per_round), settings, now)
        return room, [Append(1, encode(entry), True)]

    @classmethod
    def restore(
        cls, code: str, entries: Iterable[bytes], now: int, settings: RoomSettings | None = None, *, lost: int = 0
    ) -> Room:
        """Replay a log: the same state, proven by each round's digest. The restart is logged with the next effects.

        `lost` says how many entries at the log's end could not be read any more.
        """
        settings = settings or RoomSettings()
        state, runner = restore.replay(code, entries, settings.make_engine)
        room = cls(state, runner, settings, max(now, state.at))
        room._restarted = None if state.phase is Phase.CLOSED else Restarted(room.settings.version, lost)
        return room

    @property
    def code(self) -> str:
        """The room's code."""
        return self.state.opened.code

    @property
    def scenario(self) -> Scenario:
        """The scenario that is played here."""
        return self.state.scenario

    # ---------------------------------------------------------------------- seats

    def seat_for(self, message: ClientJoin | ClientResume | ClientRedeem, now: int) -> tuple[str, list[Effect]]:
        """Return the seat that a message gives, and the effects that welcome it there; raises RefusalError."""
        effects = self._wake(now)
        try:
            if isinstance(message, ClientJoin):
                seat = self._join(message, effects)
            else:
                seat = admission.find_seat(self.state, message, self.settings.signer)
        except RefusalError:
            self._owed = effects
            raise
        effects.append(self.welcome(seat, message.id, now))
        return seat, effects + self._publisher.changes(self._course.now)

    def _join(self, message: ClientJoin, effects: list[Effect]) -> str:
        recent = {seat for seat, at in self._unheard.items() if self._course.now - at < admission.LOST_WELCOME_MS}
        again = admission.unheard_seat(self.state, message, recent - set(self._publisher.around.online))
        if again is not None:
            return again
        nickname = admission.check_join(self.state, message, self.settings.most_seats)
        seat = f"s{self.state.joined + 1}"
        effects.append(self._course.append(Joined(nickname, message.team), seat))
        self._unheard[seat] = self._course.now
        return seat

    def welcome(self, seat: str, id: int, now: int) -> Send:
        """Return the message that tells a seat's device who it is, in answer to message `id`."""
        return Send(seat, admission.welcome(self.state, seat, id, now, self.settings))

    def info(self, id: int) -> ServerRoomInfo:
        """Return what a guest needs to choose a team, in answer to message `id`."""
        return views.room_info(self.state, self._publisher.around.online, id)

    def has_seat(self, seat: str) -> bool:
        """Whether a seat is (still) there."""
        return seat in self.state.seats

    def audience_of(self, seat: str) -> Audience:
        """Return the audience that a seat's connections belong to now; it changes when the seat changes teams."""
        return views.audience_of(self.state.seats[seat])

    def connected(self, seat: str, version: int | None, now: int) -> list[Effect]:
        """Take note of one more connection of a seat, and bring it up to date from the version it holds."""
        effects = self._wake(now)
        connections = self._publisher.arrive(seat)
        self._course.seen.add(seat)
        # another device of the seat gets these messages too: it may always take a whole view, but not a delta twice
        effects += self.resync(seat, version if connections == 1 else None)
        return effects + self._publisher.changes(self._course.now)

    def disconnected(self, seat: str, now: int) -> list[Effect]:
        """Take note of one connection less; presence is not logged."""
        effects = self._wake(now)
        self._publisher.leave(seat)
        self._course.left_at[seat] = self._course.now
        return effects + self._publisher.changes(self._course.now)

    def resync(self, seat: str, version: int | None = None) -> list[Effect]:
        """Return what brings a seat from `version` (None: from nothing) to the newest state; changes nothing."""
        return self._publisher.resync(seat, self.audience_of(seat), version)

    def set_graph_url(self, url: str, now: int) -> list[Effect]:
        """Tell everybody where the network's layout can be fetched."""
        effects = self._wake(now)
        self._publisher.draw(url)
        return effects + self._publisher.changes(self._course.now)

    # ---------------------------------------------------------------------- commands

    def receive(self, seat: str, message: ClientMessage, now: int) -> list[Effect]:
        """Take one message of a seat: acknowledged when it is in the log, or refused and nothing has changed."""
        effects = self._wake(now)
        self._unheard.pop(seat, None)
        try:
            return effects + self._receive(seat, message)
        except RefusalError as refusal:
            return [*effects, Send(seat, refusal.message(message.id))]

    def _receive(self, seat_id: str, message: ClientMessage) -> list[Effect]:
        seat = self.state.seats.get(seat_id)
        if seat is None:
            raise RefusalError(Code.NOT_SEATED, f"there is no seat {seat_id!r} in room {self.code}; join first")
        if isinstance(message, Command):
            message = commands.normal(message)
            if commands.repeated(self.state, seat, message):
                return [Send(seat.id, ServerAck(message.id))]
        commands.check(self.state, seat, message, self._course.now)
        if isinstance(message, ClientResume):
            return self._again(seat.id, message)
        if isinstance(message, ClientInspectBuyer):
            return self._ask(Question(seat.id, message.id, message.buyer))
        if isinstance(message, ClientAcknowledge) or not isinstance(message, Command):
            return []
        commanded = Commanded(message, self._due(message), self._drivers(message))
        second = self.state.cohost
        effects: list[Effect] = [self._course.append(commanded, seat.id), Send(seat.id, ServerAck(message.id))]
        effects += self._reseat(seat, message, second)
        effects += self._course.proceed() + self._publisher.changes(self._course.now)
        effects += self._publisher.retell() if isinstance(message, ClientRewind) else []
        return effects + self._course.order()

    def _ask(self, question: Question) -> list[Effect]:
        if self._runner.unanswered[question.seat] >= MOST_QUESTIONS:
            detail = f"{MOST_QUESTIONS} questions of yours wait for their answers; ask again when they have come"
            raise RefusalError(Code.TOO_FAST, detail)
        self._runner.ask(question)
        return self._course.order()

    def _drivers(self, message: Command) -> dict[str, Driver] | None:
        """Return who makes the plans of a round that is planned anew."""
        if not isinstance(message, ClientRewind) or commands.goes_to_end(self.state, message):
            return None
        return self._course.drivers()

    def _due(self, message: Command) -> Due | None:
        """Return when an injected event happens; refuse one for which no tick is left."""
        if not isinstance(message, ClientInject):
            return None
        due, rounds = self._course.due_event(), self.scenario.calendar.rounds
        if due.round > rounds:
            detail = f"no tick is left in which {message.event!r} could happen: round {rounds} is the last"
            raise RefusalError(Code.NO_ROUND_LEFT, detail)
        return due

    def _reseat(self, seat: Seat, message: Command, second: str) -> list[Effect]:
        """Show a seat that changed teams its new view, and a removed one the door; `second` was the second host's."""
        match message:
            case ClientChangeTeam():
                return self.resync(seat.id)
            case ClientMoveSeat(seat=guest):
                return self.resync(guest)
            case ClientRemoveSeat(seat=guest):
                self._unheard.pop(guest, None)
                return [Disconnect(guest, "removed")]
            case ClientWithdrawHost():
                return [Disconnect(second, "withdrawn"), self.welcome(seat.id, 0, self._course.now)]
        return []

    def _again(self, seat: str, message: ClientResume) -> list[Effect]:
        """Bring up to date a seat that missed a delta: it sends its token again."""
        if admission.find_seat(self.state, message, self.settings.signer) != seat:
            detail = f"this connection has the seat {seat!r}; open another connection for another seat"
            raise RefusalError(Code.ALREADY_SEATED, detail)
        return [self.welcome(seat, message.id, self._course.now), *self.resync(seat)]

    # ---------------------------------------------------------------------- time

    def advance(self, now: int) -> list[Effect]:
        """Do what is due by now: publish computed ticks, change phases, ask for the next tick."""
        effects = self._wake(now)
        told = self._runner.collect()
        effects += [Send(question.seat, views.buyer_story(story, question.id)) for question, story in told]
        effects += self._course.proceed() + self._publisher.changes(self._course.now)
        return effects + self._course.order()

    def next_deadline(self) -> int | None:
        """Return when `advance` has something to do; None while only a command or the worker can bring that about."""
        if self._restarted is not None or self._owed:
            return self._course.now
        deadlines = (self._course.next_deadline(), self._publisher.next_deadline())
        return min((deadline for deadline in deadlines if deadline is not None), default=None)

    def compute(self) -> None:
        """Compute what the last `Compute` asked for; in the worker thread."""
        self._runner.compute()

    def draw(self) -> GraphFile:
        """Return the picture of the network that is played on; in the worker thread."""
        return self._runner.engine.draw()

    def _wake(self, now: int) -> list[Effect]:
        """Let no clock run backwards; after a restore, log the restart before anything else."""
        self._course.now = max(self._course.now, now)
        owed, self._owed = self._owed, []
        restarted, self._restarted = self._restarted, None
        if restarted is None:
            return owed
        return [self._course.append(restarted, None), *self._course.proceed(), *self._course.order()]
