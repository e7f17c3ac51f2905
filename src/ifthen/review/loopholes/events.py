"""Which facts of a timeline an event means, and the last of them, as terms of the solver.

A question is asked after so many facts (a *prefix* of the timeline). The last such fact is a chain
of choices over the prefix, built once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ifthen.dates import Duration
from ifthen.policy.model import (
    Choice,
    Defined,
    DurationLiteral,
    Events,
    Expression,
    Pattern,
    Policy,
    TermRef,
    Test,
)
from ifthen.review.loopholes.calendar import Date, Unsupported
from ifthen.review.loopholes.kleene import Bit, conj, disj, neg, pick
from ifthen.review.loopholes.slots import Slots
from ifthen.review.loopholes.stance import Stance
from ifthen.ruling.matching import Names


@dataclass(frozen=True, slots=True)
class Here:
    """Where and for what a condition is asked."""

    prefix: int
    """After so many facts."""
    date: Date | None
    """The day; None where a condition is followed through the days: no clock may be asked."""
    trigger: int | None = None
    names: tuple[tuple[str, str], ...] = ()
    """Quantified variables."""
    lenient: bool = False
    """Whether truth relieves the developer rather than binds it."""


Meaning = Sequence[tuple[Bit, Any]]
"""What a word may mean: each with when it does."""


class Matched:
    """Events of one policy for one model or the organisation, under one choice of parses."""

    def __init__(
        self,
        policy: Policy,
        slots: Slots,
        stance: Stance,
        model: int | None,
        readings: Mapping[str, str],
        names: Names,
    ) -> None:
        self.policy = policy
        self.slots = slots
        self.stance = stance
        self.model = model
        self.readings = readings
        self.names = names
        self._memory = slots.memory
        self._truths: dict[Any, Any] = {}

    # --- events ----------------------------------------------------------------------------

    def chosen(self, expression: Expression) -> Expression:
        """An expression under the parses taken, definitions opened."""
        while isinstance(expression, Choice | Defined):
            expression = (
                expression.expression
                if isinstance(expression, Defined)
                else expression.options[self.readings[expression.reading]]
            )
        return expression

    def matches(self, index: int, expression: Expression, here: Here) -> Bit:
        """Whether a fact is such an event."""
        events = self.chosen(expression)
        assert isinstance(events, Events)
        memory = ("matches", self.model, index, events, here.names)
        if memory not in self._memory:
            self._memory[memory] = disj(self._is(index, one, here) for one in events.patterns)
        return self._memory[memory]

    def _is(self, index: int, pattern: Pattern, here: Here) -> Bit:
        slot, scope = self.slots.all[index], self.model
        parts = [slot.is_kind(pattern.kind)]
        if parts[0] is False:
            return False
        for test in pattern.tests:
            if test.attribute == "model":
                scope = self._scope(test, here)
            elif (test.attribute, test.values) != ("policy", ("any",)):
                parts.append(self._passes(index, test, here))
        return conj((*parts, self.slots.about(index, scope)))

    def _scope(self, test: Test, here: Here) -> int | None:
        (name,) = test.values
        if name == "any":
            return None
        if name == "this":
            return self.model
        if name in test.bound and name in dict(here.names):
            return int(dict(here.names)[name])
        raise Unsupported(f"events of the model {name}")

    def _passes(self, index: int, test: Test, here: Here) -> Bit:
        slot = self.slots.all[index]
        if test.attribute == "about" or any(value.startswith("this.") for value in test.bound):
            raise Unsupported("events that are about another fact")
        words = [dict(here.names).get(v, v) if v in test.bound else v for v in test.values]
        meant = [word for value in words for word in self._meant(test.attribute, value)]
        if any(word.replace(".", "").isdigit() for word in meant):
            raise Unsupported("events by a number that they state")
        said = [slot.says(test.attribute, word) for word in meant]
        if test.operator == "in":
            return disj(said)
        return neg(conj(said)) if test.operator == "!=" else conj(said)

    def _meant(self, attribute: str, word: str) -> Sequence[str]:
        if attribute == "standard":
            return self.names.standards(word)
        return (self.names.threshold(word),) if attribute == "threshold" else (word,)

    def last(self, expression: Expression, here: Here, key: str, value: Any, none: Any) -> Any:
        """A value of the last such event: ``value(index)``, or ``none`` where there is none."""
        events = self.chosen(expression)
        memory = (key, self.model, events, here.names, here.prefix)
        if memory not in self._memory:
            found: Any = none
            for index in range(here.prefix):
                found = pick(self.matches(index, events, here), value(index), found)
            self._memory[memory] = found
        return self._memory[memory]

    def did(self, expression: Expression, here: Here) -> Bit:
        """Whether such an event has happened."""
        return disj(self.matches(i, expression, here) for i in range(here.prefix))

    def last_date(self, expression: Expression, here: Here) -> Date:
        """The day of the last such event, else of the subject's birth."""
        birth = self.birth()
        return Date(
            self.last(expression, here, "key", lambda i: self.slots.all[i].date.key, birth.key),
            self.last(expression, here, "day", lambda i: self.slots.all[i].date.day, birth.day),
        )

    def birth(self) -> Date:
        """When the subject's clocks start: the start of training; for the organisation, day one."""
        if self.model is None:
            return self.slots.start
        memory = ("birth", self.model)
        if memory not in self._memory:
            self._memory[memory] = self._begun(self.model)
        found: Date = self._memory[memory]
        return found

    def _begun(self, model: int) -> Date:
        found = self.slots.end
        for index in reversed(range(len(self.slots))):
            slot = self.slots.all[index]
            date = slot.date if index in self.slots.ruled else self.slots.start
            found = Date.choose(slot.model_is(model), date, found)
        return found

    def born(self, prefix: int, model: int) -> Bit:
        """Whether a model has been mentioned."""
        memory = ("born", prefix, model)
        if memory not in self._memory:
            of_model = (self.slots.all[i].model_is(model) for i in range(prefix))
            self._memory[memory] = disj(of_model)
        return self._memory[memory]

    def known_by(self, here: Here, model: int) -> Bit:
        """Whether a model has been mentioned by the end of the day."""
        if here.date is None:
            return self.born(here.prefix, model)
        later = range(here.prefix, len(self.slots))
        every = self.slots.all
        same = (conj((every[i].model_is(model), every[i].date.not_after(here.date))) for i in later)
        return disj((self.born(here.prefix, model), *same))

    # --- words that leave room -------------------------------------------------------------

    def length(self, expression: Expression) -> Sequence[tuple[Bit, Duration | None]]:
        """What a length may be: each with when it is so; None is without a bound."""
        found = self.chosen(expression)
        if isinstance(found, DurationLiteral):
            return ((True, found.value),)
        if isinstance(found, TermRef):
            return [
                (bit, value if isinstance(value, Duration) else None)
                for bit, value in self._word(found.term)
            ]
        raise Unsupported("deeds that may also come too soon")

    def _word(self, name: str) -> Meaning:
        term, stretched = self.policy.terms[name], self.stance.stretched("word", name)
        return ((stretched, term.literal.value), (neg(stretched), term.charitable.value))
