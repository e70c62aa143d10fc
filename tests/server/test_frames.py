"""Frames: built once for all who get the same bytes, deflated where it pays."""

from __future__ import annotations

from townsquare_server.codec import Format
from townsquare_server.frames import Parcel, Variant
from townsquare_server.wire import ServerAck, ServerNodes

NODES = ServerNodes(round=1, tick=2, keyframe=True, changed=b"", states=bytes(range(256)) * 200)


def test_frames_are_built_once_a_variant_and_deflated_when_it_pays() -> None:
    parcel = Parcel(NODES)
    packed = parcel.frame(Variant(Format.MSGPACK, 12))
    assert parcel.frame(Variant(Format.MSGPACK, 12)) is packed
    assert len(packed) < 3000 < 51_200 < len(parcel.frame(Variant(Format.MSGPACK, 0)))
    small = Parcel(ServerAck(3))
    assert small.frame(Variant(Format.MSGPACK, 12)) == small.frame(Variant(Format.MSGPACK, 0))
