"""What would make a promise of paperwork kept: deeds that are missing, and what facts should state.

Read off the clause: a duty wants its deeds, a condition that has to hold wants what makes it true.
Only plain ways are found; ``ifthen.review.loopholes.diligence`` takes those that cost nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

from ifthen.dates import Duration
from ifthen.policy.model import (
    Attribute,
    Before,
    Cadence,
    Call,
    Choice,
    Clause,
    Compare,
    Constant,
    Defined,
    DurationLiteral,
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
    Variable,
    Whenever,
    Words,
)
from ifthen.ruling.variants import below, roots

Bound: TypeAlias = Mapping[str, str]
"""Quantified variables, each with the name it stands for."""


@dataclass(frozen=True, slots=True)
class Deed:
    """A fact that is missing: any of these patterns."""

    patterns: tuple[Pattern, ...]
    ahead: bool
    """Whether it comes before what triggers the clause."""
    lead: Duration | None = None
    """How long before at least."""
    bound: Bound = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Statement:
    """Something that a fact should state: the triggering one, or the last of some events."""

    of: Events | None
    attribute: str
    words: tuple[str, ...]
    """``true`` and ``false`` for what is yes or no."""


Want: TypeAlias = Deed | Statement


def wants(policy: Policy, clause: Clause, part: str, models: Iterable[str]) -> list[Want]:
    """What a clause, or one step of it, wants in order to be kept.

    Args:
        policy: the policy of the clause.
        clause: the clause.
        part: the step of a procedure, ``price`` for that of a power, else empty.
        models: the models there are.
    """
    return list(_Wants(policy, tuple(models)).of(clause, part))


def asked(policy: Policy) -> Iterator[tuple[Clause, Want]]:
    """Whatever the clauses of a policy want, no matter when."""
    for clause in policy.clauses:
        for part in ("", "price") if isinstance(clause, Power) else ("",):
            yield from ((clause, want) for want in wants(policy, clause, part, ()))


def told(clause: Clause) -> list[Want]:
    """Facts without which it is not known what a clause asks: those of which it reads something."""
    nodes = [node for root in roots(clause) for node in below(root)]
    found = [n.of for n in nodes if isinstance(n, Attribute) and n.of is not None]
    return [Deed(events.patterns, True) for events in dict.fromkeys(found)]


class _Wants:
    def __init__(self, policy: Policy, models: tuple[str, ...]) -> None:
        self.policy = policy
        self.models = models

    def of(self, clause: Clause, part: str) -> Iterator[Want]:
        match clause:
            case Cadence(do=do):
                yield from self._deed(do, False, None, {})
            case Maintain(keep=keep):
                yield from self.true(keep, True, {})
            case Forbid(unless=unless):
                yield from self.true(unless, True, {})
            case Whenever(require=condition) if condition is not None:
                yield from self.true(condition, True, {})
            case Whenever(duty=duty) if duty is not None:
                yield from self._duty(duty)
            case Power():
                if part == "price" and clause.price is not None:
                    yield from self._duty(clause.price)
                elif clause.if_ is not None:
                    yield from self.true(clause.if_, True, {})
                if clause.by:
                    yield Statement(None, "by", clause.by)
            case Procedure():
                yield from self._steps(clause, part)

    def _duty(self, duty: Duty) -> Iterator[Want]:
        before = [d for d in duty.deadlines if isinstance(d, Before) and d.events is None]
        leads = [self._length(d.ahead) for d in before if d.ahead is not None]
        for events in duty.then:
            yield from self._deed(events, bool(before), leads[0] if leads else None, {})

    def _steps(self, clause: Procedure, part: str) -> Iterator[Want]:
        for step in clause.steps:
            if part not in ("", step.id):
                continue
            if step.by:
                yield Statement(None, "by", step.by)
            for events in step.do:
                yield from self._deed(events, not step.follows, None, {})

    def _deed(
        self, events: Expression, ahead: bool, lead: Duration | None, bound: Bound
    ) -> Iterator[Want]:
        match events:
            case Choice(options=options):
                for option in options.values():
                    yield from self._deed(option, ahead, lead, bound)
            case Defined(expression=inner):
                yield from self._deed(inner, ahead, lead, bound)
            case Events(patterns=patterns):
                yield Deed(patterns, ahead, lead, bound)

    def true(self, condition: Expression, ahead: bool, bound: Bound) -> list[Want]:
        """What makes a condition true; nothing where no such way is known."""
        match condition:
            case Defined(expression=inner):
                return self.true(inner, ahead, bound)
            case Choice(options=options):
                return [w for one in options.values() for w in self.true(one, ahead, bound)]
            case Logic(operator="and", operands=operands):
                return [w for one in operands for w in self.true(one, ahead, bound)]
            case Logic(operands=operands):
                ways = (self.true(one, ahead, bound) for one in operands)
                return next((way for way in ways if way), [])
            case Quantified(quantifier=quantifier, variable=name, domain=domain, body=body):
                members = self._members(domain)
                if quantifier == "some":
                    members = members[:1]
                return [w for m in members for w in self.true(body, ahead, {**bound, name: m})]
            case Not(operand=Attribute(of=of, name=name)):
                return [Statement(of, name, ("false",))]
            case Attribute(of=of, name=name):
                return [Statement(of, name, ("true",))]
            case Call(function="did", arguments=(events, *_)):
                return list(self._deed(events, ahead, None, bound))
            case Call(function="counts", arguments=(Constant(value=str() as name), *_)):
                return [w for c in self.policy.clauses if c.common.id == name for w in _counts(c)]
            case Compare():
                return self._compared(condition, ahead, bound)
        return []

    def _compared(self, condition: Compare, ahead: bool, bound: Bound) -> list[Want]:
        left, right = condition.left, condition.right
        if isinstance(left, Call) and left.function == "since":
            length = None if condition.operator in ("<", "<=") else self._length(right)
            return list(self._deed(left.arguments[0], ahead, length, bound))
        if not isinstance(left, Attribute):
            return []
        if isinstance(right, Constant) and isinstance(right.value, Fraction):
            # A number on the right side of the bound.
            most = condition.operator in ("<", "<=")
            value = 0 if most else math.floor(right.value) + 1
            return [Statement(left.of, left.name, (str(value),))]
        if condition.operator not in ("=", "includes", "in"):
            return []
        match right:
            case Constant(value=bool() as value):
                return [Statement(left.of, left.name, (str(value).lower(),))]
            case Constant(value=str() as word):
                return [Statement(left.of, left.name, (word,))]
            case Words(values=(word, *_)):
                return [Statement(left.of, left.name, (word,))]
            case Variable(name=name) if name in bound:
                return [Statement(left.of, left.name, (bound[name],))]
        return []

    def _members(self, domain: Expression) -> list[str]:
        match domain:
            case Words(values=values):
                return list(values)
            case Call(function="thresholds"):
                return [t.id for t in self.policy.thresholds.values() if not t.checkpoint]
            case Call(function="categories"):
                return [c.id for c in self.policy.categories.values() if c.tracked]
            case Call(function="models"):
                return list(self.models)
            case Call(function="criteria"):
                return [c.id for s in self.policy.standards.values() for c in s.criteria]
        return []

    def _length(self, length: Expression | None) -> Duration | None:
        match length:
            case DurationLiteral(value=value):
                return value
            case TermRef(term=term):
                found = self.policy.terms[term].charitable.value
                return found if isinstance(found, Duration) else None
        return None


def _counts(clause: Clause) -> Iterator[Want]:
    if isinstance(clause, Procedure):
        events = clause.decision
        if isinstance(events, Events):
            yield Deed(events.patterns, True)
