"""Whether one condition entails another: true wherever the first is, on every record.

A proof search in Kleene's three-valued logic, over conditions in the common form. It has no law of
the excluded middle, since what is unknown makes neither a condition nor its negation true. It is
sound: what it proves holds on every record. It knows little of what atoms mean (that since(E) of
six months is since(E) of three), so what it does not prove may hold all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import product

from ifthen.dates import Duration
from ifthen.policy.model import (
    Call,
    Compare,
    Constant,
    DurationLiteral,
    Events,
    Expression,
    Logic,
    Not,
    Pattern,
    Quantified,
    Test,
)
from ifthen.review.diff.canonical import FALSE, TRUE, negated, read, readings
from ifthen.review.diff.lengths import no_shorter

_MOST_READINGS = 16
"""Combinations of readings beyond which nothing is proved."""
_MOST = 5_000
"""Steps after which a proof is given up."""


def entails(premise: Expression, conclusion: Expression) -> bool:
    """Whether the premise is proved to entail the conclusion, by every reading of either."""
    if premise == conclusion:
        return True
    open_texts = {**readings(premise), **readings(conclusion)}
    for text, options in readings(premise).items():
        if {*options} != {*open_texts[text]}:
            return False
    combinations = list(product(*open_texts.values()))
    return len(combinations) <= _MOST_READINGS and all(
        _Proof().closes((read(premise, chosen),), (read(conclusion, chosen),))
        for chosen in (dict(zip(open_texts, options, strict=True)) for options in combinations)
    )


def fewer(one: Iterable[Pattern], other: Iterable[Pattern]) -> bool:
    """Whether every fact that matches one of the first patterns matches one of the second."""
    others = tuple(other)
    return all(any(_narrower(pattern, wider) for wider in others) for pattern in one)


def _narrower(one: Pattern, other: Pattern) -> bool:
    return one.kind == other.kind and all(
        any(_passes(strict, loose) for strict in one.tests) for loose in other.tests
    )


def _passes(strict: Test, loose: Test) -> bool:
    """Whether every attribute that passes one test passes the other."""
    if strict == loose:
        return True
    if strict.attribute != loose.attribute or strict.bound or loose.bound:
        return False
    if strict.operator not in ("=", "in"):
        return False
    if loose.operator == "!=":
        return not {*strict.values} & {*loose.values}
    return loose.operator == "in" and {*strict.values} <= {*loose.values}


class _Proof:
    """One search: do all premises together entail one of the conclusions."""

    def __init__(self) -> None:
        self._left = _MOST

    def closes(self, premises: Sequence[Expression], goals: Sequence[Expression]) -> bool:
        self._left -= 1
        if self._left < 0:
            return False
        if FALSE in premises or TRUE in goals:
            return True
        for i, premise in enumerate(premises):
            if isinstance(premise, Logic) and premise.operator != "otherwise":
                rest = (*premises[:i], *premises[i + 1 :])
                if premise.operator == "and":
                    return self.closes((*rest, *premise.operands), goals)
                return all(self.closes((*rest, part), goals) for part in premise.operands)
        for i, goal in enumerate(goals):
            if isinstance(goal, Logic) and goal.operator != "otherwise":
                rest = (*goals[:i], *goals[i + 1 :])
                if goal.operator == "or":
                    return self.closes(premises, (*rest, *goal.operands))
                return all(self.closes(premises, (*rest, part)) for part in goal.operands)
        return self._contradict(premises) or any(
            _atom(premise, goal) for premise in premises for goal in goals
        )

    @staticmethod
    def _contradict(premises: Sequence[Expression]) -> bool:
        return any(
            isinstance(one, Not) and _atom(other, one.operand)
            for one in premises
            for other in premises
        )


def _atom(one: Expression, other: Expression) -> bool:
    """Whether one condition without connectives entails another."""
    if one == other:
        return True
    match one, other:
        case Not(operand=inner), Not(operand=outer):
            return _positive(outer, inner)
        case Quantified(), Quantified():
            alike = one.quantifier == other.quantifier and one.domain == other.domain
            return alike and one.variable == other.variable and entails(one.body, other.body)
        case (Not(), _) | (_, Not()):
            return False
    return _positive(one, other)


def _positive(one: Expression, other: Expression) -> bool:
    """The same for atoms, and turned round for their negations."""
    if one == other:
        return True
    match one, other:
        case Call(function="did", arguments=(Events() as few,)), Call(
            function="did", arguments=(Events() as many,)
        ):
            return fewer(few.patterns, many.patterns)
        case Compare(), Compare() if one.left == other.left and one.operator == other.operator:
            if one.operator == ">=":
                return _no_less(one.right, other.right)
            if one.operator == "<=":
                return _no_less(other.right, one.right)
    return False


def _no_less(one: Expression, other: Expression) -> bool:
    """Whether one bound is at least the other."""
    match one, other:
        case Constant(value=Fraction() as first), Constant(value=Fraction() as second):
            return first >= second
        case DurationLiteral(value=Duration() as long), DurationLiteral(value=Duration() as short):
            return no_shorter(long, short)
    return False


def refutes(one: Expression, other: Expression) -> bool:
    """Whether one condition is false wherever the other is: what it asks for asks no more."""
    return entails(negated(one), negated(other))
