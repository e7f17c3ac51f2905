"""When time alone changes a condition: the instants at which ``since(E)`` passes its limit."""

from __future__ import annotations

from collections.abc import Iterator

from ifthen.dates import SECONDS_PER_DAY, Instant, elapsed_at
from ifthen.policy.model import (
    Call,
    Choice,
    Compare,
    Defined,
    Expression,
    Logic,
    Not,
    Quantified,
)
from ifthen.ruling.judge import Judge


def crossings(expression: Expression | None, judge: Judge) -> Iterator[Instant]:
    """Every instant at which time alone, or a model's first mention, may turn a condition.

    A comparison with ``since`` may turn for any event it counts from.
    """
    match expression:
        case Choice():
            yield from crossings(judge.choose(expression), judge)
        case Quantified(domain=Call(function="models"), body=body):
            yield from (fact.earliest for fact in judge.timeline.births.values())
            yield from crossings(body, judge)
        case Defined(expression=inner) | Not(operand=inner) | Quantified(body=inner):
            yield from crossings(inner, judge)
        case Logic(operands=operands):
            for operand in operands:
                yield from crossings(operand, judge)
        case Compare(left=left, right=right, operator=operator):
            left = judge.choose(left)
            if not isinstance(left, Call) or left.function != "since":
                return
            limit = judge.duration(right)
            if limit is None:
                return
            anchors = [(f.earliest, f.latest) for f in judge.lane(left.arguments[0]).facts]
            anchors.append(judge.birth())
            more = SECONDS_PER_DAY if limit.is_calendar else 1
            step = more if operator in (">", "<=") else 0
            for low, high in anchors:
                for instant in elapsed_at(low, high, limit, judge.month_end):
                    yield instant + step
