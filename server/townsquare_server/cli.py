"""The `townsquare` command: what can be asked for, and its exit codes (0: yes; 1: ran, the answer is no; 2: bad input).

Law: this file imports nothing but the standard library, so that ``--help`` answers at once; a command's own module is
imported when it is called. A mistake of the user is one line on stderr, never a traceback; where a server's
log is JSON, so is that line.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol, cast

YES, NO, UNUSABLE, INTERRUPTED = 0, 1, 2, 130
MOST_SEED = 2**53 - 1


class Command(Protocol):
    """The module of a command."""

    def run(self, options: argparse.Namespace) -> int:
        """Carry the command out; return the exit code."""


class ShowVersion(argparse.Action):
    """Look the version up only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        """Print and end."""
        from townsquare_server.version import version

        print(f"townsquare {version()}")
        parser.exit()


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command."""
    parser = argparse.ArgumentParser(
        prog="townsquare", description="A simulated market that teams play in browsers and researchers run headless."
    )
    parser.add_argument("--version", action=ShowVersion, nargs=0, help="print the version")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _add_serve(commands.add_parser("serve", help="open rooms that teams play in their browsers"))
    _add_play(commands.add_parser("play", help="play one game without a server, computer players against each other"))
    _add_replay(commands.add_parser("replay", help="play a recorded session again, and prove that it is what it says"))
    _add_backup(commands.add_parser("backup", help="copy log and secret, also while a server runs"))
    _add_rotate_secret(commands.add_parser("rotate-secret", help="sign seats with a new secret from now on"))
    _add_scenarios(commands.add_parser("scenarios", help="list, show and check scenarios"))
    _add_validate(commands.add_parser("validate", help="measure what must be true of the model, and what carries it"))
    _add_bench(commands.add_parser("bench", help="measure how fast diffusion or the market is on this machine"))
    _add_bots(commands.add_parser("bots", help="let programs join a room over real connections"))
    return parser


def _add_serve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, help="port to listen on (default 8321; 0: any free one)")
    parser.add_argument("--host", help="address to listen on (default 127.0.0.1: only this machine)")
    parser.add_argument("--lan", action="store_true", default=None, help="let the local network in")
    parser.add_argument("--open", action="store_true", default=None, help="open the page in the browser")
    parser.add_argument("--data", metavar="DIR", help="folder for the log (default: the user's application data)")
    parser.add_argument(
        "--scenario", action="append", dest="scenarios", metavar="FILE", help="offer this scenario too; may be repeated"
    )
    parser.add_argument("--public-url", metavar="URL", help="address that guests type, when a proxy stands in front")
    parser.add_argument(
        "--trusted-proxy",
        action="append",
        dest="trusted_proxies",
        metavar="ADDRESS",
        help="proxy whose X-Forwarded-For is believed; may be repeated",
    )
    parser.add_argument("--shard", type=int, metavar="N", help="number of this process among --shards, from 0")
    parser.add_argument("--shards", type=int, metavar="M", help="processes that share one public address (default 1)")
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="any setting of docs/settings.md; repeatable"
    )
    parser.add_argument("--database-url", metavar="URL", help="keep the log in PostgreSQL: postgresql://user@host/name")
    parser.add_argument(
        "--uploads",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="let hosts hand in scenarios of their own",
    )
    parser.add_argument("--log-format", choices=["human", "json"], help="lines of the log, on standard error")
    parser.add_argument("--config", metavar="FILE", type=Path, help="settings as TOML")
    parser.add_argument("--check", action="store_true", help="print all settings and whether a server would start")


def _add_play(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("scenario", help="a scenario's file, or the identifier of a shipped one")
    parser.add_argument("--seed", type=_seed, default=1, help="number that the world follows from (default 1)")
    parser.add_argument(
        "--policy",
        action="append",
        default=[],
        metavar="VENDOR=NAME",
        help="computer player of a vendor: campaign, relationship, mixed; may be repeated",
    )
    parser.add_argument("--threads", type=int, help="threads that kernels may use")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _seed(text: str) -> int:
    """Read a seed: what fits a browser's numbers as well."""
    try:
        seed = int(text)
    except ValueError:
        seed = -1
    if not 0 <= seed <= MOST_SEED:
        raise argparse.ArgumentTypeError(f"{text!r} is no seed; give a whole number from 0 to {MOST_SEED}")
    return seed


def _add_replay(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="an exported session (*.townsquare), or a server's log.sqlite")
    parser.add_argument("--room", metavar="CODE", help="the room, when a log holds several")
    parser.add_argument("--branch", metavar="N", type=int, help="the game as branch N was left (default: the last)")
    parser.add_argument("--verify", action="store_true", help="compare each round's digest (exit code 1: one differs)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _add_backup(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="new folder for the copy, which can be served as it is")
    parser.add_argument("--data", metavar="DIR", help="folder to copy (default: the user's application data)")
    parser.add_argument("--config", metavar="FILE", type=Path, help="settings as TOML")


def _add_rotate_secret(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", metavar="DIR", help="folder of the server, which must not run meanwhile")
    parser.add_argument(
        "--forget",
        action="store_true",
        help="believe nothing that was signed before: every guest and host must come in anew",
    )


def _add_scenarios(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="list the shipped scenarios")
    listing.add_argument("--json", action="store_true", help="print a JSON list")
    show = actions.add_parser("show", help="print a scenario with every default written out, as JSON")
    show.add_argument("scenario", help="a scenario's file, or the identifier of a shipped one")
    check = actions.add_parser("check", help="check scenario files (exit code 1: one has mistakes)")
    check.add_argument("scenarios", nargs="+", metavar="scenario", help="files, or identifiers of shipped ones")
    actions.add_parser("schema", help="print the JSON Schema of a scenario file")


def _add_validate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quick", action="store_true", help="fewer runs and no sensitivity screening")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the document (docs/validation.md)")


def _add_bench(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["diffusion", "game", "all"], help="what to measure")
    parser.add_argument("--sizes", type=int, nargs="+", metavar="N", help="nodes, or buyers (default: small to large)")
    parser.add_argument("--repeats", type=int, default=5, help="turns each takes (default 5)")
    parser.add_argument("--no-peers", action="store_true", help="leave other libraries out (diffusion)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _add_bots(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("url", help="address of the server, such as http://127.0.0.1:8321")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--room", metavar="CODE", help="join this room, which somebody hosts")
    where.add_argument("--rooms", type=int, metavar="K", help="open and host so many rooms, and fill each")
    parser.add_argument("--count", type=int, default=4, help="guests that play in each room (default 4)")
    parser.add_argument("--lookers", type=int, default=0, metavar="N", help="guests that only look on, in each room")
    parser.add_argument(
        "--spectators", type=int, default=0, metavar="N", help="projector screens, in each room of ours"
    )
    parser.add_argument(
        "--scenario", default="first_market", help="what is played in rooms of ours (default first_market)"
    )
    parser.add_argument("--teams", type=int, metavar="N", help="teams in rooms of ours (default: one for each vendor)")
    parser.add_argument("--host-key", metavar="KEY", help="opens rooms from another machine; the server printed it")
    parser.add_argument(
        "--speed", type=int, default=100, metavar="PERCENT", help="pace of running rounds (default 100)"
    )
    parser.add_argument("--rounds", type=int, metavar="N", help="leave after so many (default: when the game is over)")
    parser.add_argument("--seconds", type=float, help="leave after so long (default: when the game is over)")
    parser.add_argument("--think", type=float, default=1.75, metavar="S", help="seconds before a plan (default 1.75)")
    parser.add_argument(
        "--drop", type=float, metavar="S", help="lose each guest's connection every S seconds, on average"
    )
    parser.add_argument("--seed", type=_seed, default=1, help="number that plans and pauses follow from (default 1)")
    parser.add_argument("--processes", type=int, metavar="N", help="processes to play from (default: by their number)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line; return its exit code."""
    options = build_parser().parse_args(arguments)
    try:
        command = cast(
            Command, importlib.import_module(f"townsquare_server.command_line.{options.command.replace('-', '_')}")
        )
        return command.run(options)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return YES
    except Exception as error:
        from townsquare_agents.errors import TownsquareError

        if not isinstance(error, TownsquareError):
            raise
        from townsquare_server import logs

        logs.refuse(error)
        return UNUSABLE


if __name__ == "__main__":
    sys.exit(main())
