"""The fewest facts that would open a held action.

Read off the condition itself: what would make this true that the record does not contradict? A
finding on record is never wished away; what was never decided may still be decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, TypeAlias

from ifthen.policy.model import (
    Call,
    Compare,
    Constant,
    Defined,
    Events,
    Expression,
    Logic,
    Not,
    Pattern,
    Quantified,
    Words,
    mitigation_of,
)
from ifthen.ruling.judge import Asked, Judge
from ifthen.ruling.matching import with_members
from ifthen.ruling.reasons import Because

LIMIT = 64
"""Most alternatives kept at each step; beyond it the largest are dropped."""


_NO_MEMBERS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True, order=True)
class Missing:
    """A fact that is not on record and would help."""

    kind: str
    model: str | None = None
    threshold: str | None = None
    standard: str | None = None
    by: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    category: str | None = None
    level: str = ""
    """The level that a score must come to, in words: ``at most medium``."""
    mitigation: str = ""
    """``pre`` or ``post`` where the score must be before or after mitigation."""
    where: tuple[str, ...] = ()
    """What else the fact must say, as the policy writes it: ``assessment=comprehensive``."""
    clause: str = ""
    """The clause that asks for it."""
    step: str = ""

    def as_json(self) -> dict[str, Any]:
        """``{"kind", "model", "clause"}`` and whichever of the others are asked for."""
        optional = {
            "threshold": self.threshold,
            "standard": self.standard,
            "category": self.category,
            "level": self.level or None,
            "mitigation": self.mitigation or None,
            "by": list(self.by) or None,
            "to": list(self.to) or None,
            "where": list(self.where) or None,
            "step": self.step or None,
        }
        given = {name: value for name, value in optional.items() if value is not None}
        return {"kind": self.kind, "model": self.model, **given, "clause": self.clause}

    def __str__(self) -> str:
        if self.standard is not None:
            state = "approved" if self.kind == "standard_approved" else "in place"
            return f"standard {self.standard} {state}"
        if self.threshold is not None:
            return f"a decision that {self.threshold} is below"
        if self.category is not None:
            when = {"pre": " before mitigation", "post": " after mitigation"}
            return f"a decision that {self.category} is {self.level}{when.get(self.mitigation, '')}"
        words = self.kind.replace("_", " ")
        if self.by:
            return f"{words} by {' and '.join(self.by)}"
        if self.to:
            return f"{words} to {' and '.join(self.to)}"
        return f"{words} ({', '.join(self.where)})" if self.where else words


def missing_event(
    pattern: Pattern,
    model: str | None,
    clause: str = "",
    step: str = "",
    members: Mapping[str, str] = _NO_MEMBERS,
) -> Missing:
    """An event that a pattern asks for; ``members`` are what quantified variables stand for."""
    (named,) = with_members(Events((pattern,)), members).patterns
    for test, before in zip(named.tests, pattern.tests, strict=True):
        if test.attribute == "model" and before.bound:
            model = test.values[0]
    tests = [test for test in named.tests if test.attribute != "model"]
    return Missing(
        pattern.kind,
        model,
        to=tuple(value for test in tests if test.attribute == "to" for value in test.values),
        where=tuple(
            f"{test.attribute}{test.operator}{' '.join(test.values)}"
            if test.operator in ("=", "!=")
            else f"{test.attribute} {test.operator} {', '.join(test.values)}"
            for test in tests
            if test.attribute != "to"
        ),
        clause=clause,
        step=step,
    )


Alternative: TypeAlias = frozenset[Missing]
NOTHING: tuple[Alternative, ...] = (frozenset(),)


def needs(
    expression: Expression, wanted: bool, judge: Judge, asked: Asked
) -> tuple[Alternative, ...]:
    """Smallest sets of facts that would make a condition ``wanted``; empty where none would."""
    expression = judge.choose(expression)
    match expression:
        case Defined(expression=inner):
            return needs(inner, wanted, judge, asked)
        case Not(operand=inner):
            flipped = replace(asked, lenient=not asked.lenient)
            return needs(inner, not wanted, judge, flipped)
        case Logic(operator="otherwise", operands=operands):
            if judge.truth(expression, asked).value is wanted:
                return NOTHING
            return _any_of(needs(operand, wanted, judge, asked) for operand in operands)
        case Logic(operator=operator, operands=operands):
            parts = [needs(operand, wanted, judge, asked) for operand in operands]
            return _all_of(parts) if (operator == "and") == wanted else _any_of(parts)
        case Quantified(quantifier=quantifier, variable=variable, domain=domain, body=body):
            parts = [
                needs(body, wanted, judge, replace(asked, names={**asked.names, variable: name}))
                for name in judge.domain(domain, asked)
            ]
            return _all_of(parts) if (quantifier == "every") == wanted else _any_of(parts)
    because = judge.truth(expression, asked)
    if because.value is wanted:
        return NOTHING
    match expression:
        case Call() if wanted:
            return _call(expression, because, judge, asked)
        case Compare() if because.value is None:
            scored = _level(expression, wanted, judge, asked)
            return scored or (_status(expression, judge, asked) if wanted else ())
    return ()


def _call(call: Call, because: Because, judge: Judge, asked: Asked) -> tuple[Alternative, ...]:
    if call.function in ("in_place", "approved"):
        kind = "standard_activated" if call.function == "in_place" else "standard_approved"
        found = [
            Missing(kind, str(child.detail["model"] or "") or None, standard=str(standard))
            for child in because.children
            if child.value is not True and (standard := child.detail["standard"])
        ]
        return (frozenset(found),)
    if call.function == "did":
        pattern = judge.events(call.arguments[0]).patterns[0]
        event = missing_event(pattern, judge.subject.model, members=asked.names)
        return (frozenset([event]),)
    return ()


def _status(compare: Compare, judge: Judge, asked: Asked) -> tuple[Alternative, ...]:
    left = judge.choose(compare.left)
    if not isinstance(left, Call) or left.function != "status":
        return ()
    if compare.operator != "=" or compare.right != Constant("below"):
        return ()
    threshold = judge.names.threshold(judge.word(left.arguments[0], asked))
    named = judge.word(left.arguments[1], asked) if len(left.arguments) > 1 else None
    model = named or judge.subject.model
    known = judge.policy.thresholds.get(threshold)
    lower = known.above if known is not None else ()
    undecided = [t for t in lower if judge.standing.status(t, model, asked.point).unknown]
    return tuple(
        frozenset([Missing("threshold_decision", model, threshold=one)])
        for one in (threshold, *undecided)
    )


_LEVELS = {
    "<=": "at most {}",
    "<": "below {}",
    "=": "{}",
    "!=": "other than {}",
    ">": "above {}",
    ">=": "at least {}",
}
_OPPOSITE = {"<=": ">", "<": ">=", "=": "!=", "!=": "=", ">": "<=", ">=": "<"}


def _level(compare: Compare, wanted: bool, judge: Judge, asked: Asked) -> tuple[Alternative, ...]:
    """The score that would make a comparison of a level come out as wanted."""
    left = judge.choose(compare.left)
    if not isinstance(left, Call) or left.function != "level":
        return ()
    match judge.choose(compare.right):
        case Words(values=values) if compare.operator == "in" and wanted:
            level = " or ".join(values)
        case Words(values=values) if compare.operator == "in":
            level = f"none of {', '.join(values)}"
        case Constant(value=str() as value):
            operator = compare.operator if wanted else _OPPOSITE[compare.operator]
            level = _LEVELS[operator].format(value)
        case _:
            return ()
    mitigation = mitigation_of(left)
    place = 1 if mitigation is None else 2
    named = judge.word(left.arguments[place], asked) if len(left.arguments) > place else None
    found = Missing(
        "threshold_decision",
        named or judge.subject.model,
        category=judge.names.threshold(judge.word(left.arguments[0], asked)),
        level=level,
        mitigation=mitigation or "",
    )
    return (frozenset([found]),)


def _any_of(parts: Iterable[tuple[Alternative, ...]]) -> tuple[Alternative, ...]:
    return _smallest(alternative for part in parts for alternative in part)


def _all_of(parts: Sequence[tuple[Alternative, ...]]) -> tuple[Alternative, ...]:
    result: tuple[Alternative, ...] = NOTHING
    for part in parts:
        result = _smallest(a | b for a, b in product(result, part))
    return result


def _smallest(alternatives: Iterable[Alternative]) -> tuple[Alternative, ...]:
    """The minimal alternatives, smallest first; no superset of another is kept."""
    kept: list[Alternative] = []
    for alternative in sorted(set(alternatives), key=lambda a: (len(a), sorted(map(str, a)))):
        if not any(other <= alternative for other in kept):
            kept.append(alternative)
        if len(kept) == LIMIT:
            break
    return tuple(kept)
