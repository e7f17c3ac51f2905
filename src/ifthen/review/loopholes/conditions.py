"""Conditions over a timeline: what each comes to, by the definition of the language."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from ifthen.policy.model import (
    Attribute,
    Call,
    Choice,
    Compare,
    Constant,
    Defined,
    Events,
    Expression,
    Logic,
    Not,
    Pattern,
    Procedure,
    Quantified,
    Step,
    TermRef,
    Times,
    Variable,
    Words,
    mitigation_of,
)
from ifthen.review.loopholes.calendar import Date, Unsupported
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
    k_otherwise,
    neg,
    pick,
    sure,
)
from ifthen.review.loopholes.models import FLOP, Models, by_factor
from ifthen.review.loopholes.slots import UNSAID
from ifthen.vocabulary import FINDINGS


class Conditions(Models):
    """Conditions of one policy for one model or the organisation, under one choice of parses."""

    # --- truth -----------------------------------------------------------------------------

    def truth(self, expression: Expression, here: Here) -> K:
        """Whether a condition holds."""
        match expression:
            case Defined() | Choice():
                return self.truth(self.chosen(expression), here)
            case Constant(value=bool() as value):
                return sure(value)
            case Not(operand=operand):
                return k_not(self.truth(operand, replace(here, lenient=not here.lenient)))
            case Logic(operator=operator, operands=operands):
                parts = [self.truth(one, here) for one in operands]
                return {"and": k_and, "or": k_or, "otherwise": k_otherwise}[operator](parts)
            case Quantified():
                return self._quantified(expression, here)
            case TermRef(term=term):
                found = UNKNOWN
                for bit, value in self._word(term):
                    found = k_if(
                        bit, sure(value if isinstance(value, bool) else here.lenient), found
                    )
                return found
            case Attribute():
                return self._said(expression, "true", here)
            case Compare():
                return self._compare(expression, here)
            case Call():
                return self._call(expression, here)
        raise Unsupported("a condition of this form")

    def _quantified(self, expression: Quantified, here: Here) -> K:
        parts = []
        every = expression.quantifier == "every"
        for member, there in self._domain(expression.domain, here):
            names = (*(n for n in here.names if n[0] != expression.variable),)
            inner = self.truth(
                expression.body, replace(here, names=(*names, (expression.variable, member)))
            )
            parts.append(k_if(there, inner, TRUE if every else FALSE))
        return k_and(parts) if every else k_or(parts)

    def _domain(self, domain: Expression, here: Here) -> list[tuple[str, Bit]]:
        match domain:
            case Words(values=values):
                return [(value, True) for value in values]
            case Call(function="thresholds"):
                return [(t.id, True) for t in self.policy.thresholds.values() if not t.checkpoint]
            case Call(function="categories"):
                return [(c.id, True) for c in self.policy.categories.values() if c.tracked]
            case Call(function="models"):
                return [(str(m), self.born(here.prefix, m)) for m in self.slots.models]
            case Call(function="required", arguments=(inner,)):
                name = self.word(inner, here)
                known = self.policy.thresholds.get(name)
                return [(s, True) for s in (known.requires if known else ())]
            case Call(function="criteria", arguments=(inner,)):
                named = self.names.standards(self.word(inner, here))
                found = [self.policy.standards[s] for s in named if s in self.policy.standards]
                return [(c.id, True) for standard in found for c in standard.criteria]
        raise Unsupported("a list of this form")

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

    def _call(self, call: Call, here: Here) -> K:
        argument = call.arguments[0]
        match call.function:
            case "did":
                return sure(self.did(argument, here))
            case "running":
                action = self.word(argument, here)
                return sure(self.running(action, self.subject(call, 1, here), here.prefix))
            case "in_place" | "approved":
                model = self.subject(call, 1, here) if len(call.arguments) > 1 else self.model
                if isinstance(argument, Call):
                    standards: Sequence[str] = [m for m, _ in self._domain(argument, here)]
                else:
                    standards = self.names.standards(self.word(argument, here))
                ask = self.in_place if call.function == "in_place" else self.approved
                return sure(conj(ask(s, model, here.prefix) for s in standards))
            case "counts":
                return self._counts(self.word(argument, here), here)
        raise Unsupported(f"the primitive {call.function}")

    # --- comparisons -----------------------------------------------------------------------

    def _compare(self, expression: Compare, here: Here) -> K:
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
                if expression.operator in (">", "<="):
                    raise Unsupported("a clock compared with more than, or at most")
                passed = here.date.passed(anchor, limit)
                value = sure(passed if expression.operator == ">=" else neg(passed))
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
        if expression.operator not in (">=", "<"):
            raise Unsupported("a length of time compared with more than, or at most")
        dates = [self._date(argument, here) for argument in left.arguments]
        known, found = conj(told for _, told in dates), UNKNOWN
        for bit, limit in self.length(expression.right):
            value = sure(here.lenient)
            if limit is not None:
                passed = dates[1][0].passed(dates[0][0], limit)
                value = sure(passed if expression.operator == ">=" else neg(passed))
            found = k_if(bit, value, found)
        return K(conj((known, found.t)), conj((known, found.f)))

    def _date(self, expression: Expression, here: Here) -> tuple[Date, Bit]:
        """The date of the last such event, and whether there is one."""
        one = self.chosen(expression)
        if not isinstance(one, Attribute) or one.name != "date":
            raise Unsupported("a date that a fact states")
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
        if isinstance(right, Words):
            return k_or([self._said(left, word, here) for word in right.values])
        if isinstance(right, Constant) and isinstance(right.value, bool):
            return self._said(left, str(right.value).lower(), here)
        held = self._said(left, self.word(right, here), here)
        if expression.operator in ("=", "includes"):
            return held
        if expression.operator == "!=":
            return k_not(held)
        raise Unsupported("an attribute compared by size")

    def _said(self, attribute: Attribute, word: str, here: Here) -> K:
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

    # --- procedures ------------------------------------------------------------------------

    def _counts(self, name: str, here: Here) -> K:
        (procedure,) = (
            c for c in self.policy.clauses if isinstance(c, Procedure) and c.common.id == name
        )
        found = FALSE
        for index in range(here.prefix):
            made = self.matches(index, procedure.decision, here)
            found = k_if(made, self.decision(procedure, index), found)
        return found

    def decision(self, procedure: Procedure, index: int) -> K:
        """Whether a decision counts: every binding step that precedes it was taken."""
        steps = [s for s in procedure.steps if s.force == "commitment" and not s.follows]
        parts = []
        for step in steps:
            asked = self.asked(step, index)
            parts.append(k_or((k_not(asked), self.step_done(step, index))))
        return k_and(parts)

    def asked(self, step: Step, index: int) -> K:
        """Whether a step is asked for on a decision."""
        if step.if_ is None:
            return TRUE
        return self.truth(step.if_, Here(index + 1, self.slots.all[index].date, index))

    def step_done(self, step: Step, index: int) -> K:
        """Whether a step before a decision was taken."""
        if step.by:
            return sure(self.taken_by(index, step.by, step.by_least))
        here = Here(index, self.slots.all[index].date, index)
        return sure(conj(self.did(events, here) for events in step.do))

    def taken_by(self, index: int, roles: Sequence[str], least: int) -> Bit:
        """Whether so many of some roles took a decision."""
        said = [self.slots.all[index].says("by", role) for role in roles]
        if least == len(roles):
            return conj(said)
        return disj(said) if least == 1 else sum(pick(one, 1, 0) for one in said) >= least


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
