"""A circumstance: all that a future knows of a model when a condition of a policy is judged."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ifthen.policy.model import Events, Expression, Policy
from ifthen.review.hidden import target
from ifthen.vocabulary import FINDINGS

RANKS = range(len(FINDINGS))
"""Findings by rank: below, alert, cannot_rule_out, crossed."""
RUNNING = frozenset({"train", "deploy", "use-inside", "store"})
LOOKS = frozenset(
    {"assessment_started", "assessment_completed", "evaluation_result", "capability_report"}
)
"""Kinds that are, or rest on, a look at what a model can do."""


@dataclass(frozen=True, slots=True)
class Circumstance:
    """What a future knows of a model."""

    rank: int = 0
    """The last finding, of ``FINDINGS``."""
    safeguarded: bool = False
    running: frozenset[str] = RUNNING
    grown: Fraction = Fraction(1)
    """Effective compute over that at the last assessment."""
    since_start: float = 0.0
    """Days since the last assessment started."""
    since_done: float = 0.0

    @property
    def calm(self) -> bool:
        """Nothing was found, or what was found has its safeguards."""
        return self.rank == 0 or self.safeguarded


STALE = Circumstance(grown=Fraction(10) ** 9, since_start=1e9, since_done=1e9)
"""Long after the last assessment."""


def looks_at(events: Expression, policy: Policy) -> frozenset[str]:
    """The kinds of the events that are a look at what a model can do; empty where any is not.

    A look at one threshold that is not the hidden one, or at safeguards alone, is none.
    """
    if not isinstance(events, Events):
        return frozenset()
    hidden = target(policy)
    for pattern in events.patterns:
        if pattern.kind not in LOOKS:
            return frozenset()
        for test in pattern.tests:
            if test.attribute == "threshold" and hidden not in test.values:
                return frozenset()
            if test.attribute == "assessment" and set(test.values) <= {
                "safeguards",
                "internal_deployment_review",
            }:
                return frozenset()
            if test.attribute in ("what", "parts"):
                return frozenset()
    return frozenset(pattern.kind for pattern in events.patterns)
