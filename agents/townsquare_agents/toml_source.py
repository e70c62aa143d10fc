"""Read scenario files so that every mistake can be shown where it stands: file, line, key path, value, remedy.

A scenario may say ``include = ["plays/standard.toml"]``: the files are looked for beside it, then among the shipped
ones; the tables of the scenario itself win, and lists of tables are joined, an entry of the scenario replacing an
included one with the same ``id``. A scenario that comes as text, from somebody else's machine, includes shipped files
alone.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from townsquare_agents.errors import Location, ScenarioError, ScenarioErrors
from townsquare_agents.paths import first_below, scenarios_folder

MOST_BYTES = 1_000_000
MOST_INCLUDES = 20


@dataclass
class Document:
    """Parsed data with the file and line of each key path."""

    path: Path
    data: dict[str, Any]
    places: dict[Location, tuple[Path, int]] = field(default_factory=dict)

    def place(self, location: Location) -> tuple[Path, int | None]:
        """Return the file and line of a key path, of its first child, or of its nearest parent."""
        for known, place in self.places.items():
            if known[: len(location)] == location:
                return place
        for length in range(len(location), 0, -1):
            if location[:length] in self.places:
                return self.places[location[:length]]
        return self.path, None

    def mistake(
        self, location: Location, problem: str, value: object = None, remedy: str | None = None
    ) -> ScenarioError:
        """Return the error that shows a mistake where it stands."""
        path, line = self.place(location)
        return ScenarioError(problem, path=path, line=line, key=key_path(location), value=value, remedy=remedy)


def key_path(location: Location) -> str:
    """Return a key's path as people write it, such as ``plays[2].money``."""
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def read(path: Path) -> Document:
    """Read a file and what it includes; raises ScenarioErrors."""
    return _include(_read_one(path), (path.parent.resolve(), scenarios_folder().resolve()))


def read_text(raw: bytes, name: str) -> Document:
    """Read a file that came over a wire; it includes shipped files alone. Raises ScenarioErrors."""
    return _include(_parse(raw, Path(name)), (scenarios_folder().resolve(),))


def _include(document: Document, roots: tuple[Path, ...]) -> Document:
    includes = document.data.pop("include", [])
    if not isinstance(includes, list) or not all(isinstance(name, str) for name in includes):
        raise ScenarioErrors([document.mistake(("include",), "must be a list of file names", includes)])
    if len(includes) > MOST_INCLUDES:
        problem = f"names {len(includes)} files; a scenario includes at most {MOST_INCLUDES}"
        raise ScenarioErrors([document.mistake(("include",), problem)])
    files = [_find(name, document, roots) for name in includes]
    for found in reversed(files):
        document = _merge(_read_one(found), document)
    _import_networks(document, roots)
    return document


def _import_networks(document: Document, roots: tuple[Path, ...]) -> None:
    from townsquare_agents.imported_networks import import_networks

    found: list[ScenarioError] = []

    def refuse(index: int, problem: str, value: object, remedy: str | None) -> None:
        found.append(document.mistake(("platforms", index, "network", "file"), problem, value, remedy))

    import_networks(document.data, roots, refuse)
    if found:
        raise ScenarioErrors(found)


def _find(name: str, document: Document, roots: tuple[Path, ...]) -> Path:
    """Return the file that an include names, in the first of the folders that has it and below it."""
    path = first_below(roots, name)
    if path is not None:
        return path
    shipped = sorted(found.relative_to(roots[-1]).as_posix() for found in roots[-1].glob("*/*.toml"))
    beside = "put it beside the scenario, or use one of the shipped" if len(roots) > 1 else "use one of the shipped"
    remedy = f"{beside} {', '.join(shipped)}"
    raise ScenarioErrors([document.mistake(("include",), "there is no such file", name, remedy)])


def _read_one(path: Path) -> Document:
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        known = sorted(file.stem for file in scenarios_folder().glob("*.toml"))
        near = difflib.get_close_matches(path.stem, known, 1)
        remedy = f"did you mean {near[0]!r}?" if near else f"shipped scenarios are {', '.join(known) or 'none'}"
        raise ScenarioErrors([ScenarioError("there is no such scenario file", path=path, remedy=remedy)]) from None
    except OSError as error:
        problem = f"cannot be read: {error.strerror}"
        raise ScenarioErrors([ScenarioError(problem, path=path)]) from None
    return _parse(raw, path)


def _parse(raw: bytes, path: Path) -> Document:
    if len(raw) > MOST_BYTES:
        problem = f"has {len(raw)} bytes; a scenario has at most {MOST_BYTES}"
        raise ScenarioErrors([ScenarioError(problem, path=path)])
    try:
        text = raw.decode("utf-8-sig")  # Windows editors put a mark before the first character
        data = tomllib.loads(text)
    except UnicodeDecodeError as error:
        problem = f"is not UTF-8 text: byte {error.start} cannot be read"
        raise ScenarioErrors([ScenarioError(problem, path=path)]) from None
    except tomllib.TOMLDecodeError as error:
        match = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        line = int(match[1]) if match else None
        problem = "is not valid TOML: " + re.sub(r" \(at .*\)$", "", str(error)).lower()
        remedy = "write key = value, each key once and texts in quotes, and close what is open before"
        raise ScenarioErrors([ScenarioError(problem, path=path, line=line, remedy=remedy)]) from None
    except RecursionError:
        raise ScenarioErrors([ScenarioError("is nested too deeply", path=path)]) from None
    except ValueError:  # Python reads no number of more than 4300 digits
        raise ScenarioErrors([ScenarioError("holds a number of thousands of digits", path=path)]) from None
    places = {location: (path, line) for location, line in _lines(text).items()}
    return Document(path, data, places)


_HEADER = re.compile(r"^\s*(\[\[?)([^\]]+)\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=""")


def _split(key: str) -> list[str]:
    return [part.strip().strip("\"'") for part in re.findall(r"\"[^\"]*\"|'[^']*'|[^.]+", key)]


def _lines(text: str) -> dict[Location, int]:
    """Return the line of each table and key. Good enough for messages: keys inside inline tables share their line."""
    lines: dict[Location, int] = {}
    counts: dict[Location, int] = {}
    table: Location = ()
    closing: str | None = None  # the delimiter of a multi-line string that we are inside of
    for number, line in enumerate(text.splitlines(), 1):
        if closing is not None:
            closing = None if closing in line else closing
            continue
        for delimiter in ('"""', "'''"):
            if line.count(delimiter) == 1:
                closing = delimiter
        header = _HEADER.match(line)
        if header:
            table = ()
            parts = _split(header[2])
            for index, part in enumerate(parts):
                table = (*table, part)
                last = index == len(parts) - 1
                if last and header[1] == "[[":
                    counts[table] = counts.get(table, -1) + 1
                if table in counts:
                    table = (*table, counts[table])
            lines[table] = number
        elif key := _KEY.match(line):
            lines.setdefault((*table, *_split(key[1])), number)
    return lines


def _merge(base: Document, top: Document) -> Document:
    """Return ``base`` with everything that ``top`` says on top of it."""
    places = dict(base.places)
    data = _merge_value(base.data, top.data, (), (), places, top.places)
    return Document(top.path, data, places)


def _merge_value(
    base: Any,
    top: Any,
    at: Location,
    top_at: Location,
    places: dict[Location, tuple[Path, int]],
    top_places: dict[Location, tuple[Path, int]],
) -> Any:
    if isinstance(base, dict) and isinstance(top, dict):
        merged = dict(base)
        for key, value in top.items():
            merged[key] = _merge_value(base.get(key), value, (*at, key), (*top_at, key), places, top_places)
        return merged
    if _tables(base) and _tables(top):
        joined = list(base)
        index = {item.get("id"): n for n, item in enumerate(base)}
        for n, item in enumerate(top):
            target = index.get(item.get("id"))
            if target is None:
                target = len(joined)
                joined.append(item)
            else:
                joined[target] = item
            _move_places((*at, target), (*top_at, n), places, top_places)
        return joined
    _move_places(at, top_at, places, top_places)
    return top


def _move_places(
    at: Location,
    top_at: Location,
    places: dict[Location, tuple[Path, int]],
    top_places: dict[Location, tuple[Path, int]],
) -> None:
    for location in [location for location in places if location[: len(at)] == at]:
        del places[location]
    for location, place in top_places.items():
        if location[: len(top_at)] == top_at:
            places[(*at, *location[len(top_at) :])] = place


def _tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)
