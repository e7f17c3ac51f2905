"""Duties: ``whenever``, ``cadence`` and ``maintain`` clauses about one subject."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from ifthen.dates import Instant, day_of, deadline, end_of, format_instant, start_of
from ifthen.policy.model import Cadence, Call, Compare, Constant, Expression, Maintain, Whenever
from ifthen.record.model import Fact
from ifthen.ruling.cells import Cell, Window, binds, extended, relieves
from ifthen.ruling.crossings import crossings
from ifthen.ruling.interests import interests
from ifthen.ruling.judge import Asked, Judge
from ifthen.ruling.order import Point, after_fact, before_fact, closing, turning_fact
from ifthen.ruling.outcome import SETTLED, Deed, Due, Interval, Outcome, Status, earliest
from ifthen.ruling.reasons import Because, kleene_and, kleene_not
from ifthen.ruling.timeline import COMPUTE


class WheneverCell(Cell):
    """When an event happens, or a condition becomes true, something follows."""

    clause: Whenever

    def __init__(
        self,
        clause: Whenever,
        judge: Judge,
        window: Window,
        carried: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(clause, judge, window, carried)
        self.seen = 0
        self.waiting: list[tuple[Fact, bool]] = []

    def update(self, at: Instant) -> None:
        """Judge every trigger that is new or not settled."""
        self.wake = None
        if self.clause.when is None:
            self._on_condition(at)
            return
        lane = self.judge.lane(self.clause.when)
        self.waiting.extend(self.triggers(self.clause.when, self.seen))
        self.seen = len(lane.facts)
        still = []
        for fact, certain in self.waiting:
            outcome, final = self._on_event(fact, certain, at)
            self.keep(outcome, final)
            if not final:
                still.append((fact, certain))
        self.waiting = still
        if not self.settled and not still:
            self._never_triggered(lane.complete)
        else:
            self.live.pop("-/", None)

    def _never_triggered(self, complete: bool) -> None:
        assert self.clause.when is not None
        lane = self.judge.lane(self.clause.when)
        why = () if complete else (self.judge.not_recorded(lane, self.clause.when),)
        self.keep(Outcome("-", "dormant" if complete else "undetermined", unknown=why), final=False)

    def _on_event(self, fact: Fact, certain: bool, at: Instant) -> tuple[Outcome, bool]:
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
            return extended(base, steps), True
        if triggered is None:
            return (
                extended(replace(base, status="undetermined"), steps, unknown),
                False,
            )
        if self.clause.require is not None:
            steps.append(
                relieves("require", self.clause.require, self.judge, before_fact(fact), fact)
            )
            status: Status = _TRUTH[steps[-1].value]
            outcome = replace(base, status=status, triggered=when, due=when)
            if status == "met":
                outcome = replace(outcome, done=when)
            return extended(outcome, steps, steps[-1].all_unknown()), status != "undetermined"
        assert self.clause.duty is not None
        outcome = self.run_duty(self.clause.duty, fact.id, "", fact, when, at)
        return extended(outcome, steps), outcome.status in SETTLED

    def _on_condition(self, at: Instant) -> None:
        """Trigger at each instant at which ``becomes`` turns from false to true."""
        assert self.clause.becomes is not None
        self.live.clear()
        was: bool | None = False
        doubt: Because | None = None
        triggered = 0
        for point, because in states(self, "becomes", self.clause.becomes, at):
            if because.value is True and was is not True:
                triggered += 1
                if was is None:
                    doubt = None
                self._condition_met(triggered, point, because, was is None, at)
            elif because.value is None and was is False:
                doubt = doubt or because
            was = because.value
        if doubt is not None:
            outcome = Outcome("?", "undetermined")
            self.keep(extended(outcome, [doubt], doubt.all_unknown()), final=False)
        elif not triggered:
            self.keep(Outcome("-", "dormant"), final=False)

    def _condition_met(
        self, number: int, point: Point, because: Because, in_doubt: bool, at: Instant
    ) -> None:
        day = day_of(point.latest)
        when = (start_of(day), end_of(day))
        if self.clause.if_ is not None:
            condition = binds("if", self.clause.if_, self.judge, point)
            if condition.value is not True:
                status: Status = "dormant" if condition.value is False else "undetermined"
                outcome = Outcome(f"#{number}", status, triggered=when)
                reasons = condition.all_unknown()
                self.keep(extended(outcome, [because, condition], reasons), final=False)
                return
        if self.clause.require is not None:
            required = relieves("require", self.clause.require, self.judge, point)
            outcome = Outcome(f"#{number}", _TRUTH[required.value], triggered=when, due=when)
            self.keep(extended(outcome, [because, required], required.all_unknown()), final=False)
            return
        assert self.clause.duty is not None
        outcome = self.run_duty(self.clause.duty, f"#{number}", "", None, when, at)
        if in_doubt:
            note = (f"the condition may have become true before {format_instant(when[0])}",)
            outcome = replace(outcome, unknown=(*outcome.unknown, *note))
        self.keep(extended(outcome, [because]), final=False)


_TRUTH: dict[bool | None, Status] = {True: "met", False: "breached", None: "undetermined"}


def turns(cell: Cell, at: Instant, *expressions: Expression) -> list[Instant]:
    """Ends of the days on which conditions may change, in order; the cell is woken for each."""
    judge = cell.judge
    watched = {interest for expression in expressions for interest in interests(expression, judge)}
    crossed = [i for expression in expressions for i in crossings(expression, judge)]
    moments = cell.change_days(watched, [cell.window.start, judge.birth()[0], *crossed])
    for instant in crossed:
        cell.wake_at(instant, at)
    for moment in moments:
        cell.wake_at(start_of(day_of(moment)), at)
        cell.wake_at(moment, at)
    return moments


def states(
    cell: Cell, role: str, expression: Expression, at: Instant, *others: Expression
) -> Iterator[tuple[Point, Because]]:
    """A condition at the end of every day of the window on which it may have changed."""
    horizon = cell.horizon(at)
    for moment in turns(cell, at, expression, *others):
        if moment >= cell.window.start and start_of(day_of(moment)) <= horizon:
            point = closing(min(moment, horizon))
            yield point, binds(role, expression, cell.judge, point)


@dataclass(slots=True)
class _Period:
    """One turn of a cadence: from an anchor to the next deed."""

    number: int
    anchor: Fact | None
    since: Interval


class CadenceCell(Cell):
    """Do it at least every so long and/or every so much growth, while a condition holds."""

    clause: Cadence

    def __init__(
        self,
        clause: Cadence,
        judge: Judge,
        window: Window,
        carried: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(clause, judge, window, carried)
        self.period: _Period | None = None
        """The first turn that is not settled."""
        self.place = 0
        """Where its deeds begin in the lane of deeds."""

    def update(self, at: Instant) -> None:
        """Judge the open turn, and every turn that deeds have closed."""
        self.wake = None
        self.live.clear()
        lane = self.judge.lane(self.clause.do)
        if self.period is None:
            self.period = self._first_period()
        period = self.period
        doubt: Deed | None = None
        settled = True
        for place in range(self.place, len(lane.facts)):
            fact = lane.facts[place]
            if not lane.certain[place]:
                doubt = doubt or Deed(fact, False)
                continue
            settled = settled and fact.latest <= at
            self._judge(period, [Deed(fact, True)], at, closed=settled, doubt=doubt)
            doubt = None
            period = _Period(period.number + 1, fact, (fact.earliest, fact.latest))
            if settled:
                self.period, self.place = period, place + 1
            else:
                self.wake_at(fact.latest, at)
        self._judge(period, [] if doubt is None else [doubt], at, closed=False, doubt=doubt)

    def _first_period(self) -> _Period:
        """The turn under way when the clause came into force, or the first one of the subject."""
        lane = self.judge.lane(self.clause.do)
        number, anchor = 0, None
        while self.place < len(lane.facts) and not self._ours(lane.facts[self.place]):
            if lane.certain[self.place]:
                number, anchor = number + 1, lane.facts[self.place]
            self.place += 1
        if anchor is not None and self._takes_over(anchor):
            return _Period(number, anchor, (anchor.earliest, anchor.latest))
        return _Period(number, None, self.judge.birth())

    def _ours(self, fact: Fact) -> bool:
        """Whether a deed belongs to this version or a later one."""
        return fact.latest >= self.window.start

    def _takes_over(self, anchor: Fact) -> bool:
        return anchor.earliest >= self.judge.floor

    def _judge(
        self, period: _Period, deeds: list[Deed], at: Instant, *, closed: bool, doubt: Deed | None
    ) -> None:
        outcome = self._turn(period, deeds, at)
        if self._not_ours(period, outcome):
            return
        if doubt is not None and outcome.status not in ("met", "dormant"):
            outcome = replace(
                outcome,
                status="undetermined",
                unknown=(*outcome.unknown, f"whether {doubt.fact.id} counts is not known"),
            )
        self.keep(outcome, final=closed)

    def _not_ours(self, period: _Period, outcome: Outcome) -> bool:
        """Whether the turn ended under an earlier version, or began under a later one."""
        start, end = self.window.start, self.window.end
        if end is not None and period.since[0] >= end:
            return True
        if outcome.done is not None and outcome.done[1] < start:
            return True
        return period.since[0] < start and not self._carried(period)

    def _carried(self, period: _Period) -> bool:
        """Whether a turn that began before this version was still open when it began."""
        return f"turn {period.number}" in self.carried

    def _turn(self, period: _Period, deeds: list[Deed], at: Instant) -> Outcome:
        key = f"turn {period.number}"
        by_time, by_growth, steps, unknown = self._dues(period, deeds, at)
        due = earliest([by_time, by_growth])
        if key in self.carried and due.low is not None and due.low < self.window.start:
            floor = end_of(day_of(self.window.start))
            due = Due(max(due.low, floor), max(due.high or floor, floor), due.fact)
        absent = self.absent([self.clause.do], None)
        outcome = self.outcome(key, "", None, period.since, due, [deeds], at, absent)
        anchor = period.anchor
        outcome = replace(
            outcome,
            instance=anchor.id if anchor else None,
            facts=tuple(dict.fromkeys([*([anchor.id] if anchor else []), *outcome.facts])),
        )
        if deeds and deeds[0].certain and absent is not None and outcome.status == "late":
            outcome = replace(outcome, status="undetermined", unknown=(*outcome.unknown, absent))
        outcome = extended(outcome, steps)
        if outcome.status == "met" and unknown:
            return replace(outcome, status="undetermined", unknown=(*outcome.unknown, *unknown))
        if outcome.status == "met" or outcome.carry:
            return outcome
        return self._while(outcome, due, at, unknown)

    def _while(self, outcome: Outcome, due: Due, at: Instant, unknown: tuple[str, ...]) -> Outcome:
        """Apply the condition under which the clock runs."""
        condition = self.clause.while_
        moment = min(due.high, at) if due.high is not None else at
        if condition is not None:
            turns(self, at, condition)
            because = binds("while", condition, self.judge, closing(self.horizon(moment)))
            if because.value is False:
                until = at if outcome.done is None else min(outcome.done[0], at)
                because, later = self._resumes(condition, moment, until)
                if later is None:
                    return extended(replace(outcome, status="dormant", due=None), [because])
                outcome = self._deferred(outcome, later, at)
            if because.value is None and (due.high is not None or outcome.status == "breached"):
                reasons = because.all_unknown()
                return extended(replace(outcome, status="undetermined"), [because], reasons)
            outcome = extended(outcome, [because])
        if unknown and outcome.status == "pending":
            return replace(outcome, status="undetermined", unknown=(*outcome.unknown, *unknown))
        return outcome

    def _resumes(
        self, condition: Expression, moment: Instant, at: Instant
    ) -> tuple[Because, Instant | None]:
        """When the clock next runs again after ``moment``: the duty is due that day."""
        last = binds("while", condition, self.judge, closing(self.horizon(moment)))
        for point, because in states(self, "while", condition, at):
            if point.latest <= moment:
                continue
            last = because
            if because.value is not False:
                return because, point.latest
        return last, None

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
    ) -> tuple[Due, Due, list[Because], tuple[str, ...]]:
        by_time = Due()
        if self.clause.every is not None:
            length = self.judge.duration(self.clause.every)
            if length is not None:
                by_time = Due(*deadline(*period.since, length, self.judge.month_end))
        if self.clause.growth is None:
            return by_time, Due(), [], ()
        by_growth, because = self._growth_due(period, deeds, at)
        steps = [because] if because is not None else []
        unknown = because.all_unknown() if because is not None and by_growth.low is None else ()
        return by_time, by_growth, steps, unknown

    def _growth_due(
        self, period: _Period, deeds: list[Deed], at: Instant
    ) -> tuple[Due, Because | None]:
        """The end of the day on which growth since the anchor first reached the factor."""
        assert self.clause.growth is not None
        operator, factor = self.clause.growth
        test = Compare(operator, Call("growth", (self.clause.do,)), Constant(Fraction(factor)))
        model = self.judge.subject.model
        stop = deeds[0].fact.latest if deeds else at
        because: Because | None = None
        for fact in self.judge.timeline.facts(COMPUTE, model):
            if fact.latest < period.since[0] or fact.earliest > stop:
                continue
            if deeds and fact.id == deeds[0].fact.id:
                continue
            point = (
                before_fact(deeds[0].fact) if deeds and fact.latest >= stop else after_fact(fact)
            )
            because = self.judge.truth(test, Asked(point))
            if because.value is True:
                return Due(end_of(day_of(fact.earliest)), end_of(day_of(fact.latest))), because
        if because is None:
            turns(self, at, test)
            because = self.judge.truth(test, Asked(closing(min(at, stop))))
        return Due(), because


class MaintainCell(Cell):
    """While a condition holds, keep another true."""

    clause: Maintain

    def update(self, at: Instant) -> None:
        """Find every stretch during which it was not kept for longer than the grace."""
        self.wake = None
        self.live.clear()
        number = 0
        since: Instant | None = None
        held = bad = False
        doubt: tuple[Because, Because] | None = None
        kept: tuple[Because, ...] = ()
        for point, active in states(self, "while", self.clause.while_, at, self.clause.keep):
            keep = relieves("keep", self.clause.keep, self.judge, point)
            held = held or active.value is True
            failing = kleene_and((active.value, kleene_not(keep.value)))
            kept = (active, keep)
            if failing is True and not bad:
                number, since, bad = number + 1, point.latest, True
                self._failing(number, since, None, (active, keep), at)
            elif failing is False and bad:
                bad = False
                self._failing(number, since or 0, point.latest, (active, keep), at)
            unsure = failing is None or (active.value is None and not held)
            if unsure and doubt is None:
                doubt = (active, keep)
        if doubt is not None and number == 0:
            why = (*doubt[0].all_unknown(), *doubt[1].all_unknown())
            self.keep(extended(Outcome("now", "undetermined"), doubt, why), final=False)
        elif number == 0:
            status: Status = "met" if held else "dormant"
            self.keep(extended(Outcome("now", status), kept), final=False)

    def _failing(
        self,
        number: int,
        since: Instant,
        until: Instant | None,
        because: tuple[Because, Because],
        at: Instant,
    ) -> None:
        key = f"gap {number}"
        length = None if self.clause.grace is None else self.judge.duration(self.clause.grace)
        if self.clause.grace is not None and length is None:
            due: Interval | None = None
        elif length is None:
            due = (since, since)
        else:
            due = deadline(since, since, length, self.judge.month_end)
            self.wake_at(due[1] + 1, at)
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
            self.live.pop(f"{key}/", None)
            self.keep(extended(Outcome(key, "met", triggered=when), because), final=False)
            return
        facts = [fact_id for step in because for fact_id in step.all_facts()]
        outcome = Outcome(
            key,
            status,
            instance=turning_fact(facts, self.judge.timeline.by_id, day_of(since)),
            triggered=when,
            due=due,
            done=None if until is None else (start_of(day_of(until)), until),
            late_seconds=late,
        )
        self.keep(extended(outcome, because), final=False)
