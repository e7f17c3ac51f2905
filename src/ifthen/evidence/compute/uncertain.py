"""A positive quantity known up to a factor: lognormal, given by its median and a 90 % range."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

from ifthen.evidence.interval import Interval

_RANGE = NormalDist().inv_cdf(0.95)
"""Standard deviations from the median to either end of a 90 % range."""


@dataclass(frozen=True, slots=True)
class Uncertain:
    """A lognormal quantity."""

    median: float
    spread: float = 0.0
    """Standard deviation of its natural logarithm; infinite where nothing is known of it."""

    @classmethod
    def within(cls, median: float, times: float) -> Uncertain:
        """From the factor within which it lies, either way, with 90 %."""
        return cls(median, math.log(times) / _RANGE)

    @classmethod
    def between(cls, low: float, high: float) -> Uncertain:
        """From the ends of its 90 % range."""
        return cls(math.sqrt(low) * math.sqrt(high), math.log(high / low) / 2 / _RANGE)

    def __mul__(self, other: Uncertain) -> Uncertain:
        """The product of two that are independent."""
        return Uncertain(self.median * other.median, math.hypot(self.spread, other.spread))

    def __truediv__(self, other: Uncertain) -> Uncertain:
        """The ratio of two that are independent."""
        return Uncertain(self.median / other.median, math.hypot(self.spread, other.spread))

    def reaches(self, limit: float) -> float:
        """The probability that it is ``limit`` or more; a half where nothing is known."""
        if self.spread == 0:
            return float(self.median >= limit)
        return NormalDist().cdf(math.log(self.median / limit) / self.spread)

    def interval(self, level: float) -> Interval:
        """Its central interval."""
        reach = NormalDist().inv_cdf((1 + level) / 2) * self.spread
        if math.isinf(reach) or reach > 700:
            return Interval(0.0, self.median, math.inf, level)
        factor = math.exp(reach)
        return Interval(self.median / factor, self.median, self.median * factor, level)


EXACTLY_ONE = Uncertain(1.0)
