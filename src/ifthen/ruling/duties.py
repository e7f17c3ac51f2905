"""Duties: ``whenever``, ``cadence`` and ``maintain`` clauses about one subject."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial
from typing import TypeAlias

from ifthen.dates import (
    Instant,
    day_of,
    deadline,
    elapsed_at,
    end_of,
    format_instant,
    start_of,
)
from ifthen.policy.describe import describe, describe_gain, describe_growth
from ifthen.policy.model import Cadence, Call, Compare, Constant, Expression, Maintain, Whenever
from ifthen.record.model import Fact
from ifthen.ruling.cells import NOTHING, Cell, Handover, Window, binds, extended, relieves
from ifthen.ruling.course import Course
from ifthen.ruling.judge import Asked, Judge
from ifthen.ruling.order import Point, after_fact, before_fact, closing, turning_fact
from ifthen.ruling.outcome import Deed, Due, Interval, Outcome, Status, earliness, limited
from ifthen.ruling.reading import up_to
from ifthen.ruling.reasons import Because, kleene_and, kleene_not
from ifthen.ruling.timeline import COMPUTE, LAST_INSTANT, Lane, measure_kind


class WheneverCell(Cell):
    """When an event happens, or a condition becomes true, something follows."""

    clause: Whenever

    def __init__(
        self,
        clause: Whenever,
        judge: Judge,
        window: Window,
        carried: Handover = NOTHING,
    ) -> None:
        super().__init__(clause, judge, window, carried)
        self._course = Course(judge.timeline, window.start, self._becoming)

    def judged(self, at: Instant) -> Iterator[Outcome]:
        """One outcome for each trigger."""
        if self.clause.when is None:
            yield from self._on_condition(at)
            return
        found = False
        for fact, certain in self.triggers(self.clause.when):
            found = True
            yield from self.arising(fact, at, partial(self._on_event, fact, certain, at))
        if not found:
            lane = self.judge.lane(self.clause.when)
            why = () if lane.complete else (self.judge.not_recorded(lane, self.clause.when),)
            yield Outcome("-", "dormant" if lane.complete else "undetermined", unknown=why)

    def _on_event(self, fact: Fact, certain: bool, at: Instant) -> Iterator[Outcome]:
        when = (fact.earliest, fact.latest)
        steps: list[Because] = []
        triggered: bool | None = True if certain else None
        unknown: tuple[str, ...] = ()
        if not certain:
            unknown = (f"whether {fact.id} is such an event is not known",)
        if self.clause.if_ is not None:
            steps.append(binds("if", self.clause.if_, self.judge, after_fact(fact), fact))
            triggered = kleene_and((triggered, steps[0].value))
            unknown += steps[0].all_unknown()
        base = Outcome(fact.id, "dormant", instance=fact.id, facts=(fact.id,))
        if triggered is False:
            yield extended(base, steps)
        elif triggered is None:
            yield extended(replace(base, status="undetermined"), steps, unknown)
        elif self.clause.require is not None:
            steps.append(
                relieves("require", self.clause.require, self.judge, before_fact(fact), fact)
            )
            status: Status = _TRUTH[steps[-1].value]
            outcome = replace(base, status=status, triggered=when, due=when)
            if status == "met":
                outcome = replace(outcome, done=when)
            yield extended(outcome, steps, steps[-1].all_unknown())
        else:
            assert self.clause.duty is not None
            yield extended(self.run_duty(self.clause.duty, fact.id, "", fact, when, at), steps)

    def _becoming(self, point: Point) -> tuple[Because, ...]:
        assert self.clause.becomes is not None
        return (binds("becomes", self.clause.becomes, self.judge, point),)

    def _on_condition(self, at: Instant) -> Iterator[Outcome]:
        """Trigger at each instant at which ``becomes`` turns from false to true.

        What turned true under an older version that this one continues does not turn again; its
        duty, where it was not yet due, goes on here.
        """
        for key, when in self.carried.pending:
            going_on = partial(self._goes_on, key, when, at)
            yield from self.once((key, when), self.carried, at, going_on)
        was, triggered = self.carried.value, self.carried.number
        doubted = was is None
        doubt: Because | None = None
        for point, (because,) in self.walk(self._course, at):
            if because.value is True and was is not True:
                triggered += 1
                if was is None:
                    doubt = None
                key = f"#{triggered}"
                met = partial(self._condition_met, key, point, because, was is None, at)
                yield from self.once((triggered, point, was), because, at, met)
            elif because.value is None and (was is False or doubted):
                doubt = doubt or because
            was, doubted = because.value, False
        self.state = (was, triggered)
        if doubt is not None:
            yield extended(Outcome("?", "undetermined"), [doubt], doubt.all_unknown())
        elif triggered == self.carried.number and not self.carried.pending:
            yield Outcome("-", "dormant")

    def _goes_on(self, key: str, when: Interval, at: Instant) -> Iterator[Outcome]:
        """A duty that was triggered under the older version, in the words of this one."""
        (point, (because,)) = self.as_taken_over(when, self._becoming)
        return self._condition_met(key, point, because, False, at)

    def _condition_met(
        self, key: str, point: Point, because: Because, in_doubt: bool, at: Instant
    ) -> Iterator[Outcome]:
        day = day_of(point.latest)
        when = (start_of(day), end_of(day))
        if self.clause.if_ is not None:
            condition = binds("if", self.clause.if_, self.judge, point)
            if condition.value is not True:
                status: Status = "dormant" if condition.value is False else "undetermined"
                outcome = Outcome(key, status, triggered=when)
                reasons = condition.all_unknown()
                yield extended(outcome, [because, condition], reasons)
                return
        if self.clause.require is not None:
            required = relieves("require", self.clause.require, self.judge, point)
            outcome = Outcome(key, _TRUTH[required.value], triggered=when, due=when)
            yield extended(outcome, [because, required], required.all_unknown())
            return
        assert self.clause.duty is not None
        outcome = self.run_duty(self.clause.duty, key, "", None, when, at)
        if in_doubt:
            note = (f"the condition may have become true before {format_instant(when[0])}",)
            outcome = replace(outcome, unknown=(*outcome.unknown, *note))
        yield extended(outcome, [because])


_TRUTH: dict[bool | None, Status] = {True: "met", False: "breached", None: "undetermined"}


@dataclass(frozen=True, slots=True)
class _Test:
    """Growth or gain at which the next deed of a cadence falls due."""

    text: str
    test: Compare
    kind: str
    """Pseudo-kind of the facts that may show it."""


@dataclass(frozen=True, slots=True)
class _Period:
    """One turn of a cadence: from an anchor to the next deed."""

    number: int
    anchor: Fact | None = field(hash=False)
    since: Interval


class CadenceCell(Cell):
    """Do it at least every so long and/or every so much growth, while a condition holds."""

    clause: Cadence

    def __init__(
        self,
        clause: Cadence,
        judge: Judge,
        window: Window,
        carried: Handover = NOTHING,
    ) -> None:
        super().__init__(clause, judge, window, carried)
        self._course = Course(judge.timeline, window.start, self._running)
        self._tests: list[_Test] = []
        if clause.growth is not None:
            operator, factor = clause.growth
            growth = Compare(operator, Call("growth", (clause.do,)), Constant(Fraction(factor)))
            self._tests.append(_Test(describe_growth(clause.growth), growth, COMPUTE))
        if clause.gain is not None:
            gain = clause.gain
            call = Call("gain", (clause.do, Constant(gain.measure), Constant(gain.unit)))
            test = Compare(gain.operator, call, Constant(gain.by))
            self._tests.append(_Test(describe_gain(gain), test, measure_kind(gain.measure)))

    def judged(self, at: Instant) -> Iterator[Outcome]:
        """The open turn, and every turn that deeds have closed."""
        lane = self.judge.lane(self.clause.do)
        place, period = self._first_period(lane)
        doubt: Deed | None = None
        for fact, certain in zip(lane.facts[place:], lane.certain[place:], strict=True):
            if not certain:
                doubt = doubt or Deed(fact, False)
                continue
            yield from self._judge(period, [Deed(fact, True)], at, doubt)
            doubt = None
            period = _Period(period.number + 1, fact, (fact.earliest, fact.latest))
        yield from self._judge(period, [] if doubt is None else [doubt], at, doubt)

    def _first_period(self, lane: Lane) -> tuple[int, _Period]:
        """The turn under way when the clause came into force, or the first one of the subject.

        Also where its deeds begin in the lane of deeds.
        """
        place, number, anchor = 0, 0, None
        while place < len(lane.facts) and not self._ours(lane.facts[place]):
            if lane.certain[place]:
                number, anchor = number + 1, lane.facts[place]
            place += 1
        if anchor is not None and self._takes_over(anchor):
            return place, _Period(number, anchor, (anchor.earliest, anchor.latest))
        return place, _Period(number, None, self.judge.birth())

    def _ours(self, fact: Fact) -> bool:
        """Whether a deed belongs to this version or a later one."""
        return fact.latest >= self.window.start

    def _takes_over(self, anchor: Fact) -> bool:
        return anchor.earliest >= self.judge.floor

    def _judge(
        self, period: _Period, deeds: list[Deed], at: Instant, doubt: Deed | None
    ) -> Iterable[Outcome]:
        deed = deeds[0].fact if deeds else None
        unsure = None if doubt is None else doubt.fact
        key = (period, deed and deed.id, unsure and unsure.id)
        about = unsure or deed or period.anchor
        return self.once(key, about, at, lambda: self._judged(period, deeds, at, doubt))

    def _judged(
        self, period: _Period, deeds: list[Deed], at: Instant, doubt: Deed | None
    ) -> Iterator[Outcome]:
        outcome = self._turn(period, deeds, at)
        if self._not_ours(period, outcome):
            return
        if doubt is not None and outcome.status not in ("met", "dormant"):
            outcome = replace(
                outcome,
                status="undetermined",
                unknown=(*outcome.unknown, f"whether {doubt.fact.id} counts is not known"),
            )
        if period.anchor is not None and self._straddles(period):
            outcome = self.unowned(period.anchor, outcome)
        yield outcome

    def _straddles(self, period: _Period) -> bool:
        """Whether the turn may have begun under another version."""
        begun = (self.window.holds(instant) for instant in period.since)
        return not self._carried(period) and not all(begun)

    def _not_ours(self, period: _Period, outcome: Outcome) -> bool:
        """Whether the turn ended under an earlier version, or began under a later one."""
        start, end = self.window.start, self.window.end
        if end is not None and period.since[0] >= end:
            return True
        if outcome.done is not None and outcome.done[1] < start:
            return True
        return period.since[1] < start and not self._carried(period)

    def _carried(self, period: _Period) -> bool:
        """Whether a turn that began before this version was still open when it began."""
        return f"turn {period.number}" in self.carried

    def _turn(self, period: _Period, deeds: list[Deed], at: Instant) -> Outcome:
        key = f"turn {period.number}"
        dues, steps, unknown = self._dues(period, deeds, at)
        due = limited(dues)
        if key in self.carried and due.low is not None and due.low < self.window.start:
            floor = end_of(day_of(self.window.start))
            due = due.not_before(floor)
        absent = self.absent([self.clause.do], None)
        outcome = self.outcome(key, "", None, period.since, due, [deeds], at, absent)
        anchor = period.anchor
        outcome = replace(
            outcome,
            instance=anchor.id if anchor else None,
            facts=tuple(dict.fromkeys([*([anchor.id] if anchor else []), *outcome.facts])),
        )
        outcome = extended(outcome, steps)
        if outcome.status == "met" and unknown:
            return replace(outcome, status="undetermined", unknown=(*outcome.unknown, *unknown))
        demanded = any(one.low is not None for _, one in dues[-len(self._tests) :] if self._tests)
        if outcome.status == "met" and anchor is not None and deeds and not demanded:
            outcome = self._spaced(outcome, anchor, deeds[0].fact)
        if outcome.status == "met" or outcome.carry or outcome.early_seconds is not None:
            return outcome
        return self._while(outcome, due, at, unknown)

    def _spaced(self, outcome: Outcome, anchor: Fact, deed: Fact) -> Outcome:
        """A deed that was in time, unless it came sooner after the last one than it may."""
        every = self.clause.every
        length = None if every is None else self.judge.least(every)
        if length is None:
            return outcome
        outcome = replace(
            outcome, assumes=tuple(dict.fromkeys((*outcome.assumes, *length.assumes)))
        )
        opens = elapsed_at(anchor.earliest, anchor.latest, length, self.judge.month_end)
        if deed.earliest >= opens[1]:
            return outcome
        running: bool | None = True
        reasons: tuple[str, ...] = (f"the dates do not tell whether {length} lay between the two",)
        if self.clause.while_ is not None:
            because = binds("while", self.clause.while_, self.judge, before_fact(deed))
            outcome = extended(outcome, [because])
            running = because.value
            reasons = because.all_unknown() or reasons
        if running is False:
            return outcome
        if running is None or deed.latest >= opens[0]:
            unknown = (*outcome.unknown, *reasons)
            return replace(outcome, status="undetermined", unknown=unknown)
        return replace(outcome, status="breached", early_seconds=earliness(deed, opens))

    def _while(self, outcome: Outcome, due: Due, at: Instant, unknown: tuple[str, ...]) -> Outcome:
        """Apply the condition under which the clock runs."""
        condition = self.clause.while_
        moment = min(due.high, at) if due.high is not None else at
        if condition is not None:
            point = closing(self.horizon(moment))
            because = self.by(
                point.latest, at, lambda: binds("while", condition, self.judge, point)
            )
            if because.value is False:
                until = at if outcome.done is None else min(outcome.done[0], at)
                again = self._resumes(condition, moment, until, at)
                if again is None:
                    stands = replace(outcome, status="dormant", due=None, limits=())
                    return extended(stands, [because])
                because, later = again
                outcome = self._deferred(outcome, later, at)
            if because.value is None and (due.high is not None or outcome.status == "breached"):
                reasons = because.all_unknown()
                return extended(replace(outcome, status="undetermined"), [because], reasons)
            outcome = extended(outcome, [because])
        if unknown and outcome.status == "pending":
            return replace(outcome, status="undetermined", unknown=(*outcome.unknown, *unknown))
        return outcome

    def _running(self, point: Point) -> tuple[Because, ...]:
        assert self.clause.while_ is not None
        return (binds("while", self.clause.while_, self.judge, point),)

    def _resumes(
        self, condition: Expression, moment: Instant, until: Instant, at: Instant
    ) -> tuple[Because, Instant] | None:
        """When the clock next runs again after ``moment``: the duty is due that day."""
        last = self.horizon(until)
        for point, (because,) in self.walk(self._course, at):
            if point.latest <= moment or because.value is False:
                continue
            if start_of(day_of(point.latest)) > last:
                return None
            if point.latest > last:
                because = binds("while", condition, self.judge, closing(last))
                return None if because.value is False else (because, last)
            return because, point.latest
        return None

    def _deferred(self, outcome: Outcome, later: Instant, at: Instant) -> Outcome:
        """The outcome where the duty fell due only when the clock ran again."""
        due = Due(end_of(day_of(later)), end_of(day_of(later)))
        lane = self.judge.lane(self.clause.do)
        deeds = [
            Deed(fact, certain)
            for fact, certain in zip(lane.facts, lane.certain, strict=True)
            if outcome.done is not None and fact.earliest == outcome.done[0]
        ]
        absent = self.absent([self.clause.do], None)
        again = self.outcome(
            outcome.key, "", None, outcome.triggered or (0, 0), due, [deeds], at, absent
        )
        return replace(again, instance=outcome.instance, facts=outcome.facts)

    def _dues(
        self, period: _Period, deeds: list[Deed], at: Instant
    ) -> tuple[list[tuple[str, Due]], list[Because], tuple[str, ...]]:
        """The limits in words, what explains them, and why one of them is not known."""
        dues: list[tuple[str, Due]] = []
        if self.clause.every is not None:
            by_time = Due()
            length = self.judge.duration(self.clause.every)
            if length is not None:
                low, high = deadline(*period.since, length, self.judge.month_end)
                by_time = Due(low, high, assumes=length.assumes)
            dues.append((f"every {describe(self.judge.choose(self.clause.every))}", by_time))
        until = deeds[0].fact.latest if deeds and deeds[0].certain else LAST_INSTANT
        steps: list[Because] = []
        unknown: tuple[str, ...] = ()
        for test in self._tests:
            by_test, because = up_to(
                self.judge.timeline, until, partial(self._reached, test, period, deeds, at)
            )
            dues.append((test.text, by_test))
            steps.append(because)
            unknown += because.all_unknown() if by_test.low is None else ()
        return dues, steps, unknown

    def _reached(
        self, one: _Test, period: _Period, deeds: list[Deed], at: Instant
    ) -> tuple[Due, Because]:
        """The end of the day on which growth or gain since the anchor first came to so much."""
        test, model = one.test, self.judge.subject.model
        stop = deeds[0].fact.latest if deeds else at
        because: Because | None = None
        for fact, _ in self.judge.timeline.every(one.kind, model).not_before(period.since[0]):
            if fact.earliest > stop:
                break
            if deeds and fact.id == deeds[0].fact.id:
                continue
            point = (
                before_fact(deeds[0].fact) if deeds and fact.latest >= stop else after_fact(fact)
            )
            because = self.judge.truth(test, Asked(point))
            if because.value is True:
                return Due(end_of(day_of(fact.earliest)), end_of(day_of(fact.latest))), because
        if because is None:
            point = closing(min(at, stop))
            because = self.by(point.latest, at, lambda: self.judge.truth(test, Asked(point)))
        return Due(), because


_Unsure: TypeAlias = tuple[Instant, tuple[Because, ...]]
"""From when on it is not known whether a gap has ended, and why."""


class MaintainCell(Cell):
    """While a condition holds, keep another true."""

    clause: Maintain

    def __init__(
        self,
        clause: Maintain,
        judge: Judge,
        window: Window,
        carried: Handover = NOTHING,
    ) -> None:
        super().__init__(clause, judge, window, carried)
        self._course = Course(judge.timeline, window.start, self._standing)

    def _standing(self, point: Point) -> tuple[Because, ...]:
        return (
            binds("while", self.clause.while_, self.judge, point),
            relieves("keep", self.clause.keep, self.judge, point),
        )

    def judged(self, at: Instant) -> Iterator[Outcome]:
        """Every stretch during which it was not kept for longer than the grace; else how it is.

        A gap that began under an older version that this one continues is no new one: where its
        grace had not run out it goes on here, else it stays with the older version. A gap of which
        it is not known whether it has ended is open between the two; what fails afterwards is
        counted anew.
        """
        number = self.carried.number
        key, ours = f"gap {number}", bool(self.carried.pending)
        since: Instant | None = self.window.start if self.carried.value else None
        opened: tuple[Because, ...] = ()
        if self.carried.pending:
            key, when = self.carried.pending[-1]
            since, (_, opened) = when[1], self.as_taken_over(when, self._standing)
        held = False
        doubt: tuple[Because, ...] = ()
        unsure: _Unsure | None = None
        for point, steps in self.walk(self._course, at):
            active, keep = steps
            held = held or active.value is True
            failing = kleene_and((active.value, kleene_not(keep.value)))
            if failing is None and since is not None:
                if ours:
                    unsure = unsure or (point.latest, steps)
                else:
                    since = None
            elif unsure is not None and since is not None:
                until = None if failing else point.latest
                yield self._open_gap(key, since, until, opened, at, unsure)
                since, unsure = None, None
            if failing is True and since is None:
                number, since, opened, ours = number + 1, point.latest, steps, True
                key = f"gap {number}"
            elif failing is False and since is not None:
                if ours:
                    yield from self._once_gap(key, since, point.latest, steps, at)
                since = None
            values = [step.value for step in steps]
            if (failing is None or (active.value is None and not held)) and (
                values != [step.value for step in doubt]
            ):
                doubt = steps
        self.state = (since is not None and unsure is None, number)
        own = number > self.carried.number or bool(self.carried.pending)
        if since is not None:
            if unsure is not None:
                yield self._open_gap(key, since, None, opened, at, unsure)
            elif ours:
                yield from self._once_gap(key, since, None, opened, at)
        elif doubt and not own:
            why = (reason for step in doubt for reason in step.all_unknown())
            yield extended(Outcome("now", "undetermined"), doubt, why)
        elif not own:
            now = self._standing(closing(self.horizon(at)))
            yield extended(Outcome("now", "met" if held else "dormant"), now)

    def _once_gap(
        self,
        key: str,
        since: Instant,
        until: Instant | None,
        because: tuple[Because, ...],
        at: Instant,
    ) -> Iterable[Outcome]:
        def judge() -> Iterator[Outcome]:
            yield self._gap(key, since, until, because, at)

        return self.once((key, since, until), because, at, judge)

    def _open_gap(
        self,
        key: str,
        since: Instant,
        until: Instant | None,
        because: tuple[Because, ...],
        at: Instant,
        unsure: _Unsure,
    ) -> Outcome:
        """A gap that may have ended on one day or another."""
        early = self._gap(key, since, unsure[0], because, at)
        late = self._gap(key, since, until, because, at)
        whole = extended(replace(late, late_seconds=None, carry=False), unsure[1])
        if early.status == late.status:
            return whole
        reasons = (reason for step in unsure[1] for reason in step.all_unknown())
        return extended(replace(whole, status="undetermined", done=None), (), reasons)

    def _gap(
        self,
        key: str,
        since: Instant,
        until: Instant | None,
        because: tuple[Because, ...],
        at: Instant,
    ) -> Outcome:
        length = None if self.clause.grace is None else self.judge.duration(self.clause.grace)
        if self.clause.grace is not None and length is None:
            due: Interval | None = None
        elif length is None:
            due = (since, since)
        else:
            due = deadline(since, since, length, self.judge.month_end)
        if due is not None:
            if key in self.carried and due[0] < self.window.start:
                due = (end_of(day_of(self.window.start)),) * 2
            self.wake_at(due[1], at)
            self.wake_at(due[1] + 1, at)
        assumes = () if length is None else length.assumes
        when = (start_of(day_of(since)), since)
        status: Status
        late: int | None = None
        if until is None:
            status = "pending" if due is None or at <= due[1] else "breached"
            if due is not None and length is None and at >= due[1]:
                status = "breached"
        elif due is not None and until > due[1]:
            status, late = "late", (day_of(until) - day_of(due[1])) * 86_400
        else:
            return extended(Outcome(key, "met", triggered=when, assumes=assumes), because)
        facts = [fact_id for step in because for fact_id in step.all_facts()]
        outcome = Outcome(
            key,
            status,
            instance=turning_fact(facts, self.judge.timeline.by_id, day_of(since)),
            triggered=when,
            due=due,
            done=None if until is None else (start_of(day_of(until)), until),
            late_seconds=late,
            assumes=assumes,
            carry=until is None
            and self.window.closed_by(at)
            and (due is None or self.window.closed_by(due[1])),
        )
        return extended(self.ended(outcome), because)
