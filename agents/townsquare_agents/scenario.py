"""The scenario: schema, checks and defaults. A scenario is data; what is not said takes its default (`parameters`).

`load_scenario` reads TOML (`toml_source.py`), merges what it includes, and returns a frozen `Scenario` or raises
`ScenarioErrors` with file, line, key, value and remedy. `Scenario.to_json` is canonical: a session file carries it, and
`Scenario.digest` names it.
"""

from __future__ import annotations

import functools
import hashlib
import json
from pathlib import Path
from typing import Any, Literal

from pydantic import ConfigDict, Field, ValidationError, model_validator

from townsquare_agents import toml_source
from townsquare_agents.errors import ScenarioError
from townsquare_agents.explanations import explain
from townsquare_agents.kernels.codes import MOST_PLATFORMS
from townsquare_agents.parameters import Mechanisms, Parameters
from townsquare_agents.parameters.quantity import Group
from townsquare_agents.paths import scenarios_folder
from townsquare_agents.scenario_checks import CrossChecksError, cross_checks
from townsquare_agents.scenario_parts import (
    NO_TEXT,
    Archetype,
    Calendar,
    Event,
    Identifier,
    Platform,
    Play,
    Population,
    Spamming,
    Texts,
    Topic,
    Vendor,
)

MOST_VENDORS = 8  # three bits of a node's byte name the vendor
PolicyName = Literal["campaign", "relationship", "mixed", "idle"]


class Scenario(Group):
    """A whole scenario, checked. Frozen: share it between games and threads."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="Townsquare scenario")

    schema_version: Literal[1] = 1
    id: Identifier
    title: Texts
    summary: Texts = NO_TEXT
    briefing: Texts = NO_TEXT
    calendar: Calendar = Calendar()
    population: Population = Population()
    topics: list[Topic] = Field(min_length=1, max_length=32)
    archetypes: list[Archetype] = Field(min_length=1, max_length=32)
    platforms: list[Platform] = Field(min_length=1, max_length=MOST_PLATFORMS)
    vendors: list[Vendor] = Field(min_length=1, max_length=MOST_VENDORS)
    plays: list[Play] = Field(min_length=1, max_length=64)
    events: list[Event] = Field(default_factory=list, max_length=64)
    spam: Spamming = Spamming()
    parameters: Parameters = Parameters()
    mechanisms: Mechanisms = Mechanisms()
    policies: dict[Identifier, PolicyName] = Field(
        default_factory=dict, description="who plays a vendor without people: campaign, relationship, mixed or idle"
    )

    @model_validator(mode="after")
    def _names_exist(self) -> Scenario:
        found = cross_checks(self)
        if found:
            raise CrossChecksError(found)
        return self

    @functools.cached_property
    def digest(self) -> str:
        """Hex digest of the canonical JSON."""
        return hashlib.blake2b(self.to_json(), digest_size=16).hexdigest()

    def to_json(self) -> bytes:
        """Return the canonical JSON: all defaults written out, keys sorted."""
        return json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False).encode()

    @classmethod
    def from_json(cls, data: bytes) -> Scenario:
        """Read what `to_json` wrote; raises ScenarioErrors."""
        try:
            return cls.model_validate_json(data)
        except ValidationError as error:
            raise explain(error, None) from None

    def vendor_index(self, vendor: str) -> int:
        """Return the index of a vendor by identifier; raises ScenarioError."""
        for index, candidate in enumerate(self.vendors):
            if candidate.id == vendor:
                return index
        known = ", ".join(v.id for v in self.vendors)
        raise ScenarioError("there is no such vendor", value=vendor, remedy=f"use one of {known}")


def load_scenario(source: str | Path) -> Scenario:
    """Load a scenario by path, or by the identifier of a shipped one.

    Raises ScenarioErrors, which lists every mistake.
    """
    path = Path(source)
    if path.suffix != ".toml" and not path.exists():
        path = scenarios_folder() / f"{source}.toml"
    return _validated(toml_source.read(path))


def parse_scenario(raw: bytes, name: str) -> Scenario:
    """Load a scenario from a file's content; it includes shipped files alone. `name` is what its mistakes are told of.

    Raises ScenarioErrors, which lists every mistake.
    """
    return _validated(toml_source.read_text(raw, name))


def _validated(document: toml_source.Document) -> Scenario:
    try:
        return Scenario.model_validate(document.data)
    except ValidationError as error:
        raise explain(error, document) from None


def shipped_scenarios() -> list[Path]:
    """Return the paths of the scenarios that come with Townsquare, sorted by name."""
    return sorted(scenarios_folder().glob("*.toml"))


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a scenario file, with units and sources."""
    return Scenario.model_json_schema()
