"""The unit of every statistic here: one question of one evaluation, with its scored attempts.

A question, not an attempt, is what was drawn from the distribution of tasks a limit speaks of.
Attempts at one question share its difficulty, so they are summed up per question before anything
is counted (Miller 2024, arXiv 2411.00640, section 2.2).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Question:
    """One question, as it was attempted."""

    id: str
    """Names the question; used once within an evaluation."""
    scores: tuple[float, ...]
    """One score per scored attempt, each from 0 (failed) to 1 (succeeded)."""
    missing: int
    """Attempts that were planned but errored or never ran; they stay in the denominator."""
    cluster: str | None = None
    """Questions of one cluster share a source (a passage, a repository) and are not independent."""
    family: str | None = None
    """The kind of task, for statements about each family on its own."""

    def __post_init__(self) -> None:
        for score in self.scores:
            if not 0 <= score <= 1:
                raise ValueError(f"question {self.id}: a score is from 0 to 1, not {score}")
        if self.missing < 0:
            raise ValueError(f"question {self.id}: {self.missing} attempts cannot be missing")

    @property
    def attempts(self) -> int:
        """Attempts planned: scored and missing."""
        return len(self.scores) + self.missing


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What the logs tell of and no question holds."""

    invalidated: int = 0
    """Attempts that somebody withdrew, and that were not made again."""
    superseded: int = 0
    """Attempts that another log tells of too, and whose telling counts."""
    scored_otherwise: int = 0
    """Those among the superseded whose score was another."""

    def __add__(self, other: LeftOut) -> LeftOut:
        return LeftOut(
            self.invalidated + other.invalidated,
            self.superseded + other.superseded,
            self.scored_otherwise + other.scored_otherwise,
        )


NOTHING_LEFT_OUT = LeftOut()
