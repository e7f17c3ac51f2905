"""Procedures and powers: who decides, in what order, and what an exercised power costs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

from ifthen.dates import Instant
from ifthen.policy.model import Before, Duty, Power, Procedure, Step
from ifthen.record.model import Fact
from ifthen.ruling.cells import Cell, binds, extended, relieves
from ifthen.ruling.judge import Asked, Judge
from ifthen.ruling.order import after_fact, before_fact, closing
from ifthen.ruling.outcome import Deed, Outcome, Status, with_force
from ifthen.ruling.reasons import Because, kleene_and, kleene_not, kleene_or
from ifthen.ruling.timeline import Lane


def taken_by(fact: Fact, roles: tuple[str, ...], least: int) -> Because:
    """Whether at least so many of the roles took a decision."""
    by = fact.attributes.get("by")
    text = (
        f"by {' and '.join(roles)}" if least == len(roles) else f"by {least} of {', '.join(roles)}"
    )
    if not isinstance(by, tuple):
        return Because("by", text, None, (fact.id,), unknown=(f"{fact.id} does not say by whom",))
    present = [role for role in roles if role in by]
    return Because("by", text, len(present) >= least, (fact.id,), {"by": ", ".join(map(str, by))})


def decision_counts(judge: Judge, procedure: Procedure, fact: Fact) -> Because:
    """Whether a decision counts: every binding step that precedes it was taken."""
    steps = []
    for step in procedure.steps:
        if step.force != "commitment" or step.follows:
            continue
        if step.if_ is not None:
            needed = binds(f"{step.id}: if", step.if_, judge, after_fact(fact), fact)
            if needed.value is False:
                continue
        else:
            needed = None
        done = _step_done(judge, step, fact)
        if needed is not None and needed.value is None and done.value is not True:
            done = replace(done, value=None, unknown=needed.all_unknown())
        steps.append(done)
    return Because(
        "decision",
        procedure.common.id,
        kleene_and(step.value for step in steps),
        (fact.id,),
        children=tuple(steps),
    )


def _step_done(judge: Judge, step: Step, fact: Fact) -> Because:
    if step.by:
        return replace(taken_by(fact, step.by, step.by_least), text=step.id)
    parts = tuple(
        judge.did(
            events, Asked(before_fact(fact), fact), f"did({judge.names.text(judge.events(events))})"
        )
        for events in step.do
    )
    return Because("step", step.id, kleene_and(part.value for part in parts), children=parts)


def _doubts(fact: Fact, certain: bool, steps: Iterable[Because]) -> tuple[str, ...]:
    """Why it is not known whether a fact is what a clause speaks of."""
    unsure = () if certain else (f"whether {fact.id} is such an event is not known",)
    return (*unsure, *(reason for step in steps for reason in step.all_unknown()))


_DECISION: dict[bool | None, Status] = {True: "counts", False: "void", None: "undetermined"}


class ProcedureCell(Cell):
    """A decision counts only if taken in this order by these roles."""

    clause: Procedure

    def judged(self, at: Instant) -> Iterator[Outcome]:
        """Every decision and each of its steps."""
        found = False
        for fact, certain in self.triggers(self.clause.decision):
            found = True
            yield from self.arising(fact, at, partial(self._all, fact, certain, at))
        if not found:
            lane = self.judge.lane(self.clause.decision)
            why = () if lane.complete else (self.judge.not_recorded(lane, self.clause.decision),)
            status: Status = "dormant" if lane.complete else "undetermined"
            yield Outcome("-", status, unknown=why)

    def _all(self, fact: Fact, certain: bool, at: Instant) -> Iterator[Outcome]:
        if fact.id not in self.carried:
            yield self._decision(fact, certain)
        yield from self._steps(fact, certain, at)

    def _applies(self, fact: Fact, certain: bool) -> tuple[bool | None, list[Because]]:
        if self.clause.if_ is None:
            return (True if certain else None), []
        because = binds("if", self.clause.if_, self.judge, after_fact(fact), fact)
        return kleene_and((True if certain else None, because.value)), [because]

    def _decision(self, fact: Fact, certain: bool) -> Outcome:
        applies, steps = self._applies(fact, certain)
        when = (fact.earliest, fact.latest)
        outcome = Outcome(fact.id, "dormant", instance=fact.id, triggered=when, facts=(fact.id,))
        if applies is False:
            return extended(replace(outcome, triggered=None), steps)
        because = decision_counts(self.judge, self.clause, fact)
        status = _DECISION[because.value if applies else None]
        unknown = (*because.all_unknown(), *_doubts(fact, certain, steps))
        return extended(replace(outcome, status=status), [*steps, because], unknown)

    def _steps(self, fact: Fact, certain: bool, at: Instant) -> Iterator[Outcome]:
        applies, condition = self._applies(fact, certain)
        if applies is False:
            return
        for step in self.clause.steps:
            if fact.id in self.carried and not step.follows:
                continue
            outcome = with_force(self._step(step, fact, at), step.force)
            if applies is None and outcome.status not in ("met", "dormant", "noted"):
                doubts = (*outcome.unknown, *_doubts(fact, certain, condition))
                outcome = replace(outcome, status="undetermined", unknown=doubts)
            yield outcome

    def _step(self, step: Step, fact: Fact, at: Instant) -> Outcome:
        when = (fact.earliest, fact.latest)
        key = fact.id
        if step.if_ is not None:
            needed = binds(f"{step.id}: if", step.if_, self.judge, after_fact(fact), fact)
            if needed.value is not True:
                status: Status = "dormant" if needed.value is False else "undetermined"
                blank = Outcome(key, status, step.id, fact.id, facts=(fact.id,))
                return extended(blank, [needed], needed.all_unknown())
        if step.by:
            because = taken_by(fact, step.by, step.by_least)
            by_status: dict[bool | None, Status] = {
                True: "met",
                False: "breached",
                None: "undetermined",
            }
            outcome = Outcome(
                key, by_status[because.value], step.id, fact.id, when, when, facts=(fact.id,)
            )
            return extended(outcome, [because], because.all_unknown())
        if step.follows:
            limits = (Before(step.before),) if step.before is not None else ()
            duty = Duty(step.do, limits)
        else:
            duty = Duty(step.do, (Before(None),))
        return self.run_duty(duty, key, step.id, fact, when, at)

    def ready(self, at: Instant) -> tuple[Because, tuple[tuple[Step, Fact], ...]]:
        """Whether the last decision counts and every binding step that must follow it is done.

        Also the steps still missing: what ``may`` names.
        """
        lane = self.judge.lane(self.clause.decision)
        last = lane.last(closing(at))
        name = self.clause.common.id
        if not last.candidates:
            return self._undecided(name, lane, at), ()
        children: list[Because] = []
        missing: list[tuple[Step, Fact]] = []
        verdicts: list[bool | None] = []
        for fact in last.candidates:
            applies, condition = self._applies(fact, certain=True)
            if applies is False:
                verdicts.append(True)
                children.extend(condition)
                continue
            steps = []
            for step in self.clause.steps:
                if step.force != "commitment":
                    continue
                because = self._ready_step(step, fact, at)
                steps.append(because)
                if because.value is not True:
                    missing.append((step, fact))
            children.extend(steps)
            verdicts.append(
                kleene_or(
                    (
                        None if applies is None else False,
                        kleene_and(step.value for step in steps),
                    )
                )
            )
        value = verdicts[0] if len(set(verdicts)) == 1 and last.surely else None
        return (
            Because(
                "procedure",
                name,
                value,
                tuple(fact.id for fact in last.candidates),
                assumes=last.assumed(lambda fact: fact.id),
                children=tuple(children),
            ),
            tuple(missing),
        )

    def _undecided(self, name: str, lane: Lane, at: Instant) -> Because:
        """The gate where no decision is on record: closed, unless none is asked for."""
        value: bool | None = False if lane.complete else None
        why = () if lane.complete else (self.judge.not_recorded(lane, self.clause.decision),)
        if self.clause.if_ is None:
            return Because("procedure", name, value, unknown=why)
        asked = binds("if", self.clause.if_, self.judge, closing(at))
        value = kleene_or((kleene_not(asked.value), value))
        return Because("procedure", name, value, unknown=why, children=(asked,))

    def _ready_step(self, step: Step, fact: Fact, at: Instant) -> Because:
        if step.if_ is not None:
            needed = binds(f"{step.id}: if", step.if_, self.judge, after_fact(fact), fact)
            if needed.value is False:
                return Because("step", step.id, True, children=(needed,))
        if not step.follows:
            return _step_done(self.judge, step, fact)
        parts = []
        for events in step.do:
            lane = self.judge.lane(events, fact)
            later = lane.not_before(fact.earliest)
            found = [Deed(other, sure) for other, sure in later if other.earliest <= at]
            text = f"did({self.judge.names.text(self.judge.events(events))})"
            ids = tuple(deed.fact.id for deed in found)
            if any(deed.certain for deed in found):
                parts.append(Because("did", text, True, ids))
            elif found or not lane.complete:
                why = (self.judge.not_recorded(lane, events),) if not found else ()
                parts.append(Because("did", text, None, ids, unknown=why))
            else:
                parts.append(Because("did", text, False))
        return Because(
            "step", step.id, kleene_and(part.value for part in parts), children=tuple(parts)
        )


class PowerCell(Cell):
    """A role may do something, under conditions, at a price."""

    clause: Power

    def judged(self, at: Instant) -> Iterator[Outcome]:
        """Every exercise and its price; without one, whether the power is available."""
        used = False
        for fact, certain in self.triggers(self.clause.exercised):
            used = used or fact.id not in self.carried or self.clause.price is not None
            yield from self.arising(fact, at, partial(self._used, fact, certain, at))
        if not used and not self.window.closed_by(at):
            yield self._standing(at)

    def _used(self, fact: Fact, certain: bool, at: Instant) -> Iterator[Outcome]:
        if fact.id not in self.carried:
            yield self._exercise(fact, certain)
        if self.clause.price is not None:
            when = (fact.earliest, fact.latest)
            yield self.run_duty(self.clause.price, fact.id, "price", fact, when, at)

    def _standing(self, at: Instant) -> Outcome:
        if self.clause.if_ is None:
            return Outcome("now", "available")
        condition = self.clause.if_
        because = self.now(at, lambda: relieves("if", condition, self.judge, closing(at)))
        status: dict[bool | None, Status] = {
            True: "available",
            False: "dormant",
            None: "undetermined",
        }
        return extended(Outcome("now", status[because.value]), [because], because.all_unknown())

    def _exercise(self, fact: Fact, certain: bool) -> Outcome:
        steps = []
        if self.clause.by:
            steps.append(taken_by(fact, self.clause.by, min(1, len(self.clause.by))))
        if self.clause.if_ is not None:
            steps.append(relieves("if", self.clause.if_, self.judge, before_fact(fact), fact))
        proper = kleene_and([True if certain else None, *(step.value for step in steps)])
        status: dict[bool | None, Status] = {
            True: "exercised",
            False: "abused",
            None: "undetermined",
        }
        outcome = Outcome(
            fact.id,
            status[proper],
            instance=fact.id,
            triggered=(fact.earliest, fact.latest),
            facts=(fact.id,),
        )
        return extended(outcome, steps, _doubts(fact, certain, steps))
