"""Conditions over a timeline: what each comes to, by the definition of the language.

A question is asked after so many facts (a *prefix* of the timeline). The last such fact, the state
of a model, its compute: each is a chain of choices over the prefix, built once.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from ifthen.dates import Duration
from ifthen.policy.model import (
    Attribute,
    Call,
    Choice,
    Compare,
    Constant,
    Defined,
    DurationLiteral,
    Events,
    Expression,
    Logic,
    Not,
    Pattern,
    Policy,
    Procedure,
    Quantified,
    Step,
    TermRef,
    Test,
    Times,
    Variable,
    Words,
    mitigation_of,
)
from ifthen.review.loopholes.calendar import Date, Unsupported
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
from ifthen.review.loopholes.slots import NOBODY, UNSAID, Slots
from ifthen.review.loopholes.stance import Stance
from ifthen.ruling.matching import Names
from ifthen.vocabulary import FINDINGS, MODEL_EVENTS_OF_ACTION, Action

FIGURES = (
    "training_started",
    "training_progress",
    "training_resumed",
    "training_paused",
    "training_ended",
    "assessment_started",
    "assessment_completed",
    "evaluation_result",
    "model_released",
)
"""Kinds of fact that state the effective compute of their model."""


FLOP = 10**27
"""Training compute that every run states: more than any law asks about."""


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


class Conditions:
    """Conditions of one policy for one model or the organisation, under one choice of parses."""

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
        self._memory: dict[Any, Any] = {}

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
        return disj(self._is(index, pattern, here) for pattern in events.patterns)

    def _is(self, index: int, pattern: Pattern, here: Here) -> Bit:
        slot, scope = self.slots.all[index], self.model
        parts = [slot.is_kind(pattern.kind)]
        if parts[0] is False:
            return False
        for test in pattern.tests:
            if test.attribute == "model":
                scope = self._scope(test, here)
            else:
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
        memory = (key, events, here.names, here.prefix)
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
        found = self.slots.end
        for index in reversed(range(len(self.slots))):
            slot = self.slots.all[index]
            date = slot.date if index in self.slots.ruled else self.slots.start
            found = Date.choose(slot.model_is(self.model), date, found)
        return found

    def born(self, prefix: int, model: int) -> Bit:
        """Whether a model has been mentioned."""
        return disj(self.slots.all[i].model_is(model) for i in range(prefix))

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

    # --- the state of models ---------------------------------------------------------------

    def running(self, action: str, model: int, prefix: int) -> Bit:
        """Whether an action is under way: the last fact about it began it."""
        memory = ("running", action, model, prefix)
        if memory not in self._memory:
            starts, ends = MODEL_EVENTS_OF_ACTION[action]  # type: ignore[index]
            found: Bit = False
            for i in range(prefix):
                begun = conj((self.concerns(i, starts, action, model),))
                over = self.concerns(i, ends, action, model)
                found = disj((begun, conj((found, neg(over)))))
            self._memory[memory] = found
        return self._memory[memory]

    def concerns(self, index: int, kinds: frozenset[str], action: str, model: int) -> Bit:
        """Whether a fact of some kinds is about an action on a model."""
        slot = self.slots.all[index]
        found = []
        for kind in sorted(kinds):
            of_kind = slot.is_kind(kind)
            if of_kind is False:
                continue
            if kind == "model_withdrawn" or (kind == "model_released" and action != "store"):
                inside = slot.says("stage", "internal")
                if kind == "model_withdrawn":  # one that does not say ends either use
                    inside = (
                        disj((inside, slot.unsaid("stage"))) if action == "use-inside" else inside
                    )
                of_kind = conj((of_kind, inside if action == "use-inside" else neg(inside)))
            found.append(of_kind)
        return conj((disj(found), self.slots.about(index, model)))

    def in_place(self, standard: str, model: int | None, prefix: int) -> Bit:
        """Whether a standard is in place, by itself or by another that includes it."""
        own: Bit = False
        for index in range(prefix):
            slot = self.slots.all[index]
            names = conj((slot.says("standard", standard), self.slots.about(index, model)))
            on = conj((slot.is_kind("standard_activated"), names))
            off = conj((slot.is_kind("standard_lapsed"), names))
            own = disj((on, conj((own, neg(off)))))
        return disj((own, *(self.in_place(o, model, prefix) for o in self._including(standard))))

    def approved(self, standard: str, model: int | None, prefix: int) -> Bit:
        """Whether a standard has been approved, or another that includes it."""
        own = disj(
            conj(
                (
                    self.slots.all[i].is_kind("standard_approved"),
                    self.slots.all[i].says("standard", standard),
                    self.slots.about(i, model),
                )
            )
            for i in range(prefix)
        )
        return disj((own, *(self.approved(o, model, prefix) for o in self._including(standard))))

    def _including(self, standard: str) -> list[str]:
        return [s.id for s in self.policy.standards.values() if standard in s.includes]

    def status(self, threshold: str, model: int, prefix: int) -> Any:
        """The rank of the last finding, or ``UNSAID`` where it was never decided."""
        memory = ("status", threshold, model, prefix)
        if memory not in self._memory:
            found: Any = UNSAID
            for index in range(prefix):
                rank = self.slots.all[index].rank("findings", threshold)
                decides = conj(
                    (self.names_kind(index, "threshold_decision", model), rank != UNSAID)
                )
                found = pick(decides, rank, found)
            known = self.policy.thresholds.get(threshold)
            for other in known.above if known else ():
                below = conj((found == UNSAID, self.status(other, model, prefix) == 0))
                found = pick(below, 0, found)
            self._memory[memory] = found
        return self._memory[memory]

    def level(self, category: str, mitigation: str | None, model: int, prefix: int) -> Any:
        """The rank of the last score, or ``UNSAID`` where there is none."""
        found: Any = UNSAID
        for index in range(prefix):
            slot = self.slots.all[index]
            rank = slot.rank("levels", category)
            decides = [self.names_kind(index, "threshold_decision", model), rank != UNSAID]
            if mitigation is not None:
                decides.append(slot.says("mitigation", mitigation))
            found = pick(conj(decides), rank, found)
        return found

    def forecast(self, category: str, model: int | None, prefix: int) -> Any:
        """The rank of the last forecast; lower than every level where there is none."""
        found: Any = UNSAID
        for index in range(prefix):
            slot = self.slots.all[index]
            rank: Any = 0
            for number, level in enumerate(self.policy.scale):
                rank = pick(slot.says("level", level), number, rank)
            made = [slot.is_kind("forecast"), slot.says("threshold", category)]
            found = pick(conj((*made, self.slots.about(index, model))), rank, found)
        return found

    def names_kind(self, index: int, kind: str, model: int | None) -> Bit:
        """Whether a fact of a kind is about a model."""
        return conj((self.slots.all[index].is_kind(kind), self.slots.about(index, model)))

    def compute(self, model: int, prefix: int) -> Any:
        """Effective compute, in thousandths of a doubling: what the last figure says; else None."""
        found: Any = 0
        for index in range(prefix):
            slot = self.slots.all[index]
            states = conj((disj(slot.is_kind(k) for k in FIGURES), slot.model_is(model)))
            found = pick(states, slot.compute, found)
        return found

    def grown(self, model: int, events: Expression, here: Here) -> Any:
        """Growth in compute since the last such event, in thousandths of a doubling."""

        def at(index: int) -> Any:
            found: Any = 0
            for other in self.slots.models:
                own = self.slots.all[index].model_is(other)
                found = pick(own, self.compute(other, index + 1), found)
            return found

        base = self.last(events, here, "compute", at, self.first_compute(model))
        return self.compute(model, here.prefix) - base

    def first_compute(self, model: int) -> Any:
        """The first figure of a model."""
        found: Any = 0
        for slot in reversed(self.slots.all):
            found = pick(slot.model_is(model), slot.compute, found)
        return found

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
                grown = by_factor(operator, self.grown(model, argument, here), right.value)
                return told(self.born(here.prefix, model), grown)
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


def by_factor(operator: str, grown: Any, factor: Fraction) -> Bit:
    """Whether a growth in thousandths of a doubling compares so with a factor."""
    exact = 1000 * math.log2(factor)
    up, down = math.ceil(exact - 1e-9), math.floor(exact + 1e-9)
    return {
        ">=": grown >= up,
        ">": grown > down,
        "<": grown < up,
        "<=": grown <= down,
        "=": grown == up if up == down else False,
        "!=": grown != up if up == down else True,
    }[operator]


def _holds(operator: str, left: Any, right: Any) -> Bit:
    return {
        "<": left < right,
        "<=": left <= right,
        ">": left > right,
        ">=": left >= right,
        "=": left == right,
        "!=": left != right,
    }[operator]


__all__ = ["FIGURES", "NOBODY", "Action", "Conditions", "Here", "by_factor", "field"]
