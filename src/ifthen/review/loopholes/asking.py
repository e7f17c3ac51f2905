"""Where the clauses of a timeline ask: before a fact, after it, at the end of its day."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ifthen.dates import Duration
from ifthen.review.loopholes.calendar import Date
from ifthen.review.loopholes.conditions import Conditions
from ifthen.review.loopholes.events import Here
from ifthen.review.loopholes.kleene import UNKNOWN, Bit, K, conj, disj, k_if, k_not, k_or, sure

Binds = Callable[[str], Bit]
"""Whether the aim of a clause (``clause`` or ``clause/step``) binds."""


class Asking:
    """One clause about one subject, under one choice of parses."""

    def __init__(self, conditions: Conditions, binds: Binds) -> None:
        self.conditions = conditions
        self.slots = conditions.slots
        self.end = self.slots.end
        self.binds = binds

    def before(self, index: int, *, lenient: bool = False) -> Here:
        """Just before a fact."""
        return Here(index, self.slots.all[index].date, index, lenient=lenient)

    def after(self, index: int, *, lenient: bool = False) -> Here:
        """Just after a fact."""
        return Here(index + 1, self.slots.all[index].date, index, lenient=lenient)

    def closes(self, index: int, *, lenient: bool = False) -> Here:
        """At the end of its day, where it is the last of it."""
        return Here(index + 1, None, lenient=lenient)

    def by(self, day: Date, start: Date, lengths: Sequence[tuple[Bit, Duration | None]]) -> Bit:
        """Whether a day is no later than one of some lengths after another."""
        return disj(
            conj((bit, True if length is None else day.by(start, length)))
            for bit, length in lengths
        )


def owing(trigger: Bit, asked: K, state: K) -> K:
    """What a trigger asks for: open where it is not known whether anything is asked."""
    value = k_if(asked.known, k_or((k_not(asked), state)), UNKNOWN)
    return k_or((k_not(sure(trigger)), value))
