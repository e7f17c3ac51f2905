"""Which words must be stretched: the smallest sets of stretches that let a harm through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ifthen.review.loopholes.problem import Problem
from ifthen.review.loopholes.search import Outcome, Progress, Search, Witness
from ifthen.review.loopholes.stance import Stretch


@dataclass(frozen=True, slots=True)
class Blamed:
    """One smallest set, and a timeline it lets through."""

    stretched: frozenset[Stretch]
    """Empty where no stretching is needed at all."""
    witness: Witness


@dataclass(frozen=True, slots=True)
class Blame:
    """The smallest sets found, smallest first."""

    sets: tuple[Blamed, ...]
    length: int
    """Up to how many events they were looked for; other lengths may need less."""
    most: int
    """Up to how many stretches together."""
    open: tuple[Outcome, ...] = ()
    """Questions on the way that were left undetermined."""


def blame(
    search: Search,
    charitable: Outcome,
    lengths: Sequence[int],
    most: int,
    progress: Progress | None = None,
) -> Blame:
    """Every smallest set of at most so many stretches, for timelines of these lengths.

    Args:
        search: the harm and the setting.
        charitable: what the search came to with nothing stretched.
        lengths: how many events.
        most: the most stretches together.
        progress: called with (questions answered, questions in all).
    """
    if charitable.witness is not None:
        return Blame((Blamed(frozenset(), charitable.witness),), charitable.length, most)
    found: list[Blamed] = []
    unclear: list[Outcome] = [charitable] if charitable.status == "undetermined" else []
    total = most * len(lengths)
    for size in range(1, most + 1):
        for number, length in enumerate(lengths):
            if progress is not None:
                progress((size - 1) * len(lengths) + number, total)
            while True:
                known = [one.stretched for one in found]

                def assumed(problem: Problem, size: int = size, known: Any = known) -> list[Any]:
                    return problem.at_most(size, known)

                outcome = search.at(length, assumed)
                if outcome.status == "undetermined":
                    unclear.append(outcome)
                if outcome.witness is None:
                    break
                found.append(Blamed(outcome.witness.taken.stretched, outcome.witness))
    smallest = [one for one in found if not any(other.stretched < one.stretched for other in found)]
    return Blame(tuple(smallest), lengths[-1], most, tuple(unclear))
