"""The six kinds of clause by their definition: every outcome of a clause about a subject."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from ifthen.dates import SECONDS_PER_DAY, Instant, day_of, deadline, end_of, start_of
from ifthen.policy.model import (
    Before,
    Cadence,
    Call,
    Clause,
    Compare,
    Constant,
    Duty,
    Expression,
    Forbid,
    Maintain,
    Power,
    Procedure,
    Step,
    Whenever,
)
from ifthen.record.model import Fact
from ifthen.ruling.definitional.conditions import UNTOLD, Conditions, Here
from ifthen.ruling.definitional.days import Days, States
from ifthen.ruling.definitional.settling import Limit, Settling, Window, binding, forced, once
from ifthen.ruling.definitional.state import concerns_action
from ifthen.ruling.definitional.view import Found
from ifthen.ruling.order import SAME_DAY, Point, after_fact, before_fact, closing, turning_fact
from ifthen.ruling.outcome import Interval, Outcome, Status
from ifthen.ruling.reasons import Because, kleene_and, kleene_not, kleene_or
from ifthen.vocabulary import MODEL_EVENTS_OF_ACTION

_KEPT: dict[bool | None, Status] = {True: "met", False: "breached", None: "undetermined"}
_OPEN: dict[bool | None, Status] = {True: "open", False: "held", None: "undetermined"}
_ACTED: dict[bool | None, Status] = {True: "open", False: "violated", None: "undetermined"}
_COUNTS: dict[bool | None, Status] = {True: "counts", False: "void", None: "undetermined"}
_USED: dict[bool | None, Status] = {True: "exercised", False: "abused", None: "undetermined"}
_MAY: dict[bool | None, Status] = {True: "available", False: "dormant", None: "undetermined"}
_ASKED: dict[bool | None, Status] = {False: "dormant", None: "undetermined"}


def outcomes(
    clause: Clause, conditions: Conditions, window: Window, at: Instant
) -> Iterator[Outcome]:
    """Every outcome of a clause about a subject, under one choice of readings."""
    ruled = _Clause(conditions, window, at)
    match clause:
        case Whenever(when=None):
            return ruled.becoming(clause)
        case Whenever():
            return ruled.whenever(clause)
        case Cadence():
            return _Turns(clause, ruled).outcomes()
        case Maintain():
            return ruled.maintain(clause)
        case Forbid():
            return ruled.forbid(clause)
        case Procedure():
            return ruled.procedure(clause)
        case Power():
            return ruled.power(clause)


class _Clause:
    """Conditions, days and duties of one clause."""

    def __init__(self, conditions: Conditions, window: Window, at: Instant) -> None:
        self.conditions = conditions
        self.window = window
        self.at = at
        self.settling = Settling(conditions, window, at)
        self.days = Days(conditions, window, at)

    # --- shared ----------------------------------------------------------------------------

    def binds(
        self, role: str, condition: Expression, point: Point, trigger: Fact | None = None
    ) -> Because:
        """A condition whose truth asks something of the developer."""
        return self.conditions.judged(role, condition, Here(point, trigger))

    def relieves(
        self, role: str, condition: Expression, point: Point, trigger: Fact | None = None
    ) -> Because:
        """A condition whose truth relieves the developer."""
        return self.conditions.judged(role, condition, Here(point, trigger, lenient=True))

    def triggers(self, events: Expression) -> list[Found]:
        """The facts that match and are ruled under this version."""
        return [f for f in self.conditions.found(events) if self.window.rules(f.fact)]

    def nothing(self, events: Expression) -> Outcome:
        """Where no trigger is on record."""
        listed = self.conditions.listed(events)
        return Outcome("-", "dormant") if listed else _unsure(Outcome("-", "undetermined"))

    # --- whenever --------------------------------------------------------------------------

    def whenever(self, clause: Whenever) -> Iterator[Outcome]:
        """One outcome for each triggering fact."""
        assert clause.when is not None
        found = self.triggers(clause.when)
        yield from (self._on(clause, each) for each in found)
        if not found:
            yield self.nothing(clause.when)

    def _on(self, clause: Whenever, trigger: Found) -> Outcome:
        fact, steps = trigger.fact, []
        asked: bool | None = True if trigger.certain else None
        if clause.if_ is not None:
            steps.append(self.binds("if", clause.if_, after_fact(fact), fact))
            asked = kleene_and((asked, steps[0].value))
        outcome = Outcome(fact.id, "dormant", instance=fact.id, facts=(fact.id,))
        if asked is None:
            return _with(_unsure(replace(outcome, status="undetermined")), steps)
        if asked is False:
            return _with(outcome, steps)
        when = (fact.earliest, fact.latest)
        if clause.require is not None:
            steps.append(self.relieves("require", clause.require, before_fact(fact), fact))
            done = when if steps[-1].value else None
            outcome = replace(outcome, triggered=when, due=when, done=done)
            return _of(outcome, _KEPT, steps[-1].value, steps)
        assert clause.duty is not None
        return _with(self.settling.duty(clause.duty, fact.id, "", fact, when), steps)

    def becoming(self, clause: Whenever) -> Iterator[Outcome]:
        """One outcome for each day on which the condition turned true."""
        condition = clause.becomes
        assert condition is not None
        was: bool | None = False
        doubt: Because | None = None
        number = 0
        for point, (state,) in self.days.walk(
            [condition], lambda p: (self.binds("becomes", condition, p),)
        ):
            if state.value is True and was is not True:
                number += 1
                doubt = None if was is None else doubt
                yield self._turned(clause, number, point, state, was is None)
            elif state.value is None and was is False:
                doubt = doubt or state
            was = state.value
        if doubt is not None:
            yield _with(_unsure(Outcome("?", "undetermined")), [doubt])
        elif not number:
            yield Outcome("-", "dormant")

    def _turned(
        self, clause: Whenever, number: int, point: Point, state: Because, unsure: bool
    ) -> Outcome:
        key, day = f"#{number}", day_of(point.latest)
        when = (start_of(day), end_of(day))
        if clause.if_ is not None:
            asked = self.binds("if", clause.if_, point)
            if asked.value is not True:
                blank = Outcome(key, "dormant", triggered=when)
                return _of(blank, _ASKED, asked.value, [state, asked])
        if clause.require is not None:
            kept = self.relieves("require", clause.require, point)
            blank = Outcome(key, "met", triggered=when, due=when)
            return _of(blank, _KEPT, kept.value, [state, kept])
        assert clause.duty is not None
        outcome = self.settling.duty(clause.duty, key, "", None, when)
        return _with(_unsure(outcome) if unsure else outcome, [state])

    # --- maintain --------------------------------------------------------------------------

    def maintain(self, clause: Maintain) -> Iterator[Outcome]:
        """One outcome for each stretch in which it was not kept; else how it stands."""

        def ask(point: Point) -> States:
            active = self.binds("while", clause.while_, point)
            return (active, self.relieves("keep", clause.keep, point))

        gaps: list[tuple[Instant, Instant | None, States]] = []
        held, doubt, now = False, None, None
        for point, now in self.days.walk([clause.while_, clause.keep], ask):
            active, keep = (step.value for step in now)
            held = held or active is True
            failing = kleene_and((active, kleene_not(keep)))
            going = bool(gaps) and gaps[-1][1] is None
            if failing is True and not going:
                gaps.append((point.latest, None, now))
            elif failing is False and going:
                gaps[-1] = (gaps[-1][0], point.latest, now)
            if failing is None or (active is None and not held):
                doubt = doubt or now
        for number, gap in enumerate(gaps, 1):
            yield self._gap(clause, f"gap {number}", *gap)
        if not gaps and doubt is not None:
            yield _with(_unsure(Outcome("now", "undetermined")), doubt)
        elif not gaps:
            yield _with(Outcome("now", "met" if held else "dormant"), now or ())

    def _gap(
        self, clause: Maintain, key: str, since: Instant, until: Instant | None, steps: States
    ) -> Outcome:
        due = self._grace(clause.grace, since)
        late: int | None = None
        status: Status
        if until is None:
            over = due is not None and (
                self.at > due[1] or (clause.grace is None and self.at == since)
            )
            status = "breached" if over else "pending"
        elif due is not None and until > due[1]:
            status, late = "late", (day_of(until) - day_of(due[1])) * SECONDS_PER_DAY
        else:
            return _with(Outcome(key, "met", triggered=(start_of(day_of(since)), since)), steps)
        found = Outcome(key, status, due=due, late_seconds=late)
        return self._stretch(found, since, until, steps)

    def _grace(self, grace: Expression | None, since: Instant) -> Interval | None:
        """Until when a state may go on; None where the grace has no bound."""
        if grace is None:
            return since, since
        length = self.conditions.duration(grace)
        if length is None:
            return None
        return deadline(since, since, length, self.conditions.month_end)

    def _stretch(
        self, outcome: Outcome, since: Instant, until: Instant | None, steps: States
    ) -> Outcome:
        """A stretch of days, from the end of the first to the end of the last."""
        cited = [fact for step in steps for fact in step.all_facts()]
        stretch = replace(
            outcome,
            instance=turning_fact(cited, self.conditions.view.named, day_of(since)),
            triggered=(start_of(day_of(since)), since),
            done=None if until is None else (start_of(day_of(until)), until),
        )
        return _with(stretch, steps)

    # --- forbid ----------------------------------------------------------------------------

    def forbid(self, clause: Forbid) -> Iterator[Outcome]:
        """Every act, every stretch of going on while held, and how the hold stands."""
        acts = [self._act(clause, fact) for fact in self._acts(clause)]
        yield from acts
        yield from self._stretches(clause, acts)
        if not self.window.closed(self.at):
            yield self._standing(clause)

    def _permits(self, clause: Forbid, point: Point, trigger: Fact | None = None) -> Because:
        steps = []
        if clause.if_ is not None:
            steps.append(self.binds("if", clause.if_, point, trigger))
        applies = steps[0].value if steps else True
        value: bool | None = True
        if applies is not False:
            steps.append(self.relieves("unless", clause.unless, point, trigger))
            value = kleene_or((kleene_not(applies), steps[-1].value))
        return Because("hold", clause.action, value, children=tuple(steps))

    def _acts(self, clause: Forbid) -> list[Fact]:
        """What begins or takes up the action; to go on storing is no act."""
        if clause.action == "store":
            return []
        starts = MODEL_EVENTS_OF_ACTION[clause.action][0] - {"training_progress"}
        return [
            fact
            for fact in self.conditions.view.of(starts, self.conditions.subject.model)
            if self.window.owns(fact) and concerns_action(fact, clause.action)
        ]

    def _act(self, clause: Forbid, fact: Fact) -> Outcome:
        permit = self._permits(clause, before_fact(fact), fact)
        when = (fact.earliest, fact.latest)
        outcome = Outcome(fact.id, "open", instance=fact.id, triggered=when, facts=(fact.id,))
        return _of(outcome, _ACTED, permit.value, [permit])

    def _standing(self, clause: Forbid) -> Outcome:
        permit = self._permits(clause, closing(self.at))
        outcome = _of(Outcome("now", "open"), _OPEN, permit.value, [permit])
        named = self.conditions.view.named
        today = day_of(self.at)
        cited = [named[id] for id in permit.all_facts() if id in named]
        if any(f.precision == "day" and day_of(f.earliest) == today for f in cited):
            return replace(outcome, assumes=once((*outcome.assumes, SAME_DAY)))
        return outcome

    def _stretches(self, clause: Forbid, acts: Sequence[Outcome]) -> Iterator[Outcome]:
        running = Call("running", (Constant(clause.action),))

        def ask(point: Point) -> States:
            under_way = self.binds("running", running, point)
            if under_way.value is not True:
                return (under_way,)
            return (under_way, self._permits(clause, point))

        found: list[tuple[Instant, Instant | None, States]] = []
        doubt: States = ()
        watched = [running, clause.unless, *([clause.if_] if clause.if_ is not None else [])]
        for point, steps in self.days.walk(watched, ask):
            going = bool(found) and found[-1][1] is None
            failing = kleene_not(steps[-1].value) if len(steps) > 1 else steps[0].value
            if failing is None and len(steps) > 1:
                doubt = doubt or steps
            elif failing is True and not going:
                found.append((point.latest, None, steps))
            elif failing is False and going:
                found[-1] = (found[-1][0], point.latest, found[-1][2])
        for number, stretch in enumerate(found, 1):
            yield from self._violated(clause, acts, f"stretch {number}", *stretch)
        if doubt and not found and all(act.status != "undetermined" for act in acts):
            yield _with(_unsure(Outcome("running", "undetermined")), doubt)

    def _violated(
        self,
        clause: Forbid,
        acts: Sequence[Outcome],
        key: str,
        since: Instant,
        until: Instant | None,
        steps: States,
    ) -> Iterator[Outcome]:
        """A stretch, unless it ended within the grace or began with an act that is a violation."""
        due = self._grace(clause.grace, since)
        if due is None:
            status: Status = "held" if until is None else "open"
            yield replace(self._stretch(Outcome(key, status), since, until, steps), instance=None)
            return
        limit = due[1]
        in_time = until is not None and until <= limit and clause.grace is not None
        day = day_of(since)
        spans = [a.triggered for a in acts if a.status == "violated" and a.triggered is not None]
        judged = any(day_of(low) <= day <= day_of(high) for low, high in spans)
        if not in_time and not judged and limit <= (until or self.at):
            found = Outcome(key, "violated", due=(limit, limit))
            yield self._stretch(found, since, until, steps)

    # --- procedure -------------------------------------------------------------------------
