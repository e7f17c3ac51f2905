"""Numbers known exactly or only within bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from ifthen.dates import Instant, format_instant


@dataclass(frozen=True, slots=True)
class Range:
    """A number between two bounds; a missing bound is open-ended."""

    low: Fraction | None
    high: Fraction | None
    low_open: bool = False
    high_open: bool = False
    instants: bool = False
    """Whether the number counts seconds, as dates do."""

    @staticmethod
    def exactly(value: Fraction) -> Range:
        """A number known exactly."""
        return Range(value, value)

    @property
    def interval(self) -> tuple[Instant, Instant]:
        """First and last instant of a range of instants."""
        assert self.low is not None
        assert self.high is not None
        return int(self.low), int(self.high)

    def over(self, other: Range) -> Range | None:
        """The quotient of two positive ranges; None where it has no meaning."""
        if other.low is None or other.low <= 0 or other.high is None:
            return None
        if self.low is None or self.high is None:
            return None
        return Range(
            self.low / other.high,
            self.high / other.low,
            self.low_open or other.high_open,
            self.high_open or other.low_open,
        )

    def minus(self, other: Range) -> Range:
        """The difference of two ranges."""
        low = None if self.low is None or other.high is None else self.low - other.high
        high = None if self.high is None or other.low is None else self.high - other.low
        return Range(low, high, self.low_open or other.high_open, self.high_open or other.low_open)

    def times(self, factor: Fraction) -> Range:
        """The range multiplied by a positive factor."""
        return Range(
            None if self.low is None else self.low * factor,
            None if self.high is None else self.high * factor,
            self.low_open,
            self.high_open,
        )

    def compare(self, operator: str, other: Range) -> bool | None:
        """``self operator other``: true or false only if it holds, or fails, for every pair."""
        if operator in ("<", "<=", "=", "!="):
            if operator == "<":
                return other.compare(">", self)
            if operator == "<=":
                return other.compare(">=", self)
            equal = self._equals(other)
            return equal if operator == "=" or equal is None else not equal
        strict = operator == ">"
        surely = (
            self.low is not None
            and other.high is not None
            and (
                self.low > other.high
                or (self.low == other.high and (not strict or self.low_open or other.high_open))
            )
        )
        if surely:
            return True
        never = (
            self.high is not None
            and other.low is not None
            and (
                self.high < other.low
                or (self.high == other.low and (strict or self.high_open or other.low_open))
            )
        )
        return False if never else None

    def _equals(self, other: Range) -> bool | None:
        if self == other and self.low == self.high and self.low is not None:
            return True
        apart = self.compare(">", other) or other.compare(">", self)
        return False if apart else None

    def __str__(self) -> str:
        if self.instants and self.low is not None and self.high is not None:
            low_day, high_day = format_instant(int(self.low)), format_instant(int(self.high))
            return low_day if low_day == high_day else f"{low_day} to {high_day}"
        if self.low is not None and self.low == self.high:
            return number(self.low)
        low = "…" if self.low is None else number(self.low)
        high = "…" if self.high is None else number(self.high)
        return f"{low} to {high}"


def number(value: Fraction) -> str:
    """A number for people: whole where it is, scientific where it is large, else three digits."""
    if value.denominator == 1 and abs(value) < 10**7:
        return str(value.numerator)
    return f"{float(value):.4g}"


@dataclass(frozen=True, slots=True)
class Value:
    """The values something may have, given what the record leaves open."""

    possible: tuple[object, ...]
    facts: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    """Why it is not known at all, or not exactly."""
    assumes: tuple[str, ...] = ()


_AT_MOST = {"less than": True, "under": True, "below": True, "at most": False, "up to": False}
_AT_LEAST = {"more than": True, "over": True, "above": True, "at least": False}


def stated(value: Mapping[str, object]) -> Range | None:
    """The range that one entry of ``values:`` states, by ``comparison`` and ``ci95``."""
    figure = value.get("value")
    if not isinstance(figure, Fraction):
        return None
    comparison = value.get("comparison")
    if comparison in _AT_MOST:
        return Range(Fraction(0), figure, high_open=_AT_MOST[str(comparison)])
    if comparison in _AT_LEAST:
        return Range(figure, None, low_open=_AT_LEAST[str(comparison)])
    interval = value.get("ci95")
    if isinstance(interval, tuple) and len(interval) == 2:
        low, high = interval
        if isinstance(low, Fraction) and isinstance(high, Fraction):
            return Range(low, high)
    return Range.exactly(figure)
