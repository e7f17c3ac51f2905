"""What becomes of one duty: triggered, due, done, and the status that follows from the three."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from ifthen.dates import SECONDS_PER_DAY, Instant, day_of
from ifthen.record.model import Fact
from ifthen.ruling.order import SAME_DAY, Order, ordered
from ifthen.ruling.reasons import Because
from ifthen.vocabulary import Force

Status: TypeAlias = Literal[
    "dormant",
    "pending",
    "met",
    "late",
    "breached",
    "missed",
    "noted",
    "lapsed",
    "undetermined",
    "open",
    "held",
    "violated",
    "counts",
    "void",
    "available",
    "exercised",
    "abused",
]

SETTLED: frozenset[Status] = frozenset({"met", "late", "noted", "counts", "void", "exercised"})
"""Statuses that no later fact can change."""

Interval: TypeAlias = tuple[Instant, Instant]
UNPUBLISHED = "is not published"
"""What every reason says that rests on a day the record does not give; such reasons come first."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One of several limits of a duty."""

    text: str
    """The limit as the policy has it: ``within 72 hours of discovered``."""
    due: Interval | None
    """When it falls; None where it does not, or not yet."""
    binds: bool
    """Whether it is the one that counts, or one of those that fall together."""


@dataclass(frozen=True, slots=True)
class Due:
    """When something must be done by."""

    low: Instant | None = None
    high: Instant | None = None
    """Earliest and latest instant the text and the dates allow; None: never due."""
    fact: Fact | None = None
    """The fact before which it must be done, where that is the deadline."""
    unknown: str = ""
    """Why the record does not tell when it is due, where it does not."""
    reason: str = ""
    """Why it is due on one of two days, where the text leaves that open."""
    assumes: tuple[str, ...] = ()
    """What counting the days takes for granted."""
    limits: tuple[Limit, ...] = ()
    """The limits of which this is the earliest, where there are several."""

    @property
    def interval(self) -> Interval | None:
        """The interval, or None where it is never due."""
        return None if self.low is None or self.high is None else (self.low, self.high)

    def not_before(self, floor: Instant) -> Due:
        """The same, put off to an instant where it lies before that."""
        if self.low is None or self.high is None:
            return self
        return replace(self, low=max(self.low, floor), high=max(self.high, floor), reason="")


NEVER = Due()


def earliest(dues: Iterable[Due]) -> Due:
    """The binding one of several deadlines: the minimum, end by end."""
    found = list(dues)
    untold = next((due for due in found if due.unknown), None)
    if untold is not None:
        return untold
    known = [due for due in found if due.interval is not None]
    if not known:
        return NEVER
    first = min(known, key=lambda due: (due.low, due.high))
    high = min(due.high for due in known if due.high is not None)
    assumes = tuple(dict.fromkeys(a for due in known for a in due.assumes))
    if first.high == high:
        return first if first.assumes == assumes else replace(first, assumes=assumes)
    last = next(due for due in known if due.high == high)
    return Due(first.low, high, reason=first.reason or last.reason, assumes=assumes)


def limited(dues: Sequence[tuple[str, Due]]) -> Due:
    """The binding one of several limits, each given in words, and all of them listed."""
    due = earliest(one for _, one in dues)
    if len(dues) < 2:
        return due
    limits = tuple(
        Limit(text, one.interval, one.interval is not None and _binds(one, due))
        for text, one in dues
    )
    return replace(due, limits=limits)


def _binds(one: Due, due: Due) -> bool:
    """Whether a limit is at least at one end the earliest."""
    return not due.unknown and (one.low == due.low or one.high == due.high)


@dataclass(frozen=True, slots=True)
class Deed:
    """A fact that does, or may do, what was owed."""

    fact: Fact
    certain: bool
    """Whether it certainly counts."""


@dataclass(frozen=True, slots=True)
class Absent:
    """Why it proves nothing that no deed is recorded: the record may not list it."""

    any: str
    """Where none is."""
    earlier: str
    """Where one is that came too late: an earlier one may have gone unrecorded."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One duty, hold, decision or power of one clause about one subject, under one variant."""

    key: str
    """What identifies it across readings: the triggering fact, or the place in a sequence."""
    status: Status
    part: str = ""
    """Step of a procedure, or ``price`` of a power; empty for the clause itself."""
    instance: str | None = None
    """Id of the triggering fact."""
    triggered: Interval | None = None
    due: Interval | None = None
    done: Interval | None = None
    late_seconds: int | None = None
    """By how much it was late, in seconds; whole days where either end is a day."""
    between: tuple[tuple[Instant, Status], ...] = ()
    """The two ends, where a coarse date leaves the status open."""
    assumes: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    because: tuple[Because, ...] = ()
    limits: tuple[Limit, ...] = ()
    """Every limit of a duty that has several, and which of them counts."""
    early_seconds: int | None = None
    """By how much it was done too early, in seconds, where that is what is wrong."""
    carry: bool = False
    """Not yet due: a later version that continues the clause takes it over."""


def timely(fact: Fact, due: Due) -> Order:
    """Whether a deed was done in time."""
    if due.fact is not None:
        return ordered(fact, due.fact)
    if due.low is None or due.high is None or fact.latest <= due.low:
        return Order(True)
    return Order(False) if fact.earliest > due.high else Order(None)


def lateness(fact: Fact, due: Due) -> int | None:
    """Seconds by which a deed was late, whole days unless both are exact; None if not known."""
    if due.low is None or due.high is None or (due.fact is None and due.low != due.high):
        return None
    exact_due = (
        due.fact.precision == "second"
        if due.fact is not None
        else due.high % SECONDS_PER_DAY != SECONDS_PER_DAY - 1
    )
    if fact.precision == "second" and exact_due:
        return fact.earliest - due.high
    least = day_of(fact.earliest) - day_of(due.high)
    most = day_of(fact.latest) - day_of(due.low)
    return least * SECONDS_PER_DAY if least == most else None


def earliness(fact: Fact, opens: Interval) -> int:
    """Seconds by which a deed came too early at least, whole days where either end is a day."""
    if fact.precision == "second" and opens[0] % SECONDS_PER_DAY:
        return opens[0] - fact.earliest
    return (day_of(opens[0]) - day_of(fact.latest)) * SECONDS_PER_DAY


@dataclass(frozen=True, slots=True)
class Settlement:
    """Status of a duty and what it rests on."""

    status: Status
    done: Fact | None = None
    late_seconds: int | None = None
    between: tuple[tuple[Instant, Status], ...] = ()
    assumes: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    facts: tuple[str, ...] = field(default=())


def settle(due: Due, deeds: Iterable[Deed], at: Instant, absent: Absent | None) -> Settlement:
    """The status of a duty.

    ``deeds`` are in order; ``absent`` says why the absence of a deed proves nothing (None where it
    proves that nothing was done).
    """
    possible: set[Status] = set()
    facts: list[str] = []
    unknown: list[str] = []
    assumed = False
    surely: Fact | None = None
    perhaps: Fact | None = None
    tardy: Fact | None = None
    for deed in deeds:
        order = timely(deed.fact, due)
        assumed = assumed or order.assumed
        facts.append(deed.fact.id)
        if order.before is not False:
            possible.add("met")
        if order.before is not True:
            possible.add("late")
        if deed.certain:
            surely = deed.fact
            break
        if deed.fact.coarse and perhaps is None:
            perhaps = deed.fact
        if order.before is False and tardy is None:
            tardy = deed.fact
        unknown.append(_why_unsure(deed.fact))
    if surely is None and absent is None:
        possible.update(_undone(due, at))
    elif surely is None and absent is not None:
        return Settlement(
            "undetermined",
            between=_ends(due, perhaps, at) if perhaps is not None else (),
            unknown=tuple(unknown) or (absent.any,),
            facts=tuple(facts),
        )
    if absent is not None and possible == {"late"}:
        possible.add("met")
        unknown.append(absent.earlier)
    assumes = (SAME_DAY,) if assumed else ()
    if len(possible) == 1:
        (status,) = possible
        alone = surely is not None and len(facts) == 1
        late = lateness(surely, due) if status == "late" and surely and alone else None
        return Settlement(status, surely, late, assumes=assumes, facts=tuple(facts))
    between = _ends(due, surely or perhaps, at)
    if possible == {"late", "breached"} and tardy is not None and due.high is not None:
        between = ((tardy.earliest, "late"), (due.high, "breached"))
    return Settlement(
        "undetermined",
        surely,
        between=between,
        assumes=assumes,
        unknown=tuple(unknown) or _why_open(due, surely),
        facts=tuple(facts),
    )


def _undone(due: Due, at: Instant) -> tuple[Status, ...]:
    if due.low is None or due.high is None or at <= due.low:
        return ("pending",)
    if due.fact is not None or at > due.high:
        return ("breached",)
    return ("pending", "breached")


def _ends(due: Due, done: Fact | None, at: Instant) -> tuple[tuple[Instant, Status], ...]:
    """The best and the worst case, each with its date."""
    if done is not None and done.coarse:
        early: Status = "late" if due.high is not None and done.earliest > due.high else "met"
        late: Status = "late" if due.low is not None and done.latest > due.low else "met"
        return ((done.earliest, early), (done.latest, late)) if early != late else ()
    if due.low is not None and due.high is not None and due.low != due.high:
        if done is not None:
            return ((due.low, "late"), (due.high, "met"))
        return ((due.low, "breached" if at > due.low else "pending"), (due.high, "pending"))
    return ()


def _why_unsure(fact: Fact) -> str:
    if fact.coarse:
        return f"the day of {fact.id} {UNPUBLISHED}"
    return f"whether {fact.id} counts is not known"


def _why_open(due: Due, done: Fact | None) -> tuple[str, ...]:
    if done is not None and done.coarse:
        return (f"the day of {done.id} {UNPUBLISHED}",)
    if due.fact is not None and due.fact.coarse:
        return (f"the day of {due.fact.id} {UNPUBLISHED}",)
    if due.reason:
        return (due.reason,)
    within = due.low is not None and due.high is not None and day_of(due.low) == day_of(due.high)
    if done is not None and done.precision == "day" and within:
        return (f"{done.id} has no time of day, and the limit falls within its day",)
    return ("the day from which the clock runs is not published exactly",)


def with_force(outcome: Outcome, force: Force) -> Outcome:
    """What an outcome is called where the text does not bind.

    A missed aim is never a breach; options, recommendations and statements are only noted.
    """
    if force == "commitment":
        return outcome
    if force == "aim":
        if outcome.status in ("breached", "late", "violated", "void"):
            return replace(outcome, status="missed")
        return outcome
    if outcome.status in ("dormant", "undetermined", "lapsed"):
        return outcome
    return replace(outcome, status="noted", between=())
