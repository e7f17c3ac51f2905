"""Month arithmetic without a rounding rule.

Six months after 31 August is no date: 28 February or 1 March? The language refuses to choose, so a
deed on the day between is undetermined. One word in the policy settles it for every clause.

Reported for each clause that counts months or years, by a number or by a word that the text itself
bounds, where neither the clause nor the policy says month_end.

    bad                                      repaired
    policy: example/policy@1                 policy: example/policy@1
    ...                                      month_end: down
    every: 6 months                          ...
                                             every: 6 months
"""

from __future__ import annotations

from collections.abc import Iterator

from ifthen.dates import Duration
from ifthen.policy.model import DurationLiteral, Expression, Policy, TermRef
from ifthen.review.lint.rule import Found, Rule
from ifthen.ruling.variants import below, roots

_UNEVEN = ("month", "year")
"""Units after which a day of the month may be missing."""


def check(policy: Policy) -> Iterator[Found]:
    """The first count of months in every clause that does not say how to round."""
    for clause in policy.clauses:
        if clause.common.month_end is not None:
            continue
        counted = (
            (node, length)
            for root in roots(clause)
            for node in below(root)
            if (length := _length(policy, node)) is not None and length.unit in _UNEVEN
        )
        node, length = next(counted, (None, None))
        if node is not None:
            yield Found(
                f"clause {clause.common.id}",
                node.span,
                f"month arithmetic without a rounding rule: {length} may end on a day that the "
                "month does not have",
                "write 'month_end: down' or 'month_end: up', here or once for the whole policy",
            )


def _length(policy: Policy, node: Expression) -> Duration | None:
    if isinstance(node, DurationLiteral):
        return node.value
    value = policy.terms[node.term].literal.value if isinstance(node, TermRef) else None
    return value if isinstance(value, Duration) else None


RULE = Rule(
    "month-rounding",
    "note",
    "A deed on the day between the two ends can be called in time or late.",
    __doc__ or "",
    check,
)
