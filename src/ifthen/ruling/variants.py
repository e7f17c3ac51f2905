"""What a clause leaves open: readings, words, and facts that rest on memory alone.

A clause is judged once per combination of readings, once with every word taken literally and once
charitably, and, where a recalled fact could matter, once without recalled facts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product

from ifthen.policy.model import (
    Apart,
    Attribute,
    Before,
    Cadence,
    Call,
    Choice,
    Clause,
    Compare,
    Constant,
    Defined,
    Duty,
    Events,
    Expression,
    Forbid,
    Logic,
    Maintain,
    Not,
    Pattern,
    Policy,
    Power,
    Procedure,
    Quantified,
    TermRef,
    Times,
    Whenever,
    Within,
)


def roots(clause: Clause) -> tuple[Expression, ...]:
    """The expressions a clause is made of."""
    found: list[Expression | None]
    match clause:
        case Cadence():
            found = [clause.do, clause.every, clause.while_]
        case Whenever():
            found = [clause.when, clause.becomes, clause.if_, clause.require, *_duty(clause.duty)]
        case Forbid():
            found = [clause.unless, clause.if_, clause.grace]
        case Maintain():
            found = [clause.while_, clause.keep, clause.grace]
        case Procedure():
            found = [clause.decision, clause.if_]
            for step in clause.steps:
                found += [*step.do, step.before, step.if_]
        case Power():
            found = [clause.exercised, clause.if_, *_duty(clause.price)]
    return tuple(expression for expression in found if expression is not None)


def _duty(duty: Duty | None) -> Iterator[Expression | None]:
    if duty is not None:
        yield from duty.then
        yield duty.after
        for limit in duty.deadlines:
            if isinstance(limit, Within):
                yield limit.duration
            elif isinstance(limit, Before):
                yield limit.events
                yield limit.ahead


def below(expression: Expression) -> Iterator[Expression]:
    """An expression and every part of it, definitions included."""
    yield expression
    parts: tuple[Expression, ...] = ()
    match expression:
        case Defined(expression=inner) | Not(operand=inner) | Times(operand=inner):
            parts = (inner,)
        case Logic(operands=operands):
            parts = operands
        case Compare(left=left, right=right):
            parts = (left, right)
        case Quantified(domain=domain, body=body):
            parts = (domain, body)
        case Choice(options=options):
            parts = tuple(options.values())
        case Call(arguments=arguments):
            parts = arguments
        case Apart(least=least, most=most):
            parts = (least, most)
        case Attribute(of=events) if events is not None:
            parts = (events,)
    for part in parts:
        yield from below(part)


class Anatomy:
    """What a clause speaks of, found once per clause."""

    def __init__(self, policy: Policy, clause: Clause) -> None:
        self.roots = roots(clause)
        """The expressions the clause is made of."""
        found = [node for root in self.roots for node in below(root)]
        for node in tuple(found):
            if isinstance(node, Call) and node.function == "counts":
                found.extend(counted(policy, node))
        self.readings = tuple(
            dict.fromkeys(node.reading for node in found if isinstance(node, Choice))
        )
        self.terms = _terms(found)
        """Words that leave room in the clause itself."""
        self.part_terms = {
            part: _terms(node for root in expressions for node in below(root))
            for part, expressions in _parts(clause).items()
        }
        """The same for each step of a procedure and for the price of a power."""
        self.feeding = _feeding_terms(policy, clause)
        """Unbounded words of other clauses that decide when this one is triggered at all."""
        self.assignments: tuple[Mapping[str, str], ...] = tuple(
            dict(zip(self.readings, combination, strict=True))
            for combination in product(
                *(tuple(policy.readings[reading].options) for reading in self.readings)
            )
        )


def _terms(found: Iterable[Expression]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(node.term for node in found if isinstance(node, TermRef)))


def _parts(clause: Clause) -> dict[str, tuple[Expression, ...]]:
    """The expressions of each part that has findings of its own."""
    if isinstance(clause, Procedure):
        always = () if clause.if_ is None else (clause.if_,)
        binding = [step for step in clause.steps if step.force == "commitment"]
        deciding = tuple(step.if_ for step in binding if step.if_ is not None and not step.follows)
        steps = {
            step.id: always + (() if step.if_ is None else (step.if_,)) for step in clause.steps
        }
        return {"": always + deciding, **steps}
    if isinstance(clause, Power):
        price = tuple(part for part in _duty(clause.price) if part is not None)
        return {"": () if clause.if_ is None else (clause.if_,), "price": price}
    return {"": roots(clause)}


def counted(policy: Policy, call: Call) -> Iterator[Expression]:
    """Every part of the procedure that ``counts(NAME)`` asks about."""
    name = call.arguments[0]
    for clause in policy.clauses:
        named = isinstance(name, Constant) and clause.common.id == name.value
        if named and isinstance(clause, Procedure):
            for root in roots(clause):
                yield from below(root)


def _feeding_terms(policy: Policy, clause: Clause) -> tuple[str, ...]:
    """Terms of cadences whose deeds trigger this clause.

    RSP v2.0 promises a comprehensive assessment when a *preliminary* one finds enough change, and
    preliminary ones "routinely": whoever reads the first finding should see the second word.
    """
    if not isinstance(clause, Whenever) or clause.when is None:
        return ()
    triggers = _patterns(clause.when)
    return tuple(
        dict.fromkeys(
            other.every.term
            for other in policy.clauses
            if isinstance(other, Cadence)
            and isinstance(other.every, TermRef)
            and policy.terms[other.every.term].literal.kind == "any"
            and _patterns(other.do) & triggers
        )
    )


def _patterns(expression: Expression) -> set[Pattern]:
    return {
        pattern
        for node in below(expression)
        if isinstance(node, Events)
        for pattern in node.patterns
    }
