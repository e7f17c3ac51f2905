"""Clauses as conditions on single steps: a fact (``event``), and the end of a day (``close``).

By the same definition of each kind of clause as in ``encode``. A condition is a pair: ``t`` where
it may be kept, ``f`` where it may be broken. A timeline that keeps a clause has ``t`` at each of
its steps; one that breaks it has ``f`` at one of them. Where a length is in months, and where what
is unknown of a state with a grace decides, both may hold: that gives an adversary more, never less.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import z3

from ifthen.policy.model import (
    Apart,
    Before,
    By,
    Cadence,
    Clause,
    Duty,
    Expression,
    Forbid,
    Maintain,
    Power,
    Procedure,
    Step,
    Whenever,
    Within,
)
from ifthen.review.loopholes.asking import owing
from ifthen.review.loopholes.calendar import Unsupported
from ifthen.review.loopholes.events import Here
from ifthen.review.loopholes.kleene import (
    TRUE,
    Bit,
    K,
    conj,
    disj,
    k_and,
    k_not,
    k_or,
    neg,
    pick,
    sure,
)
from ifthen.review.loopholes.models import by_factor
from ifthen.review.loopholes.proof.ages import in_time
from ifthen.review.loopholes.proof.registers import SUBJECT, Registers
from ifthen.vocabulary import acts_of


@dataclass(slots=True)
class Steps:
    """What a clause asks of a step."""

    event: list[K] = field(default_factory=list)
    close: list[K] = field(default_factory=list)


def steps(clause: Clause, past: Registers, readings: Mapping[str, str], *, aims: bool) -> Steps:
    """What a clause asks of each step about a subject, under one choice of parses.

    Args:
        clause: the clause.
        past: the registers of the subject.
        readings: the parses.
        aims: whether steps of a procedure that are only aimed at bind.

    Raises:
        Unsupported: it speaks of something a proof is not told about.
    """
    parses = ",".join(f"{name}={option}" for name, option in readings.items())
    found = _Monitor(past, f"{clause.common.id}{f' ({parses})' if parses else ''}")
    match clause:
        case Whenever():
            found.whenever(clause)
        case Cadence():
            found.cadence(clause)
        case Maintain():
            found.maintain(clause)
        case Forbid():
            found.forbid(clause)
        case Procedure():
            found.procedure(clause, aims=aims)
        case Power():
            found.power(clause)
    return found.steps


class _Monitor:
    def __init__(self, past: Registers, name: str) -> None:
        self.past = past
        self.bank = past.bank
        self.name = name
        self.steps = Steps()
        self.today: Any = self.bank.ago(0)
        self.final = self.bank.elapsed == 0
        """Whether the day that is closed is that of the ruling."""

    # --- where conditions are asked --------------------------------------------------------

    def before(self, *, lenient: bool = False) -> Here:
        return Here(0, self.today, 0, lenient=lenient)

    def after(self) -> Here:
        return Here(1, self.today, 0)

    def closes(self, *, lenient: bool = False) -> Here:
        return Here(0, None, lenient=lenient)

    # --- duties ----------------------------------------------------------------------------

    def whenever(self, clause: Whenever) -> None:
        if clause.when is None:
            self._becoming(clause)
            return
        trigger = self.past.matches(0, clause.when, self.after())
        asked = TRUE if clause.if_ is None else self.past.truth(clause.if_, self.after())
        if clause.require is not None:
            state = self.past.truth(clause.require, self.before(lenient=True))
            self.steps.event.append(owing(trigger, asked, state))
            return
        assert clause.duty is not None
        self.steps.event.append(owing(trigger, asked, TRUE))
        self._duty(clause.duty, conj((trigger, asked.t)))

    def _becoming(self, clause: Whenever) -> None:
        assert clause.becomes is not None
        now = self.past.truth(clause.becomes, self.closes())
        was = self.bank.make(
            f"{self.name}: held", False, lambda _: _, lambda _: now.t, since="adopted"
        )
        turned = conj((now.t, neg(was)))
        asked = TRUE if clause.if_ is None else self.past.truth(clause.if_, self.closes())
        if clause.require is not None:
            state = self.past.truth(clause.require, self.closes(lenient=True))
            self.steps.close.append(owing(turned, asked, state))
            return
        assert clause.duty is not None
        self.steps.close.append(owing(turned, asked, TRUE))
        self._duty(clause.duty, conj((turned, asked.t)), fact=False)

    def _duty(self, duty: Duty, owed: Bit, *, fact: bool = True, name: str = "") -> None:
        """What is owed since a fact, or since the end of its day.

        Of several that are owed the oldest is due first, and what is done for it is done for all:
        one register of what is owed, and one of how long, are enough.
        """
        if not duty.deadlines:
            return  # never due
        if any(isinstance(each, Before) and each.events is None for each in duty.deadlines):
            self._beforehand(duty, owed, fact)
            return
        if duty.after is not None:
            raise Unsupported("a duty that counts what was done since another event")
        for number, deed in enumerate(duty.then):
            self._one(duty, deed, owed, f"{self.name}{name}: owed {number}", fact)

    def _one(self, duty: Duty, deed: Expression, owed: Bit, name: str, fact: bool) -> None:
        make, done = self.bank.make, self.past.matches(0, deed, self.after())
        today = make(
            f"done today {self.past.spell(deed, self.after())}",
            False,
            lambda old: disj((old, done)),
            lambda _: False,
        )
        new = conj((owed, neg(today)))  # what was done earlier that day counts

        def event(old: Any) -> Any:
            left = conj((old, neg(done)))
            return disj((left, new)) if fact else left

        def tick(old: Any) -> Any:
            return old if fact else disj((old, new))

        pending = make(name, False, event, tick, since="adopted")

        def start(old: Any) -> Any:
            afresh = conj((new, neg(conj((pending, neg(done))))))
            return pick(afresh, z3.IntVal(0), old) if fact else old

        def waits(old: Any) -> Any:
            base = old if fact else pick(pending, old, z3.IntVal(0))
            return base + self.bank.elapsed

        waited = make(f"{name}, days", 0, start, waits, since="adopted")
        held = sure(neg(tick(pending)))
        for each in duty.deadlines:
            match each:
                case Within(duration=duration, of=()):
                    limit = in_time(waits(waited), self.past.length(duration))
                    self.steps.close.append(k_or((held, limit)))
                case Before(events=events, ahead=None) if events is not None:
                    comes = self.past.matches(0, events, self.after())
                    self.steps.event.append(k_not(sure(conj((pending, comes)))))
                case By():
                    raise Unsupported("a day of the calendar")
                case _:
                    raise Unsupported("a deadline of this form")

    def _beforehand(self, duty: Duty, owed: Bit, fact: bool) -> None:
        """What must have been done before the fact that asks for it."""
        if not fact or len(duty.deadlines) > 1:
            raise Unsupported("a deadline of this form")
        here = self.before()
        for deed in duty.then:
            state = self.past.did(deed, here)
            if duty.after is not None:
                since = self.past.age(deed, here) <= self.past.age(duty.after, here)
                state = conj((state, disj((neg(self.past.did(duty.after, here)), since))))
            self.steps.event.append(k_or((k_not(sure(owed)), sure(state))))

    # --- decisions and powers --------------------------------------------------------------

    def procedure(self, clause: Procedure, *, aims: bool) -> None:
        made = self.past.matches(0, clause.decision, self.after())
        applies = TRUE if clause.if_ is None else self.past.truth(clause.if_, self.after())
        self.steps.event.append(owing(made, applies, self.past.decision(clause, 0)))
        for step in clause.steps:
            if step.force == "commitment" or (step.force == "aim" and aims):
                self._step(step, made, applies)

    def _step(self, step: Step, made: Bit, applies: K) -> None:
        asked = self.past.asked(step, 0)
        done = self.past.step_done(step, 0) if step.by else TRUE
        self.steps.event.append(owing(made, applies, owing(True, asked, done)))
        if not step.by:
            limits: tuple[Before, ...] = () if step.before is None else (Before(step.before),)
            duty = Duty(step.do, limits if step.follows else (Before(None),))
            self._duty(duty, conj((made, applies.t, asked.t)), name=f"/{step.id}")

    def power(self, clause: Power) -> None:
        used = self.past.matches(0, clause.exercised, self.after())
        parts = []
        if clause.by:
            parts.append(sure(self.past.taken_by(0, clause.by, 1)))
        if clause.if_ is not None:
            parts.append(self.past.truth(clause.if_, self.before(lenient=True)))
        self.steps.event.append(k_or((k_not(sure(used)), k_and(parts))))
        if clause.price is not None:
            self._duty(clause.price, used)

    # --- cadences --------------------------------------------------------------------------

    def cadence(self, clause: Cadence) -> None:
        if clause.every is not None and isinstance(self.past.chosen(clause.every), Apart):
            raise Unsupported("deeds that may also come too soon")
        here, elapsed = self.closes(), self.bank.elapsed
        runs = TRUE if clause.while_ is None else self.past.truth(clause.while_, here)
        born = True if self.past.model is None else self.past.born(0, SUBJECT)
        states = (k_not(sure(born)), k_not(runs), sure(self.final))
        if clause.every is not None:
            age = self.past.age(clause.do, here)
            covered = in_time(age + elapsed, self.past.length(clause.every))
            self.steps.close.append(k_or((*states, covered)))
        if clause.growth is not None:
            operator, factor = clause.growth
            size, _ = self.past.grown(SUBJECT, clause.do, here)
            grown = by_factor(operator, size, factor)
            self.steps.close.append(k_or((*states, k_not(sure(grown)))))

    # --- states ----------------------------------------------------------------------------

    def maintain(self, clause: Maintain) -> None:
        active = self.past.truth(clause.while_, self.closes())
        keep = self.past.truth(clause.keep, self.closes(lenient=True))
        self._stretch(k_and((active, k_not(keep))), clause.grace, on_the_day=True)

    def forbid(self, clause: Forbid) -> None:
        if self.past.model is None:
            raise Unsupported("a hold that is for no model")
        if clause.action != "store":
            act = self.past.concerns(0, acts_of(clause.action), clause.action, SUBJECT)
            permits = self._permits(clause, self.before(), self.before(lenient=True))
            self.steps.event.append(k_or((k_not(sure(act)), permits)))
        runs = sure(self.past.running(clause.action, SUBJECT, 0))
        permits = self._permits(clause, self.closes(), self.closes(lenient=True))
        self._stretch(k_and((runs, k_not(permits))), clause.grace, on_the_day=False)

    def _permits(self, clause: Forbid, binding: Here, lenient: Here) -> K:
        applies = TRUE if clause.if_ is None else self.past.truth(clause.if_, binding)
        return k_or((k_not(applies), self.past.truth(clause.unless, lenient)))

    def _stretch(self, failing: K, grace: Expression | None, *, on_the_day: bool) -> None:
        """No stretch of days, from the end of the first, lasts longer than the grace.

        ``on_the_day``: whether one that goes on at the end of the last day of grace is in time; a
        hold is then violated where it goes on, so that it may be broken a day sooner.
        """
        if grace is None:
            self.steps.close.append(k_not(failing))
            return
        lengths = self.past.length(grace)

        def on(old: Any) -> Any:
            return disj((failing.t, conj((old, neg(failing.f)))))

        def same(old: Any) -> Any:
            return old

        going = self.bank.make(f"{self.name}: failing", False, same, on, since="adopted")
        begun = conj((failing.t, neg(going)))

        def lasts(old: Any) -> Any:
            return pick(begun, z3.IntVal(0), old) + self.bank.elapsed

        days = self.bank.make(f"{self.name}: failing, days", 0, same, lasts, since="adopted")
        limit = in_time(lasts(days), lengths)
        broken = limit.f if on_the_day else in_time(lasts(days), lengths, by=False).f
        self.steps.close.append(k_or((sure(neg(on(going))), K(limit.t, broken))))
