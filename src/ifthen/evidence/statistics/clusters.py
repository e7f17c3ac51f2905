"""Independent units: questions, or clusters of questions that stand and fall together.

The usual cluster-robust standard error is zero at 0 of n and far too small for few clusters. Data
in which nothing succeeded cannot show how alike the questions of a cluster are, so the worst case
counts: a cluster is one observation, its mean score, and the bounds of ``bounded`` hold whatever
happens inside it. Where questions of a cluster are in fact unlike, their means lie close together,
and betting makes use of that. A cluster weighs as many questions as it has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ifthen.evidence.statistics.bounded import Floats


@dataclass(frozen=True, slots=True)
class Units:
    """Independent observations."""

    values: Floats
    """The mean score of each, from 0 to 1."""
    weights: Floats
    """Questions in each, as a part of those in the largest."""
    clustered: bool
    """Whether any of them holds more than one question."""

    @property
    def mean(self) -> float:
        """The mean score over all questions."""
        return float((self.weights * self.values).sum() / self.weights.sum())

    def mirrored(self) -> Units:
        """The same, with failure and success exchanged."""
        return Units(1.0 - self.values, self.weights, self.clustered)


def units(values: Sequence[float], clusters: Sequence[str | None]) -> Units:
    """The independent units of questions.

    Args:
        values: one score per question.
        clusters: of each question; None is a cluster of its own.

    Raises:
        ValueError: no questions.
    """
    if not values:
        raise ValueError("there are no questions")
    members: dict[object, list[float]] = {}
    for number, (value, cluster) in enumerate(zip(values, clusters, strict=True)):
        members.setdefault(number if cluster is None else cluster, []).append(value)
    sizes = np.array([len(found) for found in members.values()], dtype=float)
    means = np.array([sum(found) / len(found) for found in members.values()])
    return Units(means, sizes / sizes.max(), bool(sizes.max() > 1))
