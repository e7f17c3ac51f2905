"""Futures of what grows, from one snapshot to the completion of the next assessment.

In each, every factor has one rate of growth, smooth or in jumps at random times; a trigger fires,
somebody notices, the assessment starts and is done.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Clock: TypeAlias = Literal["start", "completion"]

YEAR = 365.25
MONTH = YEAR / 12
"""Days."""
RANGE = NormalDist().inv_cdf(0.95)
"""Standard deviations from the middle to either end of a 90 % range."""
_LEAST = 1.05
"""No factor is taken to grow more slowly than this a year: a trigger must fire some day."""
_HORIZON = 40.0
"""Years after which a future is cut off."""


@dataclass(frozen=True, slots=True)
class Growth:
    """One factor of growth: so many times a year, constant within a future."""

    name: str
    low: float
    """The lower end of the 90 % range of growth a year."""
    high: float
    lumps: float = 0.0
    """Arrives in so many jumps a year, of exponential size and at random times; 0: smoothly."""
    counted: bool = True
    """Whether the growth trigger of the cadence counts it (RSP v2.0 leaves out post-training)."""

    def __post_init__(self) -> None:
        if not 0 < self.low <= self.high:
            raise ValueError(f"the range of '{self.name}' is positive and does not run downwards")
        if self.lumps < 0:
            raise ValueError(f"the jumps of '{self.name}' cannot be fewer than none")

    @property
    def median(self) -> float:
        """The middle of the range, in factors."""
        return math.sqrt(self.low * self.high)

    @property
    def spread(self) -> float:
        """Standard deviation of the natural logarithm of growth a year."""
        return math.log(self.high / self.low) / 2 / RANGE


@dataclass(frozen=True, slots=True)
class Cadence:
    """When the next assessment is due, and how long it takes to be done."""

    every_days: float | None = None
    """Time since the clock started; None for none."""
    every_growth: float | None = None
    """Growth since the clock started; None for none. Whichever trigger is first counts."""
    clock: Clock = "start"
    """Whether time and growth count from the start of the last assessment, when its snapshot was
    taken, or from its completion."""
    poll_days: float = 0.0
    """How often anyone looks whether a trigger has fired; 0 for at once."""
    delay_days: float = 0.0
    """The longest an assessment may wait to be started; taken as evenly distributed."""
    assessment_days: float = MONTH
    """The median length of an assessment."""
    assessment_high_days: float = 1.6 * MONTH
    """The 90th percentile of its length; lengths are lognormal."""

    def __post_init__(self) -> None:
        if self.every_days is None and self.every_growth is None:
            raise ValueError("a cadence needs a time, a growth, or both")
        if self.every_days is not None and self.every_days < 0:
            raise ValueError("a cadence is not shorter than no time")
        if self.every_growth is not None and self.every_growth <= 1:
            raise ValueError("a growth that triggers is more than 1x")
        if min(self.poll_days, self.delay_days) < 0:
            raise ValueError("a delay is not shorter than no time")
        if not 0 < self.assessment_days <= self.assessment_high_days:
            raise ValueError("the 90th percentile of a length is not under its median")

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "every_days": self.every_days,
            "every_growth": self.every_growth,
            "clock": self.clock,
            "poll_days": self.poll_days,
            "delay_days": self.delay_days,
            "assessment_days": self.assessment_days,
            "assessment_high_days": self.assessment_high_days,
        }


def futures(
    cadence: Cadence, growth: tuple[Growth, ...], size: int, block: np.random.SeedSequence
) -> tuple[Floats, Floats]:
    """The logarithm of growth, and the days, from snapshot to completion, of each future.

    Every quantity has a random stream of its own, so that the same seed gives the same futures to
    different cadences, and a comparison of them is not blurred by chance.
    """
    streams = [np.random.default_rng(each) for each in block.spawn(4 + len(growth))]
    years = _years(cadence, growth)
    courses = [
        course(each, size, years, rng) for each, rng in zip(growth, streams[4:], strict=True)
    ]
    length = _lengths(cadence, size, streams[0])
    started = np.zeros(size)
    if cadence.clock == "completion":
        started = _lengths(cadence, size, streams[1])
    fired = np.full(size, np.inf)
    if cadence.every_days is not None:
        fired = started + cadence.every_days
    if cadence.every_growth is not None:
        counted = [one for one, each in zip(courses, growth, strict=True) if each.counted]
        by_then = sum((one.at(started) for one in counted), np.zeros(size))
        fired = np.minimum(fired, _reach(counted, math.log(cadence.every_growth) + by_then))
    noticed = fired + streams[2].uniform(0, 1, size) * cadence.poll_days
    begun = noticed + streams[3].uniform(0, 1, size) * cadence.delay_days
    done = begun + length
    return sum((one.at(done) for one in courses), np.zeros(size)), done


def _lengths(cadence: Cadence, size: int, rng: np.random.Generator) -> Floats:
    """Lengths of assessments: lognormal by median and 90th percentile."""
    spread = math.log(cadence.assessment_high_days / cadence.assessment_days)
    spread /= NormalDist().inv_cdf(0.9)
    return np.asarray(cadence.assessment_days * np.exp(spread * rng.standard_normal(size)))


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """The natural logarithm of one factor over time, in every future."""

    rate: Floats
    """A day, where it is smooth; else 0."""
    times: Floats
    """By future and jump, the day of it, in order; no columns where it is smooth."""
    sizes: Floats

    def at(self, day: Floats) -> Floats:
        """The growth by a day of each future."""
        jumped = np.where(self.times <= day[:, None], self.sizes, 0.0).sum(axis=1)
        return np.asarray(self.rate * day + jumped)


def _years(cadence: Cadence, growth: tuple[Growth, ...]) -> float:
    """Longer than any future lasts, but for one in many millions: jumps are drawn so far ahead."""
    fired = math.inf if cadence.every_days is None else cadence.every_days / YEAR
    if cadence.every_growth is not None:
        smooth = sum(
            math.log(max(_LEAST, each.median * math.exp(-5 * each.spread)))
            for each in growth
            if each.counted and not each.lumps
        )
        if smooth:
            fired = min(fired, math.log(cadence.every_growth) / smooth)
    spread = math.log(cadence.assessment_high_days / cadence.assessment_days)
    longest = cadence.assessment_days * math.exp(6 * spread / NormalDist().inv_cdf(0.9))
    return min(_HORIZON, fired + (cadence.poll_days + cadence.delay_days + 2 * longest) / YEAR)


def course(growth: Growth, size: int, years: float, rng: np.random.Generator) -> Course:
    """The courses of one factor in so many futures.

    Args:
        growth: how it grows.
        size: how many futures.
        years: how far ahead jumps are drawn, at least, but for one future in many millions.
        rng: a stream of its own.
    """
    log_rate = np.maximum(
        math.log(growth.median) + growth.spread * rng.standard_normal(size), math.log(_LEAST)
    )
    if not growth.lumps:
        return Course(log_rate / YEAR, np.empty((size, 0)), np.empty((size, 0)))
    expected = growth.lumps * years
    most = math.ceil(expected + 6 * math.sqrt(expected) + 8)
    # One jump of all futures after the other, so that looking further ahead changes none of them.
    drawn = rng.exponential(1.0, (most, 2, size))
    gaps, sizes = drawn[:, 0].T * YEAR / growth.lumps, drawn[:, 1].T
    sizes = sizes * (log_rate / growth.lumps)[:, None]
    return Course(np.zeros(size), gaps.cumsum(axis=1), sizes)


def _reach(courses: list[Course], target: Floats) -> Floats:
    """The first day on which the sum of the courses of each future reaches its target."""
    rate = np.sum([one.rate for one in courses], axis=0)
    times = np.concatenate([one.times for one in courses], axis=1)
    sizes = np.concatenate([one.sizes for one in courses], axis=1)
    order = np.argsort(times, axis=1)
    times = np.take_along_axis(times, order, axis=1)
    jumped = np.take_along_axis(sizes, order, axis=1).cumsum(axis=1)
    with np.errstate(divide="ignore"):
        best = np.where(rate > 0, target / rate, _HORIZON * YEAR)
    for jump in range(times.shape[1]):
        before = jumped[:, jump - 1] if jump else np.zeros(len(target))
        at = times[:, jump]
        # Reached at the jump itself, or smoothly in the gap that follows it.
        level = rate * at + jumped[:, jump]
        best = np.where(
            (level >= target) & (rate * at + before < target), np.minimum(best, at), best
        )
        with np.errstate(divide="ignore", invalid="ignore"):
            later = np.where(rate > 0, (target - jumped[:, jump]) / rate, np.inf)
        best = np.where((level < target) & (later >= at), np.minimum(best, later), best)
    return np.asarray(np.minimum(best, _HORIZON * YEAR))
