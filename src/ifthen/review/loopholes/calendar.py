"""Days as the solver sees them: a month and a day of it, so that months add up as in a ruling.

No event falls on the 29th, 30th or 31st: then month arithmetic has one answer, that of
``dates.add_months``. Every verdict says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import z3

from ifthen.dates import Day, Duration, add_months, parse_day, to_date
from ifthen.review.loopholes.kleene import Bit, pick

FIRST: Day = parse_day("2025-01-01")
"""The first day of every timeline."""
BEFORE: Day = parse_day("2024-11-01")
"""The day on which a model that is assessed on the first day began its training."""
LAST_DAY_OF_MONTH = 28
_KEY = 31
"""More than the days of any month, so that keys are in the order of days."""


class Unsupported(Exception):
    """Something the solver is not told about; the message says what."""


@dataclass(frozen=True, slots=True)
class Date:
    """A day, twice: by month and day, and as days since the first day."""

    key: Any
    day: Any

    @classmethod
    def at(cls, day: Day) -> Date:
        """A day that is known."""
        value = to_date(day)
        first = to_date(FIRST)
        months = (value.year - first.year) * 12 + value.month - first.month
        return cls(months * _KEY + value.day, day - FIRST)

    @classmethod
    def choose(cls, bit: Bit, yes: Date, no: Date) -> Date:
        """One of two days."""
        return cls(pick(bit, yes.key, no.key), pick(bit, yes.day, no.day))

    def not_after(self, other: Date) -> Bit:
        """Whether it is no later than another day."""
        return self.key <= other.key

    def not_before(self, other: Date) -> Bit:
        """Whether it is no earlier than another day."""
        return other.key <= self.key

    def before(self, other: Date) -> Bit:
        """Whether it is earlier than another day."""
        return self.key < other.key

    def by(self, start: Date, length: Duration) -> Bit:
        """Whether it is no later than the day so long after ``start``.

        Raises:
            Unsupported: the length is counted by the clock or in business days.
        """
        if length.unit in ("month", "year"):
            months = length.count * (12 if length.unit == "year" else 1)
            return self.key <= start.key + months * _KEY
        return self.day <= start.day + days_of(length)

    def passed(self, start: Date, length: Duration) -> Bit:
        """Whether so long has passed since ``start``: the day so much later has come."""
        if length.unit in ("month", "year"):
            months = length.count * (12 if length.unit == "year" else 1)
            return self.key >= start.key + months * _KEY
        return self.day >= start.day + days_of(length)


def days_of(length: Duration) -> int:
    """A length in days.

    Raises:
        Unsupported: it is not counted in days or weeks.
    """
    sizes = {"day": 1, "week": 7}
    if length.unit not in sizes:
        raise Unsupported(f"a length of {length}, which is not counted in days or months")
    return length.count * sizes[length.unit]


def symbolic(name: str, months: int, solver: list[Any]) -> Date:
    """A day the solver may choose within so many months; constraints go to ``solver``."""
    month, within, day = z3.Int(f"{name}.month"), z3.Int(f"{name}.dom"), z3.Int(f"{name}.day")
    solver += [month >= 0, month < months, within >= 1, within <= LAST_DAY_OF_MONTH]
    start: Any = z3.IntVal(0)
    for number in range(1, months):
        start = z3.If(month == number, month_start(number), start)
    solver.append(day == start + within - 1)
    return Date(month * _KEY + within, day)


def month_start(number: int) -> int:
    """Days from the first day to the start of a month, as ``dates.add_months`` counts."""
    return add_months(FIRST, number, "down")[0] - FIRST


def day_number(key: int) -> Day:
    """The day that a key stands for."""
    month, within = divmod(key - 1, _KEY)
    return FIRST + month_start(month) + within
