"""The process that computes games: `python -m townsquare_server.engine_process`, started by `engines.py`.

Law: it knows no room, no socket and no file of the server. It reads calls from standard input and answers them on
standard output, one after the other; pickles, since both ends are ours and nobody else holds the pipes. It ends when
its input does, which is when the server has ended, however that went; no other signal is for it.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import signal
import sys
import traceback
from collections.abc import Mapping
from typing import Any, BinaryIO

from townsquare_agents.scenario import Scenario
from townsquare_server.engine import Order, Outcome
from townsquare_server.engine_calls import Call, Progress, Raised, Returned
from townsquare_server.graph_file import GraphFile
from townsquare_server.quick_start import quick_start

NICE = 5
"""How much less of a busy processor this process gets: a third of what the server gets."""


class Games:
    """All games of a server, by number."""

    def __init__(self, answers: BinaryIO) -> None:
        quick_start()
        from townsquare_server.game_engine import GameEngine  # heavy: not before the start is made quick
        from townsquare_server.layout import GraphCache

        self._answers = answers
        self._engines: dict[int, GameEngine] = {}
        self._make, self._graphs = GameEngine, GraphCache()

    def answer(self, call: Call) -> None:
        """Do what a call asks for, and say what came of it."""
        for game in call.forgotten:
            del self._engines[game]
        if call.forgotten:
            gc.collect()  # a market is a cycle of few objects and much memory, of which the collector knows nothing
        try:
            said: Returned | Raised = Returned(getattr(self, call.method)(call.game, *call.arguments))
        except Exception as error:
            said = Raised(f"{type(error).__name__}: {error}", traceback.format_exc())
        self.say(said)

    def say(self, said: Progress | Returned | Raised) -> None:
        """Write one pickle."""
        self._answers.write(pickle.dumps(said, pickle.HIGHEST_PROTOCOL))
        self._answers.flush()

    def warm_up(self, _game: int, scenario: Scenario) -> None:
        """Compile what games need, telling how far that is."""
        from townsquare_server.warm_up import warm_up

        warm_up(scenario, lambda share: self.say(Progress(share)))
        gc.freeze()  # what lives as long as the process need not be looked at again

    def start(self, game: int, scenario: Scenario, seed: int, policies: Mapping[str, str]) -> None:
        """Begin a game."""
        self._engines[game] = self._make(scenario, seed, policies, self._graphs)

    def carry_out(self, game: int, order: Order) -> Outcome:
        """Do what an order says."""
        return self._engines[game].carry_out(order)

    def draw(self, game: int) -> GraphFile:
        """Return the picture of a game's network."""
        return self._engines[game].draw()


def own_output() -> BinaryIO:
    """Return standard output, which from now on is nobody else's: what a library prints goes to standard error."""
    own = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return own


def outlive_signals() -> None:
    """Leave it to the server what Ctrl-C and a request to end mean: they reach whole groups of processes."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
        number: Any = getattr(signal, name, None)
        if number is not None:
            signal.signal(number, signal.SIG_IGN)


def let_the_server_go_first() -> None:
    """Leave a processor to the server at once when it wants one, where the system lets us."""
    with contextlib.suppress(AttributeError, OSError):  # Windows has no such call; a sandbox may forbid it
        os.nice(NICE)


def main() -> None:
    """Answer calls until there are no more."""
    outlive_signals()
    let_the_server_go_first()
    games = Games(own_output())
    try:
        while True:
            games.answer(pickle.load(sys.stdin.buffer))
    except (EOFError, OSError, pickle.UnpicklingError):
        os._exit(0)  # the server is gone: nobody reads what is still to be written


if __name__ == "__main__":
    main()
