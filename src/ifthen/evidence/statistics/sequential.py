"""Looking more than once without a larger error.

- **Planned looks**: the error is divided over them in advance (Lan and DeMets 1983), evenly or most
  of it late; at each look the ordinary bound is taken at its part. By the sum of the parts the
  bounds of all looks hold together, however the looks hang together.
- **Any time**: no plan; the betting bounds of ``bounded`` hold at every moment at once (Ville
  1939), also where the scores themselves decided when to stop.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from scipy import special

Shape: TypeAlias = Literal["even", "late"]
"""How the error is divided: in proportion to the questions, or as O'Brien and Fleming would."""


@dataclass(frozen=True, slots=True)
class Looks:
    """When the scores are looked at."""

    planned: tuple[int, ...] | None = None
    """Numbers of questions at which a decision may be taken; None means at any time."""
    shape: Shape = "even"

    def __post_init__(self) -> None:
        if self.planned is None:
            return
        if not self.planned or self.planned[0] < 1:
            raise ValueError("planned looks are numbers of questions, from 1 on")
        if any(b <= a for a, b in zip(self.planned, self.planned[1:], strict=False)):
            raise ValueError("planned looks rise")

    def alpha(self, n: int, alpha: float) -> float:
        """The error that a look at ``n`` questions may spend.

        Raises:
            ValueError: no look was planned at ``n``.
        """
        if self.planned is None:
            return alpha
        if n not in self.planned:
            listed = ", ".join(map(str, self.planned))
            raise ValueError(f"no look was planned at {n} questions, only at {listed}")
        return spend(self.planned, alpha, self.shape)[self.planned.index(n)]


def spend(looks: Sequence[int], alpha: float, shape: Shape = "even") -> list[float]:
    """The part of the error for each look; the parts add up to ``alpha``."""
    spent = [_spent(look / looks[-1], alpha, shape) for look in looks]
    return [now - before for before, now in zip([0.0, *spent], spent, strict=False)]


def _spent(part: float, alpha: float, shape: Shape) -> float:
    if part >= 1:
        return alpha
    if shape == "even":
        return alpha * part
    z = float(special.ndtri(1 - alpha / 2))
    return float(2 * special.ndtr(-z / math.sqrt(part)))
