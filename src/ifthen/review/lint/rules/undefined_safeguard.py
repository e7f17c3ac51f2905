"""Required safeguard undefined.

A safeguard that is required and not written yet cannot be judged to be in place; whoever writes it
later decides what was promised. RSP v2.0 asks for an assessment against ASL-4 thresholds that do
not exist, and v1.0 promised to define ASL-4 first (CRIT-21). A threshold that requires nothing is
the same gap from the other side: the first Frontier Safety Framework tied no mitigation to any of
its capability levels (CRIT-16).

Reported for a standard that the policy names as not defined while something requires it, and for a
threshold whose crossing requires no standard in a policy that gates actions by thresholds.

    bad                                      repaired
    thresholds:                              thresholds:
      cbrn-4: {requires: [asl-4]}              cbrn-4: {requires: [asl-4]}
    standards:                               standards:
      asl-4: {defined: false, ...}             asl-4: {criteria: {...}, ...}
"""

from __future__ import annotations

from collections.abc import Iterator

from ifthen.policy.model import Call, Clause, Constant, Policy, Quantified
from ifthen.review.lint.rule import Found, Rule
from ifthen.ruling.variants import below, roots


def check(policy: Policy) -> Iterator[Found]:
    """Every required standard that is not written, and every threshold that requires none."""
    requirers: dict[str, list[str]] = {}
    for threshold in policy.thresholds.values():
        for standard in threshold.requires:
            requirers.setdefault(standard, []).append(threshold.id)
    for category in policy.categories.values():
        for level in category.levels.values():
            for standard in level.requires:
                requirers.setdefault(standard, []).append(f"{category.id}/{level.id}")
    for clause in policy.clauses:
        for name in _named(clause):
            requirers.setdefault(name, []).append(clause.common.id)
    for one in policy.standards.values():
        by = requirers.get(one.id)
        if by and not one.defined:
            yield Found(
                f"standard {one.id}",
                one.span,
                f"required safeguard undefined: '{one.id}' is required by {', '.join(by)} and "
                "not written",
                "write its criteria, or hold the actions that need it until they are written",
            )
    yield from _require_nothing(policy)


def _require_nothing(policy: Policy) -> Iterator[Found]:
    """Thresholds without a safeguard, where some clause goes through all thresholds."""
    nodes = [n for c in policy.clauses for root in roots(c) for n in below(root)]
    through_all = any(
        isinstance(node, Quantified)
        and isinstance(node.domain, Call)
        and node.domain.function == "thresholds"
        for node in nodes
    )
    named = {node.value for node in nodes if isinstance(node, Constant)}
    for threshold in policy.thresholds.values():
        idle = not threshold.requires and not threshold.checkpoint and threshold.id not in named
        if idle and through_all:
            yield Found(
                f"threshold {threshold.id}",
                threshold.span,
                f"required safeguard undefined: reaching '{threshold.id}' requires none",
                "say with 'requires' which standard it needs",
            )


def _named(clause: Clause) -> Iterator[str]:
    """Standards that a clause names as to be in place."""
    for node in (n for root in roots(clause) for n in below(root)):
        if isinstance(node, Call) and node.function in ("in_place", "approved"):
            name = node.arguments[0]
            yield from [str(name.value)] if isinstance(name, Constant) else []


RULE = Rule(
    "undefined-safeguard",
    "error",
    "Nobody can tell whether a safeguard that is not written is in place.",
    __doc__ or "",
    check,
)
