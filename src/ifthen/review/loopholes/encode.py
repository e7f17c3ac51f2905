"""Clauses over a timeline: whether each is kept up to the day of the ruling, or broken.

By the definition of each kind of clause (``ifthen.ruling.definitional``), for facts that give a day
and a complete record. What would be undetermined is neither kept nor broken.
"""

from __future__ import annotations

from collections.abc import Iterator

from ifthen.policy.model import (
    Apart,
    Before,
    Cadence,
    Clause,
    Duty,
    Forbid,
    Maintain,
    Power,
    Procedure,
    Step,
    Whenever,
)
from ifthen.review.loopholes.asking import Binds, owing
from ifthen.review.loopholes.calendar import Unsupported
from ifthen.review.loopholes.conditions import Conditions
from ifthen.review.loopholes.duties import Duties
from ifthen.review.loopholes.kleene import TRUE, Bit, K, conj, disj, k_and, k_not, k_or, neg, sure
from ifthen.review.loopholes.models import by_factor
from ifthen.review.loopholes.slots import NOBODY
from ifthen.review.loopholes.states import States


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


class _Kept(Duties, States):
    """A clause of any kind."""

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
                covered = self.by(until, self.conditions.last_date(clause.do, here), lengths)
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
        """A deed that names no model leaves growth open: since then, unless nothing is asked now.

        On the day of the deed before it also up to then, for growth is asked at the end of a day;
        and so where there was no model yet whose growth it would end.
        """
        model = self.conditions.model
        assert model is not None
        deeds = [self.conditions.matches(i, clause.do, self.after(i)) for i in self.slots.ruled]
        dates = [self.slots.all[i].date for i in self.slots.ruled]
        later: Bit = neg(runs.f)
        for place, index in reversed(list(enumerate(self.slots.ruled))):
            before: Bit = False
            for deed, date in zip(deeds[:place], dates[:place], strict=True):
                same = date.key == dates[place].key
                before = disj((conj((deed, same)), conj((before, neg(deed)))))
            unborn = neg(self.conditions.born(index + 1, model))
            open_ = disj((later, before, unborn))
            yield conj((deeds[place], self.slots.all[index].model_is(NOBODY), open_))
            later = disj((later, deeds[place]))

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
