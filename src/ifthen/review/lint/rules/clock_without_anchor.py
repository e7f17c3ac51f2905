"""Clock without an anchor.

"Every three months" says how long, not from what. From the start of one evaluation to the start of
the next, or from completion to completion? Under RSP v1.0 a round completed three days late was a
breach by one and none by the other (CRIT-01, CRIT-03); v2.0's six months leave the same open, and
whose assessment they count from besides. Whoever is late chooses the better reading.

Reported where the text has several readings and they start a clock at different events. That one
date is no earlier than another (at least 0 days between them) is an order, and no clock.

    bad                                      repaired
    readings:                                - id: evaluate
      anchor:                                  kind: cadence
        options: {start: ..., end: ...}        do: assessment_completed
    - id: evaluate                             every: 3 months
      kind: cadence
      do:
        reading: anchor
        start: assessment_started
        end: assessment_completed
      every: 3 months
"""

from __future__ import annotations

from collections.abc import Iterator

from ifthen.policy.describe import describe
from ifthen.policy.model import (
    Cadence,
    Call,
    Choice,
    Compare,
    DurationLiteral,
    Expression,
    Policy,
)
from ifthen.review.lint.parts import span_of
from ifthen.review.lint.rule import Found, Rule
from ifthen.ruling.variants import below, roots

_CLOCKS = ("since", "growth", "gain", "between")


def check(policy: Policy) -> Iterator[Found]:
    """Every reading that decides what a clock counts from, once."""
    seen: set[str] = set()
    for clause in policy.clauses:
        for node in (node for root in roots(clause) for node in below(root)):
            if not isinstance(node, Choice) or node.reading in seen:
                continue
            cadence = isinstance(clause, Cadence) and node is clause.do
            anchors = [_anchors(option, cadence) for option in node.options.values()]
            if all(anchors) and len(set(anchors)) > 1:
                seen.add(node.reading)
                reading = policy.readings[node.reading]
                options = " or ".join(reading.options)
                yield Found(
                    f"clause {clause.common.id}",
                    span_of(node),
                    f"clock without an anchor: “{reading.phrase}” ({options})",
                    f"say which event starts it, and drop the reading '{reading.id}'",
                )


def _anchors(expression: Expression, whole: bool) -> frozenset[str]:
    """What clocks in an expression count from; of a cadence's own deed, the deed itself."""
    if whole:
        return frozenset({describe(expression)})
    nodes = list(below(expression))
    orders = {id(node.left) for node in nodes if isinstance(node, Compare) and _zero(node.right)}
    return frozenset(
        describe(node.arguments[0])
        for node in nodes
        if isinstance(node, Call) and node.function in _CLOCKS and id(node) not in orders
    )


def _zero(expression: Expression) -> bool:
    return isinstance(expression, DurationLiteral) and expression.value.count == 0


RULE = Rule(
    "clock-without-anchor",
    "error",
    "The same days keep the promise by one reading and break it by another, and whoever is late "
    "chooses the reading.",
    __doc__ or "",
    check,
)
