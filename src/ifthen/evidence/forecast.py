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
from typing import Any

import numpy as np

from ifthen.evidence.finding import Answer
from ifthen.evidence.futures import RANGE, YEAR, Cadence, Floats, Growth, futures

RUNS = 40_000
TOLERATED = 0.05
_BLOCK = 5_000


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
    fast, slow = math.log(2) * YEAR / low_days, math.log(2) * YEAR / high_days
    middle, reach = (fast + slow) / 2, (fast - slow) / 2
    # From the interval at its level to the 90 % range that a factor of growth has.
    reach *= RANGE / NormalDist().inv_cdf((1 + level) / 2)
    return Growth("time horizon", math.exp(middle - reach), math.exp(middle + reach))


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
    """For the first buffer: below where the probability is surely at most the tolerated one, else
    it cannot be ruled out; that something *was* crossed no forecast finds. None without one."""
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
        logs[first : first + size], days[first : first + size] = futures(
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
        math.prod(each.median for each in growth) ** (worst / YEAR),
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
    return "below" if probability + error <= tolerated else "cannot_rule_out"


def _worst_days(cadence: Cadence, growth: tuple[Growth, ...]) -> float:
    """From snapshot to completion at the middles of growth, every delay used in full."""
    started = cadence.assessment_days if cadence.clock == "completion" else 0.0
    fired = math.inf if cadence.every_days is None else started + cadence.every_days
    if cadence.every_growth is not None:
        rate = sum(math.log(each.median) for each in growth if each.counted) / YEAR
        if rate > 0:
            fired = min(fired, started + math.log(cadence.every_growth) / rate)
    return fired + cadence.poll_days + cadence.delay_days + cadence.assessment_days
