"""tests/wire/*.json are what the code makes, cover every message, and read back as the instances they came from."""

from __future__ import annotations

import base64
import importlib.util
import json
import sys
import typing
from pathlib import Path
from types import ModuleType

import msgspec
import pytest

from townsquare_server import wire
from townsquare_server.codec import Format, decode

WIRE = Path(__file__).parents[1] / "wire"


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, WIRE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


MAKER = load("make_fixtures")
EXAMPLES = sys.modules["examples"].messages()
FILES = sorted(path.name for path in WIRE.glob("*.json"))


def test_committed_fixtures_are_current() -> None:
    made = MAKER.render()
    assert sorted(made) == FILES
    for name, text in made.items():
        assert (WIRE / name).read_text(encoding="utf-8") == text, (
            f"{name} is out of date: run tests/wire/make_fixtures.py"
        )


def test_every_message_type_has_an_example() -> None:
    types = {*typing.get_args(wire.ClientAny), *typing.get_args(wire.ServerAny)}
    assert {type(message) for message in EXAMPLES.values()} == types


@pytest.mark.parametrize("name", FILES)
def test_both_encodings_read_back_as_the_instance(name: str) -> None:
    fixture = json.loads((WIRE / name).read_text(encoding="utf-8"))
    expected = EXAMPLES[fixture["name"]]
    text = json.dumps(fixture["json"])
    packed = base64.b64decode(fixture["msgpack_base64"])
    if fixture["direction"] == "client":
        assert decode(Format.JSON, text) == expected
        assert decode(Format.MSGPACK, packed) == expected
    else:
        assert msgspec.json.decode(text, type=wire.ServerAny) == expected
        assert msgspec.msgpack.decode(packed, type=wire.ServerAny) == expected
