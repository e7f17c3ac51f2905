"""Duties over a timeline: what a trigger, or a condition that turns true, asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from ifthen.policy.model import Before, By, Duty, Expression, Whenever, Within
from ifthen.review.loopholes.asking import Asking, owing
from ifthen.review.loopholes.calendar import Date, Unsupported
from ifthen.review.loopholes.kleene import FALSE, TRUE, Bit, K, conj, disj, k_if, neg, sure

Limit = Callable[[int], Bit]
"""Whether a fact comes in time."""


class Duties(Asking):
    """Clauses of the kind ``whenever``, and what else owes something."""

    def whenever(self, clause: Whenever) -> Iterator[K]:
        """What each trigger comes to."""
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
                    due = partial(self.by, start=date, lengths=self.conditions.length(duration))
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
