"""Lengths of time that a duty leaves, by its words alone and for a charitable reader."""

from __future__ import annotations

from dataclasses import dataclass

from ifthen.dates import BUSINESS_DAY, Duration
from ifthen.policy.model import Bound, Choice, DurationLiteral, Expression, Policy, TermRef

_DAYS: dict[str, tuple[float, float]] = {
    "second": (1 / 86_400, 1 / 86_400),
    "minute": (1 / 1_440, 1 / 1_440),
    "hour": (1 / 24, 1 / 24),
    "day": (1, 1),
    "week": (7, 7),
    "month": (28, 31),
    "year": (365, 366),
}
_ONE_UNIT = {"week": ("day", 7), "year": ("month", 12)}
"""Units that are always the same number of another."""


def no_shorter(one: Duration, other: Duration) -> bool:
    """Whether one duration ends no sooner than the other, counted from any day.

    A day-based length runs through the end of its day, up to a day beyond its hours.
    """
    first, second = _in_one_unit(one), _in_one_unit(other)
    if first.unit == second.unit and first.calendar == second.calendar:
        return first.count >= second.count
    if BUSINESS_DAY in (first.unit, second.unit):
        return False
    longest = second.count * _DAYS[second.unit][1] + (1 if second.is_calendar else 0)
    return first.count * _DAYS[first.unit][0] >= longest


def _in_one_unit(duration: Duration) -> Duration:
    unit, count = _ONE_UNIT.get(duration.unit, (duration.unit, 1))
    return Duration(duration.count * count, unit, duration.calendar)


@dataclass(frozen=True, slots=True)
class Length:
    """How long something may take; None where it may take for ever."""

    literal: Duration | None
    charitable: Duration | None
    months: bool = False
    """Whether it counts months or years, so that the rounding rule matters."""

    def no_shorter(self, other: Length) -> bool:
        """Whether it ends no sooner than the other, by the words alone and charitably."""
        return _longer(self.literal, other.literal) and _longer(self.charitable, other.charitable)


def _longer(one: Duration | None, other: Duration | None) -> bool:
    return one is None or (other is not None and no_shorter(one, other))


def lengths_of(policy: Policy, expression: Expression) -> tuple[Length, ...]:
    """What a length of time may come to, one for each reading."""
    if isinstance(expression, Choice):
        options = (lengths_of(policy, option) for option in expression.options.values())
        return tuple(dict.fromkeys(length for option in options for length in option))
    if isinstance(expression, DurationLiteral):
        return (_length(expression.value, expression.value),)
    if isinstance(expression, TermRef):
        term = policy.terms[expression.term]
        return (_length(_most(term.literal), _most(term.charitable)),)
    raise TypeError(f"not a length of time: {expression!r}")


def _length(literal: Duration | None, charitable: Duration | None) -> Length:
    months = any(d is not None and d.unit in ("month", "year") for d in (literal, charitable))
    return Length(literal, charitable, months)


def _most(bound: Bound) -> Duration | None:
    """The upper end of a range; a range that has none is for ever."""
    known = bound.kind in ("at_most", "value") and isinstance(bound.value, Duration)
    return bound.value if known and isinstance(bound.value, Duration) else None
