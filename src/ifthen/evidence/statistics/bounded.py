"""Bounds for the mean of scores that are anything from 0 to 1, valid at every number of them.

Two tests of *the mean is at least this*, both valid for independent scores from 0 to 1 whatever
their distribution, and for scores whose means differ as long as the average of those does not:

- **hinge**: sums of such scores are less spread out than a binomial with the same mean (Hoeffding
  1963), so the chance of a sum as low as ``s`` is at most the least over ``t`` of
  E[(t - B)+] / (t - s) with B binomial (Bentkus 2004). It is the exact binomial test where nothing
  succeeded, and within a factor e of it everywhere.
- **betting**: a stake against the mean at each score multiplies a fortune that grows only by luck;
  a fortune of 1/p has a chance of at most p (Waudby-Smith and Ramdas 2024). It uses that scores lie
  close together. Here the fortune is averaged over fixed stakes, so that the order of the questions
  does not matter.

Neither is better everywhere: the hinge wins where scores are near 0 and 1, betting where they are
concentrated. So the error is split between them, most of it to the hinge, and the better one
counts. How much each gives is measured in ``docs/calibration.md``.

A score may weigh less than another (a small cluster beside a large one). Its stake is then that
much smaller, which holds also where the weight has to do with the score, and betting is alone.
"""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import special

from ifthen.evidence.statistics.bounds import ROUNDING

Floats: TypeAlias = npt.NDArray[np.float64]

HINGE_SHARE = 0.75
"""The part of the error that the hinge test gets where all scores weigh the same."""
STAKES: Floats = np.array([1.0, *(2.0**-k for k in range(1, 7))])
"""Stakes, as parts of the largest that cannot be ruined by a single score."""
_PRIOR: Floats = np.array([0.5, *([0.5 / 6] * 6)])
_PRECISION = 1e-7
"""How far above the true bound the bound may lie; it never lies below."""


def hinge(values: Floats, mean: float) -> float:
    """The p-value of *the mean is at least this*, from the spread of a binomial."""
    n = len(values)
    total = float(values.sum())
    tops = np.arange(math.floor(total) + 1, n + 1)
    if not len(tops):
        return 1.0
    expected = np.cumsum(special.bdtr(np.arange(n, dtype=float), n, mean))
    return min(1.0, float((expected[tops - 1] / (tops - total)).min()))


def log_fortune(values: Floats, weights: Floats, mean: float) -> float:
    """The logarithm of what betting against *the mean is at least this* has made of 1."""
    gains = weights * (mean - values) / (1 - mean)
    with np.errstate(divide="ignore"):
        logs = np.log1p(np.maximum(np.outer(STAKES, gains), -1.0)).sum(axis=1)
    most = logs.max()
    return float(most + np.log(_PRIOR @ np.exp(logs - most)))


def betting(values: Floats, weights: Floats, mean: float) -> float:
    """The p-value of *the mean is at least this*, by betting; valid at any stopping time."""
    return math.exp(-max(0.0, log_fortune(values, weights, mean)))


def p_value(values: Floats, weights: Floats, mean: float, *, any_time: bool = False) -> float:
    """The p-value of *the mean is at least this*.

    Args:
        values: one score from 0 to 1 per independent unit.
        weights: of each unit, from above 0 to 1.
        mean: the mean in question.
        any_time: valid also where looking at the scores decided when to stop.
    """
    if mean >= 1:
        return 1.0 if bool((values >= 1).all()) else 0.0
    if mean <= 0:
        return 1.0
    bet = betting(values, weights, mean)
    if any_time or not bool((weights == 1).all()):
        return bet
    return min(1.0, hinge(values, mean) / HINGE_SHARE, bet / (1 - HINGE_SHARE))


def upper(values: Floats, weights: Floats, alpha: float, *, any_time: bool = False) -> float:
    """The upper bound of the mean, at confidence ``1 - alpha``."""

    def excess(mean: float) -> float:
        """Above zero where the mean is not ruled out."""
        p = p_value(values, weights, mean, any_time=any_time)
        return math.log(max(p, 1e-300) / alpha)

    low, high = float((weights * values).sum() / weights.sum()), 1 - ROUNDING
    at_low, at_high = max(excess(low), ROUNDING), excess(high)
    if low >= high or at_high >= 0:
        return 1.0
    step = 0
    while high - low > _PRECISION:
        # False position by turns, halving in between: few steps, and never stuck.
        part = 0.5 if step % 3 == 2 else at_low / (at_low - at_high)
        middle = low + min(0.999, max(0.001, part)) * (high - low)
        found = excess(middle)
        if found < 0:
            high, at_high = middle, found
        else:
            low, at_low = middle, max(found, ROUNDING)
        step += 1
    return high


def lower(values: Floats, weights: Floats, alpha: float, *, any_time: bool = False) -> float:
    """The lower bound of the mean, at confidence ``1 - alpha``."""
    return 1.0 - upper(1.0 - values, weights, alpha, any_time=any_time)
