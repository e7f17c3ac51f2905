"""Comparisons: of values that are not fully known, and of time that has passed."""

from __future__ import annotations

from ifthen.dates import (
    SECONDS_PER_DAY,
    Duration,
    Instant,
    MonthEnd,
    elapsed_at,
    format_instant,
)
from ifthen.ruling.order import Point
from ifthen.ruling.quantities import Range
from ifthen.ruling.reasons import kleene_not
from ifthen.ruling.timeline import Last
from ifthen.vocabulary import FINDINGS, UNSTATED


def passing(
    operator: str, anchor: tuple[Instant, Instant], limit: Duration, month_end: MonthEnd | None
) -> tuple[Instant, Instant]:
    """Between which instants the time since an anchor passes a limit."""
    low, high = elapsed_at(anchor[0], anchor[1], limit, month_end)
    if operator in (">", "<="):
        step = SECONDS_PER_DAY if limit.is_calendar else 1
        return low + step, high + step
    return low, high


def elapsed(
    operator: str,
    point: Point,
    anchor: tuple[Instant, Instant],
    limit: Duration,
    month_end: MonthEnd | None,
) -> bool | None:
    """Whether the time since an anchor compares so with a limit at a point."""
    low, high = passing(operator, anchor, limit, month_end)
    reached = True if point.earliest >= high else False if point.latest < low else None
    return reached if operator in (">=", ">") else kleene_not(reached)


def holds(operator: str, left: object, right: object, scale: tuple[str, ...] = ()) -> bool | None:
    """Whether two values compare so; unknown where their kinds do not allow it.

    Words rise in the order of ``FINDINGS`` or of the policy's ``scale``.
    """
    left_words = left if isinstance(left, tuple) else (left,)
    if UNSTATED in left_words and left != right:
        stated = operator in ("in", "includes", "=", "!=") and _stated(left_words, right)
        return None if not stated else operator != "!="
    if operator == "in":
        if not isinstance(right, tuple):
            return left == right
        return any(word in right for word in left) if isinstance(left, tuple) else left in right
    if operator == "includes":
        return right in left if isinstance(left, tuple) else left == right
    if isinstance(left, Range) and isinstance(right, Range):
        return left.compare(operator, right)
    if isinstance(left, tuple) and isinstance(right, str):
        equal = right in left
    elif operator not in ("=", "!="):
        rising = next((o for o in (FINDINGS, scale) if left in o and right in o), None)
        if rising is None:
            return None
        a, b = rising.index(str(left)), rising.index(str(right))
        return {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[operator]
    else:
        equal = left == right
    if operator == "=":
        return equal
    if operator == "!=":
        return not equal
    return None


def _stated(words: tuple[object, ...], wanted: object) -> bool:
    """Whether words, some of which are not told, hold what is wanted all the same."""
    return any(word in (wanted if isinstance(wanted, tuple) else (wanted,)) for word in words)


def shown(values: tuple[object, ...]) -> str:
    """Possible values in words."""
    return " or ".join(
        dict.fromkeys(
            ", ".join(map(str, value)) if isinstance(value, tuple) else _plain_text(value)
            for value in values
        )
    )


def _plain_text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def interval_text(low: Instant, high: Instant) -> str:
    """An interval of instants in words."""
    a, b = format_instant(low), format_instant(high)
    return a if a == b else f"{a} to {b}"


def unpublished(last: Last, limit: Duration) -> tuple[str, ...]:
    """Why the time that has passed is not known."""
    coarse = [fact for fact in last.candidates if fact.coarse]
    if coarse:
        return tuple(
            f"the day of {fact.id} is not published: {interval_text(fact.earliest, fact.latest)}"
            for fact in coarse
        )
    return (f"the dates do not tell whether {limit} had passed",)
