"""One-sided bounds for a proportion: the exact one that decides, and others to compare it with.

The exact bound is that of Clopper and Pearson (1934): the largest rate under which so few successes
still have a chance of ``alpha``. It holds its level at every number of tasks. The bounds of Wilson
(1927) and of a Beta posterior are closer on average and below their level in places, so they are
shown and never decide. The normal approximation collapses to no width at 0 of n (Bowyer and others
2025, arXiv 2503.01747) and is refused below ``CLT_LEAST`` questions.
"""

from __future__ import annotations

import math

from scipy import special

CLT_LEAST = 300
"""Questions below which no normal approximation is given."""
_MOST = 10_000_000
ROUNDING = 1e-12
"""Bounds are moved outwards by this much, so that arithmetic never narrows them."""


def upper(successes: int, n: int, alpha: float) -> float:
    """The exact upper bound of a rate, at confidence ``1 - alpha``.

    Raises:
        ValueError: no trials, or more successes than trials.
    """
    _check(successes, n)
    if successes == n:
        return 1.0
    bound = float(special.betaincinv(successes + 1, n - successes, 1 - alpha))
    return min(1.0, bound + ROUNDING)


def lower(successes: int, n: int, alpha: float) -> float:
    """The exact lower bound of a rate, at confidence ``1 - alpha``."""
    return 1.0 - upper(n - successes, n, alpha)


def chance_of_at_most(successes: int, n: int, rate: float) -> float:
    """The chance of so few successes at a rate: the p-value of *the rate is at least this*."""
    _check(successes, n)
    return float(special.bdtr(successes, n, rate))


def least_tasks(successes: int, rate: float, alpha: float) -> int | None:
    """The least number of trials at which so few successes rule the rate out.

    None where that takes more than ten million.
    """
    low, high = successes + 1, max(2 * successes, 16)
    while upper(successes, high, alpha) >= rate:
        high *= 2
        if high > _MOST:
            return None
    while low < high:
        middle = (low + high) // 2
        if upper(successes, middle, alpha) < rate:
            high = middle
        else:
            low = middle + 1
    return high


def wilson_upper(successes: int, n: int, alpha: float) -> float:
    """The upper bound of the score test (Wilson 1927)."""
    _check(successes, n)
    z = float(special.ndtri(1 - alpha))
    rate = successes / n
    middle = rate + z * z / (2 * n)
    spread = z * math.sqrt(rate * (1 - rate) / n + z * z / (4 * n * n))
    return min(1.0, (middle + spread) / (1 + z * z / n))


def posterior_upper(successes: int, n: int, alpha: float, *, prior: float = 0.5) -> float:
    """The ``1 - alpha`` quantile of a Beta posterior.

    Args:
        successes: how many succeeded.
        n: of how many.
        alpha: one minus the credibility.
        prior: both parameters of the prior: 0.5 is Jeffreys', 1 the uniform one.
    """
    _check(successes, n)
    return float(special.betaincinv(successes + prior, n - successes + prior, 1 - alpha))


def normal_upper(mean: float, deviation: float, n: int, alpha: float) -> float | None:
    """The upper bound of the central limit theorem, or None below ``CLT_LEAST`` questions.

    Args:
        mean: the mean score.
        deviation: the standard deviation of the scores.
        n: how many independent scores.
        alpha: one minus the confidence.
    """
    if n < CLT_LEAST:
        return None
    return min(1.0, mean + float(special.ndtri(1 - alpha)) * deviation / math.sqrt(n))


def _check(successes: int, n: int) -> None:
    if n < 1 or not 0 <= successes <= n:
        raise ValueError(f"{successes} of {n} is no proportion")
