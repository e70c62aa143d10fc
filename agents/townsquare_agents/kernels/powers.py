"""Powers and half-lives from basic arithmetic alone: the same bits on every platform."""

from __future__ import annotations

from townsquare_agents.compiled import inline
from townsquare_agents.kernels.growth import logarithm
from townsquare_agents.rng import exp


@inline
def decay(half_life: float) -> float:
    """Return the factor per tick of what halves in so many ticks."""
    return exp(-0.6931471805599453 / half_life)


@inline
def power(base: float, exponent: float) -> float:
    """Return base ** exponent for a share and an exponent of at least 0."""
    if base <= 0.0:
        return 1.0 if exponent == 0.0 else 0.0
    return exp(exponent * logarithm(base))
