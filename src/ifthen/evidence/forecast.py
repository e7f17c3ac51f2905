"""Whether a threshold will be crossed before the next assessment is done, and the buffer it takes.

From the snapshot that the last completed assessment rests on, compute (or any measure that grows by
factors) goes on growing: until a trigger of the cadence fires, until somebody notices, until the
assessment starts, until it is done. What is crossed on the way is crossed unseen. The forecast
draws many such futures; the safety buffer is the distance that only 5 % of them exceed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import version
from statistics import NormalDist
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ifthen.evidence.finding import Answer

Floats: TypeAlias = NDArray[np.float64]
Clock: TypeAlias = Literal["start", "completion"]

MONTH = 365.25 / 12
"""Days."""
_YEAR = 365.25
RUNS = 40_000
TOLERATED = 0.05
_RANGE = NormalDist().inv_cdf(0.95)
_LEAST = 1.05
"""No factor is taken to grow more slowly than this a year: a trigger must fire some day."""
_HORIZON = 40.0
"""Years after which a future is cut off."""
_BLOCK = 5_000


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
        return math.log(self.high / self.low) / 2 / _RANGE


TREND = (
    Growth("compute", 3.6, 4.9),
    Growth("algorithms", 1.8, 4.5),
    Growth("post-training", 1.5, 6.0, lumps=4, counted=False),
)
"""Growth of effective compute at the frontier; the middles multiply to about 35x a year."""


def horizon_growth(low_days: float, high_days: float, level: float) -> Growth:
    """A time horizon as something that grows, from the interval of its doubling time.

    The buffer is then how many times longer the threshold's tasks are than the horizon at the last
    assessment (its upper end, to be safe).
    """
    fast, slow = math.log(2) * _YEAR / low_days, math.log(2) * _YEAR / high_days
    middle, reach = (fast + slow) / 2, (fast - slow) / 2
    # From the interval at its level to the 90 % range that a factor of growth has.
    reach *= _RANGE / NormalDist().inv_cdf((1 + level) / 2)
    return Growth("time horizon", math.exp(middle - reach), math.exp(middle + reach))


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


@dataclass(frozen=True, slots=True)
class Forecast:
    """What may be crossed unseen."""

    growth: tuple[Growth, ...]
    cadence: Cadence
    worst_days: float
    """From snapshot to completion at the middles of growth, with every delay used in full."""
    worst_growth: float
    """The growth in that time, all of it counted smoothly."""
    median_days: float
    median: float
    """The growth of the middle future."""
    quantile: float
    """The growth that only the tolerated share of futures exceeds: the safety buffer."""
    quantile_between: tuple[float, float]
    """Where the buffer lies, from the number of futures: two standard errors either way."""
    tolerated: float
    crossings: tuple[tuple[float, float], ...]
    """By buffer, the probability that a threshold just beyond it is crossed unseen."""
    answer: Answer | None
    """For one buffer: below where the probability is surely at most the tolerated one, crossed
    where it is surely over a half, else it cannot be ruled out. None without a buffer."""
    runs: int
    seed: int
    error: float
    """Two standard errors of a probability near the tolerated one, from the number of futures."""
    versions: dict[str, str]
    futures: Floats = field(repr=False, compare=False)

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "growth": [
                {
                    "name": each.name,
                    "per_year_90": [each.low, each.high],
                    "lumps_per_year": each.lumps,
                    "counted": each.counted,
                }
                for each in self.growth
            ],
            "cadence": self.cadence.as_json(),
            "worst_days": self.worst_days,
            "worst_growth": self.worst_growth,
            "median_days": self.median_days,
            "median_growth": self.median,
            "buffer": self.quantile,
            "buffer_between": list(self.quantile_between),
            "tolerated": self.tolerated,
            "crossings": [
                {"buffer": buffer, "probability": probability}
                for buffer, probability in self.crossings
            ],
            "answer": self.answer,
            "futures": self.runs,
            "seed": self.seed,
            "monte_carlo_error": self.error,
            "versions": self.versions,
        }


def forecast(
    cadence: Cadence,
    growth: tuple[Growth, ...] = TREND,
    *,
    buffers: tuple[float, ...] = (4.0, 6.0, 10.0),
    tolerated: float = TOLERATED,
    runs: int = RUNS,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Forecast:
    """Draw futures from one snapshot to the completion of the next assessment.

    Args:
        cadence: of the assessments.
        growth: the factors, independent of each other.
        buffers: distances from the last snapshot to the threshold. The answer is about the first.
        tolerated: the share of futures that may cross.
        runs: how many futures.
        seed: of the random numbers.
        progress: called with futures done and in all.

    Raises:
        ValueError: an argument outside of its range.
    """
    if not growth:
        raise ValueError("nothing grows")
    if not all(buffer > 0 for buffer in buffers):
        raise ValueError("a buffer is above zero")
    if not 0 < tolerated < 1 or runs < 100:
        raise ValueError("a share lies between 0 and 1, and futures are a hundred or more")
    if cadence.every_growth is not None and not any(each.counted for each in growth):
        raise ValueError("the growth trigger counts none of the factors")
    logs, days = np.empty(runs), np.empty(runs)
    for number, first in enumerate(range(0, runs, _BLOCK)):
        size = min(_BLOCK, runs - first)
        block = np.random.SeedSequence(seed, spawn_key=(number,))
        logs[first : first + size], days[first : first + size] = _futures(
            cadence, growth, size, block
        )
        if progress is not None:
            progress(first + size, runs)
    worst = _worst_days(cadence, growth)
    error = 2 * math.sqrt(tolerated * (1 - tolerated) / runs)
    below, above = max(0.0, 1 - tolerated - error), min(1.0, 1 - tolerated + error)
    crossings = tuple((buffer, float((logs >= math.log(buffer)).mean())) for buffer in buffers)
    return Forecast(
        growth,
        cadence,
        worst,
        math.prod(each.median for each in growth) ** (worst / _YEAR),
        float(np.median(days)),
        float(np.exp(np.median(logs))),
        float(np.exp(np.quantile(logs, 1 - tolerated))),
        (float(np.exp(np.quantile(logs, below))), float(np.exp(np.quantile(logs, above)))),
        tolerated,
        crossings,
        _answer(crossings[0][1], tolerated, runs) if crossings else None,
        runs,
        seed,
        error,
        {name: version(name) for name in ("ifthen", "numpy")},
        np.exp(logs),
    )


def _answer(probability: float, tolerated: float, runs: int) -> Answer:
    error = 3 * math.sqrt(max(probability * (1 - probability), 1 / runs) / runs)
    if probability + error <= tolerated:
        return "below"
    return "crossed" if probability - error > 0.5 else "cannot_rule_out"


def _futures(
    cadence: Cadence, growth: tuple[Growth, ...], size: int, block: np.random.SeedSequence
) -> tuple[Floats, Floats]:
    """The logarithm of growth, and the days, from snapshot to completion, of each future.

    Every quantity has a random stream of its own, so that the same seed gives the same futures to
    different cadences, and a comparison of them is not blurred by chance.
    """
    streams = [np.random.default_rng(each) for each in block.spawn(4 + len(growth))]
    years = _years(cadence, growth)
    courses = [
        _course(each, size, years, rng) for each, rng in zip(growth, streams[4:], strict=True)
    ]
    length = _lengths(cadence, size, streams[0])
    started = np.zeros(size)
    if cadence.clock == "completion":
        started = _lengths(cadence, size, streams[1])
    fired = np.full(size, np.inf)
    if cadence.every_days is not None:
        fired = started + cadence.every_days
    if cadence.every_growth is not None:
        counted = [course for course, each in zip(courses, growth, strict=True) if each.counted]
        by_then = sum((course.at(started) for course in counted), np.zeros(size))
        fired = np.minimum(fired, _reach(counted, math.log(cadence.every_growth) + by_then))
    noticed = fired + streams[2].uniform(0, 1, size) * cadence.poll_days
    begun = noticed + streams[3].uniform(0, 1, size) * cadence.delay_days
    done = begun + length
    return sum((course.at(done) for course in courses), np.zeros(size)), done


def _lengths(cadence: Cadence, size: int, rng: np.random.Generator) -> Floats:
    """Lengths of assessments: lognormal by median and 90th percentile."""
    spread = math.log(cadence.assessment_high_days / cadence.assessment_days)
    spread /= NormalDist().inv_cdf(0.9)
    return np.asarray(cadence.assessment_days * np.exp(spread * rng.standard_normal(size)))


@dataclass(frozen=True, slots=True, eq=False)
class _Course:
    """The logarithm of one factor over time, in every future."""

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
    fired = math.inf if cadence.every_days is None else cadence.every_days / _YEAR
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
    return min(_HORIZON, fired + (cadence.poll_days + cadence.delay_days + 2 * longest) / _YEAR)


def _course(growth: Growth, size: int, years: float, rng: np.random.Generator) -> _Course:
    log_rate = np.maximum(
        math.log(growth.median) + growth.spread * rng.standard_normal(size), math.log(_LEAST)
    )
    if not growth.lumps:
        return _Course(log_rate / _YEAR, np.empty((size, 0)), np.empty((size, 0)))
    expected = growth.lumps * years
    most = math.ceil(expected + 6 * math.sqrt(expected) + 8)
    # One jump of all futures after the other, so that looking further ahead changes none of them.
    drawn = rng.exponential(1.0, (most, 2, size))
    gaps, sizes = drawn[:, 0].T * _YEAR / growth.lumps, drawn[:, 1].T
    sizes = sizes * (log_rate / growth.lumps)[:, None]
    return _Course(np.zeros(size), gaps.cumsum(axis=1), sizes)


def _reach(courses: list[_Course], target: Floats) -> Floats:
    """The first day on which the sum of the courses of each future reaches its target."""
    rate = np.sum([course.rate for course in courses], axis=0)
    times = np.concatenate([course.times for course in courses], axis=1)
    sizes = np.concatenate([course.sizes for course in courses], axis=1)
    order = np.argsort(times, axis=1)
    times = np.take_along_axis(times, order, axis=1)
    jumped = np.take_along_axis(sizes, order, axis=1).cumsum(axis=1)
    with np.errstate(divide="ignore"):
        best = np.where(rate > 0, target / rate, _HORIZON * _YEAR)
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
    return np.asarray(np.minimum(best, _HORIZON * _YEAR))


def _worst_days(cadence: Cadence, growth: tuple[Growth, ...]) -> float:
    """From snapshot to completion at the middles of growth, every delay used in full."""
    started = cadence.assessment_days if cadence.clock == "completion" else 0.0
    fired = math.inf if cadence.every_days is None else started + cadence.every_days
    if cadence.every_growth is not None:
        rate = sum(math.log(each.median) for each in growth if each.counted) / _YEAR
        if rate > 0:
            fired = min(fired, started + math.log(cadence.every_growth) / rate)
    return fired + cadence.poll_days + cadence.delay_days + cadence.assessment_days
