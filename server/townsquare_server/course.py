"""What happens by itself in a room: ticks that are due are published, phases that are over are left, rounds are closed.

Law: every such step is one entry of the log, appended here and applied by the function that replays it.
"""

from __future__ import annotations

from townsquare_agents.errors import InvariantError
from townsquare_server import changes, restore
from townsquare_server.effects import Append, Compute, Effect
from townsquare_server.entries import Data, Due, Entry, PhaseBegan, RoundEnded, Shown, durable, encode
from townsquare_server.phases import Cause, Phase, following, name_of
from townsquare_server.publisher import Publisher
from townsquare_server.runner import Runner
from townsquare_server.state import State
from townsquare_server.wire import Driver

AWAY_MS = 30_000
"""How long a planning waits for a seat that went away: phones sleep, and wake up again."""
NEVER = 2**62


class Course:
    """The course of one room. `now` is the newest time it was told, in milliseconds."""

    def __init__(self, state: State, runner: Runner, publisher: Publisher, now: int) -> None:
        self.now = now
        # who was online since the last planning began; after a restart everybody has the benefit of the doubt
        self.seen = set(state.seats)
        self.left_at: dict[str, int] = {}  # when the last connection of a seat ended
        self._began = now
        self._state = state
        self._runner = runner
        self._publisher = publisher

    def append(self, data: Data, seat: str | None) -> Append:
        """Apply what was decided, and return the entry that keeps it."""
        entry = Entry(self._state.seq + 1, self.now, self._state.tick, seat, data)
        restore.apply(self._state, self._runner, entry)
        if not isinstance(data, Shown):  # of which the publisher knows from the tick itself
            self._publisher.touch()
        return Append(entry.seq, encode(entry), durable(data))

    def next_deadline(self) -> int | None:
        """Return when the next step is due; None while only a command or the worker can bring one about."""
        state = self._state
        if state.phase is not Phase.RUNNING:
            return None if state.timer.paused or state.phase is Phase.CLOSED else self._ends_at()
        if self._runner.next is None:
            return None
        if state.timer.paused:
            return self.now if state.tick_due(self.now) else None
        return state.due(state.tick + 1)

    def _ends_at(self) -> int | None:
        """Return when the clock, or the last team that is waited for in vain, ends this phase."""
        ends = [NEVER if self._state.timer.ends_at is None else self._state.timer.ends_at]
        if self._state.phase is Phase.PLANNING:
            ends.append(self._ready_at())
        return None if min(ends) == NEVER else min(ends)

    def _ready_at(self) -> int:
        """Return when every team of people, of which one at least is, has called its plan done or was away too long."""
        state = self._state
        teams = state.teams_of_people()
        waited_for = [team for team in teams if not state.plans[team].ready]
        if len(waited_for) == len(teams):
            return NEVER
        return max((self._gone_at(seat) for team in waited_for for seat in state.players(team)), default=0)

    def _gone_at(self, seat: str) -> int:
        """Return from when on a seat is not waited for: who is away may come back for a while."""
        if seat in self._publisher.around.online:
            return NEVER
        return self.left_at.get(seat, self._began) + AWAY_MS

    def proceed(self) -> list[Effect]:
        """Take every step that is due."""
        effects: list[Effect] = []
        for step in iter(self._step, None):
            effects += step
        return effects

    def order(self) -> list[Effect]:
        """Ask for the next tick and for answers: last of all, when what is due is on its way."""
        return [Compute()] if self._runner.order(running=self._state.phase is Phase.RUNNING) else []

    def _step(self) -> list[Effect] | None:
        """Take one step that is due; None when nothing is."""
        state = self._state
        if state.phase is not Phase.RUNNING:
            return self._change_phase() if self._phase_over() else None
        if self._runner.next is None or not state.tick_due(self.now):
            return None
        before = state.nodes
        changes.publish(state, self._runner.take())
        frames = self._publisher.tick(before)
        last = state.tick == state.ticks_per_round
        # kept before it is on a screen: a server that takes the room up goes on behind what was seen
        return [self._end_round() if last else self.append(Shown(), None), *frames]

    def _phase_over(self) -> bool:
        state = self._state
        row = following(state.phase, state.round, state.scenario.calendar.rounds)
        if row is None:
            return False
        if state.timer.paused:
            return state.stepping
        held = {
            Cause.FACILITATOR: state.hurried,
            Cause.TIMER: state.timer.over(self.now),
            Cause.READY: state.phase is Phase.PLANNING and self._ready_at() <= self.now,
        }
        return any(held.get(cause, False) for cause in row.causes)

    def _change_phase(self) -> list[Effect]:
        state = self._state
        row = following(state.phase, state.round, state.scenario.calendar.rounds)
        if row is None:
            raise InvariantError(f"no way leads out of {state.phase} in round {state.round}")
        if row.end is not Phase.PLANNING:
            return [self.append(PhaseBegan(name_of(row.end), state.round), None)]
        return [self.append(PhaseBegan(name_of(row.end), state.round + 1, self.drivers()), None)]

    def drivers(self) -> dict[str, Driver]:
        """Return who makes each open team's plan in a planning that begins now."""
        drivers: dict[str, Driver] = {team: "people" if self._comes(team) else "policy" for team in self._state.teams}
        self.seen = set(self._publisher.around.online)
        return drivers

    def _comes(self, team: str) -> bool:
        """Whether people make a team's next plan: somebody was there, and the facilitator has not given it away."""
        return team not in self._state.handed and not self.seen.isdisjoint(self._state.players(team))

    def due_event(self) -> Due:
        """Return the first tick in which an event can still happen."""
        return self._runner.free_tick()

    def _end_round(self) -> Effect:
        finished = self._runner.finished
        if finished is None:
            raise InvariantError(f"round {self._state.round} is published but was not finished")
        return self.append(RoundEnded(self._state.round, finished.result.digest), None)
