"""Keyed random numbers: every draw is a hash of (seed, purpose, tick, subject, object). There is no stream.

So the same seed gives the same world bit for bit, in any order and on any number of threads, and two worlds that
differ in one action share every other draw (common random numbers).

A draw costs one 64-bit finaliser: the first three parts are folded into a `stream key` once per loop, and the last two
move along two odd strides before the finaliser of splitmix64 (Steele, Lea & Flood 2014, variant 13 of Stafford), so
that for a fixed object the draws are exactly a splitmix64 sequence with its own stride.

Law for callers: a subject or an object is a stable index or a hash of stable names (`name_key`), never a running
counter that a removed action would shift.
"""

from __future__ import annotations

import hashlib
from enum import IntEnum
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from townsquare_agents.compiled import allocating, inline, kernel


class Purpose(IntEnum):
    """What a draw decides. Numbers are part of every digest ever published: append, never renumber."""

    TEST = 0
    # networks and classical diffusion
    EDGE = 1
    REWIRE = 2
    CASCADE = 3
    THRESHOLD = 4
    ADOPTION = 5
    RECOVERY = 6
    STUB = 7
    LAYOUT = 8
    # the population
    INTEREST = 20
    ARCHETYPE = 21
    TRAIT = 22
    MEMBERSHIP = 23
    ACCOUNT = 24
    CUSTOMER = 25
    NEED = 26
    INDUSTRY = 27
    # one tick
    AUDIENCE = 40
    BUDGET = 41
    ATTEND = 42
    LIKE = 43
    SHARE = 44
    ASK = 45
    CLICK = 46
    REGISTER = 47
    FOLLOW = 48
    EXIT = 49
    BLOCK = 50
    REPORT = 51
    CHOICE = 52
    TALK = 53
    HEAR = 54
    SATISFACTION = 55
    CHURN = 56
    COMPLAIN = 57
    SURVEY = 58
    DETECTION = 61
    STAGE = 63
    REMOVAL = 65
    REFUSAL = 66
    ARM = 67
    CROSS_POST = 68
    JOIN = 69
    QUIT = 70
    PEER = 71
    GAFFE = 72
    EXPECTATION = 79
    # the square
    HOUR = 80
    FOLLOW_BACK = 81


GOLDEN = np.uint64(0x9E3779B97F4A7C15)
SUBJECT_STRIDE = np.uint64(0xD1342543DE82EF95)
OBJECT_STRIDE = np.uint64(0xF1357AEA2E62A9C5)
_MULTIPLIER_1 = np.uint64(0xBF58476D1CE4E5B9)
_MULTIPLIER_2 = np.uint64(0x94D049BB133111EB)
_SHIFT_1, _SHIFT_2, _SHIFT_3 = np.uint64(30), np.uint64(27), np.uint64(31)
_ONE = np.uint64(1)
_UNIT = 1.0 / 9007199254740992.0  # 2**-53
_MANTISSA_SHIFT = np.uint64(11)


@inline
def mix(z: np.uint64) -> np.uint64:
    """Return the splitmix64 finaliser of ``z``: a bijection of 64 bits."""
    z = (z ^ (z >> _SHIFT_1)) * _MULTIPLIER_1
    z = (z ^ (z >> _SHIFT_2)) * _MULTIPLIER_2
    return z ^ (z >> _SHIFT_3)


@inline
def stream_key(seed: int, purpose: int, tick: int) -> np.uint64:
    """Fold what is constant over a loop into 64 bits; pass the result to `draw` and `unit`."""
    key = mix(np.uint64(seed) + GOLDEN)
    key = mix(key ^ (np.uint64(purpose) * SUBJECT_STRIDE + GOLDEN))
    return mix(key ^ (np.uint64(tick) * OBJECT_STRIDE + GOLDEN))


@inline
def draw(key: np.uint64, subject: int, object_: int) -> np.uint64:
    """Return 64 random bits for (subject, object) under a stream key."""
    return mix(key + np.uint64(subject) * SUBJECT_STRIDE + np.uint64(object_) * OBJECT_STRIDE)


@inline
def to_unit(bits: np.uint64) -> float:
    """Map 64 bits to a float64 in [0, 1), uniform on multiples of 2**-53."""
    return np.float64(bits >> _MANTISSA_SHIFT) * _UNIT


@inline
def unit(key: np.uint64, subject: int, object_: int) -> float:
    """Return a float64 in [0, 1) for (subject, object) under a stream key."""
    return to_unit(mix(key + np.uint64(subject) * SUBJECT_STRIDE + np.uint64(object_) * OBJECT_STRIDE))


@inline
def below(bits: np.uint64, bound: int) -> int:
    """Map 64 bits to an integer in [0, bound), bound < 2**31 (bias below 2**-32)."""
    return np.int64(((bits >> np.uint64(32)) * np.uint64(bound)) >> np.uint64(32))  # type: ignore[return-value]


@inline
def _scale(x: float, k: int) -> float:
    """Return x * 2**k by repeated exact multiplication."""
    factor = 2.0 if k > 0 else 0.5
    n = abs(k)
    while n > 0:
        if n & 1:
            x = x * factor
        factor = factor * factor
        n >>= 1
    return x


@inline
def exp(x: float) -> float:
    """Return e**x from basic arithmetic alone, the same bits on every platform (relative error below 1e-15)."""
    if x > 709.0:
        return np.inf
    if x < -708.0:
        return 0.0
    k = np.floor(x * 1.4426950408889634 + 0.5)
    # Cody-Waite reduction to |r| <= ln(2)/2, then Taylor to the 13th order
    r = (x - k * 0.693147180369123816490) - k * 1.90821492927058770002e-10
    p = 1.0
    for n in range(13, 0, -1):
        p = 1.0 + r * p / n
    return _scale(p, int(k))


@inline
def poisson(bits: np.uint64, mean: float) -> int:
    """Return a Poisson variate by inversion of one draw; mean at most about 500."""
    u = to_unit(bits)
    p = exp(-mean)
    cumulative = p
    k = 0
    while u >= cumulative and k < 1000:
        k += 1
        p = p * mean / k
        cumulative += p
    return k


@kernel
def uniform(seed: int, purpose: int, tick: int, subject: int, object_: int) -> float:
    """Return the float64 in [0, 1) that belongs to this key (docs/model.md, 4.9)."""
    return unit(stream_key(seed, purpose, tick), subject, object_)


@allocating
def uniform_array(seed: int, purpose: int, tick: int, subjects: NDArray[np.int64], object_: int) -> NDArray[np.float64]:
    """Return `uniform` for each subject: float64, the shape of ``subjects``."""
    key = stream_key(seed, purpose, tick)
    out = np.empty(subjects.size, np.float64)
    for i in range(subjects.size):
        out[i] = unit(key, subjects[i], object_)
    return out


@inline
def successes(key: np.uint64, trials: int, object_: int, chance: float) -> int:
    """Return how many of the subjects below ``trials`` draw a number below ``chance`` for an object."""
    count = 0
    for i in range(trials):
        count += unit(key, i, object_) < chance
    return count


def _text(*names: object) -> bytes:
    return "\x1f".join(map(str, names)).encode()


def name_key(*names: object) -> int:
    """Return a 63-bit key for stable names such as (vendor, round, slot, day)."""
    return int.from_bytes(hashlib.blake2b(_text(*names), digest_size=8).digest(), "little") >> 1


@lru_cache(maxsize=4096, typed=True)
def name_keys(*names: object, count: int) -> NDArray[np.int64]:
    """Return `name_key` of these names and a number, for each number below ``count``.

    They say nothing of a seed, so that games under different ones share them: not to be written to.
    """
    start = _text(*names, "")
    digests = b"".join(hashlib.blake2b(b"%b%d" % (start, number), digest_size=8).digest() for number in range(count))
    keys = (np.frombuffer(digests, "<u8") >> _ONE).astype(np.int64)
    keys.flags.writeable = False
    return keys
