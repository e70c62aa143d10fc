"""Merge patches are RFC 7386's, differences are their inverse, and the ring brings anybody to the newest view."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from townsquare_server import wire
from townsquare_server.history import History, apply, diff, diff_views

sys.path.insert(0, str(Path(__file__).parents[1] / "wire"))
sys.path.insert(0, str(Path(__file__).parent))
import examples
from driving import strip

steady = settings(deadline=None, derandomize=True)  # the same examples on every machine, however busy

NAMES = st.sampled_from("abcde")
SCALARS = st.none() | st.booleans() | st.integers(-3, 3) | st.text("xy", max_size=2)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=12
)
OBJECTS = st.dictionaries(NAMES, VALUES, max_size=5)


@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [  # the table in appendix A of RFC 7386
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "foo"}, None, None),
        ({"a": "foo"}, "bar", "bar"),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_apply_as_the_standard_says(target: Any, patch: Any, result: Any) -> None:
    assert apply(target, patch) == result


@steady
@given(OBJECTS, OBJECTS)
def test_difference_applied_gives_the_other(old: dict[str, Any], new: dict[str, Any]) -> None:
    patch = diff(old, new)
    assert strip(apply(old, patch)) == strip(new)
    assert strip(apply(strip(old), patch)) == strip(new)


@steady
@given(OBJECTS)
def test_no_difference_is_an_empty_patch(value: dict[str, Any]) -> None:
    assert diff(value, value) == {}
    assert diff(value, strip(value)) == {}
    assert diff(strip(value), value) == {}


def test_difference_is_small() -> None:
    old = {"a": {"b": 1, "c": [1, 2]}, "d": None}
    assert diff(old, {"a": {"b": 2, "c": [1, 2]}, "d": None}) == {"a": {"b": 2}}
    assert diff(old, {"a": {"b": 1}, "d": 5}) == {"a": {"c": None}, "d": 5}


def views() -> list[wire.View]:
    found = examples.snapshots().values()
    return [message.view for message in found if isinstance(message, wire.ServerSnapshot)]


def test_difference_of_views_is_that_of_their_plain_forms() -> None:
    for old in views():
        for new in views():
            plain_old, plain_new = msgspec.to_builtins(old), msgspec.to_builtins(new)
            assert diff_views(old, new) == diff(plain_old, plain_new)


def numbered(version: int) -> wire.View:
    view = views()[1]
    return msgspec.structs.replace(view, notices=[str(version)])


def test_ring_gives_the_gap_or_the_whole() -> None:
    history = History(numbered(100), first=100, size=3)
    for version in range(101, 106):
        delta = history.update(numbered(version))
        assert delta is not None
        assert delta.version == version
    assert history.version == 105
    assert history.since(105) == []
    assert [message.version for message in history.since(103)] == [104, 105]
    assert all(isinstance(message, wire.ServerDelta) for message in history.since(102))
    for version in (None, 101, 0, 106):
        (snapshot,) = history.since(version)
        assert isinstance(snapshot, wire.ServerSnapshot)
        assert snapshot == wire.ServerSnapshot(105, numbered(105))


def test_nothing_new_makes_no_version() -> None:
    history = History(numbered(1), first=1)
    assert history.update(numbered(1)) is None
    assert history.version == 1


VIEWS = views()[:9]  # without the longest


@steady
@given(st.lists(st.sampled_from(range(len(VIEWS))), min_size=1, max_size=9), st.integers(0, 9))
def test_whoever_follows_has_the_newest_view(order: list[int], joined: int) -> None:
    found = VIEWS
    history = History(found[0], first=7)
    mirror, version = msgspec.to_builtins(found[0]), 7
    for step, index in enumerate(order):
        history.update(found[index])
        if step >= joined:  # until then the mirror sleeps
            for message in history.since(version):
                assert isinstance(message, wire.ServerDelta)
                mirror, version = apply(mirror, message.patch), message.version
    if len(order) > joined:
        assert version == history.version
        assert strip(mirror) == strip(msgspec.to_builtins(history.view))
