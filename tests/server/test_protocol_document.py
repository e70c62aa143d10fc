"""docs/protocol.md is what the code generates, and leaves no message, field or code out."""

from __future__ import annotations

import sys
import typing
from pathlib import Path

from townsquare_server import protocol_document, wire
from townsquare_server.errors import Code

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "wire"))
import examples  # noqa: E402

TEXT = protocol_document.markdown(examples.messages())


def test_committed_document_is_current() -> None:
    committed = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
    assert committed == TEXT, "docs/protocol.md is out of date: run python tests/wire/make_fixtures.py"


def test_every_message_and_field_is_described() -> None:
    for kind in (*typing.get_args(wire.ClientAny), *typing.get_args(wire.ServerAny)):
        _, found, section = TEXT.partition(f"### `{kind.__struct_config__.tag}`\n")
        assert found
        section = section.partition("\n#")[0]
        for field in set(kind.__struct_fields__) - {"id"}:
            assert f"| `{field}` |" in section, f"{kind.__name__}.{field}"


def test_every_code_is_named() -> None:
    for code in Code:
        assert f"`{code}`" in TEXT


def test_comments_of_the_source_become_descriptions() -> None:
    view = next(kind for kind in protocol_document.types() if kind.name == "PhaseView")
    assert {field.name: field.comment for field in view.fields}["round"] == "1..rounds; 0 before the first"


def test_every_message_has_an_example() -> None:
    for kind in (*typing.get_args(wire.ClientAny), *typing.get_args(wire.ServerAny)):
        section = TEXT.partition(f"### `{kind.__struct_config__.tag}`\n")[2].partition("\n#")[0]
        assert f'```json\n{{"t": "{kind.__struct_config__.tag}"' in section, kind.__name__


def test_versions_and_closing_codes_are_told() -> None:
    assert "| 4400 | no version of the protocol in common" in TEXT
    assert "offer `townsquare.v1.msgpack` or `townsquare.v1.json`" in TEXT
    assert "townsquare.v1 is spoken here, v0 is too old" in TEXT
