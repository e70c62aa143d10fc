"""What the server writes about itself: one line an event, for people or as JSON, on standard error.

Law: whatever a client sends, a line of the log is one that the server wrote. Control characters and marks that turn
the direction of text are escaped, a traceback is set off from the margin; tokens, personal codes, host keys and
passwords in addresses are blotted out; and of one kind of event at most a few a minute are written, with a count of
those that were left out. A room's code is its name in the log: it seats nobody in anybody's place.
"""

from __future__ import annotations

import codecs
import json
import logging
import sys
import threading
import time
import unicodedata
from collections.abc import Callable
from types import TracebackType
from typing import Literal

from townsquare_server.blotting import blotted
from townsquare_server.limits import TokenBucket

LogFormat = Literal["human", "json"]
BURST, PER_MINUTE = 100, 10
LONGEST = 8_000
"""Characters of a line, traceback included."""
codecs.lookup("unicode_escape")  # found now: when descriptors have run out nothing more can be imported
_TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029")


def clean(text: str) -> str:
    """Return a text in one line that a terminal shows as it stands, without secrets."""
    return "".join(map(_escaped, blotted(text[:LONGEST])))


def _escaped(character: str) -> str:
    if unicodedata.category(character) in ("Cc", "Cs") or character in _TURNS:
        return character.encode("unicode_escape", "surrogatepass").decode("ascii")
    return character


class Human(logging.Formatter):
    """A line for people; a traceback below it, set off from the margin so that it can pretend to be no line."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(name)s %(levelname)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, and a traceback where there is one."""
        line = f"{self.formatTime(record)} {record.name} {record.levelname} {clean(record.getMessage())}{_more(record)}"
        below = [f"    | {clean(each)}" for each in _traceback(self, record).splitlines()]
        return "\n".join([line, *below])


class Json(logging.Formatter):
    """An object a line, for programs."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one JSON object."""
        said: dict[str, object] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": clean(record.getMessage()),
        }
        left_out = getattr(record, "left_out", 0)
        if left_out:
            said["left_out"] = left_out
        traceback = _traceback(self, record)
        if traceback:
            said["traceback"] = [clean(each) for each in traceback.splitlines()]
        return json.dumps(said, ensure_ascii=False)


def _traceback(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    return formatter.formatException(record.exc_info)[-LONGEST:] if record.exc_info and record.exc_info[0] else ""


def _more(record: logging.LogRecord) -> str:
    left_out = getattr(record, "left_out", 0)
    return f" ({left_out} more like this were left out)" if left_out else ""


class Sieve(logging.Filter):
    """Lets a few records of one kind through, and tells with the next one how many it kept back.

    A kind is where in the program a record comes from: what a client sends cannot make a new one.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._kinds: dict[tuple[str, int, str], TokenBucket] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether a record is written."""
        kind = (record.name, record.lineno, record.pathname)
        bucket = self._kinds.get(kind)
        if bucket is None:
            bucket = self._kinds[kind] = TokenBucket(PER_MINUTE / 60, BURST, self._clock)
        left_out = bucket.refused
        if not bucket.take():
            return False
        record.left_out = left_out
        return True


def configure(format: LogFormat) -> None:
    """Write the log of this process to standard error; for programs everything else that comes there, too."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Json() if format == "json" else Human())
    handler.addFilter(Sieve())
    logging.basicConfig(handlers=[handler], force=True)
    if format == "json":
        logging.getLogger("townsquare").setLevel(logging.INFO)  # people read the same on standard output
        logging.captureWarnings(True)
        sys.excepthook = _uncaught
        threading.excepthook = lambda args: _uncaught(args.exc_type, args.exc_value, args.exc_traceback)
        sys.unraisablehook = lambda args: _uncaught(args.exc_type, args.exc_value, args.exc_traceback)


def refuse(error: Exception) -> None:
    """Say why this process does not do what it was asked for: on a line of its log where programs read that."""
    if any(isinstance(handler.formatter, Json) for handler in logging.getLogger().handlers):
        logging.getLogger("townsquare").error("%s", error)
    else:
        print(f"townsquare: {error}", file=sys.stderr)


def _uncaught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if error is not None and not issubclass(kind, SystemExit):
        logging.getLogger("townsquare").critical("nobody caught this", exc_info=(kind, error, trace))
