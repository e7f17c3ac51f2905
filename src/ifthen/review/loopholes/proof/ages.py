"""How long ago something was, in days, and what is certain of months: 28 to 31 days each.

A proof counts days and knows no calendar. So many months are never fewer days than the shortest
such months in a row, nor more than the longest; in between, either answer is allowed. Whatever a
calendar says of two days is among the answers, so that no timeline is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

from ifthen.dates import Duration, add_months, parse_day
from ifthen.review.loopholes.calendar import days_of
from ifthen.review.loopholes.kleene import Bit, K, conj, disj, neg

_YEARS = 8
"""A leap day comes at least this often, 1900 and its like included."""
_FROM = ("2001-01-01", "2096-01-01")


@cache
def bounds(length: Duration) -> tuple[int, int]:
    """The least and the most days that a length of time may be.

    Raises:
        Unsupported: it is counted by the clock or in business days.
    """
    if length.unit not in ("month", "year"):
        return days_of(length), days_of(length)
    months = length.count * (12 if length.unit == "year" else 1)
    found = set()
    for first in map(parse_day, _FROM):
        starts = [add_months(first, n, "down")[0] for n in range(12 * _YEARS + months + 1)]
        sizes = [two - one for one, two in pairwise(starts)]
        found |= {sum(sizes[n : n + months]) for n in range(12 * _YEARS)}
    return min(found), max(found)


@dataclass(frozen=True, slots=True)
class Ago:
    """A day, as the days that have passed since; it stands where conditions ask for a date."""

    days: Any
    free: Callable[[str], Any]
    """A truth value that the adversary chooses; the argument names what for."""
    facts: list[Any]
    """Where what is certain of such a choice is noted."""

    @property
    def day(self) -> Any:
        """For comparisons with another: later days are larger."""
        return -self.days

    @property
    def key(self) -> Any:
        """The same."""
        return -self.days

    def passed(self, start: Ago, length: Duration) -> Bit:
        """Whether so long has passed between ``start`` and this day."""
        since, (least, most) = start.days - self.days, bounds(length)
        if least == most:
            return since >= least
        chosen = self.free(f"passed {length}")
        self.facts.append(disj((neg(chosen), since >= least)))
        self.facts.append(disj((chosen, since < most)))
        return chosen


def in_time(days: Any, lengths: Sequence[tuple[Bit, Duration | None]], *, by: bool = True) -> K:
    """Whether a length may have been kept (``t``), and whether it may have been passed (``f``).

    Both may hold: see above. ``by``: whether the day on which it ends is in time.
    """
    kept, broken = [], []
    for bit, length in lengths:
        if length is None:
            kept.append(bit)
            continue
        least, most = bounds(length)
        kept.append(conj((bit, days <= most)))
        broken.append(conj((bit, days > least if by else days >= least)))
    return K(disj(kept), disj(broken))
