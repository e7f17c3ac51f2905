"""Several families of tasks at once: how many of them must reach the line for it to be reached.

*Any* family, *all* of them and *a share* are one question, *at least r of F*, answered by a partial
conjunction (Benjamini and Heller 2008): fewer than r reach the line if at least u = F - r + 1 stay
below it, and r times the u-th smallest p-value is a valid p-value for that, however the families
hang together. For *any* (r = 1) it is the largest p-value, without a correction; for *all* (r = F)
it is Bonferroni's.

``holm`` and ``benjamini_hochberg`` serve those who want each family named.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

_RULE = re.compile(r"at least ([0-9]{1,4})|at least ([0-9]{1,3}(?:\.[0-9]{1,6})?) ?%")


@dataclass(frozen=True, slots=True)
class AtLeast:
    """How many families must reach the line for the model to be taken to reach it."""

    count: int | None = None
    share: Fraction | None = None
    """Of all families; exactly one of the two is given."""

    def __post_init__(self) -> None:
        if (self.count is None) == (self.share is None):
            raise ValueError("give a number of families or a share of them")
        if self.count is not None and self.count < 1:
            raise ValueError("at least one family must reach the line")
        if self.share is not None and not 0 < self.share <= 1:
            raise ValueError("a share of families is above 0 and at most 100 %")

    def __str__(self) -> str:
        """The rule in words, as ``parse_families`` reads it."""
        if self.count is not None:
            return "any" if self.count == 1 else f"at least {self.count}"
        assert self.share is not None
        return "all" if self.share == 1 else f"at least {float(100 * self.share):g} %"

    def of(self, families: int) -> int:
        """How many of so many families.

        Raises:
            ValueError: more than there are.
        """
        if self.share is not None:
            return max(1, math.ceil(self.share * families))
        assert self.count is not None
        if self.count > families:
            raise ValueError(f"at least {self.count} of {families} families cannot be asked for")
        return self.count


def parse_families(text: str) -> AtLeast:
    """Read ``any``, ``all``, ``at least 3`` or ``at least 50 %``.

    Raises:
        ValueError: the text is none of these.
    """
    if text.strip() == "any":
        return AtLeast(count=1)
    if text.strip() == "all":
        return AtLeast(share=Fraction(1))
    match = _RULE.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"'{text}' is none of any, all, at least 3, at least 50 %")
    if match[1] is not None:
        return AtLeast(count=int(match[1]))
    return AtLeast(share=Fraction(match[2]) / 100)


def fewer_than(least: int, p_values: Sequence[float]) -> float:
    """The p-value that rules out that ``least`` or more families reach the line.

    Args:
        least: how many families it takes.
        p_values: of each family, for *it reaches the line*.

    Raises:
        ValueError: it takes no family, or more than there are.
    """
    return partial_conjunction(len(p_values) - least + 1, p_values)


def partial_conjunction(count: int, p_values: Sequence[float]) -> float:
    """The p-value of *fewer than* ``count`` *of these hypotheses are false*."""
    families = len(p_values)
    if not 1 <= count <= families:
        raise ValueError(f"{count} of {families} families cannot be asked for")
    return min(1.0, (families - count + 1) * sorted(p_values)[count - 1])


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjusted p-values that keep the chance of any false rejection (Holm 1979)."""
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    adjusted = [0.0] * len(p_values)
    highest = 0.0
    for place, index in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - place) * p_values[index]))
        adjusted[index] = highest
    return adjusted


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Adjusted p-values that keep the share of false rejections (Benjamini and Hochberg 1995)."""
    count = len(p_values)
    order = sorted(range(count), key=p_values.__getitem__, reverse=True)
    adjusted = [0.0] * count
    lowest = 1.0
    for place, index in enumerate(order):
        lowest = min(lowest, p_values[index] * count / (count - place))
        adjusted[index] = lowest
    return adjusted
