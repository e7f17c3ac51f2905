"""Unbounded periodic duty feeding a bounded trigger.

A clock that is read only when something else is done runs no faster than that something. RSP v2.0
asks for a comprehensive assessment once six months or a fourfold growth have passed, but looks only
at a preliminary assessment, which it does "routinely". With checks in months 5.5 and 7.5 the six
months are noticed after seven and a half, and nothing was broken (CRIT-02). With no bound on the
word there is no bound at all.

Reported where a cadence sets its interval by a word without a bound, and its deed is what triggers
another clause that counts a stated length of time or growth.

    bad                                      repaired
    - id: look                               - id: look
      kind: cadence                            kind: cadence
      do: assessment_completed[...]            do: assessment_completed[...]
      every: routinely                         every: 1 month
    - id: act                                - id: act
      kind: whenever                           kind: whenever
      when: assessment_completed[...]          when: assessment_completed[...]
      if: since(...) >= 6 months               if: since(...) >= 6 months

Or let the clock trigger by itself: becomes: since(...) >= 6 months.
"""

from __future__ import annotations

from collections.abc import Iterator

from ifthen.policy.describe import describe
from ifthen.policy.model import Cadence, Call, Compare, Expression, Policy, Whenever, Within
from ifthen.review.lint.parts import BINDING, meet, open_word, patterns
from ifthen.review.lint.rule import Found, Rule
from ifthen.ruling.variants import below

_CLOCKS = ("since", "growth", "gain", "between")


def check(policy: Policy) -> Iterator[Found]:
    """Every cadence by a boundless word that a bounded clause waits for."""
    for clause in policy.clauses:
        if not isinstance(clause, Cadence) or clause.growth or clause.gain:
            continue
        word = open_word(policy, clause.every)
        if word is None:
            continue
        term, span = word
        fed = {
            other.common.id: bound
            for other in policy.clauses
            if isinstance(other, Whenever) and other.common.force in BINDING
            if other.when is not None and meet(patterns(clause.do), patterns(other.when))
            if (bound := _bounds(policy, other))
        }
        if fed:
            listed = "; ".join(f"{name} ({', '.join(bound)})" for name, bound in fed.items())
            yield Found(
                f"clause {clause.common.id}",
                span,
                "unbounded periodic duty feeding a bounded trigger: "
                f"“{term.phrase}” sets no interval, and on it wait {listed}",
                f"bound '{term.id}', or let the clock trigger by itself with 'becomes'",
            )


def _bounds(policy: Policy, clause: Whenever) -> tuple[str, ...]:
    """The stated lengths and growths that a clause counts."""
    found: list[str] = []
    conditions = [part for part in (clause.if_, clause.require) if part is not None]
    for node in (node for part in conditions for node in below(part)):
        if isinstance(node, Compare) and isinstance(node.left, Call):
            counts = node.left.function in _CLOCKS
            found += [_amount(node)] if counts and not open_word(policy, node.right) else []
    for limit in clause.duty.deadlines if clause.duty is not None else ():
        if isinstance(limit, Within) and not open_word(policy, limit.duration):
            found.append(f"within {describe(limit.duration)}")
    return tuple(dict.fromkeys(found))


def _amount(node: Compare) -> str:
    right: Expression = node.right
    factor = isinstance(node.left, Call) and node.left.function == "growth"
    return describe(right) + ("x" if factor and not describe(right).endswith("x") else "")


RULE = Rule(
    "unbounded-trigger",
    "error",
    "However short the interval that is promised, it is noticed only when somebody looks, and "
    "nothing says when that is.",
    __doc__ or "",
    check,
)
