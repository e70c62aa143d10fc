"""Write tests/wire/*.json, an example of each message for both test suites, and docs/protocol.md, which shows them.

`python tests/wire/make_fixtures.py` rewrites them; `tests/server/test_fixtures.py` and `test_protocol_document.py` say
when they are out of date.
"""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path

import msgspec

HERE = Path(__file__).parent
PROTOCOL = HERE.parents[1] / "docs" / "protocol.md"
sys.path.insert(0, str(HERE))

import examples  # noqa: E402

from townsquare_server import protocol_document  # noqa: E402
from townsquare_server.wire import ClientMessage, ServerMessage  # noqa: E402


def fixture(name: str, message: ClientMessage | ServerMessage) -> dict[str, object]:
    """Return one fixture: the same message as JSON and as msgpack."""
    return {
        "name": name,
        "direction": "client" if isinstance(message, ClientMessage) else "server",
        "json": json.loads(msgspec.json.encode(message)),
        "msgpack_base64": base64.b64encode(msgspec.msgpack.encode(message)).decode(),
    }


def render() -> dict[str, str]:
    """Return the text of each fixture by its file name."""
    return {
        f"{name}.json": json.dumps(fixture(name, message), ensure_ascii=False, separators=(",", ":")) + "\n"
        for name, message in examples.messages().items()
    }


def render_protocol() -> str:
    """Return the text of docs/protocol.md."""
    return protocol_document.markdown(examples.messages())


def main() -> None:
    """Write the fixtures and the documentation, and remove the fixtures whose message is gone."""
    files = render()
    for old in HERE.glob("*.json"):
        if old.name not in files:
            old.unlink()
    for name, text in files.items():
        (HERE / name).write_text(text, encoding="utf-8", newline="\n")
    PROTOCOL.write_text(render_protocol(), encoding="utf-8", newline="\n")
    print(f"{len(files)} fixtures in {HERE}")


if __name__ == "__main__":
    main()
