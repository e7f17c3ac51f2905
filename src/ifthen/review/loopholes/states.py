"""States over a timeline: what must hold while something does, and what is held."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ifthen.dates import Duration
from ifthen.policy.model import Expression, Forbid, Maintain
from ifthen.review.loopholes.asking import Asking
from ifthen.review.loopholes.calendar import Date, Unsupported
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
from ifthen.vocabulary import MODEL_EVENTS_OF_ACTION


class States(Asking):
    """Clauses of the kinds ``maintain`` and ``forbid``."""

    def maintain(self, clause: Maintain) -> Iterator[K]:
        """What each gap comes to, and whether the whole is open."""
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
                in_time = self.by(dates[j], dates[place], lengths)
                ends = conj((going, last[j], failing[j].f))
                met.append(conj((ends, in_time)))
                late.append(conj((ends, neg(in_time), neg(early))))
                doubted = conj((same, last[j], neg(failing[j].known)))
                early = disj((early, conj((doubted, in_time))))
                going = conj((going, disj((neg(last[j]), neg(failing[j].known), same))))
                going = conj((going, neg(ends)))
                same = conj((same, disj((neg(last[j]), failing[j].t))))
            over = neg(self.by(self.end, dates[place], lengths))
            met.append(conj((same, neg(over))))
            late.append(conj((same, over)))
            yield k_or((k_not(sure(begun)), K(disj(met), disj(late))))

    def forbid(self, clause: Forbid) -> Iterator[K]:
        """What each act, and each stretch of days that is held, comes to."""
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
                conj((last[j], failing[j].f, self.by(self.slots.all[ruled[j]].date, date, lengths)))
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
