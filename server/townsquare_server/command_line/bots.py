"""`townsquare bots`: programs that play over real connections, to rehearse a workshop and to load a server.

Law: exit code 0 when every client that was sent played to the end and was sent every frame, 1 when one was not, 2 when
there was nothing to play.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections import Counter

from websockets.exceptions import InvalidHandshake, InvalidURI

from townsquare_server.bots.guest import Habits
from townsquare_server.bots.rehearsal import Rehearsal, rehearse
from townsquare_server.bots.tally import Tally, in_words
from townsquare_server.shell_errors import ShellError

AT_LEAST = {"count": 0, "lookers": 0, "spectators": 0, "rooms": 1, "teams": 1, "rounds": 1, "processes": 1}


def run(options: argparse.Namespace) -> int:
    """Play until the game is over, or for some seconds; print what the bots felt."""
    plan = _plan(options)
    try:
        tally, seconds = asyncio.run(rehearse(plan))
    except (OSError, InvalidURI, InvalidHandshake) as error:
        raise ShellError(f"{options.url}: cannot connect ({error}); is the server running there?") from error
    report = tally.report(seconds)
    if options.json:
        print(json.dumps(report, indent=1))
    else:
        print(in_words(report))
    return _judge(plan, tally)


def _plan(options: argparse.Namespace) -> Rehearsal:
    for name, least in AT_LEAST.items():
        value = getattr(options, name)
        if value is not None and value < least:
            raise ShellError(f"--{name}: {value} is too few; give {least} or more")
    if options.count + options.lookers < 1:
        raise ShellError("--count: 0 bots cannot play; give 1 or more")
    for name in ("think", "drop", "seconds"):
        value = getattr(options, name)
        if value is not None and not (value > 0 or (name == "think" and value == 0)):
            raise ShellError(f"--{name}: {value:g} seconds cannot be; give more than 0")
    if options.room is not None and options.spectators:
        raise ShellError(
            "--spectators: a projector's screen needs a room of ours; use --rooms, or --lookers with --room"
        )
    habits = Habits(options.seed, options.think, options.drop, options.rounds)
    return Rehearsal(
        options.url,
        habits,
        room=options.room,
        rooms=options.rooms or 1,
        count=options.count,
        lookers=options.lookers,
        spectators=options.spectators,
        scenario=options.scenario,
        teams=options.teams,
        host_key=options.host_key,
        speed=options.speed,
        seconds=options.seconds,
        processes=options.processes,
    )


def _judge(plan: Rehearsal, tally: Tally) -> int:
    """Say on stderr how many played to the end, and why others did not."""
    rooms = 1 if plan.room is not None else plan.rooms
    sent = rooms * (plan.count + plan.lookers + plan.spectators)
    for failure, times in Counter(tally.failures).most_common(5):
        print(f"townsquare: {failure}{f' ({times} times)' if times > 1 else ''}", file=sys.stderr)
    if plan.seconds is not None and not tally.failures:
        print(f"{tally.joined} of {sent} bots had a seat; those that were not done left after {plan.seconds:g} seconds")
        return 0 if tally.joined == sent and tally.lost_frames == 0 else 1
    print(f"{tally.finished} of {sent} bots played to the end", file=sys.stderr)
    return 0 if tally.finished == sent and tally.lost_frames == 0 else 1
