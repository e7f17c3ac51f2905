"""What many futures come to: means, medians and quantiles, each with its interval from chance.

The intervals say how far more futures could move a figure. They say nothing about how well the
model fits the world.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np

from ifthen.evidence.futures import Floats
from ifthen.evidence.interval import Interval
from ifthen.review.stress.simulate import Outcome

LEVEL = 0.95
"""Of every interval, and of the upper quantile that is given."""
_WIDE = NormalDist().inv_cdf((1 + LEVEL) / 2)


@dataclass(frozen=True, slots=True)
class Days:
    """Days of one sort, per simulated model-year."""

    mean: Interval
    median: Interval
    upper: Interval
    """The 95 % quantile: what only one future in twenty exceeds."""
    any: Interval
    """The probability that there is such a day in a future at all."""

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "mean": self.mean.as_json(),
            "median": self.median.as_json(),
            "quantile_95": self.upper.as_json(),
            "any": self.any.as_json(),
        }


@dataclass(frozen=True, slots=True)
class Overshoot:
    """How far past the threshold a model is when that is found out, as a factor; 1 is not at all.

    It is about the futures in which the threshold is crossed, or found out before it is.
    """

    median: Interval
    upper: Interval
    """The 95 % quantile; infinite where more than one in twenty is never found out."""
    unseen: Interval
    """The share of which no finding is made to the end of the future."""
    crossings: int
    """How many futures these are."""

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "median": self.median.as_json(),
            "quantile_95": self.upper.as_json(),
            "unseen": self.unseen.as_json(),
            "crossings": self.crossings,
        }


@dataclass(frozen=True, slots=True)
class Estimates:
    """All that is estimated of one policy as one house keeps it."""

    trained: Days
    used_inside: Days
    deployed: Days
    exposed: Days
    """Days of any of the three."""
    overshoot: Overshoot
    false_alarms: Interval
    """Findings of crossed about a model that is really below, per simulated model-year."""
    paused: Days
    """Days on which training is held."""
    early: Days
    """Of these, the days on which the model really is below."""
    withdrawn: Days
    """Days on which deployment is held."""
    spread: tuple[float, ...]
    """The days of exposure a year of every fortieth part of the futures, in order: for drawing."""

    def as_json(self) -> dict[str, Any]:
        """Plain data; days and alarms are per simulated model-year."""
        return {
            "trained": self.trained.as_json(),
            "used_inside": self.used_inside.as_json(),
            "deployed": self.deployed.as_json(),
            "exposed": self.exposed.as_json(),
            "overshoot": self.overshoot.as_json(),
            "false_alarms": self.false_alarms.as_json(),
            "paused": self.paused.as_json(),
            "paused_below": self.early.as_json(),
            "withdrawn": self.withdrawn.as_json(),
        }


def estimate(outcome: Outcome, years: float) -> Estimates:
    """Count what became of futures that last so many years."""
    shares = (np.arange(40) + 0.5) / 40
    return Estimates(
        _days(outcome.trained, years),
        _days(outcome.used_inside, years),
        _days(outcome.deployed, years),
        _days(outcome.exposed, years),
        _overshoot(outcome.overshoot),
        mean(outcome.false_alarms / years),
        _days(outcome.paused, years),
        _days(outcome.early, years),
        _days(outcome.withdrawn, years),
        tuple(float(v) for v in np.quantile(outcome.exposed / years, shares)),
    )


def exposure(outcome: Outcome, years: float) -> Days:
    """Days of any exposure alone."""
    return _days(outcome.exposed, years)


def _days(days: Floats, years: float) -> Days:
    ordered = np.sort(days) / years
    return Days(
        mean(ordered),
        quantile(ordered, 0.5),
        quantile(ordered, LEVEL),
        share(int((days > 0).sum()), len(days)),
    )


def _overshoot(logs: Floats) -> Overshoot:
    crossed = np.sort(logs[~np.isnan(logs)])
    nothing = Interval(math.nan, math.nan, math.nan, LEVEL)
    if not len(crossed):
        return Overshoot(nothing, nothing, nothing, 0)
    with np.errstate(over="ignore"):
        factors = np.exp(crossed)
    unseen = share(int(np.isinf(crossed).sum()), len(crossed))
    return Overshoot(quantile(factors, 0.5), quantile(factors, LEVEL), unseen, len(crossed))


def mean(values: Floats) -> Interval:
    """The mean, with two-sided limits by the normal law."""
    middle = float(values.mean())
    error = _WIDE * float(values.std()) / math.sqrt(len(values))
    return Interval(max(0.0, middle - error), middle, middle + error, LEVEL)


def quantile(ordered: Floats, at: float) -> Interval:
    """A quantile of values in order, between the two of them that hold it by the binomial law."""
    from scipy.stats import binom

    size, tail = len(ordered), (1 - LEVEL) / 2
    low = max(0, int(binom.ppf(tail, size, at)) - 1)
    high = min(size - 1, int(binom.ppf(1 - tail, size, at)))
    place = min(size - 1, max(0, math.ceil(at * size) - 1))
    return Interval(float(ordered[low]), float(ordered[place]), float(ordered[high]), LEVEL)


def share(count: int, size: int) -> Interval:
    """A probability, with Wilson's limits."""
    part = count / size
    square = _WIDE**2 / size
    middle = (part + square / 2) / (1 + square)
    reach = _WIDE * math.sqrt(part * (1 - part) / size + square / (4 * size)) / (1 + square)
    return Interval(max(0.0, middle - reach), part, min(1.0, middle + reach), LEVEL)
