"""What the audiences of one room have been shown: their histories, who is online, and the way back for who fell behind.

Law: the log does not know any of this; it begins anew with each life of a server, under numbers that no earlier one
used.
"""

from __future__ import annotations

from townsquare_server import nodes, views
from townsquare_server.effects import Audience, Effect, Publish, Send
from townsquare_server.history import History, Shared
from townsquare_server.state import State
from townsquare_server.wire import ServerNodes

MOST_PAST_BYTES = 3 * 2**16
"""Of node states of past rounds for one newcomer, the newest rounds: all at once must fit what a slow line may owe."""
CROWD = 8
"""With so many connections every change is shown at once; each one more makes a burst wait ten milliseconds longer."""
WAIT_MS_EACH = 10
LONGEST_WAIT_MS = 100
"""What nobody notices: a screen shows an own edit at once and gives the server this long to follow."""
_APART = 10**12  # numbers of versions between two audiences: more than are ever used


class Publisher:
    """Shows a state to its audiences, each its own view."""

    def __init__(self, state: State, join_url: str, now: int) -> None:
        self._state = state
        self.around = views.Surroundings(state.scenario, join_url)
        self._histories = {
            audience: History(views.view(state, audience, self.around), now + index * _APART)
            for index, audience in enumerate(views.audiences(state))
        }
        self._seeing = self._see_nodes()
        self._connections = 0
        self._clock = views.phase_view(state)
        self._shown_at = now
        self._owing = False
        self._touched = False
        self._ticked = False
        self._told: list[ServerNodes] = []

    def touch(self) -> None:
        """Take note that anything in the views may have changed; else only what ticks move is compared."""
        self._touched = True

    def _see_nodes(self) -> set[Audience]:
        return {audience for audience in self._histories if views.sees_nodes(self._state, audience)}

    def changes(self, now: int) -> list[Effect]:
        """Return what brings every audience to the newest state, or nothing yet in a crowd that was just shown some.

        Two hundred guests who come in together, or edit at once, would else be shown to one another one by one. What
        the clock says never waits.
        """
        if not (self._touched or self._ticked):
            return []
        clock = views.phase_view(self._state)
        if clock == self._clock and now < self._shown_at + self.pace:
            self._owing = True
            return []
        self._clock, self._shown_at, self._owing = clock, now, False
        changes = self._changes() if self._touched else self._moves()
        self._touched = self._ticked = False
        return changes

    @property
    def pace(self) -> int:
        """Return the least time between two changes that are shown, in milliseconds."""
        return min(LONGEST_WAIT_MS, WAIT_MS_EACH * max(0, self._connections - CROWD))

    def next_deadline(self) -> int | None:
        """Return when changes that wait are to be shown."""
        return self._shown_at + self.pace if self._owing else None

    def _changes(self) -> list[Effect]:
        effects: list[Effect] = []
        public, shared = views.Public.of(self._state, self.around), Shared()
        for audience, history in self._histories.items():
            delta = history.update(views.view(self._state, audience, self.around, public), shared)
            if delta is not None:
                effects.append(Publish(audience, delta, droppable=False))
        return effects + self._unveil()

    def _moves(self) -> list[Effect]:
        """Return what ticks alone have changed."""
        moving, shared = views.Moving.of(self._state), Shared()
        deltas = (
            (audience, history.update(views.after_tick(history.view, audience, moving), shared))
            for audience, history in self._histories.items()
        )
        return [Publish(audience, delta, droppable=False) for audience, delta in deltas if delta is not None]

    def _unveil(self) -> list[Effect]:
        """Show the buyers to those who may see them from now on: no further tick would bring them."""
        state, before = self._state, self._seeing
        self._seeing = self._see_nodes()
        if state.nodes is None or self._seeing <= before:
            return []
        new = [audience for audience in self._histories if audience in self._seeing - before]
        return [Publish(audience, frame, droppable=False) for frame in self._story() for audience in new]

    def retell(self) -> list[Effect]:
        """Show the buyers anew to all who see them: the room went back."""
        seeing = [audience for audience in self._histories if audience in self._seeing]
        return [Publish(audience, frame, droppable=False) for frame in self._story() for audience in seeing]

    def _story(self) -> list[ServerNodes]:
        """Return the buyers as each round ended and as they are now, oldest first: for the debrief's scrubber.

        What is the same as when it was told last is the same object: who comes next gets the bytes that are there.
        """
        told = {frame: frame for frame in self._told}
        self._told = [told.get(frame, frame) for frame in self._frames()]
        return self._told

    def _frames(self) -> list[ServerNodes]:
        state = self._state
        if state.nodes is None:
            return []
        ends = list(enumerate(state.past.endings, start=1))[-max(1, MOST_PAST_BYTES // max(1, state.nodes.size)) :]
        now = (state.round, state.tick)
        past = [(round, state.ticks_per_round, states) for round, states in ends]
        return [nodes.keyframe(*end) for end in past if end[:2] != now] + [nodes.keyframe(*now, state.nodes)]

    def tick(self, before: nodes.States | None) -> list[Effect]:
        """Return the node frames of a tick that was just published, after the states of the tick before."""
        self._ticked = True
        state = self._state
        if state.nodes is None:
            return []
        frame = nodes.frame(state.round, state.tick, before, state.nodes)
        return [Publish(a, frame, droppable=True) for a in self._histories if views.sees_nodes(state, a)]

    def resync(self, seat: str, audience: Audience, version: int | None) -> list[Effect]:
        """Return what brings a seat from `version` (None: from nothing) to the newest state that was published."""
        state = self._state
        effects: list[Effect] = [Send(seat, message) for message in self._histories[audience].since(version)]
        if views.sees_nodes(state, audience):
            effects += [Send(seat, frame) for frame in self._story()]
        return effects

    def draw(self, graph_url: str) -> None:
        """Take note of where the picture of the network is."""
        self.touch()
        self.around.graph_url = graph_url

    def arrive(self, seat: str) -> int:
        """Count one more connection of a seat; return how many it has."""
        self.touch()
        online = self.around.online
        online[seat] = online.get(seat, 0) + 1
        self._connections += 1
        return online[seat]

    def leave(self, seat: str) -> None:
        """Count one connection of a seat less."""
        self.touch()
        before = self.around.online.pop(seat, 0)
        self._connections -= min(1, before)
        left = before - 1
        if left > 0:
            self.around.online[seat] = left
