"""What rules look at in a policy: duties, the events they speak of, the words that set no bound."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ifthen.policy.model import (
    Apart,
    Cadence,
    Choice,
    Clause,
    Duty,
    Events,
    Expression,
    Pattern,
    Policy,
    Power,
    Procedure,
    Term,
    TermRef,
    Whenever,
)
from ifthen.policy.source import Span
from ifthen.ruling.variants import below
from ifthen.vocabulary import Force

BINDING: tuple[Force, ...] = ("commitment", "aim")
"""Forces under which something is owed at all."""


@dataclass(frozen=True, slots=True)
class Owed:
    """A duty that arises from an event or a condition."""

    part: str
    """``clause ID``, or ``clause ID/price`` of a power."""
    clause: Whenever | Power
    trigger: Expression
    duty: Duty
    force: Force
    span: Span
    """Where the duty says what is to be done."""


def owed(policy: Policy) -> Iterator[Owed]:
    """Every duty of a whenever and every price of a power."""
    for clause in policy.clauses:
        name, force = f"clause {clause.common.id}", clause.common.force
        if isinstance(clause, Whenever) and clause.duty is not None:
            trigger = clause.when if clause.when is not None else clause.becomes
            assert trigger is not None
            yield Owed(name, clause, trigger, clause.duty, force, span_of(*clause.duty.then))
        if isinstance(clause, Power) and clause.price is not None:
            part, price = f"{name}/price", clause.price
            yield Owed(part, clause, clause.exercised, price, force, span_of(*price.then))


def asked(clause: Clause) -> Iterator[Expression]:
    """The events that a clause asks for."""
    match clause:
        case Cadence(do=do):
            yield do
        case Whenever(duty=duty) if duty is not None:
            yield from duty.then
        case Procedure(steps=steps):
            for step in steps:
                yield from step.do
        case Power(price=price) if price is not None:
            yield from price.then


def patterns(*expressions: Expression | None) -> tuple[Pattern, ...]:
    """Every pattern in the expressions, those of definitions and readings included."""
    return tuple(
        pattern
        for expression in expressions
        if expression is not None
        for node in below(expression)
        if isinstance(node, Events)
        for pattern in node.patterns
    )


def meet(one: Iterable[Pattern], other: Iterable[Pattern]) -> bool:
    """Whether one fact can match a pattern of each, as far as tests for a single word tell."""
    others = tuple(other)
    return any(_meet(first, second) for first in one for second in others)


def _meet(one: Pattern, other: Pattern) -> bool:
    if one.kind != other.kind:
        return False
    asked = {test.attribute: test.values for test in one.tests if _single(test.operator, test)}
    return all(
        asked.get(test.attribute, test.values) == test.values
        for test in other.tests
        if _single(test.operator, test)
    )


def _single(operator: str, test: object) -> bool:
    return operator == "=" and getattr(test, "attribute", "") != "model"


def open_word(policy: Policy, length: Expression | None) -> tuple[Term, Span] | None:
    """The word in a length of time that sets no upper bound by itself, and where it stands."""
    if length is None:
        return None
    for node in below(length.most if isinstance(length, Apart) else length):
        if isinstance(node, TermRef) and boundless(policy.terms[node.term]):
            return policy.terms[node.term], node.span
    return None


def boundless(term: Term) -> bool:
    """Whether the words alone set no upper bound."""
    return term.literal.kind in ("any", "at_least")


def span_of(*expressions: Expression | None) -> Span:
    """Where the first of the expressions that has a place stands."""
    for expression in expressions:
        if isinstance(expression, Choice) and not expression.span.line:
            expression = next(iter(expression.options.values()))
        if expression is not None and expression.span.line:
            return expression.span
    return Span(0, 0, 0)
