"""The tree of errors of the market: "their mistake" apart from "our bug"; an error carries its data and formats itself.

Every message begins in lower case, names the offending value and the place, and says what would be right.
"""

from __future__ import annotations

from pathlib import Path

Location = tuple[str | int, ...]
"""Where something stands in a scenario: keys, and indices into lists."""


class TownsquareError(Exception):
    """Anything that the person in front of the screen can put right."""


class ScenarioError(TownsquareError):
    """A scenario file cannot be used as it stands."""

    def __init__(
        self,
        problem: str,
        *,
        path: Path | None = None,
        line: int | None = None,
        key: str | None = None,
        value: object = None,
        remedy: str | None = None,
    ) -> None:
        self.problem = problem
        self.path = path
        self.line = line
        self.key = key
        self.value = value
        self.remedy = remedy
        super().__init__(self._text())

    def _text(self) -> str:
        where = ""
        if self.path is not None:
            where = f"{self.path}:{self.line}: " if self.line is not None else f"{self.path}: "
        key = f"{self.key}: " if self.key else ""
        value = "" if self.value is None else f" (found {self.value!r})"
        remedy = f"; {self.remedy}" if self.remedy else ""
        return f"{where}{key}{self.problem}{value}{remedy}"


class ScenarioErrors(ScenarioError):  # noqa: N818 - it is several
    """Several mistakes in one scenario, reported together so that they are mended in one go."""

    def __init__(self, errors: list[ScenarioError]) -> None:
        self.errors = errors
        first = errors[0]
        super().__init__(
            first.problem,
            path=first.path,
            line=first.line,
            key=first.key,
            value=first.value,
            remedy=first.remedy,
        )

    def _text(self) -> str:
        return "\n".join(str(error) for error in self.errors)


class PlanError(TownsquareError):
    """A plan asks for what the scenario does not offer or the vendor cannot pay."""

    def __init__(self, problem: str, *, vendor: str | None = None, slot: str | None = None) -> None:
        self.problem = problem
        self.vendor = vendor
        self.slot = slot
        place = "".join(f"{kind} {name!r}: " for kind, name in (("vendor", vendor), ("slot", slot)) if name)
        super().__init__(f"{place}{problem}")


class NetworkError(TownsquareError, ValueError):
    """A graph cannot be used: an impossible node, weight, degree or file."""


class ParameterError(TownsquareError, ValueError):
    """A parameter of a model is outside what the model is defined for."""


class MissingDataError(TownsquareError):
    """Files that belong to the installation are not there."""

    def __init__(self, name: str, looked_in: list[Path]) -> None:
        self.name = name
        self.looked_in = looked_in
        places = ", ".join(str(folder) for folder in looked_in)
        super().__init__(f"no folder {name!r} (looked in {places}); install townsquare again, or clone it again")


class InvariantError(Exception):
    """Our bug: the market reached a state that its own rules exclude."""
