"""Threshold without an evaluation.

A threshold that nothing asks anybody to test for is crossed in silence. A gate on it then rests on
a finding that may never be made.

Reported where clauses read the standing of models against a threshold (or their score in a
category), and no clause asks for an assessment or evaluation that could be about it. An assessment
that names no threshold is taken to be about every one.

    bad                                      repaired
    thresholds:                              - id: evaluate
      cyber: {...}                             kind: cadence
    - id: gate                                 do: evaluation_result[threshold=cyber]
      kind: forbid                             every: 3 months
      action: deploy                         - id: gate
      unless: status(cyber) = below            ...
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ifthen.policy.model import Call, Category, Constant, Pattern, Policy, Threshold, Variable
from ifthen.review.lint.parts import asked, patterns
from ifthen.review.lint.rule import Found, Rule
from ifthen.ruling.variants import below, roots

_EVALUATIONS = frozenset(
    {"evaluation_result", "assessment_started", "assessment_completed", "third_party_evaluation"}
)
_READS = ("status", "level")


def check(policy: Policy) -> Iterator[Found]:
    """Every threshold and tracked category that is read and never evaluated."""
    read = _read(policy)
    evaluations = [
        pattern
        for clause in policy.clauses
        for pattern in patterns(*asked(clause))
        if pattern.kind in _EVALUATIONS
    ]
    tables: tuple[tuple[str, Iterable[Threshold | Category]], ...] = (
        ("threshold", policy.thresholds.values()),
        ("category", (c for c in policy.categories.values() if c.tracked)),
    )
    for part, table in tables:
        for element in table:
            checkpoint = isinstance(element, Threshold) and element.checkpoint
            if element.id not in read and (checkpoint or part not in read):
                continue
            if not any(_about(pattern, element) for pattern in evaluations):
                yield Found(
                    f"{part} {element.id}",
                    element.span,
                    f"{part} without an evaluation: no clause asks anyone to test for "
                    f"'{element.id}'",
                    f"ask for evaluation_result[threshold={element.id}], with an interval",
                )


def _read(policy: Policy) -> set[str]:
    """What clauses read the standing of: ids, or ``threshold``, ``category`` for all of a sort."""
    found: set[str] = set()
    for node in (n for c in policy.clauses for root in roots(c) for n in below(root)):
        if isinstance(node, Call) and node.function in _READS:
            name = node.arguments[0]
            if isinstance(name, Constant):
                found.add(str(name.value))
            elif isinstance(name, Variable):
                found.add("threshold" if node.function == "status" else "category")
    return found


def _about(pattern: Pattern, element: Threshold | Category) -> bool:
    names = {element.id, *element.aliases}
    return all(
        test.bound or test.operator == "!=" or names.intersection(test.values)
        for test in pattern.tests
        if test.attribute == "threshold"
    )


RULE = Rule(
    "threshold-without-evaluation",
    "error",
    "What nobody is asked to test for is not found, and a gate on it works by default alone.",
    __doc__ or "",
    check,
)
