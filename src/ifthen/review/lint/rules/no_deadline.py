"""Duty without a deadline.

A duty that names no day, no length of time and no event before which it must be done is never due.
It can be kept, but no record, however long, breaks it: RSP v1.0's promise to publish a fuller list
of its security measures after RAND's report stayed open for ever (CRIT-16).

Reported for what a whenever asks, and for the price of a power, where there is no 'within',
'before' or 'by'. An aim without a deadline is a note.

    bad                                      repaired
    - id: tell                               - id: tell
      kind: whenever                           kind: whenever
      when: threshold_decision                 when: threshold_decision
      then: government_notice                  then: government_notice
                                               within: 15 days
"""

from __future__ import annotations

from collections.abc import Iterator

from ifthen.policy.describe import describe
from ifthen.policy.model import Policy
from ifthen.review.lint.parts import BINDING, owed
from ifthen.review.lint.rule import Found, Rule


def check(policy: Policy) -> Iterator[Found]:
    """Every duty that is never due."""
    for duty in owed(policy):
        if duty.duty.deadlines or (duty.force not in BINDING and not duty.part.endswith("/price")):
            continue
        yield Found(
            duty.part,
            duty.span,
            f"duty without a deadline: {_deed(describe(duty.duty.then[0]))} is never due",
            "add 'within', 'before' or 'by'",
            "note" if duty.force == "aim" else None,
        )


def _deed(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"


RULE = Rule(
    "no-deadline",
    "error",
    "What is never due is never late: no record can break this promise.",
    __doc__ or "",
    check,
)
