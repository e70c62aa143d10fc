"""Look a scenario over that somebody handed in: `python -m townsquare_server.upload_check`, a process of its own.

Law: what this process is given may cost it its life, and the server nothing: where the system can, it gets so much of
the processor and no more, and the server waits for it for so long and no longer. It reads one `Task` from standard
input, writes one `Verdict` to standard output, and opens no file but the shipped ones. Every mistake is told with
line, key and remedy, and a limit with its setting; no path of this machine is.
"""

from __future__ import annotations

import contextlib
import math
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from townsquare_agents.errors import ScenarioError, ScenarioErrors
from townsquare_agents.scenario import Scenario, parse_scenario
from townsquare_agents.scenario_parts import NetworkSpec
from townsquare_server.seats import hidden_in

NAME = "scenario.toml"
MOST_DEPTH, MOST_ITEMS, MOST_VALUES = 8, 400, 20_000
SHAPING = "\n\t\r\xad"
"""Characters that cannot be seen and do no harm: they break lines and words."""
MOST_ERRORS, LONGEST_ERROR, LONGEST_KEY = 8, 300, 80


class Limits(msgspec.Struct, frozen=True):
    """What a handed-in scenario may ask for: the settings `upload_...`."""

    buyers: int
    ties: int
    work: int


class Task(msgspec.Struct, frozen=True):
    """What is to be looked over."""

    text: bytes
    limits: Limits
    seconds: float


class Verdict(msgspec.Struct, frozen=True):
    """The scenario in canonical JSON, or what is wrong with it."""

    scenario: bytes | None
    errors: list[str]


def check(task: Task) -> Verdict:
    """Return what to think of a scenario."""
    errors = list(_shape(task))
    if errors:
        return Verdict(None, errors[:1])
    try:
        scenario = parse_scenario(task.text, NAME)
    except ScenarioErrors as found:
        return Verdict(None, [_in_words(error) for error in found.errors[:MOST_ERRORS]])
    too_much = list(_demands(scenario, task.limits))
    return Verdict(None, too_much) if too_much else Verdict(scenario.to_json(), [])


def _shape(task: Task) -> Iterator[str]:
    """Yield what no scenario looks like: told before anything takes the trouble to read it."""
    try:
        data = tomllib.loads(task.text.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return  # told with its line when it is parsed
    values = 0
    todo: list[tuple[Any, tuple[str, ...]]] = [(data, ())]
    while todo:
        value, keys = todo.pop()
        values += 1
        hidden = [c for c in hidden_in(value) if c not in SHAPING] if isinstance(value, str) else []
        if hidden:
            yield f"{NAME}: a text holds the invisible character U+{ord(hidden[0]):04X}; leave it out"
            return
        if not isinstance(value, dict | list):
            continue
        if len(keys) >= MOST_DEPTH:
            yield f"{NAME}: is nested more than {MOST_DEPTH} deep; a scenario never is"
            return
        most = MOST_VALUES if _numbers(value) else MOST_ITEMS
        if len(value) > most:
            where = ".".join(key for key in keys if key)[:LONGEST_KEY] or "the scenario"
            words = "" if most == MOST_VALUES else f" ({MOST_VALUES} where all are whole numbers)"
            yield f"{NAME}: {where}: has {len(value)} entries; at most {most} are read{words}: leave some out"
            return
        if isinstance(value, dict):
            todo += [(item, (*keys, key)) for key, item in value.items()]
        else:
            todo += [(item, (*keys, "")) for item in value]
    if values > MOST_VALUES:
        yield f"{NAME}: has {values} values; at most {MOST_VALUES} are read: leave out what is not needed"
        return
    population = data.get("population")
    buyers = population.get("buyers") if isinstance(population, dict) else None
    if isinstance(buyers, int) and buyers > task.limits.buyers:
        yield _too_many("population.buyers", "buyers", buyers, task.limits.buyers, "upload_buyers")


def _numbers(value: dict[str, Any] | list[Any]) -> bool:
    """Say whether this is a list of whole numbers alone, such as degrees: as long as a file, and soon read."""
    return isinstance(value, list) and all(type(item) is int for item in value)


def _demands(scenario: Scenario, limits: Limits) -> Iterator[str]:
    """Yield what a scenario asks too much of: buyers, ties, and work that a whole game may make, at the most."""
    buyers, rounds, ticks = scenario.population.buyers, scenario.calendar.rounds, scenario.calendar.ticks_per_round
    ties = sum(_ties(platform.network, buyers) for platform in scenario.platforms if platform.network)
    looks = sum(platform.attention for platform in scenario.platforms) + scenario.spam.campaigns
    sent = 0.0
    for play in scenario.plays:
        for message in play.messages:
            sampled = message.reach in ("paid", "purchased", "direct")
            sent += message.sends * play.max_level * (message.volume / 1000 if sampled else 1)
    work = round(rounds * buyers * (ticks * (1 + looks) + sent * len(scenario.vendors)))
    if buyers > limits.buyers:
        yield _too_many("population.buyers", "buyers", buyers, limits.buyers, "upload_buyers")
    if ties > limits.ties:
        yield _too_many("platforms.network", "ties", ties, limits.ties, "upload_ties")
    if work > limits.work:
        key = "calendar, platforms.attention, plays.messages"
        yield _too_many(key, "messages looked at or sent in a game, at the most", work, limits.work, "upload_work")


def _ties(network: NetworkSpec, buyers: int) -> int:
    """Return how many ties a network asks for, each counted at both ends."""
    if network.generator == "complete":
        return buyers * (buyers - 1)
    if network.generator == "configuration_model":
        return sum(network.degrees)
    return round(buyers * network.mean_degree)


def _too_many(key: str, what: str, asked: int, limit: int, setting: str) -> str:
    return (
        f"{NAME}: {key}: asks for {asked} {what}; this server takes {limit} from those who hand a scenario in "
        f"(its setting {setting}): ask for less, or have the server's owner offer it with --scenario"
    )


def _in_words(error: ScenarioError) -> str:
    path = None if error.path is None else Path(error.path.name)
    value = (
        error.value if isinstance(error.value, int | float) else None if error.value is None else str(error.value)[:60]
    )
    told = ScenarioError(error.problem, path=path, line=error.line, key=error.key, value=value, remedy=error.remedy)
    return str(told)[:LONGEST_ERROR]


def limit_processor_time(seconds: float) -> None:
    """Have the system end this process when it has used so much of the processor; whole seconds, one at least.

    A busy machine makes everything late, and a harmless file is not to blame. Windows has no such limit: there the
    clock decides.
    """
    with contextlib.suppress(ImportError):
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(seconds), math.ceil(seconds)))


def main() -> None:
    """Answer one task."""
    task = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Task)
    limit_processor_time(task.seconds)
    verdict = check(task)
    sys.stdout.buffer.write(msgspec.msgpack.encode(verdict))


if __name__ == "__main__":
    main()
