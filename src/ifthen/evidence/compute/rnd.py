"""The AI R&D threshold's second limb: two years of progress in one (RSP v2.0, App. C, note 23).

The text counts the growth of the effective compute of the world's frontier: 4.2x a year in training
compute, 2.8x in algorithms and, informally, 3x in post-training, together about 35x; two such years
in one, "~1000x", observed or projected, is the threshold. 35 squared is 1,225, and 35.28 squared
1,245; the words leave room between 1,000 and that, so a growth in between is not decided by them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ifthen.evidence.compute.uncertain import Uncertain
from ifthen.evidence.finding import Answer
from ifthen.evidence.interval import Interval, plain, together

BASE: dict[str, float] = {"compute": 4.2, "algorithms": 2.8, "post-training": 3.0}
"""Average growth a year of each factor, early 2018 to early 2024, as the policy states it."""
YEARLY = 35.0
"""The product as the policy rounds it."""
LIMITS: tuple[tuple[str, float], ...] = (
    ("about 1000x", 1000.0),
    ("35 squared", YEARLY**2),
    ("(4.2 x 2.8 x 3) squared", math.prod(BASE.values()) ** 2),
)
"""What the words may mean, in rising order."""


@dataclass(frozen=True, slots=True)
class Needed:
    """What it takes to reach a limit when one factor, or several, rise and the others do not."""

    limit: float
    rising: tuple[str, ...]
    growth: float
    """The growth a year that the rising factors must have together."""
    faster: float
    """By how much the logarithm of that growth must rise over the base's: 2 is twice the rate."""

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "limit": self.limit,
            "rising": list(self.rising),
            "growth_per_year": self.growth,
            "times_the_rate": self.faster,
        }


@dataclass(frozen=True, slots=True)
class Acceleration:
    """Where the growth of a year stands against the threshold."""

    growth: Interval
    """A year's growth of effective compute."""
    limits: tuple[tuple[str, float, float, Answer], ...]
    """Each meaning of the words: its name, its growth, the probability of it, the answer."""
    answer: Answer
    """The answer of every meaning where they agree, else that it cannot be ruled out."""
    needed: tuple[Needed, ...]
    shares: tuple[tuple[str, float], ...]
    """Of each factor, its share of the variance of the logarithm of growth: what to measure."""
    basis: str
    """``observed`` or ``projected``; the text counts either."""

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "threshold": "two years of progress in one",
            "basis": self.basis,
            "growth_per_year": self.growth.as_json(),
            "limits": [
                {"words": words, "limit": limit, "probability": probability, "answer": answer}
                for words, limit, probability, answer in self.limits
            ],
            "answer": self.answer,
            "needed": [each.as_json() for each in self.needed],
            "shares": {name: plain(share) for name, share in self.shares},
        }


def acceleration(
    factors: Mapping[str, Uncertain], *, basis: str = "observed", level: float = 0.95
) -> Acceleration:
    """Judge a year's growth, given factor by factor.

    Args:
        factors: growth a year of each factor; those of ``BASE`` that are missing count at the
            base's average, exactly.
        basis: ``observed`` or ``projected``.
        level: of the interval.

    Raises:
        ValueError: a factor that is not one of ``BASE``.
    """
    for name in factors:
        if name not in BASE:
            raise ValueError(f"there is no factor '{name}': known are {', '.join(BASE)}")
    used = {name: factors.get(name, Uncertain(base)) for name, base in BASE.items()}
    grown = Uncertain(1.0)
    for factor in used.values():
        grown = grown * factor
    interval = grown.interval(level)
    judged = tuple(
        (words, limit, grown.reaches(limit), interval.against(limit)) for words, limit in LIMITS
    )
    variance = grown.spread**2
    shares = tuple(
        (name, factor.spread**2 / variance if variance else 0.0) for name, factor in used.items()
    )
    return Acceleration(
        interval,
        judged,
        together(tuple(answer for *_, answer in judged)),
        tuple(needed(limit, rising) for _, limit in LIMITS for rising in _RISING),
        shares,
        basis,
    )


_RISING: tuple[tuple[str, ...], ...] = (
    ("compute",),
    ("algorithms",),
    ("post-training",),
    ("algorithms", "post-training"),
    ("compute", "algorithms", "post-training"),
)


def needed(limit: float, rising: tuple[str, ...]) -> Needed:
    """How fast these factors must grow, the others at the base's average, to reach a limit.

    With compute at 4.2x, algorithms and post-training must give 1225 / 4.2 = 292x a year in place
    of 8.4x: ln 292 / ln 8.4 = 2.67 times the rate.
    """
    still = math.prod(base for name, base in BASE.items() if name not in rising)
    at_base = math.prod(BASE[name] for name in rising)
    growth = limit / still
    return Needed(limit, rising, growth, math.log(growth) / math.log(at_base))
