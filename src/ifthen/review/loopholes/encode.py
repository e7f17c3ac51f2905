"""Clauses over a timeline: whether each is kept up to the day of the ruling, or broken.

By the definition of each kind of clause (``ifthen.ruling.definitional``), for facts that give a day
and a complete record. What would be undetermined is neither kept nor broken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from ifthen.dates import Duration
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
from ifthen.review.loopholes.calendar import Date, Unsupported
from ifthen.review.loopholes.conditions import Conditions
from ifthen.review.loopholes.events import Here
from ifthen.review.loopholes.kleene import (
    FALSE,
    TRUE,
    UNKNOWN,
    Bit,
    K,
    conj,
    disj,
    k_and,
    k_if,
    k_not,
    k_or,
    neg,
    pick,
    sure,
)
from ifthen.review.loopholes.models import by_factor
from ifthen.review.loopholes.slots import NOBODY
from ifthen.vocabulary import MODEL_EVENTS_OF_ACTION

Binds = Callable[[str], Bit]
"""Whether the aim of a clause (``clause`` or ``clause/step``) binds."""
Limit = Callable[[int], Bit]
"""Whether a fact comes in time."""


def kept(clause: Clause, conditions: Conditions, binds: Binds) -> K:
    """Whether a clause is kept about a subject, under one choice of parses.

    Raises:
        Unsupported: it speaks of something the solver is not told about.
    """
    found = _Kept(conditions, binds)
    match clause:
        case Whenever():
            value = k_and(found.whenever(clause))
        case Cadence():
            value = k_and(found.cadence(clause))
        case Maintain():
            value = k_and(found.maintain(clause))
        case Forbid():
            value = k_and(found.forbid(clause))
        case Procedure():
            return k_and(found.procedure(clause))
        case Power():
            value = k_and(found.power(clause))
    if clause.common.force == "aim":
        return k_or((k_not(sure(binds(clause.common.id))), value))
    return value


class _Kept:
    def __init__(self, conditions: Conditions, binds: Binds) -> None:
        self.conditions = conditions
        self.slots = conditions.slots
        self.end = self.slots.end
        self.binds = binds

    # --- where conditions are asked --------------------------------------------------------

    def before(self, index: int, *, lenient: bool = False) -> Here:
        return Here(index, self.slots.all[index].date, index, lenient=lenient)

    def after(self, index: int, *, lenient: bool = False) -> Here:
        return Here(index + 1, self.slots.all[index].date, index, lenient=lenient)

    def closes(self, index: int, *, lenient: bool = False) -> Here:
        return Here(index + 1, None, lenient=lenient)

    # --- duties ----------------------------------------------------------------------------

    def whenever(self, clause: Whenever) -> Iterator[K]:
        if clause.when is None:
            yield from self._becoming(clause)
            return
        for index in self.slots.ruled:
            trigger = self.conditions.matches(index, clause.when, self.after(index))
            if trigger is False:
                continue
            asked = TRUE
            if clause.if_ is not None:
                asked = self.conditions.truth(clause.if_, self.after(index))
            if clause.require is not None:
                state = self.conditions.truth(clause.require, self.before(index, lenient=True))
            else:
                assert clause.duty is not None
                state = self.duty(clause.duty, index)
            yield owing(trigger, asked, state)

    def _becoming(self, clause: Whenever) -> Iterator[K]:
        """A duty for each day at whose end the condition turned true.

        One that was unknown and then false, or is unknown at the end, leaves the clause open.
        """
        assert clause.becomes is not None
        was: K = FALSE
        doubt: Bit = False
        for index in self.slots.ruled:
            now = self.conditions.truth(clause.becomes, self.closes(index))
            last = self.slots.last_of_day(index)
            turned = conj((last, now.t, neg(was.t)))
            begun = conj((last, neg(now.known), was.f))
            cleared = conj((turned, neg(was.known)))
            doubt = conj((disj((doubt, begun)), neg(cleared)))
            was = k_if(last, now, was)
            if turned is False:
                continue
            asked = TRUE
            if clause.if_ is not None:
                asked = self.conditions.truth(clause.if_, self.closes(index))
            if clause.require is not None:
                state = self.conditions.truth(clause.require, self.closes(index, lenient=True))
            else:
                assert clause.duty is not None
                state = self.duty(clause.duty, index, fact=False)
            yield owing(turned, asked, state)
        yield K(neg(doubt), False)

    def duty(self, duty: Duty, index: int, *, fact: bool = True) -> K:
        """Whether what is owed since a fact, or the end of its day, was done in time or may be."""
        pending, limits = self._limits(duty, index, fact)
        back = any(isinstance(each, Before) and each.events is None for each in duty.deadlines)
        start = self._start(duty, index) if back else self.slots.all[index].date
        parts = []
        for events in duty.then:
            done = []
            for j in range(len(self.slots)):
                if fact and j == index and not back:
                    continue
                deed = self.conditions.matches(j, events, self.after(index))
                if deed is False:
                    continue
                follows = True if start is None else start.not_after(self.slots.all[j].date)
                done.append(conj((deed, follows, *(limit(j) for limit in limits))))
            parts.append(disj((pending, *done)))
        return sure(conj(parts))

    def _start(self, duty: Duty, index: int) -> Date | None:
        if duty.after is None:
            return None
        here, first = self.before(index), self.slots.all[0].date
        last = self.conditions.last
        at = self.slots.all
        return Date(
            last(duty.after, here, "key", lambda i: at[i].date.key, first.key),
            last(duty.after, here, "day", lambda i: at[i].date.day, first.day),
        )

    def _limits(self, duty: Duty, index: int, fact: bool) -> tuple[Bit, list[Limit]]:
        """Whether nothing is due yet, and for each limit whether a fact comes in time."""
        date = self.slots.all[index].date
        pending: list[Bit] = []
        limits: list[Limit] = []
        for each in duty.deadlines:
            match each:
                case Within(duration=duration, of=()):
                    due = partial(self._by, start=date, lengths=self.conditions.length(duration))
                    pending.append(due(self.end))
                    limits.append(self._on_its_day(due))
                case By(day=day):
                    until = Date.at(day)
                    pending.append(self.end.not_after(until))
                    limits.append(self._on_its_day(until.not_before))
                case Before(events=None, ahead=None):
                    pending.append(False)
                    limits.append(index.__gt__)
                case Before(events=events, ahead=None) if events is not None:
                    none, limit = self._before_next(events, index, fact)
                    pending.append(none)
                    limits.append(limit)
                case _:
                    raise Unsupported("a deadline of this form")
        return conj(pending), limits

    def _on_its_day(self, in_time: Callable[[Date], Bit]) -> Limit:
        """Whether a fact comes in time, by its day."""
        return lambda j: in_time(self.slots.all[j].date)

    def _by(self, day: Date, start: Date, lengths: Sequence[tuple[Bit, Duration | None]]) -> Bit:
        return disj(
            conj((bit, True if length is None else day.by(start, length)))
            for bit, length in lengths
        )

    def _before_next(self, events: Expression, index: int, fact: bool) -> tuple[Bit, Limit]:
        """Whether no such event followed, and whether a fact comes before the first that did."""
        after: list[Bit] = []
        for j in range(len(self.slots)):
            if j <= index:
                after.append(False)
                continue
            later = True
            if not fact:
                later = self.slots.all[index].date.before(self.slots.all[j].date)
            after.append(conj((later, self.conditions.matches(j, events, self.after(index)))))

        def in_time(j: int) -> Bit:
            return conj(neg(after[n]) for n in range(j + 1))

        return conj(neg(one) for one in after), in_time

    # --- cadences --------------------------------------------------------------------------

    def cadence(self, clause: Cadence) -> Iterator[K]:
        """At the end of every day with facts: does the last deed still cover what follows."""
        if clause.every is not None and isinstance(self.conditions.chosen(clause.every), Apart):
            raise Unsupported("deeds that may also come too soon")
        model, doubt, found = self.conditions.model, [], []
        bounded = True
        if clause.every is not None:
            lengths = self.conditions.length(clause.every)
            bounded = disj(bit for bit, length in lengths if length is not None)
        for index in self.slots.ruled:
            here, final = self.closes(index), index + 1 == len(self.slots)
            runs = TRUE if clause.while_ is None else self.conditions.truth(clause.while_, here)
            born = True if model is None else self.conditions.born(index + 1, model)
            asked = conj((self.slots.last_of_day(index), born))
            states = [k_not(sure(asked)), k_not(runs)]
            today, until = self.slots.all[index].date, self.slots.until(index)
            ended = until.not_after(today) if final else False
            unclear, limited = conj((asked, neg(runs.known))), []
            if clause.every is not None:
                covered = self._by(until, self.conditions.last_date(clause.do, here), lengths)
                found.append(k_or((*states, sure(covered), sure(ended))))
                doubt.append(conj((unclear, neg(covered))))
                limited.append(bounded)
            if clause.growth is not None:
                assert model is not None
                operator, factor = clause.growth
                size, known = self.conditions.grown(model, clause.do, here)
                grown = conj((known, by_factor(operator, size, factor)))
                found.append(k_or((*states, k_not(sure(grown)), sure(ended))))
                doubt.append(conj((unclear, grown)))
                limited.append(grown)
            if final:
                yield K(neg(conj((unclear, disj(limited)))), False)
        yield from (K(one.t, conj((one.f, neg(disj(doubt))))) for one in found)
        if clause.growth is not None:
            yield K(neg(disj(self._of_no_model(clause, runs))), False)

    def _of_no_model(self, clause: Cadence, runs: K) -> Iterator[Bit]:
        """A deed that names no model leaves growth since then open, unless nothing is asked now."""
        later: Bit = neg(runs.f)
        for index in reversed(self.slots.ruled):
            deed = self.conditions.matches(index, clause.do, self.after(index))
            yield conj((deed, self.slots.all[index].model_is(NOBODY), later))
            later = disj((later, deed))

    # --- states ----------------------------------------------------------------------------

    def maintain(self, clause: Maintain) -> Iterator[K]:
        failing: list[K] = []
        doubt: list[Bit] = []
        held: Bit = False
        for index in self.slots.ruled:
            active = self.conditions.truth(clause.while_, self.closes(index))
            keep = self.conditions.truth(clause.keep, self.closes(index, lenient=True))
            failing.append(k_and((active, k_not(keep))))
            last = self.slots.last_of_day(index)
            doubt.append(conj((last, neg(active.known), neg(held))))
            held = disj((held, conj((last, active.t))))
        yield from self._open_unless_failing(failing, doubt)
        yield from self._gaps(failing, clause.grace)

    def _gaps(self, failing: Sequence[K], grace: Expression | None) -> Iterator[K]:
        """No gap, from the end of the day on which it began, lasts longer than the grace.

        One that may have ended is open unless it ended for sure, and is the same either way.
        """
        ruled = list(self.slots.ruled)
        last = [self.slots.last_of_day(index) for index in ruled]
        dates = [self.slots.all[index].date for index in ruled]
        lengths = () if grace is None else self.conditions.length(grace)
        before: Bit = False
        for place, now in enumerate(failing):
            begun = conj((last[place], now.t, neg(before)))
            before = pick(last[place], now.t, before)
            if begun is False:
                continue
            same: Bit = True  # it failed on every day since
            going: Bit = True  # it has not ended, though it may have
            early: Bit = False  # it may have ended within the grace
            met, late = [], []
            for j in range(place + 1, len(failing)):
                in_time = self._by(dates[j], dates[place], lengths)
                ends = conj((going, last[j], failing[j].f))
                met.append(conj((ends, in_time)))
                late.append(conj((ends, neg(in_time), neg(early))))
                doubted = conj((same, last[j], neg(failing[j].known)))
                early = disj((early, conj((doubted, in_time))))
                going = conj((going, disj((neg(last[j]), neg(failing[j].known), same))))
                going = conj((going, neg(ends)))
                same = conj((same, disj((neg(last[j]), failing[j].t))))
            over = neg(self._by(self.end, dates[place], lengths))
            met.append(conj((same, neg(over))))
            late.append(conj((same, over)))
            yield k_or((k_not(sure(begun)), K(disj(met), disj(late))))

    def forbid(self, clause: Forbid) -> Iterator[K]:
        model = self.conditions.model
        if model is None:
            raise Unsupported("a hold that is for no model")
        starts = MODEL_EVENTS_OF_ACTION[clause.action][0] - {"training_progress"}
        failing = []
        for index in self.slots.ruled:
            if clause.action != "store":
                act = self.conditions.concerns(index, starts, clause.action, model)
                permits = self._permits(
                    clause, self.before(index), self.before(index, lenient=True)
                )
                yield k_or((k_not(sure(act)), permits))
            runs = sure(self.conditions.running(clause.action, model, index + 1))
            permits = self._permits(clause, self.closes(index), self.closes(index, lenient=True))
            failing.append(k_and((runs, k_not(permits))))
        yield from self._open_unless_failing(failing, ())
        yield from self._stretches(failing, clause.grace)

    def _permits(self, clause: Forbid, binding: Here, lenient: Here) -> K:
        applies = TRUE if clause.if_ is None else self.conditions.truth(clause.if_, binding)
        return k_or((k_not(applies), self.conditions.truth(clause.unless, lenient)))

    def _stretches(self, failing: Sequence[K], grace: Expression | None) -> Iterator[K]:
        """No stretch of days, from the end of the first, lasts up to the end of the grace."""
        ruled = list(self.slots.ruled)
        last = [self.slots.last_of_day(index) for index in ruled]
        lengths = [(True, Duration(0, "day"))] if grace is None else self.conditions.length(grace)
        going: Bit = False
        for place, now in enumerate(failing):
            begun = conj((last[place], now.t, neg(going)))
            going = disj(
                (conj((last[place], now.t)), conj((going, neg(conj((last[place], now.f))))))
            )
            if now.t is False:
                continue
            if grace is None:
                yield k_not(sure(conj((last[place], now.t))))
                continue
            date = self.slots.all[ruled[place]].date
            over = [
                conj(
                    (last[j], failing[j].f, self._by(self.slots.all[ruled[j]].date, date, lengths))
                )
                for j in range(place + 1, len(failing))
            ]
            ended = sure(disj((*over, self._open(date, lengths))))
            yield k_or((k_not(sure(begun)), ended))

    def _open(self, date: Date, lengths: Sequence[tuple[Bit, Duration | None]]) -> Bit:
        """Whether the grace that began on a day goes on past the day of the ruling."""
        return disj(
            conj((bit, True if length is None else neg(self.end.passed(date, length))))
            for bit, length in lengths
        )

    def _open_unless_failing(self, failing: Sequence[K], doubt: Sequence[Bit]) -> Iterator[K]:
        """Open where it is not known whether it failed, and on no day it surely did."""
        last = [self.slots.last_of_day(index) for index in self.slots.ruled]
        unclear = [conj((end, neg(now.known))) for end, now in zip(last, failing, strict=True)]
        surely = disj(conj((end, now.t)) for end, now in zip(last, failing, strict=True))
        yield K(disj((surely, neg(disj((*unclear, *doubt))))), False)

    # --- decisions and powers --------------------------------------------------------------

    def procedure(self, clause: Procedure) -> Iterator[K]:
        for index in self.slots.ruled:
            made = self.conditions.matches(index, clause.decision, self.after(index))
            if made is False:
                continue
            applies = TRUE
            if clause.if_ is not None:
                applies = self.conditions.truth(clause.if_, self.after(index))
            yield owing(made, applies, self.conditions.decision(clause, index))
            for step in clause.steps:
                if step.force not in ("commitment", "aim"):
                    continue
                name = f"{clause.common.id}/{step.id}"
                binds = True if step.force == "commitment" else self.binds(name)
                yield owing(conj((made, binds)), applies, self._step(step, index))

    def _step(self, step: Step, index: int) -> K:
        asked = self.conditions.asked(step, index)
        if step.by:
            done = self.conditions.step_done(step, index)
        else:
            limits: tuple[Before, ...] = () if step.before is None else (Before(step.before),)
            done = self.duty(Duty(step.do, limits if step.follows else (Before(None),)), index)
        return owing(True, asked, done)

    def power(self, clause: Power) -> Iterator[K]:
        for index in self.slots.ruled:
            used = self.conditions.matches(index, clause.exercised, self.after(index))
            if used is False:
                continue
            parts = []
            if clause.by:
                parts.append(sure(self.conditions.taken_by(index, clause.by, 1)))
            if clause.if_ is not None:
                parts.append(self.conditions.truth(clause.if_, self.before(index, lenient=True)))
            if clause.price is not None:
                parts.append(self.duty(clause.price, index))
            yield k_or((k_not(sure(used)), k_and(parts)))


def owing(trigger: Bit, asked: K, state: K) -> K:
    """What a trigger asks for: open where it is not known whether anything is asked."""
    value = k_if(asked.known, k_or((k_not(asked), state)), UNKNOWN)
    return k_or((k_not(sure(trigger)), value))
