"""Sixteen arcs at a time: one draw for each arc of a row in one vector register, and prefetches into the cache.

Law: an arc's draw is a function of its row's 64-bit key and its place in the row, in integers alone: the same bits
whether LLVM makes AVX-512, AVX2, NEON or scalar code of it, packs the live lanes or scans them, or plain Python runs.

A row's key is a full 64-bit hash (`rng.draw`); within the row a 32-bit finaliser (the multipliers of lowbias32, the
key's other half added midway) spreads the place. 31 bits are compared with a limit in 0..2**31: 0 is never, 2**31
always.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from llvmlite import binding, ir
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from townsquare_agents.compiled import JIT_DISABLED, inline

LANES = 16
CERTAIN = 2**31  # the limit of an arc that is always live
STRIDE, MULTIPLIER_1, MULTIPLIER_2 = 0x9E3779B1, 0x21F0AAAD, 0xD35A2D97
_WORD = 0xFFFFFFFF
_LOW_HALF, _HALF, _BIT, _NONE = np.uint64(_WORD), np.uint64(32), np.uint64(1), np.uint64(0)
_LANES, _GUARD = np.uint64(LANES), np.uint64(1 << 63)

Words = NDArray[np.uint32]
Arcs = NDArray[np.uint32]

_I1, _I8, _I16, _I32, _I64 = (ir.IntType(bits) for bits in (1, 8, 16, 32, 64))
_VECTOR = ir.VectorType(_I32, LANES)


def row_draw(low: int, high: int, place: int) -> int:
    """Return the 31 bits that decide the arc at ``place`` of a row with key (low, high); the vectors do the same."""
    x = (low + place * STRIDE) & _WORD
    x = ((x ^ (x >> 16)) * MULTIPLIER_1) & _WORD
    x = ((x ^ (x >> 15)) + high) & _WORD
    x = (x * MULTIPLIER_2) & _WORD
    return (x ^ (x >> 15)) >> 1


def _signed(word: int) -> int:
    word &= _WORD
    return word - 2**32 if word >= 2**31 else word


def _constant(words: list[int]) -> Any:
    return ir.Constant(_VECTOR, [_signed(word) for word in words])


def _all(word: int) -> Any:
    return _constant([word] * LANES)


def _splat(builder: Any, value: Any) -> Any:
    undefined = ir.Constant(_VECTOR, ir.Undefined)
    return builder.shuffle_vector(builder.insert_element(undefined, value, _I32(0)), undefined, _all(0))


def _draws(builder: Any, low: Any, high: Any, base: Any) -> Any:
    """Emit `row_draw` for the places base .. base + 15."""
    first = builder.add(low, builder.mul(base, _I32(_signed(STRIDE))))
    x = builder.add(_splat(builder, first), _constant([lane * STRIDE for lane in range(LANES)]))
    x = builder.mul(builder.xor(x, builder.lshr(x, _all(16))), _all(MULTIPLIER_1))
    x = builder.add(builder.xor(x, builder.lshr(x, _all(15))), _splat(builder, high))
    x = builder.mul(x, _all(MULTIPLIER_2))
    return builder.lshr(builder.xor(x, builder.lshr(x, _all(15))), _all(1))


def _pointer(context: Any, builder: Any, array_type: Any, array: Any, index: Any, element: Any) -> Any:
    data = context.make_array(array_type)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [index]), ir.PointerType(element))


def _within(builder: Any, base: Any, degree: Any) -> tuple[Any, Any]:
    """Emit (places base .. base + 15, which of them are below the row's degree)."""
    places = builder.add(_splat(builder, base), _constant(list(range(LANES))))
    return places, builder.icmp_unsigned("<", places, _splat(builder, degree))


def _live(builder: Any, low: Any, high: Any, base: Any, degree: Any, limits: Any) -> tuple[Any, Any]:
    """Emit (places base .. base + 15, which of their arcs are live); ``limits`` points at their limits."""
    places, inside = _within(builder, base, degree)
    below = builder.icmp_unsigned("<", _draws(builder, low, high, base), builder.load(limits, align=4))
    return places, builder.and_(inside, below)


@intrinsic  # type: ignore[untyped-decorator]
def _prefetch(typing_context: Any, array: Any, index: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = _pointer(context, builder, signature.args[0], arguments[0], arguments[1], _I8)
        kind = ir.FunctionType(ir.VoidType(), [pointer.type, _I32, _I32, _I32])
        fetch = builder.module.declare_intrinsic("llvm.prefetch", [pointer.type], kind)
        builder.call(fetch, [pointer, _I32(0), _I32(3), _I32(1)])  # to read, keep close, data
        return context.get_dummy_value()

    return types.void(array, types.int64), generate


@intrinsic  # type: ignore[untyped-decorator]
def _compress_live(
    typing_context: Any,
    low: Any,
    high: Any,
    base: Any,
    degree: Any,
    limits: Any,
    first: Any,
    arc: Any,
    out: Any,
    at: Any,
) -> Any:
    """Append arc + place of each live place to ``out`` at ``at``; return how many there were."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        low, high, base, degree, limits, first, arc, out, at = arguments
        pointer = _pointer(context, builder, signature.args[4], limits, first, _VECTOR)
        places, live = _live(builder, low, high, base, degree, pointer)
        target = _pointer(context, builder, signature.args[7], out, at, _I32)
        kind = ir.FunctionType(ir.VoidType(), [_VECTOR, target.type, ir.VectorType(_I1, LANES)])
        store = builder.module.declare_intrinsic("llvm.masked.compressstore.v16i32", (), kind)
        builder.call(store, [builder.add(places, _splat(builder, arc)), target, live])
        return builder.zext(builder.ctpop(builder.bitcast(live, _I16)), _I64)

    word, index = types.uint32, types.int64
    return index(word, word, word, word, limits, index, word, out, index), generate


@intrinsic  # type: ignore[untyped-decorator]
def _mask_live(typing_context: Any, low: Any, high: Any, base: Any, degree: Any, limits: Any, first: Any) -> Any:
    """Return the live places as the bits of a mask."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        low, high, base, degree, limits, first = arguments
        pointer = _pointer(context, builder, signature.args[4], limits, first, _VECTOR)
        _, live = _live(builder, low, high, base, degree, pointer)
        return builder.zext(builder.bitcast(live, _I16), _I64)

    word = types.uint32
    return types.uint64(word, word, word, word, limits, types.int64), generate


@intrinsic  # type: ignore[untyped-decorator]
def _lowest_bit(typing_context: Any, mask: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(_I1, 1))

    return types.int64(types.uint64), generate


def _has_compress() -> bool:
    """Whether the processor packs the live lanes of a vector in one instruction; else a loop does it."""
    if numba.config.CPU_NAME or numba.config.CPU_FEATURES:  # compiled for another processor than this one
        return "+avx512f" in (numba.config.CPU_FEATURES or "")
    return bool(binding.get_host_cpu_features().get("avx512f", False))


HAS_COMPRESS = not JIT_DISABLED and _has_compress()


@inline
def _append_packed(low: np.uint32, high: np.uint32, start: int, degree: int, limits: Words, out: Arcs, at: int) -> int:
    each, size, arc = int(limits.size != LANES), np.uint32(degree), np.uint32(start)
    if not each:
        # most rows fit in two vectors: doing both without a look costs less than a mispredicted branch
        at += _compress_live(low, high, np.uint32(0), size, limits, 0, arc, out, at)
        at += _compress_live(low, high, np.uint32(16), size, limits, 0, arc, out, at)
    for base in range(0 if each else 32, degree, LANES):
        at += _compress_live(low, high, np.uint32(base), size, limits, (start + base) * each, arc, out, at)
    return at


@inline
def _append_scanned(low: np.uint32, high: np.uint32, start: int, degree: int, limits: Words, out: Arcs, at: int) -> int:
    each, size = int(limits.size != LANES), np.uint32(degree)
    for base in range(0, degree, 2 * LANES):
        mask = _mask_live(low, high, np.uint32(base), size, limits, (start + base) * each)
        if base + LANES < degree:
            upper = _mask_live(low, high, np.uint32(base + LANES), size, limits, (start + base + LANES) * each)
            mask |= upper << _LANES
        # a look at each of the first few, there or not, costs less than mispredicting how many there are
        for _ in range(3):
            out[at] = start + base + _lowest_bit(mask | _GUARD)
            at += int(mask != _NONE)
            mask &= mask - _BIT
        while mask != _NONE:
            out[at] = start + base + _lowest_bit(mask)
            at += 1
            mask &= mask - _BIT
    return at


@inline
def _append_jit(key: np.uint64, start: int, degree: int, limits: Words, out: Arcs, at: int) -> int:
    low, high = np.uint32(key & _LOW_HALF), np.uint32(key >> _HALF)
    if HAS_COMPRESS:
        return _append_packed(low, high, start, degree, limits, out, at)
    return _append_scanned(low, high, start, degree, limits, out, at)


def _append_plain(key: np.uint64, start: int, degree: int, limits: Words, out: Arcs, at: int) -> int:
    low, high = int(key) & _WORD, int(key) >> 32
    each = int(limits.size != LANES)
    for place in range(degree):
        if row_draw(low, high, place) < int(limits[(start + place) * each]):
            out[at] = start + place
            at += 1
    return at


@inline
def _prefetch_jit(array: NDArray[Any], index: int) -> None:
    _prefetch(array, np.int64(index))


def _prefetch_plain(array: NDArray[Any], index: int) -> None:
    """Do nothing: plain Python has no cache to warm."""


# append_live(key, start, degree, limits, out, at) appends the live arcs of the row start .. start + degree to out from
# `at` on, and returns where it stopped. ``limits`` are LANES equal ones for all arcs, or one for each arc and LANES
# more; ``out`` needs room for the whole row and one more.
append_live = _append_plain if JIT_DISABLED else _append_jit
prefetch = _prefetch_plain if JIT_DISABLED else _prefetch_jit


def as_limits(probabilities: NDArray[np.float64]) -> Words:
    """Return what `append_live` compares draws with: one probability for all arcs, or one for each."""
    limits = np.rint(probabilities * CERTAIN).astype(np.uint32)
    return np.full(LANES, limits[0]) if limits.size == 1 else np.append(limits, np.zeros(LANES, np.uint32))
