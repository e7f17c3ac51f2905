"""Comparisons over a timeline: of dates, findings, levels, compute, and what facts state."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from ifthen.dates import Duration
from ifthen.policy.model import (
    Attribute,
    Call,
    Compare,
    Constant,
    Events,
    Expression,
    Pattern,
    Times,
    Variable,
    Words,
    mitigation_of,
)
from ifthen.review.loopholes.calendar import Date, Unsupported
from ifthen.review.loopholes.events import Here
from ifthen.review.loopholes.kleene import (
    TRUE,
    UNKNOWN,
    Bit,
    K,
    conj,
    disj,
    k_if,
    k_not,
    k_or,
    neg,
    pick,
    sure,
)
from ifthen.review.loopholes.models import FLOP, Models, by_factor
from ifthen.review.loopholes.slots import UNSAID
from ifthen.vocabulary import FINDINGS


class Comparisons(Models):
    """Comparisons of one policy for one model or the organisation, under one choice of parses."""

    def word(self, expression: Expression, here: Here) -> str:
        """The name an expression stands for."""
        match self.chosen(expression):
            case Constant(value=str() as value):
                return value
            case Variable(name="this") if self.model is not None:
                return str(self.model)
            case Variable(name=name) if name in dict(here.names):
                return dict(here.names)[name]
        raise Unsupported("a name of this form")

    def subject(self, call: Call, place: int, here: Here) -> int:
        """The model a primitive speaks of."""
        given = call.arguments[place:]
        if given:
            name = given[0]
            if isinstance(name, Variable) and name.name != "this":
                return int(dict(here.names)[name.name])
        if self.model is None:
            raise Unsupported("a model, where no model is in question")
        return self.model

    def compared(self, expression: Compare, here: Here) -> K:
        """Whether a comparison holds.

        Raises:
            Unsupported: it compares something the solver is not told about.
        """
        left = self.chosen(expression.left)
        if isinstance(left, Call) and left.function == "since":
            return self._since(expression, left.arguments[0], here)
        if isinstance(left, Call) and left.function == "between":
            return self._between(expression, left, here)
        if isinstance(left, Call):
            return self._measured(expression, left, here)
        if isinstance(left, Attribute) and left.name == "published":
            return self._published(expression, left)
        if isinstance(left, Attribute):
            return self._attribute(expression, left, here)
        one, right = self.word(left, here), self.chosen(expression.right)
        others = right.values if isinstance(right, Words) else (self.word(right, here),)
        return sure((one in others) != (expression.operator == "!="))

    def _since(self, expression: Compare, events: Expression, here: Here) -> K:
        if here.date is None:
            raise Unsupported("a clock that is followed from day to day")
        anchor, found = self.last_date(events, here), UNKNOWN
        for bit, limit in self.length(expression.right):
            value = sure(here.lenient)
            if limit is not None:
                value = sure(_apart(expression.operator, here.date, anchor, limit))
            found = k_if(bit, value, found)
        return found

    def _published(self, expression: Compare, left: Attribute) -> K:
        """A change of policy is published the day before it applies (see ``concrete``)."""
        right = self.chosen(expression.right)
        earlier = isinstance(right, Attribute) and right.name == "date" and right.of is None
        if not (earlier and left.of is None and expression.operator in ("<", "<=")):
            raise Unsupported("the day on which a change was published")
        return TRUE

    def _between(self, expression: Compare, left: Call, here: Here) -> K:
        dates = [self._date(argument, here) for argument in left.arguments]
        known, found = conj(told for _, told in dates), UNKNOWN
        for bit, limit in self.length(expression.right):
            value = sure(here.lenient)
            if limit is not None:
                value = sure(_apart(expression.operator, dates[1][0], dates[0][0], limit))
            found = k_if(bit, value, found)
        return K(conj((known, found.t)), conj((known, found.f)))

    def _date(self, expression: Expression, here: Here) -> tuple[Date, Bit]:
        """The date of the last such event, and whether there is one.

        A date that a fact states is its own day (see ``full``).
        """
        one = self.chosen(expression)
        if not isinstance(one, Attribute) or one.name == "published":
            raise Unsupported("the day on which a change was published")
        if one.of is None:
            if here.trigger is None:
                raise Unsupported("the date of a trigger where there is none")
            return self.slots.all[here.trigger].date, True
        return self.last_date(one.of, here), self.did(one.of, here)

    def _measured(self, expression: Compare, left: Call, here: Here) -> K:
        operator, right = expression.operator, self.chosen(expression.right)
        argument = left.arguments[0]
        match left.function:
            case "status":
                rank = self.status(
                    self.names.threshold(self.word(argument, here)),
                    self.subject(left, 1, here),
                    here.prefix,
                )
                return self._ranked(operator, rank, right, FINDINGS)
            case "level":
                when = mitigation_of(left)
                model = self.subject(left, 1 if when is None else 2, here)
                rank = self.level(self.word(argument, here), when, model, here.prefix)
                return self._ranked(operator, rank, right, self.policy.scale)
            case "forecast":
                rank = self.forecast(self.word(argument, here), self.model, here.prefix)
                return replace_known(self._ranked(operator, rank, right, self.policy.scale, True))
            case "count" if isinstance(right, Constant) and isinstance(right.value, Fraction):
                return sure(_holds(operator, self._count(argument, here), math.ceil(right.value)))
            case "count" if isinstance(right, Call) and right.function == "count":
                other = self._count(right.arguments[0], here)
                return sure(_holds(operator, self._count(argument, here), other))
            case "growth" if isinstance(right, Constant) and isinstance(right.value, Fraction):
                if not isinstance(self.chosen(argument), Events):
                    argument = Events((Pattern("assessment_completed"),))
                model = self.subject(left, 9, here)
                grown, known = self.grown(model, argument, here)
                held = by_factor(operator, grown, right.value)
                return told(conj((known, self.born(here.prefix, model))), held)
            case "gain" if isinstance(right, Constant) and isinstance(right.value, Fraction):
                return sure(_holds(operator, 0, math.ceil(right.value)))  # see ``Full.lists``
            case "flop" if isinstance(right, Constant) and isinstance(right.value, Fraction):
                if right.value >= FLOP or operator not in (">", ">=", "<", "<="):
                    raise Unsupported("a model that is below the FLOP of a law")
                known = self.born(here.prefix, self.subject(left, 0, here))
                return told(known, operator in (">", ">="))
            case "compute":
                factor = Fraction(1)
                if isinstance(right, Times):
                    factor, right = right.factor, self.chosen(right.operand)
                if isinstance(right, Call) and right.function == "compute":
                    models = [self.subject(call, 0, here) for call in (left, right)]
                    one, other = (self.compute(model, here.prefix) for model in models)
                    held = by_factor(operator, one - other, factor)
                    return told(conj(self.born(here.prefix, m) for m in models), held)
        raise Unsupported(f"the primitive {left.function}")

    def _count(self, events: Expression, here: Here) -> Any:
        total: Any = 0
        for index in range(here.prefix):
            total = total + pick(self.matches(index, events, here), 1, 0)
        return total

    def _ranked(
        self,
        operator: str,
        rank: Any,
        right: Expression,
        scale: Sequence[str],
        always: bool = False,
    ) -> K:
        known = True if always else (rank != UNSAID)
        if isinstance(right, Words):
            return told(known, disj(rank == scale.index(word) for word in right.values))
        if not isinstance(right, Constant) or right.value not in scale:
            raise Unsupported("a level that is itself an open word")
        return told(known, _holds(operator, rank, scale.index(str(right.value))))

    def _attribute(self, expression: Compare, left: Attribute, here: Here) -> K:
        right = self.chosen(expression.right)
        if isinstance(right, Constant) and isinstance(right.value, Fraction):
            return self._figure(left, expression.operator, right.value, here)
        if isinstance(right, Words):
            return k_or([self.said(left, word, here) for word in right.values])
        if isinstance(right, Constant) and isinstance(right.value, bool):
            return self.said(left, str(right.value).lower(), here)
        held = self.said(left, self.word(right, here), here)
        if expression.operator in ("=", "includes"):
            return held
        if expression.operator == "!=":
            return k_not(held)
        raise Unsupported("an attribute compared by size")

    def _figure(self, attribute: Attribute, operator: str, bound: Fraction, here: Here) -> K:
        """What a number that a fact states comes to against another; only given facts state any."""

        def compared(index: int) -> K:
            value = self.slots.all[index].number(attribute.name)
            return UNKNOWN if value is None else sure(_holds(operator, value, bound))

        if attribute.of is None:
            return UNKNOWN if here.trigger is None else compared(here.trigger)
        found = UNKNOWN
        for index in range(here.prefix):
            found = k_if(self.matches(index, attribute.of, here), compared(index), found)
        return found

    def said(self, attribute: Attribute, word: str, here: Here) -> K:
        """Whether a fact states a word, or ``true`` or ``false``.

        Raises:
            Unsupported: the attribute is a date.
        """
        if attribute.name in ("date", "published") or attribute.name.endswith("_date"):
            raise Unsupported(f"the date {attribute.name} of a fact")
        meant = self._meant(attribute.name, word)
        if attribute.of is None:
            if here.trigger is None:
                return UNKNOWN
            return sure(conj(self.slots.all[here.trigger].says(attribute.name, w) for w in meant))
        found = UNKNOWN
        for index in range(here.prefix):
            said = sure(conj(self.slots.all[index].says(attribute.name, w) for w in meant))
            found = k_if(self.matches(index, attribute.of, here), said, found)
        return found


def told(known: Bit, held: Bit) -> K:
    """A value that is known only where something is."""
    return K(conj((known, held)), conj((known, neg(held))))


def replace_known(value: K) -> K:
    """A value that is always known."""
    return K(value.t, neg(value.t))


def _holds(operator: str, left: Any, right: Any) -> Bit:
    return {
        "<": left < right,
        "<=": left <= right,
        ">": left > right,
        ">=": left >= right,
        "=": left == right,
        "!=": left != right,
    }[operator]


def _apart(operator: str, date: Date, anchor: Date, length: Duration) -> Bit:
    """Whether the time from one day to another compares so with a length."""
    if operator in (">", "<="):
        within = date.by(anchor, length)
        return within if operator == "<=" else neg(within)
    passed = date.passed(anchor, length)
    return passed if operator == ">=" else neg(passed)
