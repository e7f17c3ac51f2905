"""Lengths of time that a policy states, or leaves to a word."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from ifthen.dates import Duration
from ifthen.policy.model import (
    Apart,
    Bound,
    Choice,
    DurationLiteral,
    Duty,
    Expression,
    Policy,
    TermRef,
    Within,
)

Taken: TypeAlias = Literal["charitable", "literal"]
"""How the words of a policy are taken."""
YEAR = 365.25
_DAYS = {
    "second": 1 / 86_400,
    "minute": 1 / 1_440,
    "hour": 1 / 24,
    "day": 1.0,
    "business-day": 7 / 5,
    "week": 7.0,
    "month": YEAR / 12,
    "year": YEAR,
}


def days_of(length: Duration) -> float:
    """Days of a length of time; months and years have their mean length."""
    return length.count * _DAYS[length.unit]


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time as a policy has it: so many days, or a word."""

    days: float | None
    """None where a word says it."""
    word: str | None = None
    """The id of the term."""

    def taken(self, policy: Policy, how: Taken, bounds: Mapping[str, float]) -> float:
        """Days; infinite where the word leaves it open.

        Args:
            policy: whose words they are.
            how: by which range.
            bounds: days for words that are bound otherwise than the policy has them.
        """
        if self.word is None:
            return math.inf if self.days is None else self.days
        if self.word in bounds:
            return bounds[self.word]
        term = policy.terms[self.word]
        return _most(term.literal if how == "literal" else term.charitable)

    def as_json(self) -> dict[str, float | str]:
        """Plain data."""
        return {"word": self.word} if self.word is not None else {"days": self.days or 0.0}


def _most(bound: Bound) -> float:
    if bound.kind in ("at_most", "value") and isinstance(bound.value, Duration):
        return days_of(bound.value)
    return math.inf


def lengths_of(expression: Expression | None) -> tuple[Length, ...]:
    """The lengths that an expression may mean, one per parse; empty where it is none."""
    match expression:
        case DurationLiteral(value=value):
            return (Length(days_of(value)),)
        case TermRef(term=term):
            return (Length(None, term),)
        case Apart(most=most):
            return lengths_of(most)
        case Choice(options=options):
            return tuple(dict.fromkeys(one for o in options.values() for one in lengths_of(o)))
    return ()


def within(duty: Duty) -> tuple[Length, ...]:
    """How long a duty may take from its trigger, one per limit and parse."""
    return tuple(
        one
        for limit in duty.deadlines
        if isinstance(limit, Within)
        for one in lengths_of(limit.duration)
    )
