"""Edge lists in text files: lines to labels, indices and weights; a mistake is reported with file and line."""

from __future__ import annotations

import csv
import io
from collections.abc import Hashable, Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.errors import NetworkError


class EdgeList(NamedTuple):
    """What a file said: label indices of each tie's ends, weights if there was such a column, the labels."""

    sources: NDArray[np.int64]
    targets: NDArray[np.int64]
    weights: list[float] | None
    labels: tuple[Hashable, ...]


def read_edge_list(path: Path) -> EdgeList:
    """Return what the file says; see `Network.from_csv` for its form."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise NetworkError(f"{path}: no such file") from error
    except (OSError, UnicodeDecodeError) as error:
        raise NetworkError(f"{path}: cannot be read as UTF-8 text ({error})") from error
    names: list[str] = []
    weights: list[float] = []
    columns: tuple[int, int, int | None] | None = None
    for line, row in _rows(text):
        if columns is None:
            header = [field.lower() for field in row]
            if "source" in header and "target" in header:
                weight_at = header.index("weight") if "weight" in header else None
                columns = (header.index("source"), header.index("target"), weight_at)
                continue
            columns = (0, 1, 2 if len(row) > 2 else None)
        needed = max(columns[0], columns[1], columns[2] or 0) + 1
        if len(row) < needed or "" in (row[columns[0]], row[columns[1]]):
            raise NetworkError(
                f"{path}:{line}: found {','.join(row)!r}; a line needs {needed} fields: source, target ..."
            )
        names += (row[columns[0]], row[columns[1]])
        if columns[2] is not None:
            weights.append(_csv_weight(row[columns[2]], path, line))
    labels, nodes = _labelled(names)
    weighted = columns is not None and columns[2] is not None
    return EdgeList(nodes[0::2], nodes[1::2], weights if weighted else None, labels)


def _rows(text: str) -> Iterable[tuple[int, list[str]]]:
    """Yield (line number, fields) of each line that is neither blank nor a comment."""
    first = next((line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")), "")
    delimiter = next((mark for mark in (",", ";", "\t") if mark in first), None)
    if delimiter is None:
        for number, line in enumerate(text.splitlines(), start=1):
            if line.strip() and not line.lstrip().startswith("#"):
                yield number, line.split()
        return
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    for row in reader:
        if any(field.strip() for field in row) and not row[0].lstrip().startswith("#"):
            yield reader.line_num, [field.strip() for field in row]


def _csv_weight(field: str, path: Path, line: int) -> float:
    try:
        weight = float(field)
    except ValueError:
        weight = float("nan")
    if not 0.0 <= weight < float("inf"):
        raise NetworkError(f"{path}:{line}: weight is {field!r}; weights are finite and not negative")
    return weight


def _labelled(names: list[str]) -> tuple[tuple[Hashable, ...], NDArray[np.int64]]:
    """Return (labels, index of each name): whole numbers in order, else in order of appearance."""
    distinct = dict.fromkeys(names)
    labels: tuple[Hashable, ...] = tuple(distinct)
    if all(_is_whole(name) for name in distinct):
        ordered = sorted(distinct, key=int)
        labels = tuple(int(name) for name in ordered)
        distinct = dict.fromkeys(ordered)
    index = {name: i for i, name in enumerate(distinct)}
    return labels, np.fromiter((index[name] for name in names), np.int64, len(names))


def _is_whole(name: str) -> bool:
    """Whether a name is a number in its plain form, so that no two names become one number."""
    digits = name[1:] if name.startswith("-") else name
    return digits.isascii() and digits.isdigit() and str(int(name)) == name
