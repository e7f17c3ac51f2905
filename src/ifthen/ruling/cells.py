"""One clause about one subject under one variant: the meaning of the six kinds of clause.

A cell is brought up to date with ``update`` and then lists its outcomes. Each kind says how all of
them are judged; what has already been judged, and rests on nothing that changed, is taken again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ifthen.dates import (
    SECONDS_PER_DAY,
    Duration,
    Instant,
    ahead_of,
    day_of,
    deadline,
    end_of,
    start_of,
)
from ifthen.policy.describe import describe_deadline
from ifthen.policy.model import (
    Before,
    By,
    Clause,
    Duty,
    Expression,
    Within,
)
from ifthen.record.model import Fact
from ifthen.ruling.course import Course
from ifthen.ruling.judge import Asked, Judge
from ifthen.ruling.matching import attribute
from ifthen.ruling.order import Order, Point, closing, ordered
from ifthen.ruling.outcome import (
    NEVER,
    UNPUBLISHED,
    Absent,
    Deed,
    Due,
    Interval,
    Outcome,
    earliest,
    limited,
    settle,
)
from ifthen.ruling.reading import Kept, Noting, Since, up_to
from ifthen.ruling.reasons import Because, agree
from ifthen.ruling.timeline import FIRST_INSTANT, LAST_INSTANT, Lane


@dataclass(frozen=True, slots=True)
class Window:
    """When a version of a policy is in force: from ``start`` until just before ``end``."""

    start: Instant
    end: Instant | None = None
    begun_by: str | None = None
    """The fact that put the version in the place of another, which judges that fact."""
    ended_by: str | None = None
    """The fact that put the next version in its place."""

    def holds(self, instant: Instant) -> bool:
        """Whether the version is in force at an instant."""
        return self.start <= instant and (self.end is None or instant < self.end)

    def owns(self, fact: Fact) -> bool | None:
        """Whether the version judges a fact; None where the days it may have happened do not tell.

        A change of policy is judged by what it changes.
        """
        if fact.id in (self.ended_by, self.begun_by):
            return fact.id == self.ended_by
        if fact.latest < self.start or self.closed_by(fact.earliest):
            return False
        return True if self.holds(fact.earliest) and self.holds(fact.latest) else None

    def closed_by(self, at: Instant) -> bool:
        """Whether the version is no longer in force at ``at``."""
        return self.end is not None and self.end <= at


@dataclass(frozen=True, slots=True)
class Handover:
    """What a version leaves to the clause that continues one of its own."""

    keys: frozenset[str] = frozenset()
    """Keys of duties not yet due."""
    value: bool | None = False
    """What the condition that triggers came to at the end; whether it was in a gap."""
    number: int = 0
    """How often it had turned true by then."""
    pending: tuple[tuple[str, Interval], ...] = ()
    """Of these turns, those whose duty was not yet due, and when each was."""

    def __contains__(self, key: object) -> bool:
        return key in self.keys

    @staticmethod
    def joined(all_: Sequence[Handover]) -> Handover:
        """What several variants leave together."""
        if len(all_) == 1:
            return all_[0]
        pending = {key: when for one in all_ for key, when in one.pending}
        return Handover(
            frozenset(key for one in all_ for key in one.keys),
            agree(one.value for one in all_),
            max(one.number for one in all_),
            tuple(pending.items()),
        )


NOTHING = Handover()


class Cell:
    """Base of the six kinds."""

    def __init__(
        self,
        clause: Clause,
        judge: Judge,
        window: Window,
        carried: Handover = NOTHING,
    ) -> None:
        self.clause = clause
        self.judge = judge
        self.window = window
        self.carried = carried
        """What is taken over from the version before."""
        self.state: tuple[bool | None, int] | None = None
        """What the condition that triggers came to last, and how often it had turned true."""
        self.wake: Instant | None = None
        """The next instant at which time alone may change an outcome."""
        self._begun = False
        self._changed = FIRST_INSTANT
        """From when on anything changed that was read before."""
        self._found: dict[tuple[str, str], Outcome] = {}
        self._kept: dict[object, Kept[tuple[Outcome, ...]]] = {}
        self._read = Since()
        self._new: list[tuple[Lane, Instant]] = []

    @property
    def found(self) -> Mapping[tuple[str, str], Outcome]:
        """Every outcome, by key and part; one that stays the same stays the same object."""
        return self._found

    def outcomes(self) -> Iterable[Outcome]:
        """Every outcome."""
        return self._found.values()

    def handover(self) -> Handover:
        """What is left to a later version, once this one is no longer in force."""
        left = [outcome for outcome in self._found.values() if outcome.carry]
        keys = frozenset(outcome.key for outcome in left)
        if self.state is None:
            return Handover(keys)
        turns = ((outcome.key, outcome.triggered) for outcome in left)
        pending = tuple((key, when) for key, when in turns if when is not None)
        return Handover(keys, *self.state, pending)

    def newly_read(self) -> list[tuple[Lane, Instant]]:
        """Lanes that were read, or read further, since this was last asked, and up to when."""
        new, self._new = self._new, []
        return new

    def update(self, at: Instant) -> bool:
        """Bring the outcomes up to date; tell whether anything had to be judged."""
        changed = self._read.changed()
        if self._begun and changed is None and (self.wake is None or at < self.wake):
            return False
        self._changed = LAST_INSTANT if changed is None else changed
        self._begun = True
        self.wake = None
        before = self._found
        self._found = found = {}
        with Noting(self.judge.timeline) as reading:
            for outcome in self.judged(at):
                place = (outcome.key, outcome.part)
                same = before.get(place)
                found[place] = outcome if same is outcome or same != outcome else same
        self._new += self._read.add(reading)
        return True

    def judged(self, at: Instant) -> Iterator[Outcome]:
        """Judge everything at ``at``; of several outcomes for one place the last counts."""
        raise NotImplementedError

    # --- judging once ----------------------------------------------------------------------

    def once(
        self, key: object, about: object, at: Instant, judge: Callable[[], Iterable[Outcome]]
    ) -> tuple[Outcome, ...]:
        """Outcomes that are judged again only where what they rest on has changed."""
        kept = self._kept.get(key)
        if kept is None or not kept.stands(about, at, self._changed):
            others, self.wake = self.wake, None
            with Noting(self.judge.timeline) as reading:
                value = tuple(judge())
            until = max(reading.lanes.values(), default=FIRST_INSTANT)
            kept = Kept(value, about, Since(reading.lanes.items()), until, self.wake)
            self._kept[key] = kept
            self.wake = others
        if kept.wake is not None:
            self.wake_at(kept.wake, at)
        return kept.value

    def now(self, at: Instant, judge: Callable[[], Because]) -> Because:
        """A condition at the moment of the ruling, which facts and time to come may change."""
        return self.by(at, at, judge)

    def by(self, moment: Instant, at: Instant, judge: Callable[[], Because]) -> Because:
        """A condition at a moment up to that of the ruling; once it is over, only facts change it.

        Facts after the moment do not: what is read for the condition is read up to there.
        """
        if moment < at:
            return judge()
        timeline = self.judge.timeline
        with Noting(timeline) as reading:
            because = judge()
        for lane in reading.lanes:
            timeline.read(lane)
            self.wake_at(lane.next_change(at), at)
        for turn in reading.turns:
            self.wake_at(turn, at)
        return because

    def walk(self, course: Course, at: Instant) -> Iterator[tuple[Point, tuple[Because, ...]]]:
        """What conditions come to over the days of the window up to ``at``."""
        steps = list(course.walk(self.horizon(at)))
        if not self.window.closed_by(at):
            for instant in course.turns():
                self.wake_at(instant, at)
        return iter(steps)

    # --- shared by the kinds ---------------------------------------------------------------

    def as_taken_over(
        self, when: Interval, ask: Callable[[Point], tuple[Because, ...]]
    ) -> tuple[Point, tuple[Because, ...]]:
        """What this version makes of a condition at the end of an older version's day."""
        point = closing(min(end_of(day_of(when[1])), self.window.start - 1))
        return point, ask(point)

    def horizon(self, at: Instant) -> Instant:
        """The last instant at which this version is judged."""
        return at if self.window.end is None else min(at, self.window.end - 1)

    def wake_at(self, instant: Instant | None, at: Instant) -> None:
        """Ask to be judged again once ``instant`` is reached."""
        if instant is not None and instant > at and (self.wake is None or instant < self.wake):
            self.wake = instant

    def triggers(self, expression: Expression) -> Iterator[tuple[Fact, bool]]:
        """Facts that fall under this version, each with its certainty."""
        lane = self.judge.lane(expression)
        for fact, certain in zip(lane.facts, lane.certain, strict=True):
            if self.window.owns(fact) is not False or fact.id in self.carried:
                yield fact, certain

    def arising(
        self, fact: Fact, at: Instant, judge: Callable[[], Iterable[Outcome]]
    ) -> tuple[Outcome, ...]:
        """What arises from a fact: judged once, and open where another version may judge it."""
        sure = fact.id in self.carried or self.window.owns(fact) is True
        open_ = judge if sure else lambda: (self.unowned(fact, outcome) for outcome in judge())
        return self.once(fact.id, fact, at, open_)

    def unowned(self, fact: Fact, outcome: Outcome) -> Outcome:
        """An outcome of a fact that may fall under another version: open if anything is asked."""
        if outcome.status in ("dormant", "open"):
            return outcome
        reason = f"whether {fact.id} falls under this version is not known"
        between = outcome.between if outcome.status == "undetermined" else ()
        unknown = (*outcome.unknown, reason)
        return replace(
            outcome, status="undetermined", late_seconds=None, between=between, unknown=unknown
        )

    def absent(self, expressions: Iterable[Expression], trigger: Fact | None) -> Absent | None:
        """Why it proves nothing that none of these is recorded; None where it proves it."""
        for expression in expressions:
            if not self.judge.listed(expression):
                return self.judge.absent(self.judge.lane(expression, trigger), expression)
        return None

    def run_duty(
        self, duty: Duty, key: str, part: str, trigger: Fact | None, when: Interval, at: Instant
    ) -> Outcome:
        """The outcome of a duty that arose from ``trigger`` (or from time alone) at ``when``."""
        due = self.due(duty, trigger, when)
        if key in self.carried and due.low is not None and due.low < self.window.start:
            floor = end_of(day_of(self.window.start))
            due = due.not_before(floor)
        backwards = any(isinstance(d, Before) and d.events is None for d in duty.deadlines)
        with Noting(self.judge.timeline) as reading:
            outcome = self.outcome(
                key,
                part,
                trigger,
                when,
                due,
                [self.deeds(events, trigger, when, duty.after, backwards) for events in duty.then],
                at,
                self.absent(duty.then, trigger),
            )
            if outcome.done is not None and outcome.status in ("met", "late"):
                # Each deed was the first that certainly counts: what came after it was not asked.
                reading.end(max(outcome.done[1], when[1]))
        return outcome

    def outcome(
        self,
        key: str,
        part: str,
        trigger: Fact | None,
        when: Interval,
        due: Due,
        wanted: Sequence[Iterable[Deed]],
        at: Instant,
        absent: Absent | None,
    ) -> Outcome:
        """Settle a duty of which every one of ``wanted`` must be done."""
        settlements = [settle(due, deeds, at, absent) for deeds in wanted]
        worst = max(settlements, key=lambda s: _GRAVITY[s.status])
        dones = [s.done for s in settlements if s.done is not None]
        done = (
            (max(f.earliest for f in dones), max(f.latest for f in dones))
            if len(dones) == len(settlements) and dones
            else None
        )
        latest = max(
            (s.late_seconds for s in settlements if s.late_seconds is not None), default=None
        )
        if due.high is not None and any(s.status not in ("met", "late") for s in settlements):
            self.wake_at(due.high + 1, at)
            self.wake_at((due.low or 0) + 1, at)
        beyond = due.high is None or self.window.closed_by(due.high)
        done_inside = done is not None and self.window.holds(done[0])
        found = Outcome(
            key,
            "undetermined" if due.unknown else worst.status,
            part,
            trigger.id if trigger else None,
            when,
            due.interval,
            done,
            latest if worst.status == "late" and not due.unknown else None,
            () if due.unknown else worst.between,
            tuple(dict.fromkeys((*due.assumes, *(a for s in settlements for a in s.assumes)))),
            (due.unknown,)
            if due.unknown
            else tuple(dict.fromkeys(u for s in settlements for u in s.unknown)),
            tuple(
                dict.fromkeys(
                    [*([trigger.id] if trigger else []), *(f for s in settlements for f in s.facts)]
                )
            ),
            limits=due.limits,
            carry=self.window.closed_by(at) and beyond and not done_inside,
        )
        return self.ended(found)

    def ended(self, outcome: Outcome) -> Outcome:
        """An outcome; open where it is not known whether it fell due before its version ended."""
        if not outcome.carry or outcome.due is None or self.window.closed_by(outcome.due[0]):
            return outcome
        reason = "whether it fell due before this version ended is not known"
        unknown = (*outcome.unknown, reason)
        return replace(
            outcome, status="undetermined", late_seconds=None, between=(), unknown=unknown
        )

    def deeds(
        self,
        events: Expression,
        trigger: Fact | None,
        when: Interval,
        after: Expression | None,
        backwards: bool,
    ) -> Iterator[Deed]:
        """Facts that may discharge a duty, in order."""
        lane = self.judge.lane(events, trigger)
        start: Fact | None = trigger
        if backwards:
            start = None
            if after is not None and trigger is not None:
                lasts = self.judge.lane(after, trigger).last(Point(*when, trigger))
                start = lasts.candidates[0] if lasts.candidates else None
        first = FIRST_INSTANT if start is None else start.earliest
        if start is None and not backwards:
            first = start_of(day_of(when[0]))
        for fact, certain in lane.not_before(first):
            if fact is trigger and not backwards:
                continue
            order = _not_before(fact, start, None if backwards else when)
            if order is not False:
                yield Deed(fact, certain and order is True)

    def due(self, duty: Duty, trigger: Fact | None, when: Interval) -> Due:
        """When a duty falls due: the earliest of its deadlines."""
        dues = [self._due(limit, trigger, when) for limit in duty.deadlines]
        if len(dues) < 2:
            return earliest(dues)
        texts = [describe_deadline(limit, self.judge.choose) for limit in duty.deadlines]
        return limited(list(zip(texts, dues, strict=True)))

    def _due(self, limit: Within | Before | By, trigger: Fact | None, when: Interval) -> Due:
        match limit:
            case By(day=day):
                return Due(end_of(day), end_of(day))
            case Before(events=events, ahead=ahead):
                event = Due(*when, trigger)
                if events is not None:
                    event = self._before(events, trigger, when)
                return event if ahead is None else self._ahead(event, ahead)
            case Within(duration=duration, of=attributes):
                length = self.judge.duration(duration)
                if length is None:
                    return NEVER
                anchors = [when]
                if attributes and trigger is not None:
                    named = [
                        value
                        for name in attributes
                        if isinstance(value := attribute(trigger, name), tuple)
                    ]
                    if not named:
                        missing = " or ".join(attributes)
                        return Due(unknown=f"{trigger.id} does not state {missing}")
                    anchors = [min(named)]
                low, high = deadline(*anchors[0], length, self.judge.month_end)
                reason = _rounding(anchors[0], length, low, high)
                return Due(low, high, reason=reason, assumes=length.assumes)
        raise TypeError(f"not a deadline: {limit}")

    def _ahead(self, event: Due, ahead: Expression) -> Due:
        """So long before an event, once there is one; just before it for a word without bound."""
        length = self.judge.duration(ahead)
        if length is None or event.interval is None:
            return event
        low, high = ahead_of(*event.interval, length, self.judge.month_end)
        reason = _rounding(event.interval, length, low, high)
        if event.fact is not None and event.fact.coarse:
            reason = f"the day of {event.fact.id} {UNPUBLISHED}"
        return Due(low, high, reason=reason, assumes=length.assumes)

    def _before(self, events: Expression, trigger: Fact | None, when: Interval) -> Due:
        lane = self.judge.lane(events, trigger)
        start = when[1] if trigger is None else trigger.earliest
        for fact, certain in lane.not_before(start):
            follows = (
                ordered(trigger, fact).before if trigger is not None else fact.earliest > when[1]
            )
            if follows and certain:
                return Due(fact.earliest, fact.latest, fact)
        return NEVER


def _rounding(anchor: Interval, length: Duration, low: Instant, high: Instant) -> str:
    """Why a deadline counted from one day falls on one of two."""
    if low == high or not length.is_calendar or day_of(anchor[0]) != day_of(anchor[1]):
        return ""
    return f"the text does not say what {length} come to where a month lacks the day"


def _not_before(fact: Fact, start: Fact | None, when: Interval | None) -> bool | None:
    """Whether a deed comes no earlier than what it answers; one day counts as no earlier."""
    if start is not None:
        if fact.id == start.id:
            return True
        order: Order = ordered(start, fact)
        return True if order.assumed else order.before
    if when is None or fact.earliest >= start_of(day_of(when[0])):
        return True
    return None if fact.latest >= when[0] else False


def binds(
    role: str, expression: Expression, judge: Judge, point: Point, trigger: Fact | None = None
) -> Because:
    """Judge a condition whose truth asks something of the developer (``if``, ``while`` …)."""
    return _judged(role, expression, judge, Asked(point, trigger))


def relieves(
    role: str, expression: Expression, judge: Judge, point: Point, trigger: Fact | None = None
) -> Because:
    """Judge a condition whose truth relieves the developer (``unless``, ``keep``, ``require``)."""
    return _judged(role, expression, judge, Asked(point, trigger, lenient=True))


def _judged(role: str, expression: Expression, judge: Judge, asked: Asked) -> Because:
    """A condition of the clause, with where it was judged: what the checker starts from."""
    point, trigger = asked.point, asked.trigger
    because = up_to(judge.timeline, point.latest, lambda: judge.truth(expression, asked))
    detail = {"at": str(point), "trigger": None if trigger is None else trigger.id}
    return Because("judged", role, because.value, detail=detail, children=(because,))


def extended(outcome: Outcome, because: Iterable[Because], unknown: Iterable[str] = ()) -> Outcome:
    """An outcome with explanation, its facts, assumptions and reasons added."""
    steps, reasons = tuple(because), tuple(unknown)
    if not steps and not reasons:
        return outcome
    return replace(
        outcome,
        because=(*outcome.because, *steps),
        facts=tuple(
            dict.fromkeys([*outcome.facts, *(f for step in steps for f in step.all_facts())])
        ),
        assumes=tuple(
            dict.fromkeys([*outcome.assumes, *(a for step in steps for a in step.all_assumes())])
        ),
        unknown=tuple(dict.fromkeys([*outcome.unknown, *reasons])),
    )


_GRAVITY = {
    "dormant": 0,
    "noted": 1,
    "met": 2,
    "pending": 3,
    "undetermined": 4,
    "late": 5,
    "breached": 6,
}
DAY = SECONDS_PER_DAY
