"""Time, exact to the second, UTC, with month arithmetic that never hides a missing day.

An *instant* is an ``int``: seconds since 1970-01-01T00:00:00Z. A *day* is an ``int``: days since
1970-01-01. Calendar durations (days, weeks, months, years) move days; clock durations (hours,
minutes, seconds) move instants. The policies count calendar durations in whole days: the day of
the event itself is not counted and the last day is counted to its end.

Nothing here reads a clock.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal, TypeAlias

Instant: TypeAlias = int
Day: TypeAlias = int
Moment: TypeAlias = int | str | date | datetime
"""What a caller may give for an instant; see ``moment``."""
MonthEnd: TypeAlias = Literal["down", "up"]
Precision: TypeAlias = Literal["second", "day", "month", "quarter", "year", "interval"]

SECONDS_PER_DAY = 86_400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL = _EPOCH.toordinal()

FIRST_DAY: Day = date(1001, 1, 1).toordinal() - _EPOCH_ORDINAL
LAST_DAY: Day = date(2999, 12, 31).toordinal() - _EPOCH_ORDINAL
"""Days beyond these are taken for slips. A policy counts a thousand years at most, so that every
limit reckoned from a day between them lies on the calendar."""

UNITS = ("second", "minute", "hour", "day", "week", "month", "year")
BUSINESS_DAY = "business-day"
"""A unit that needs a calendar: a day that is neither Saturday, Sunday nor holiday there."""
CALENDARS = {
    "eu": "business days in the EU are those on which TARGET settles payments",
    "us": "business days in the US are those without a federal holiday",
    "us-ca": "business days in California are those without a state holiday",
    "gb": "business days in Great Britain are those without a bank holiday in England",
}
"""Calendars of business days, each with the assumption that stands behind it."""
_CLOCK_SECONDS = {"second": 1, "minute": 60, "hour": 3600}


def day_of(instant: Instant) -> Day:
    """The day an instant falls in."""
    return instant // SECONDS_PER_DAY


def start_of(day: Day) -> Instant:
    """The first second of a day."""
    return day * SECONDS_PER_DAY


def end_of(day: Day) -> Instant:
    """The last second of a day: a duty due on a day can be done until then."""
    return day * SECONDS_PER_DAY + SECONDS_PER_DAY - 1


def to_date(day: Day) -> date:
    """The calendar date of a day number."""
    return date.fromordinal(day + _EPOCH_ORDINAL)


def from_date(value: date) -> Day:
    """The day number of a calendar date."""
    return value.toordinal() - _EPOCH_ORDINAL


def format_day(day: Day) -> str:
    """ISO form of a day, for example ``2025-05-22``."""
    return to_date(day).isoformat()


def format_instant(instant: Instant) -> str:
    """ISO form: the date alone at the first or last second of a day, else date and time with Z."""
    within = instant % SECONDS_PER_DAY
    if within in (0, SECONDS_PER_DAY - 1):
        return format_day(day_of(instant))
    return format_second(instant)


_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_DATETIME = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ](\d{2}):(\d{2})(?::(\d{2}))?\s*(Z|[+-]\d{2}:?\d{2})?"
)


def parse_day(text: str) -> Day:
    """A day from ``YYYY-MM-DD``.

    Raises:
        ValueError: the text is not of that form, names a day the calendar does not have, or one
            before ``FIRST_DAY`` or after ``LAST_DAY``.

    """
    match = _DATE.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"'{text}' is not a date of the form YYYY-MM-DD")
    year, month, day = (int(part) for part in match.groups())
    if not 1 <= month <= 12 or year < 1:
        raise ValueError(f"there is no month {month} in '{text}'")
    last = calendar.monthrange(year, month)[1]
    if not 1 <= day <= last:
        raise ValueError(f"there is no {text}: that month has {last} days")
    found = from_date(date(year, month, day))
    if not FIRST_DAY <= found <= LAST_DAY:
        raise ValueError(_too_far(text))
    return found


def _too_far(what: str) -> str:
    span = f"between {format_day(FIRST_DAY)} and {format_day(LAST_DAY)}"
    return f"{what} is too far away: give a date {span}"


def parse_moment(text: str) -> tuple[Instant, Instant, Precision]:
    """Earliest and latest instant, and precision, of a date or a datetime (UTC without an offset).

    Raises:
        ValueError: neither a date nor a datetime, or one that does not exist.

    """
    text = text.strip()
    match = _DATETIME.fullmatch(text)
    if match is None:
        day = parse_day(text)
        return start_of(day), end_of(day), "day"
    date_text, hour, minute, second, offset = match.groups()
    hours, minutes, seconds = int(hour), int(minute), int(second or 0)
    if hours > 23 or minutes > 59 or seconds > 59:
        raise ValueError(f"there is no time {hour}:{minute}:{second or '00'}")
    shift = 0
    if offset not in (None, "Z"):
        digits = offset[1:].replace(":", "")
        shift = (int(digits[:2]) * 3600 + int(digits[2:]) * 60) * (-1 if offset[0] == "-" else 1)
    instant = start_of(parse_day(date_text)) + hours * 3600 + minutes * 60 + seconds - shift
    return instant, instant, "second"


def moment(when: Moment) -> Instant:
    """The instant meant: of a datetime that second, of a date the end of the day.

    Args:
        when: an instant, a ``date``, a ``datetime`` (UTC where it names no zone), or text.

    Raises:
        ValueError: a text that is neither, or names a day or time that does not exist; a day
            before ``FIRST_DAY`` or after ``LAST_DAY``.

    """
    if isinstance(when, str):
        return parse_moment(when)[1]
    if isinstance(when, datetime):
        aware = when if when.tzinfo is not None else when.replace(tzinfo=UTC)
        instant = int(aware.timestamp())
    elif isinstance(when, date):
        instant = end_of(from_date(when))
    else:
        instant = when
    if not start_of(FIRST_DAY) <= instant <= end_of(LAST_DAY):
        raise ValueError(_too_far(str(when)))
    return instant


def format_moment(instant: Instant) -> str:
    """The text that ``moment`` reads back: a date at the end of its day, else date and time."""
    if instant % SECONDS_PER_DAY == SECONDS_PER_DAY - 1:
        return format_day(day_of(instant))
    return format_second(instant)


def format_second(instant: Instant) -> str:
    """Date and time, to the second."""
    return (_EPOCH + timedelta(seconds=instant)).strftime("%Y-%m-%dT%H:%M:%SZ")


def widen(day: Day, precision: Precision) -> tuple[Instant, Instant]:
    """First and last second of the month, quarter or year that a day falls in."""
    value = to_date(day)
    if precision == "month":
        first, months = value.replace(day=1), 1
    elif precision == "quarter":
        first, months = value.replace(month=(value.month - 1) // 3 * 3 + 1, day=1), 3
    elif precision == "year":
        first, months = value.replace(month=1, day=1), 12
    else:
        raise ValueError(f"cannot widen a day to '{precision}'")
    start = from_date(first)
    (after, _) = add_months(start, months, "down")
    return start_of(start), start_of(after) - 1


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time as the policy words it: ``6 months``, ``72 hours``."""

    count: int
    """How many units; negative only where time is counted back."""
    unit: str
    """One of ``UNITS``, singular, or ``BUSINESS_DAY``."""
    calendar: str = ""
    """Of business days, whose: a key of ``CALENDARS``."""

    @property
    def is_calendar(self) -> bool:
        """Whether it is counted in whole days."""
        return self.unit not in _CLOCK_SECONDS

    @property
    def is_zero(self) -> bool:
        """Whether it leaves no time at all."""
        return self.count == 0

    @property
    def assumes(self) -> tuple[str, ...]:
        """What counting it takes for granted."""
        return (CALENDARS[self.calendar],) if self.calendar else ()

    def __str__(self) -> str:
        where = f"({self.calendar})" if self.calendar else ""
        return f"{self.count} {self.unit}{'' if self.count == 1 else 's'}{where}"


_DURATION = re.compile(r"(\d+)\s*([a-z-]+)(?:\(([a-z-]+)\))?")


def parse_duration(text: str) -> Duration:
    """A duration such as ``6 months``, ``1 day``, ``72 hours``, ``5 business-days(eu)``.

    Raises:
        ValueError: not a whole number followed by a unit of ``UNITS``.

    """
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"'{text}' is not a duration such as '6 months'")
    unit, where = match.group(2).removesuffix("s"), match.group(3)
    if unit == BUSINESS_DAY and where in CALENDARS:
        return Duration(int(match.group(1)), unit, where)
    if unit == BUSINESS_DAY or where is not None:
        known = ", ".join(f"business-days({name})" for name in CALENDARS)
        raise ValueError(f"'{text}' names no calendar of business days: use one of {known}")
    if unit not in UNITS:
        raise ValueError(f"unknown unit '{match.group(2)}': use one of {', '.join(UNITS)}")
    return Duration(int(match.group(1)), unit)


def add_months(day: Day, months: int, month_end: MonthEnd | None) -> tuple[Day, Day]:
    """The day ``months`` months after ``day``, as (earliest, latest).

    Where the target month lacks the day (31 August + 6 months), ``down`` gives that month's last
    day, ``up`` the first day of the next month, and no rule gives both: the text did not choose.
    """
    value = to_date(day)
    month_index = value.year * 12 + (value.month - 1) + months
    year, month = divmod(month_index, 12)
    month += 1
    last = calendar.monthrange(year, month)[1]
    if value.day <= last:
        exact = from_date(date(year, month, value.day))
        return exact, exact
    down = from_date(date(year, month, last))
    up = down + 1
    if month_end == "down":
        return down, down
    if month_end == "up":
        return up, up
    return down, up


def add_business_days(day: Day, count: int, where: str) -> Day:
    """The last of ``count`` business days after ``day``, which is not counted itself.

    A negative count goes back from ``day``.
    """
    step = 1 if count > 0 else -1
    left = abs(count)
    while left > 0:
        day += step
        left -= is_business_day(day, where)
    return day


def is_business_day(day: Day, where: str) -> bool:
    """Whether a day is neither Saturday, Sunday nor a holiday of a calendar of ``CALENDARS``."""
    value = to_date(day)
    return value.weekday() < 5 and value not in _holidays(where, value.year)


@lru_cache(maxsize=256)
def _holidays(where: str, year: int) -> frozenset[date]:
    """The holidays of one year; the library is only loaded where business days are counted."""
    from holidays import country_holidays, financial_holidays

    if where == "eu":
        return frozenset(financial_holidays("XECB", years=year))
    country, _, part = where.upper().partition("-")
    subdivision = {"GB": "ENG"}.get(country, part or None)
    return frozenset(country_holidays(country, subdiv=subdivision, years=year))


def add_to_day(day: Day, duration: Duration, month_end: MonthEnd | None) -> tuple[Day, Day]:
    """``day`` plus a calendar duration, as (earliest, latest); they differ only as months do.

    Raises:
        ValueError: the duration is counted by the clock.

    """
    if duration.unit == "day":
        return day + duration.count, day + duration.count
    if duration.unit == "week":
        return day + 7 * duration.count, day + 7 * duration.count
    if duration.unit == "month":
        return add_months(day, duration.count, month_end)
    if duration.unit == "year":
        return add_months(day, 12 * duration.count, month_end)
    if duration.unit == BUSINESS_DAY:
        last = add_business_days(day, duration.count, duration.calendar)
        return last, last
    raise ValueError(f"{duration} is counted by the clock, not in days")


def deadline(
    earliest: Instant, latest: Instant, duration: Duration, month_end: MonthEnd | None
) -> tuple[Instant, Instant]:
    """When a duty of ``duration`` from an event in [earliest, latest] falls due, as an interval.

    A calendar duration runs to the end of its last day; a clock duration to the second.
    """
    if duration.is_calendar:
        return (
            end_of(add_to_day(day_of(earliest), duration, month_end)[0]),
            end_of(add_to_day(day_of(latest), duration, month_end)[1]),
        )
    seconds = duration.count * _CLOCK_SECONDS[duration.unit]
    return earliest + seconds, latest + seconds


def ahead_of(
    earliest: Instant, latest: Instant, duration: Duration, month_end: MonthEnd | None
) -> tuple[Instant, Instant]:
    """The last instant that lies ``duration`` before an event in [earliest, latest].

    The event's own day is not counted: two weeks before the 15th is the 1st, to its end.
    """
    back = Duration(-duration.count, duration.unit, duration.calendar)
    return deadline(earliest, latest, back, month_end)


def elapsed_at(
    earliest: Instant, latest: Instant, duration: Duration, month_end: MonthEnd | None
) -> tuple[Instant, Instant]:
    """The first instant at which ``duration`` has passed since an event, as an interval.

    For a calendar duration that is the start of the day so much later.
    """
    if duration.is_calendar:
        return (
            start_of(add_to_day(day_of(earliest), duration, month_end)[0]),
            start_of(add_to_day(day_of(latest), duration, month_end)[1]),
        )
    seconds = duration.count * _CLOCK_SECONDS[duration.unit]
    return earliest + seconds, latest + seconds
