"""What becomes of one duty: from when it is due and what was done, its status."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from ifthen.dates import SECONDS_PER_DAY, Instant, ahead_of, day_of, deadline, end_of, start_of
from ifthen.policy.describe import describe_deadline
from ifthen.policy.model import Before, By, Deadline, Duty, Expression, Within
from ifthen.record.model import Fact
from ifthen.ruling.definitional.conditions import Conditions
from ifthen.ruling.definitional.values import UNTOLD
from ifthen.ruling.definitional.view import Found, latest
from ifthen.ruling.matching import attribute
from ifthen.ruling.order import SAME_DAY, Order, Point, ordered
from ifthen.ruling.outcome import Interval, Outcome, Status
from ifthen.ruling.outcome import Limit as Listed
from ifthen.vocabulary import Force

_RANK: tuple[Status, ...] = ("met", "pending", "undetermined", "late", "breached")
"""Of several things owed at once, the one that stands worst gives the status."""


@dataclass(frozen=True, slots=True)
class Limit:
    """Until when: an interval of instants, and the fact before which, where that is the limit."""

    low: Instant
    high: Instant
    fact: Fact | None = None
    untold: bool = False
    """Whether the record does not tell it."""
    assumes: tuple[str, ...] = ()
    """What counting the days takes for granted."""

    def not_before(self, instant: Instant) -> Limit:
        """The limit, put off to an instant where it lies before that."""
        return replace(self, low=max(self.low, instant), high=max(self.high, instant))


@dataclass(frozen=True, slots=True)
class Settled:
    """The status of one thing owed, and what it rests on."""

    status: Status
    done: Fact | None
    late: int | None
    between: tuple[tuple[Instant, Status], ...]
    assumes: tuple[str, ...]
    unknown: tuple[str, ...]
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Handed:
    """What an older version may have left of a clause that a condition triggers."""

    value: bool | None = False
    """What the condition came to at its end, or whether a gap was open then."""
    number: int = 0
    """How often it had turned true."""
    pending: str | None = None
    """Key of a turn whose duty goes on."""
    since: Interval | None = None
    """When that one was."""


@dataclass(frozen=True, slots=True)
class Window:
    """When the version of the policy is in force, and what its clauses take over."""

    start: Instant
    end: Instant | None
    floor: Instant
    """No clock starts before it; earlier than ``start`` where an older clause is continued."""
    takes_over: bool
    """Whether duties that arose before ``start`` are taken over."""
    begun_by: str | None = None
    """The fact that put the version in the place of another, which judges that fact."""
    ended_by: str | None = None
    """The fact that put the next version in its place."""
    handed: Handed = Handed()

    def holds(self, instant: Instant) -> bool:
        """Whether the version is in force at an instant."""
        return self.start <= instant and (self.end is None or instant < self.end)

    def owns(self, fact: Fact) -> bool | None:
        """Whether the version judges a fact; a change of policy is judged by what it changes.

        None where it may have happened under this version or under another.
        """
        if fact.id == self.begun_by:
            return False
        return True if fact.id == self.ended_by else self.spans(fact.earliest, fact.latest)

    def spans(self, low: Instant, high: Instant) -> bool | None:
        """Whether an interval lies within the time of the version; None where only in part."""
        if self.holds(low) and self.holds(high):
            return True
        return False if high < self.start or self.closed(low) else None

    def rules(self, fact: Fact) -> bool | None:
        """Whether what a fact triggered is ruled under this version."""
        older = fact.earliest < self.start or fact.id == self.begun_by
        return True if self.takes_over and older else self.owns(fact)

    def closed(self, instant: Instant) -> bool:
        """Whether the version is no longer in force."""
        return self.end is not None and self.end <= instant

    def last(self, at: Instant) -> Instant:
        """The last instant up to ``at`` at which the version is in force."""
        return at if self.end is None else min(at, self.end - 1)


class Settling:
    """Duties under one set of conditions."""

    def __init__(self, conditions: Conditions, window: Window, at: Instant) -> None:
        self.conditions = conditions
        self.window = window
        self.at = at

    def duty(
        self, duty: Duty, key: str, part: str, trigger: Fact | None, when: Interval
    ) -> Outcome:
        """The outcome of a duty that arose at ``when``."""
        each_limit = [self._limit(each, trigger, when) for each in duty.deadlines]
        stated = binding(each_limit)
        limit = self.taken_over(stated, when, key)
        texts = [describe_deadline(each, self.conditions.chosen) for each in duty.deadlines]
        back = any(isinstance(each, Before) and each.events is None for each in duty.deadlines)
        wanted = [self._deeds(events, trigger, when, duty.after, back) for events in duty.then]
        listed = all(self.conditions.listed(events) for events in duty.then)
        found = self.outcome(key, part, trigger, when, limit, wanted, listed)
        return replace(found, limits=listed_limits(texts, each_limit, stated))

    def outcome(
        self,
        key: str,
        part: str,
        trigger: Fact | None,
        when: Interval,
        limit: Limit | None,
        wanted: Sequence[Sequence[Found]],
        listed: bool,
    ) -> Outcome:
        """The outcome where each of ``wanted`` is owed by ``limit``."""
        if limit is not None and limit.untold:
            known = self.outcome(key, part, trigger, when, None, wanted, listed)
            return replace(
                known, status="undetermined", late_seconds=None, between=(), unknown=UNTOLD
            )
        settled = [settle(limit, deeds, self.at, listed) for deeds in wanted]
        worst = max(settled, key=lambda each: _RANK.index(each.status))
        done = _whole([each.done for each in settled])
        late = max((each.late for each in settled if each.late is not None), default=None)
        beyond = limit is None or self.window.closed(limit.high)
        undone = done is None or not self.window.holds(done[0])
        named = () if trigger is None else (trigger.id,)
        carry = self.window.closed(self.at) and beyond and undone
        split = carry and limit is not None and not self.window.closed(limit.low)
        return Outcome(
            key,
            "undetermined" if split else worst.status,
            part,
            None if trigger is None else trigger.id,
            when,
            None if limit is None else (limit.low, limit.high),
            done,
            late if worst.status == "late" and not split else None,
            () if split else worst.between,
            once(
                chain(() if limit is None else limit.assumes, *(each.assumes for each in settled))
            ),
            UNTOLD if split else once(chain.from_iterable(each.unknown for each in settled)),
            once(chain(named, *(each.facts for each in settled))),
            carry=carry,
        )

    def taken_over(self, limit: Limit | None, when: Interval, key: str) -> Limit | None:
        """A limit; what the version took over already overdue is due on the day it begins."""
        start = self.window.start
        older = self.window.takes_over and when[0] < start
        if key.startswith("#"):
            older = key == self.window.handed.pending
        if limit is None or limit.untold or not older or limit.low >= start:
            return limit
        return limit.not_before(end_of(day_of(start)))

    def _deeds(
        self,
        events: Expression,
        trigger: Fact | None,
        when: Interval,
        after: Expression | None,
        back: bool,
    ) -> list[Found]:
        """Facts that may be what was owed: from the trigger on, or, looking back, up to it."""
        start = trigger
        if back:
            start = None
            if after is not None and trigger is not None:
                last = latest(self.conditions.found(after, trigger), Point(*when, trigger))
                start = last.facts[0] if last.facts else None
        deeds = []
        for each in self.conditions.found(events, trigger):
            follows = _follows(each.fact, start, None if back else when)
            if follows is not False and (back or each.fact is not trigger):
                deeds.append(Found(each.fact, each.certain and follows is True))
        return deeds

    def _limit(self, limit: Deadline, trigger: Fact | None, when: Interval) -> Limit | None:
        match limit:
            case By(day=day):
                return Limit(end_of(day), end_of(day))
            case Before(events=events, ahead=ahead):
                event: Limit | None = Limit(*when, trigger)
                if events is not None:
                    event = self._next(events, trigger, when)
                length = None if ahead is None else self.conditions.duration(ahead)
                if event is None or length is None:
                    return event
                low, high = ahead_of(event.low, event.high, length, self.conditions.month_end)
                return Limit(low, high, assumes=length.assumes)
            case Within(duration=duration, of=names):
                length = self.conditions.duration(duration)
                anchor: Interval | None = when
                if names and trigger is not None:
                    dates = (attribute(trigger, name) for name in names)
                    anchor = min((d for d in dates if isinstance(d, tuple)), default=None)
                if length is None:
                    return None
                if anchor is None:
                    return Limit(0, 0, untold=True)
                low, high = deadline(*anchor, length, self.conditions.month_end)
                return Limit(low, high, assumes=length.assumes)
        raise TypeError(f"not a deadline: {limit}")

    def _next(self, events: Expression, trigger: Fact | None, when: Interval) -> Limit | None:
        """The first such event that certainly comes after the trigger."""
        for each in self.conditions.found(events, trigger):
            if trigger is None:
                follows = each.fact.earliest > when[1]
            else:
                follows = ordered(trigger, each.fact).before is True
            if follows and each.certain:
                return Limit(each.fact.earliest, each.fact.latest, each.fact)
        return None


def settle(limit: Limit | None, deeds: Sequence[Found], at: Instant, listed: bool) -> Settled:
    """The one status possible, or undetermined.

    The first deed that certainly counts settles the matter; those before it may have, and one in
    time may have gone unrecorded where not every such event is listed.
    """
    sure = next((n for n, deed in enumerate(deeds) if deed.certain), None)
    heard = deeds if sure is None else deeds[: sure + 1]
    orders = [in_time(deed.fact, limit) for deed in heard]
    done = None if sure is None else heard[-1].fact
    possible = {status for order in orders for status in _as(order.before)}
    if done is None:
        possible.update(_undone(limit, at))
    elif possible == {"late"} and not listed:
        possible.add("met")
    facts = tuple(deed.fact.id for deed in heard)
    coarse = [deed.fact for deed in heard if deed.fact.coarse]
    told = done or next(iter(coarse), None)
    if done is None and not listed:
        ends = () if told is None else _ends(limit, told, at)
        return Settled("undetermined", None, None, ends, (), UNTOLD, facts)
    assumes = (SAME_DAY,) if any(order.assumed for order in orders) else ()
    if len(possible) > 1:
        ends = _ends(limit, told, at)
        if possible == {"late", "breached"} and limit is not None:
            late_one = next(d for d, o in zip(heard, orders, strict=True) if o.before is False)
            ends = ((late_one.fact.earliest, "late"), (limit.high, "breached"))
        return Settled("undetermined", done, None, ends, assumes, UNTOLD, facts)
    (status,) = possible
    alone = done is not None and len(heard) == 1
    late = lateness(done, limit) if status == "late" and alone and done and limit else None
    return Settled(status, done, late, (), assumes, (), facts)


def in_time(fact: Fact, limit: Limit | None) -> Order:
    """Whether a deed came in time."""
    if limit is None:
        return Order(True)
    if limit.fact is not None:
        return ordered(fact, limit.fact)
    return Order(
        True if fact.latest <= limit.low else False if fact.earliest > limit.high else None
    )


def lateness(fact: Fact, limit: Limit) -> int | None:
    """Seconds between limit and deed, whole days unless both are exact; None if not known."""
    if limit.fact is None:
        if limit.low != limit.high:
            return None
        exact = limit.high != end_of(day_of(limit.high))
    else:
        exact = limit.fact.precision == "second"
    if exact and fact.precision == "second":
        return fact.earliest - limit.high
    days = {
        day_of(fact.earliest) - day_of(limit.high),
        day_of(fact.latest) - day_of(limit.low),
    }
    return days.pop() * SECONDS_PER_DAY if len(days) == 1 else None


def binding(limits: Iterable[Limit | None]) -> Limit | None:
    """The earliest of several limits, end by end."""
    known = [limit for limit in limits if limit is not None]
    untold = [limit for limit in known if limit.untold]
    if untold or not known:
        return untold[0] if untold else None
    first = min(known, key=lambda limit: (limit.low, limit.high))
    high = min(limit.high for limit in known)
    assumes = once(chain.from_iterable(limit.assumes for limit in known))
    return Limit(first.low, high, first.fact if first.high == high else None, False, assumes)


def listed_limits(
    texts: Sequence[str], limits: Sequence[Limit | None], earliest: Limit | None
) -> tuple[Listed, ...]:
    """Each of several limits in words, with its day, and whether it is the earliest at an end."""
    if len(texts) < 2:
        return ()
    told = [None if each is None or each.untold else each for each in limits]
    return tuple(
        Listed(
            text,
            None if each is None else (each.low, each.high),
            each is not None
            and earliest is not None
            and not earliest.untold
            and (each.low == earliest.low or each.high == earliest.high),
        )
        for text, each in zip(texts, told, strict=True)
    )


def forced(outcome: Outcome, force: Force) -> Outcome:
    """An outcome as it is called where the text aims, permits or recommends."""
    if force == "aim" and outcome.status in ("breached", "late", "violated", "void"):
        return replace(outcome, status="missed")
    if force in ("commitment", "aim") or outcome.status in ("dormant", "undetermined", "lapsed"):
        return outcome
    return replace(outcome, status="noted", between=())


def once(items: Iterable[str]) -> tuple[str, ...]:
    """Each once, in order."""
    return tuple(dict.fromkeys(items))


def _as(in_time: bool | None) -> tuple[Status, ...]:
    """What a deed makes of a duty, if it counts."""
    if in_time is None:
        return ("met", "late")
    return ("met",) if in_time else ("late",)


def _undone(limit: Limit | None, at: Instant) -> tuple[Status, ...]:
    if limit is None or at <= limit.low:
        return ("pending",)
    if limit.fact is not None or at > limit.high:
        return ("breached",)
    return ("pending", "breached")


def _ends(
    limit: Limit | None, done: Fact | None, at: Instant
) -> tuple[tuple[Instant, Status], ...]:
    """The best and the worst case, each with its date."""
    if done is not None and done.coarse:
        after = limit is not None and done.earliest > limit.high
        beyond = limit is not None and done.latest > limit.low
        return ((done.earliest, "met"), (done.latest, "late")) if beyond and not after else ()
    if limit is None or limit.low == limit.high:
        return ()
    if done is not None:
        return ((limit.low, "late"), (limit.high, "met"))
    return ((limit.low, "breached" if at > limit.low else "pending"), (limit.high, "pending"))


def _follows(fact: Fact, start: Fact | None, when: Interval | None) -> bool | None:
    """Whether a deed comes no earlier than what it answers; the same day counts."""
    if start is None:
        if when is None or fact.earliest >= start_of(day_of(when[0])):
            return True
        return None if fact.latest >= when[0] else False
    order = ordered(start, fact)
    return True if order.assumed or fact.id == start.id else order.before


def _whole(deeds: Sequence[Fact | None]) -> Interval | None:
    """When all of several things were done: the last of them."""
    done = [fact for fact in deeds if fact is not None]
    if not done or len(done) < len(deeds):
        return None
    return max(fact.earliest for fact in done), max(fact.latest for fact in done)
