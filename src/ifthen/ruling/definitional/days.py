"""On which days a condition may change, and what it comes to on each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias, cast

from ifthen.dates import SECONDS_PER_DAY, Day, Instant, day_of, elapsed_at, end_of, start_of
from ifthen.policy.model import (
    Attribute,
    Call,
    Choice,
    Compare,
    Defined,
    Events,
    Expression,
    Logic,
    Not,
    Procedure,
    Quantified,
    Times,
    mitigation_of,
)
from ifthen.record.model import Fact
from ifthen.ruling.definitional.conditions import Conditions
from ifthen.ruling.definitional.settling import Window
from ifthen.ruling.definitional.state import RUNS
from ifthen.ruling.definitional.values import Here
from ifthen.ruling.order import Point, closing
from ifthen.ruling.reasons import Because
from ifthen.vocabulary import MODEL_EVENTS_OF_ACTION, Action

States: TypeAlias = tuple[Because, ...]
_KINDS = {
    "in_place": ("standard_activated", "standard_lapsed", "model_released", "model_announced"),
    "approved": ("standard_approved",),
    "status": ("threshold_decision", "model_released", "model_announced"),
    "level": ("threshold_decision",),
    "forecast": ("forecast",),
}


class Days:
    """The days of one version of a policy on which conditions are asked."""

    def __init__(self, conditions: Conditions, window: Window, at: Instant) -> None:
        self.conditions = conditions
        self.view = conditions.view
        self.window = window
        self.last = window.last(at)

    def walk(
        self, expressions: Sequence[Expression], ask: Callable[[Point], States]
    ) -> Iterator[tuple[Point, States]]:
        """What conditions come to at the end of every day on which they may have changed.

        Every other day on which anything was recorded is asked too: there they must not change,
        and where they do, that day is given as well.
        """
        named = self._days(expressions)
        others = {day_of(i) for fact in self.view.facts for i in (fact.earliest, fact.latest)}
        before: list[bool | None] | None = None
        for day in sorted(named | others):
            if end_of(day) < self.window.start or start_of(day) > self.last:
                continue
            point = closing(min(end_of(day), self.last))
            found = ask(point)
            values = [step.value for step in found]
            if day in named or (before is not None and values != before):
                yield point, found
                before = values

    def _days(self, expressions: Sequence[Expression]) -> set[Day]:
        model = self.conditions.subject.model
        days = {day_of(self.window.start), day_of(self.conditions.birth()[0])}
        for expression in expressions:
            for fact in self._spoken_of(expression, model):
                days |= {day_of(fact.earliest), day_of(fact.latest)}
            days |= {day_of(instant) for instant in self._passing(expression)}
        return days

    def _spoken_of(self, expression: Expression, model: str | None) -> Iterator[Fact]:
        """The facts of the kinds that a condition speaks of, about the models it asks after."""
        match expression:
            case Events(patterns=patterns):
                for pattern in patterns:
                    scope = self.conditions.matching.scope(pattern, {})
                    yield from self.view.of([pattern.kind], scope)
            case Quantified(domain=Call(function="models"), body=body):
                yield from self._spoken_of(body, None)
            case Call(function="counts", arguments=(name,)):
                for part in self._procedure(self.conditions.word(name, Here(Point(0, 0)))):
                    yield from self._spoken_of(part, model)
            case Call():
                yield from self._asked(expression, model)
            case _:
                for part in parts(self.conditions.chosen(expression)):
                    yield from self._spoken_of(part, model)

    def _asked(self, call: Call, model: str | None) -> Iterator[Fact]:
        """The facts that a primitive asks after."""
        named = 2 if call.function == "level" and mitigation_of(call) is not None else 1
        scope = None if len(call.arguments) > named else model
        for argument in call.arguments:
            yield from self._spoken_of(argument, model)
        for one in (scope,) if scope is None else (scope, *self._bases(scope)):
            yield from self.view.of(_KINDS.get(call.function, ()), one)
        if call.function == "gain":
            measure = self.conditions.word(call.arguments[1], Here(Point(0, 0)))
            yield from (found.fact for found in self.conditions.state.stating(measure, model))
            scope = model
        if call.function in ("running", "growth", "gain"):
            action = "train"
            if call.function == "running":
                action = self.conditions.word(call.arguments[0], Here(Point(0, 0)))
            starts, ends = MODEL_EVENTS_OF_ACTION[cast(Action, action)]
            yield from self.view.of(starts | ends, scope)
        if call.function in ("growth", "compute"):
            for name in (None, *self.view.models()):
                yield from (found.fact for found in self.conditions.state.figures(name))
        if call.function == "growth":
            yield from self.view.of(["assessment_completed"], model)
        if call.function == "flop":
            yield from self.view.of(("model_released", "model_announced", *RUNS), None)

    def _bases(self, model: str) -> set[str]:
        """Every model that a model is based on, directly or not."""
        said = {
            (name, str(base))
            for fact in self.view.of(["model_released", "model_announced"], None)
            for name in fact.models
            for base in cast(tuple[str, ...], fact.attributes.get("based_on", ()))
        }
        found = {model}
        for _ in said:
            found |= {base for name, base in said if name in found}
        return found

    def _procedure(self, name: str) -> Iterator[Expression]:
        for clause in self.conditions.policy.clauses:
            if isinstance(clause, Procedure) and clause.common.id == name:
                yield clause.decision
                for step in clause.steps:
                    found = (*step.do, step.before, step.if_)
                    yield from (part for part in found if part is not None)

    def _passing(self, expression: Expression) -> Iterator[Instant]:
        """Every instant at which time alone, or a model's first mention, may change a condition.

        ``since(E)`` may pass its limit for any event it counts from.
        """
        expression = self.conditions.chosen(expression)
        if isinstance(expression, Quantified) and expression.domain == Call("models"):
            firsts = (self.view.first(model) for model in self.view.models())
            yield from (fact.earliest for fact in firsts if fact is not None)
        left = self.conditions.chosen(expression.left) if isinstance(expression, Compare) else None
        while isinstance(left, Defined):
            left = self.conditions.chosen(left.expression)
        if not isinstance(expression, Compare):
            for part in parts(expression):
                yield from self._passing(part)
        elif isinstance(left, Call) and left.function == "since":
            limit = self.conditions.duration(expression.right)
            if limit is not None:
                found = self.conditions.found(left.arguments[0])
                anchors = [(each.fact.earliest, each.fact.latest) for each in found]
                later = expression.operator in (">", "<=")
                step = (SECONDS_PER_DAY if limit.is_calendar else 1) if later else 0
                for low, high in (*anchors, self.conditions.birth()):
                    ends = elapsed_at(low, high, limit, self.conditions.month_end)
                    yield from (end + step for end in ends)


def parts(expression: Expression) -> Iterable[Expression]:
    """The conditions and values that an expression is made of."""
    match expression:
        case Defined(expression=inner) | Not(operand=inner) | Times(operand=inner):
            return (inner,)
        case Quantified(body=body):
            return (body,)
        case Logic(operands=operands):
            return operands
        case Compare(left=left, right=right):
            return (left, right)
        case Attribute(of=events) if events is not None:
            return (events,)
        case Choice(options=options):
            return options.values()
    return ()
