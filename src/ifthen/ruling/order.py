"""What comes before what, when days are coarse and facts of one day have no time.

Two facts are compared by their intervals of valid time. Facts of one day without a time are taken
in phases (policy; findings, decisions, standards, notices; acts), then in record order: that is an
assumption, and every answer that rests on it says so. Everything else that overlaps is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ifthen.dates import Day, Instant, day_of
from ifthen.record.model import Fact
from ifthen.vocabulary import KINDS

SAME_DAY = "same-day order"
"""The assumption a finding names when it rests on the order of facts within one day."""


@dataclass(frozen=True, slots=True)
class Order:
    """Answer to "does a come before b?"."""

    before: bool | None
    """None: the dates do not tell."""
    assumed: bool = False
    """Whether it rests on the order within a day."""


YES = Order(True)
NO = Order(False)
UNKNOWN = Order(None)
YES_ASSUMED = Order(True, True)
NO_ASSUMED = Order(False, True)


@dataclass(frozen=True, slots=True)
class Point:
    """A place in time at which conditions are judged."""

    earliest: Instant
    latest: Instant
    fact: Fact | None = None
    """The fact just before or just after which the point lies, if any."""
    after: bool = False
    """Just after the fact rather than just before it."""
    closing: bool = False
    """The moment of the ruling itself: a date-only fact of its day is taken to have happened."""

    def __str__(self) -> str:
        if self.fact is not None:
            return f"{'after' if self.after else 'before'} {self.fact.id}"
        return f"{'close' if self.closing else 'instant'} {self.latest}"


def before_fact(fact: Fact) -> Point:
    """The state just before a fact: what a hold sees."""
    return Point(fact.earliest, fact.latest, fact, after=False)


def after_fact(fact: Fact) -> Point:
    """The state just after a fact: what a trigger sees."""
    return Point(fact.earliest, fact.latest, fact, after=True)


def at_instant(instant: Instant) -> Point:
    """An instant at which time alone changes something."""
    return Point(instant, instant)


def closing(instant: Instant) -> Point:
    """The moment of a ruling."""
    return Point(instant, instant, closing=True)


def sort_key(fact: Fact) -> tuple[Instant, int, int]:
    """A total order that agrees with ``ordered`` wherever that one decides."""
    phase = KINDS[fact.kind].phase if fact.precision in ("day", "second") else 0
    return (fact.earliest, phase, fact.order)


def ordered(a: Fact, b: Fact) -> Order:
    """Whether ``a`` comes before ``b``; never true of a fact and itself."""
    if a.latest < b.earliest:
        return YES
    if a.earliest > b.latest:
        return NO
    if a is b or a.id == b.id:
        return NO
    if a.precision == b.precision and a.precision in ("day", "second"):
        first = (KINDS[a.kind].phase, a.order) < (KINDS[b.kind].phase, b.order)
        return YES_ASSUMED if first else NO_ASSUMED
    return UNKNOWN


def precedes(fact: Fact, point: Point) -> Order:
    """Whether a fact has happened at a point."""
    other = point.fact
    if other is not None:
        if fact is other or fact.id == other.id:
            return YES if point.after else NO
        return ordered(fact, other)
    if point.closing:
        if fact.latest <= point.latest:
            return YES
        if fact.earliest > point.latest:
            return NO
        return YES_ASSUMED if fact.precision == "day" else UNKNOWN
    if fact.latest < point.earliest:
        return YES
    return NO if fact.earliest >= point.latest else UNKNOWN


def turning_fact(ids: Iterable[str], facts: Mapping[str, Fact], day: Day) -> str | None:
    """The fact to which a change on ``day`` is put down: the last one it rests on up to that day.

    Args:
        ids: what the change rests on.
        facts: every visible fact by id.
        day: the day of the change.
    """
    found = [facts[id] for id in ids if id in facts and day_of(facts[id].earliest) <= day]
    return max(found, key=sort_key).id if found else None
