"""One decoder: every example is read, whatever else comes is answered with a typed refusal, and nothing raises."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from townsquare_server import wire
from townsquare_server.codec import Format, decode, encode, format_of
from townsquare_server.errors import RefusalError

steady = settings(deadline=None, derandomize=True)  # the same examples on every machine, however busy

PACKED = msgspec.msgpack.encode


def refusal(format: Format, data: bytes | str) -> wire.ServerRefusal:
    answer = decode(format, data)
    assert isinstance(answer, wire.ServerRefusal), answer
    assert answer.detail
    assert not answer.detail[0].isupper()
    return answer


def test_subprotocols() -> None:
    assert [format_of(name) for name in wire.SUBPROTOCOLS] == [Format.MSGPACK, Format.JSON]
    assert format_of(None) is Format.MSGPACK
    with pytest.raises(RefusalError, match=r"townsquare\.v9\.json"):
        format_of("townsquare.v9.json")


@pytest.mark.parametrize("format", list(Format))
def test_message_reads_back(format: Format) -> None:
    message = wire.ClientEditPlan(7, "contest", "level", 2)
    assert decode(format, encode(format, message)) == message  # type: ignore[arg-type]
    assert decode(Format.JSON, json.dumps({"t": "pause", "id": 3})) == wire.ClientPause(3)


@pytest.mark.parametrize(
    ("message", "words", "id"),
    [
        ({"t": "pause"}, "required field `id`", None),
        ({"t": "pause", "id": 5, "extra": 1}, "unknown field `extra`", 5),
        ({"t": "no_such", "id": 6}, "'no_such'", 6),
        ({"id": 7}, "required field `t`", 7),
        ({"t": "pause", "id": -1}, ">= 0", None),
        ({"t": "pause", "id": 2**53}, "<= 9007199254740991", None),
        ({"t": "pause", "id": 1.5}, "`int`", None),
        ({"t": "set_ready", "id": 8, "ready": 1}, "`bool`", 8),
        ({"t": "edit_plan", "id": 9, "slot": "contest", "field": "author", "value": 1}, "'author'", 9),
        ({"t": "edit_plan", "id": 9, "slot": "contest", "field": "level", "value": 1.5}, "$.value", 9),
        ({"t": "extend", "id": 9, "seconds": 10**9}, "86400", 9),
        ({"t": "server_ack", "id": 9}, "'server_ack'", 9),
        ([1, 2], "object", None),
        ("hello", "object", None),
        (None, "object", None),
    ],
)
@pytest.mark.parametrize("format", list(Format))
def test_wrong_messages_are_refused_in_words_with_their_number(
    format: Format, message: object, words: str, id: int | None
) -> None:
    data = PACKED(message) if format is Format.MSGPACK else json.dumps(message)
    answer = refusal(format, data)
    assert (answer.code, answer.id) == ("bad_message", id)
    assert words in answer.detail


@pytest.mark.parametrize(
    "data",
    [b"", b"\xc1", b"\x81", b"\xff" * 20, b"\x92" * 8000, b"\x81" * 8000, b"\xdf\xff\xff\xff\xff", b"\xa3\xff\xfe\xfd"],
)
def test_bytes_that_are_not_msgpack(data: bytes) -> None:
    assert refusal(Format.MSGPACK, data).code == "bad_message"


@pytest.mark.parametrize(
    "data",
    [
        "",
        "{",
        "[" * 16_000,
        '{"a":' * 3_000,
        '{"t":"pause","id":NaN}',
        '{"t":"pause","id":1e999}',
        "\ud800",
        b"\xff\xfe",
    ],
)
def test_text_that_is_not_json(data: str | bytes) -> None:
    assert refusal(Format.JSON, data).code == "bad_message"


def test_huge_numbers_and_messages() -> None:
    assert refusal(Format.JSON, '{"t":"pause","id":' + "9" * 5000 + "}").code == "bad_message"
    assert refusal(Format.JSON, '{"t":"edit_plan","id":1,"slot":"a","field":"level","value":' + "9" * 5000 + "}").code
    big = PACKED({"t": "peek", "id": 1, "code": "x" * wire.MAX_MESSAGE_BYTES})
    assert refusal(Format.MSGPACK, big).code == "too_large"
    assert str(wire.MAX_MESSAGE_BYTES) in refusal(Format.MSGPACK, big).detail


def test_text_frame_in_msgpack() -> None:
    assert "json subprotocol" in refusal(Format.MSGPACK, '{"t":"pause","id":3}').detail


def test_json_may_come_in_a_binary_frame() -> None:
    assert decode(Format.JSON, b'{"t":"pause","id":3}') == wire.ClientPause(3)


@steady
@given(st.binary(max_size=300), st.sampled_from(list(Format)))
def test_any_bytes_are_answered(data: bytes, format: Format) -> None:
    assert isinstance(decode(format, data), wire.ClientMessage | wire.ServerRefusal)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats()
    | st.text(max_size=9)
    | st.binary(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=9,
)
NAMES = [message.__struct_config__.tag for message in wire.ClientAny.__args__]  # type: ignore[attr-defined]
FIELDS = sorted({field for message in wire.ClientAny.__args__ for field in message.__struct_fields__})  # type: ignore[attr-defined]


@steady
@given(st.sampled_from(NAMES), st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=6))
def test_messages_that_are_almost_right_are_answered_and_can_be_answered_to(
    name: str, fields: dict[str, object]
) -> None:
    answer = decode(Format.MSGPACK, PACKED({"t": name, **fields}))
    assert isinstance(answer, wire.ClientMessage | wire.ServerRefusal)
    if isinstance(answer, wire.ServerRefusal):
        assert all(encode(format, answer) for format in Format)


@steady
@given(st.text(max_size=60))
def test_any_text_is_answered(text: str) -> None:
    answer = decode(Format.JSON, text)
    assert isinstance(answer, wire.ServerRefusal)
    assert encode(Format.MSGPACK, answer)
