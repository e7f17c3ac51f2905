"""Power without a price.

A power lets someone step outside the rule: loosen it, put it off, ask for less. If its exercise
costs nothing, not even saying so, it is the cheapest way round the policy. RSP v2.0's footnote lets
safeguards be lowered when a rival is ahead, but then the overall risk is acknowledged and the case
for regulation made (CRIT-25): that is a price.

Reported for a power without 'price'. One that can only ask for more needs none, and is told by the
name of the power: cap, pause, hold, halt, stop, tighten, restrict, order, add, notice.

    bad                                      repaired
    - id: loosen                             - id: loosen
      kind: power                              kind: power
      ...                                      price:
                                                 then: published[what=reasons]
                                                 within: 30 days
"""

from __future__ import annotations

from collections.abc import Iterator

from ifthen.policy.model import Policy, Power
from ifthen.review.lint.rule import Found, Rule
from ifthen.review.powers import asks_more


def check(policy: Policy) -> Iterator[Found]:
    """Every power that may be used for nothing."""
    for clause in policy.clauses:
        if isinstance(clause, Power) and clause.price is None and not asks_more(clause):
            free = "" if clause.if_ is not None else ", and under no condition"
            yield Found(
                f"clause {clause.common.id}",
                clause.common.span,
                f"power without a price: its use by {', '.join(clause.by)} asks for nothing{free}",
                "say with 'price' what is owed once it was used",
            )


RULE = Rule(
    "power-without-price",
    "warning",
    "Stepping outside the rule costs nothing, so nothing but good will keeps anyone inside it.",
    __doc__ or "",
    check,
)
