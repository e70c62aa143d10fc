"""From a log back to a room: each entry changes state and game together, live and in replay by the same function.

Law: the same log gives the same state on every machine; a round whose digest differs from the logged one stops the
replay.
"""

from __future__ import annotations

from collections.abc import Iterable

from townsquare_agents.scenario import Scenario
from townsquare_server import changes
from townsquare_server.engine import MakeEngine, in_this_process
from townsquare_server.entries import FORMAT, Commanded, Entry, Opened, PhaseBegan, RoundEnded, decode
from townsquare_server.errors import DigestError, EngineLostError, ReplayError
from townsquare_server.phases import Phase
from townsquare_server.runner import Runner
from townsquare_server.state import State
from townsquare_server.wire import ClientInject, ClientRewind


def apply(state: State, runner: Runner, entry: Entry) -> None:
    """Take one entry: for a live room right after it was made, in replay after `catch_up`."""
    left, rounds = state.branch, len(state.records)
    changes.apply(state, entry, runner.finished)
    match entry.data:
        case Commanded(ClientRewind(of=of)):
            runner.rewind(left, rounds, of or left, len(state.records))
        case PhaseBegan() if state.phase is Phase.RUNNING:
            runner.begin(state.plans_of_people())
        case Commanded(ClientInject(event=event), due) if due is not None:
            runner.inject(event, due)


def replay(room: str, entries: Iterable[bytes], make_engine: MakeEngine = in_this_process) -> tuple[State, Runner]:
    """Return what a log leads to, each round proven by its digest; raises ReplayError or EngineLostError."""
    state: State | None = None
    runner: Runner | None = None
    for seq, blob in enumerate(entries, start=1):
        entry = decode(blob, room, seq)
        try:
            if state is None or runner is None:
                state, runner = _open(room, entry, make_engine)
            else:
                _catch_up(room, state, runner, entry)
                apply(state, runner, entry)
        except (ReplayError, EngineLostError):
            raise
        except Exception as error:  # whatever a forged log leads the rules to
            words = "; ".join(line.strip() for line in str(error).splitlines())
            problem = f"the entry does not follow from those before it ({type(error).__name__}: {words})"
            raise ReplayError(problem, room=room, seq=seq) from error
    if state is None or runner is None:
        raise ReplayError("the log is empty; a room begins with its first entry", room=room)
    _compute(state, runner)
    return state, runner


def _open(room: str, entry: Entry, make_engine: MakeEngine) -> tuple[State, Runner]:
    opened = entry.data
    if not isinstance(opened, Opened):
        raise ReplayError("the first entry does not open a room; the beginning of the log is missing", room=room, seq=1)
    if opened.format > FORMAT:
        problem = (
            f"the log has format {opened.format}, written by version {opened.version}; this one reads up to {FORMAT}"
        )
        raise ReplayError(problem, room=room, seq=1)
    scenario = Scenario.from_json(opened.scenario)
    engine = make_engine(scenario, opened.seed, opened.policies)
    return State.open(entry, opened, scenario), Runner(engine, scenario.calendar.ticks_per_round)


def _catch_up(room: str, state: State, runner: Runner, entry: Entry) -> None:
    """Go on by the ticks that the room had shown when the entry was made; they are computed when something needs them.

    No entry within a round does, and many ticks at once cost less than one by one.
    """
    if entry.tick > state.ticks_per_round:
        problem = f"a round has {state.ticks_per_round} ticks, and this entry was made in tick {entry.tick}"
        raise ReplayError(problem, room=room, seq=entry.seq)
    while state.phase is Phase.RUNNING and state.tick < entry.tick:
        changes.pass_tick(state)
    if not isinstance(entry.data, RoundEnded):
        return
    _compute(state, runner)
    replayed = "nothing" if runner.finished is None else runner.finished.result.digest
    if replayed != entry.data.digest:
        logged = entry.data.digest
        raise DigestError(room=room, seq=entry.seq, round=entry.data.round, logged=logged, replayed=replayed)


def _compute(state: State, runner: Runner) -> None:
    """Compute and show what was passed."""
    if state.phase is Phase.RUNNING and runner.computed < state.tick:
        changes.show(state, runner.compute_now(state.tick))
