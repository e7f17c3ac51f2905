"""From attempts to one value per question: *at least k of m*, or the mean score.

*At least k of m* covers the usual rules: 1 of m is pass@m, m of m is pass^m, 1 of 1 the share of
attempts that succeed. Where a question was attempted more than m times, the value is the share of
all draws of m attempts that would have passed, which has no bias (Chen and others 2021,
arXiv 2107.03374, give it for 1 of m). Where it was attempted fewer times, the rest is missing.

The value of a question already contains the luck of its attempts; nothing is added for it (Miller
2024, section 2.2).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from ifthen.evidence.questions import Question

_RULE = re.compile(r"(?:at least )?([0-9]{1,6}) of ([0-9]{1,6})")


@dataclass(frozen=True, slots=True)
class Scoring:
    """How the attempts at a question become one value."""

    least: int | None = 1
    """How many attempts must succeed; None takes the mean score instead."""
    of: int = 1
    """Of how many attempts; for the mean, how many there should be at least."""
    success: float | None = None
    """The score from which an attempt succeeds; None where every score must be 0 or 1, because a
    score in between is neither a failure nor a success until somebody says which."""

    def __post_init__(self) -> None:
        if self.of < 1:
            raise ValueError("a question needs at least one attempt")
        if self.least is not None and not 1 <= self.least <= self.of:
            raise ValueError(f"at least {self.least} of {self.of} is no rule")
        if self.success is not None and not 0 < self.success <= 1:
            raise ValueError("the score of a success is above 0 and at most 1")

    def __str__(self) -> str:
        """The rule in words, as ``parse`` reads it."""
        return "mean" if self.least is None else f"at least {self.least} of {self.of}"

    def binary(self, questions: Iterable[Question]) -> bool:
        """Whether a question can only pass or fail: a property of the plan, not of the scores."""
        return self.least is not None and all(q.attempts <= self.of for q in questions)

    def missing(self, question: Question) -> int:
        """Attempts that are missing, those included that the rule asks for and nobody planned."""
        return max(question.attempts, self.of) - len(question.scores)

    def values(self, question: Question) -> tuple[float, float]:
        """The value of a question where its missing attempts fail, and where they succeed.

        Raises:
            ValueError: a score lies between 0 and 1, and nothing says whether it is a success.
        """
        missing = self.missing(question)
        planned = len(question.scores) + missing
        if self.least is None:
            total = math.fsum(question.scores)
            return min(1.0, total / planned), min(1.0, (total + missing) / planned)
        successes = sum(self._succeeds(score, question.id) for score in question.scores)
        return (
            at_least(self.least, self.of, successes, planned),
            at_least(self.least, self.of, successes + missing, planned),
        )

    def _succeeds(self, score: float, question: str) -> bool:
        if self.success is None and 0 < score < 1:
            raise ValueError(
                f"question '{question}' has the score {score:g}, and nothing says from which score "
                "an attempt succeeds: state it as 'success' (--success), or take the mean as "
                "'scoring' (--scoring mean)"
            )
        return score >= (1.0 if self.success is None else self.success)


def parse_scoring(text: str, success: float | None = None) -> Scoring:
    """Read ``at least 1 of 10``, ``1 of 10`` or ``mean``.

    Raises:
        ValueError: the text is none of these, or asks for more successes than attempts.
    """
    if text.strip() == "mean":
        return Scoring(None, 1, success)
    match = _RULE.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"'{text}' is no scoring rule: write 'at least 1 of 10' or 'mean'")
    return Scoring(int(match[1]), int(match[2]), success)


@lru_cache(maxsize=4096)
def at_least(least: int, of: int, successes: int, n: int) -> float:
    """The share of draws of ``of`` attempts out of ``n`` with at least ``least`` successes.

    Raises:
        ValueError: fewer attempts than are to be drawn.
    """
    if n < of:
        raise ValueError(f"{of} attempts cannot be drawn from {n}")
    passing = sum(
        math.comb(successes, k) * math.comb(n - successes, of - k)
        for k in range(least, min(of, successes) + 1)
    )
    return float(Fraction(passing, math.comb(n, of)))


def pass_at(k: int, successes: int, n: int) -> float:
    """pass@k: the chance that at least one of k attempts succeeds, without bias."""
    return at_least(1, k, successes, n)


def pass_all(k: int, successes: int, n: int) -> float:
    """pass^k: the chance that all of k attempts succeed, without bias."""
    return at_least(k, k, successes, n)


def question_rate(single: float, least: int, of: int) -> float:
    """The chance to pass a question whose attempts succeed independently at one rate."""
    return math.fsum(
        math.comb(of, k) * single**k * (1 - single) ** (of - k) for k in range(least, of + 1)
    )


def single_rate(question: float, least: int, of: int) -> float:
    """The rate of a single attempt at which a question is passed at the given rate."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if question_rate(middle, least, of) < question:
            low = middle
        else:
            high = middle
    return high
