"""What studies of a policy imagine behind the record: a threshold that is really crossed.

``capability_reached`` is the hidden truth: the day a model really crosses a threshold. No policy
can ask for it and no record states it.
"""

from __future__ import annotations

from fractions import Fraction

from ifthen.policy.model import Cadence, Call, Compare, Constant, Events, Policy, Words
from ifthen.ruling.variants import below, roots

REACHED = "capability_reached"


def longest_interval(policy: Policy) -> Fraction | None:
    """The longest interval in effective compute by which a policy counts; None for none."""
    found = []
    for clause in policy.clauses:
        if isinstance(clause, Cadence) and clause.growth is not None:
            found.append(clause.growth[1])
        for root in roots(clause):
            found += [
                node.right.value
                for node in below(root)
                if isinstance(node, Compare)
                and isinstance(node.left, Call)
                and node.left.function == "growth"
                and isinstance(node.right, Constant)
                and isinstance(node.right.value, Fraction)
            ]
    longest = max(found, default=Fraction(1))
    return longest if longest > 1 else None


def margin_of(policy: Policy) -> Fraction:
    """The longest interval in effective compute by which a policy counts; else four times."""
    return longest_interval(policy) or Fraction(4)


def target(policy: Policy) -> str | None:
    """The threshold, or category, whose crossing is hidden: the first that requires safeguards."""
    own = [t for t in policy.thresholds.values() if not t.checkpoint]
    own.sort(key=lambda t: not t.requires)
    if own:
        return own[0].id
    return next((c.id for c in policy.categories.values() if c.tracked), None)


def assessments(policy: Policy) -> tuple[str, ...]:
    """The assessments that the policy tells apart, preliminary ones first."""
    named = _words(policy, "assessment_completed", "assessment")
    rest = sorted(named - {"preliminary", "comprehensive"})
    first = [name for name in ("preliminary", "comprehensive") if name in named]
    return (*first, *rest) or ("comprehensive",)


def powers(policy: Policy) -> frozenset[str]:
    """The powers of which the policy speaks: nobody can use another under it."""
    return frozenset(_words(policy, "power_exercised", "power"))


def _words(policy: Policy, kind: str, attribute: str) -> set[str]:
    """What the clauses of a policy ask an attribute of a kind of fact to state."""
    return {
        value
        for clause in policy.clauses
        for root in roots(clause)
        for node in below(root)
        if isinstance(node, Events)
        for pattern in node.patterns
        if pattern.kind == kind
        for test in pattern.tests
        if test.attribute == attribute
        for value in test.values
    }


def mentions(policy: Policy, word: str) -> bool:
    """Whether any clause tells a finding apart by a word."""
    nodes = (node for c in policy.clauses for root in roots(c) for node in below(root))
    return any(
        (isinstance(node, Constant) and node.value == word)
        or (isinstance(node, Words) and word in node.values)
        for node in nodes
    )


def high(policy: Policy) -> int:
    """The rank on the scale from which a score in a category needs safeguards."""
    return policy.scale.index("high") if "high" in policy.scale else len(policy.scale) - 1
