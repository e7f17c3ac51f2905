"""Consequence of a breach missing.

A contract says what follows when it is broken; so should a promise. Without that a breach is an
event like any other: nobody has to look into it, mend it, or tell anyone.

Reported once for a policy in which no clause is set off by noncompliance or by a violation that was
found. Whether what follows is enough is not judged.

    bad                                      repaired
    (nothing)                                - id: mended
                                               kind: whenever
                                               when: noncompliance_acknowledged
                                               then: internal_report[what=corrective-action]
                                               within: 30 days
"""

from __future__ import annotations

from collections.abc import Iterator

from ifthen.policy.model import Policy, Whenever
from ifthen.policy.source import NOWHERE
from ifthen.review.lint.parts import patterns
from ifthen.review.lint.rule import Found, Rule

_BREACHES = frozenset(
    {"noncompliance_reported", "noncompliance_acknowledged", "violation_found", "penalty_imposed"}
)


def check(policy: Policy) -> Iterator[Found]:
    """The policy, if nothing in it follows from a breach."""
    if not policy.clauses:
        return
    for clause in policy.clauses:
        if isinstance(clause, Whenever):
            triggers = patterns(clause.when, clause.becomes)
            if any(pattern.kind in _BREACHES for pattern in triggers):
                return
    yield Found(
        "policy",
        NOWHERE,
        "consequence of a breach missing: no clause says what follows where this policy is broken",
        "add a 'whenever' on noncompliance_acknowledged, noncompliance_reported or violation_found",
    )


RULE = Rule(
    "no-consequence",
    "warning",
    "A breach that asks for nothing costs nothing.",
    __doc__ or "",
    check,
)
