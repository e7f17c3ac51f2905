"""A quantity known within limits, and what it says about a limit that a policy draws."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ifthen.evidence.finding import Answer


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with the ends of its interval; an end that is not known is not a number."""

    low: float
    value: float
    high: float
    level: float
    """The share of repetitions in which such an interval holds the truth: 0.95."""

    def against(self, limit: float) -> Answer:
        """Where the quantity stands: below only if all of the interval is, crossed likewise."""
        return standing(self.low, self.high, limit)

    def as_json(self) -> dict[str, float | str | None]:
        """Plain data: infinity as the text ``inf``, what is not known as None."""
        return {
            "low": plain(self.low),
            "value": plain(self.value),
            "high": plain(self.high),
            "level": self.level,
        }


def standing(low: float, high: float, limit: float) -> Answer:
    """Where something between two ends stands; an end that is not known decides nothing."""
    if not math.isnan(high) and high < limit:
        return "below"
    if not math.isnan(low) and low >= limit:
        return "crossed"
    return "cannot_rule_out"


def together(answers: tuple[Answer, ...]) -> Answer:
    """One answer for several ways to ask: theirs where all agree, else it cannot be ruled out."""
    return answers[0] if len(set(answers)) == 1 else "cannot_rule_out"


def plain(value: float) -> float | str | None:
    """A number that JSON can hold."""
    if math.isnan(value):
        return None
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    return float(value)
