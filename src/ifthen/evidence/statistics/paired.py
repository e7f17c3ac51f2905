"""Two models on the same questions: which does better, and could so few have shown it.

Only the differences count, question by question, so what makes a question hard drops out (Miller
2024, section 4). The exact test is McNemar's (1947) on questions where just one of the two passes.
The bounds that go with it are exact bounds of what the second gains and of what it loses, each at
half the error. Mean differences of scores, and clusters, are bounded by betting (see ``bounded``),
which makes use of differences that are close together. The normal approximation is for planning
only: needed numbers and least detectable differences.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from ifthen.evidence.questions import Question
from ifthen.evidence.statistics import bounded, bounds
from ifthen.evidence.statistics.attempts import Scoring
from ifthen.evidence.statistics.clusters import units
from ifthen.evidence.statistics.families import benjamini_hochberg, holm


@dataclass(frozen=True, slots=True)
class Comparison:
    """How much better ``second`` does than ``first``."""

    n: int
    """Questions that both attempted."""
    units: int
    """Independent ones, or clusters of them."""
    difference: float
    """Mean of second minus first, from -1 to 1; missing attempts fail."""
    lower: float
    upper: float
    """Bounds of the difference, each at the stated confidence, missing attempts at their worst."""
    p_value: float
    """Of *no difference*, two-sided."""
    method: str
    deviation: float
    """Standard deviation of the difference per independent unit, for planning."""
    only_first: int | None
    only_second: int | None
    """Questions that just one passes, where questions only pass or fail."""


def mcnemar(only_first: int, only_second: int) -> float:
    """The exact two-sided p-value of *neither passes more often* (McNemar 1947)."""
    n = only_first + only_second
    if n == 0:
        return 1.0
    return min(1.0, 2 * float(special.bdtr(min(only_first, only_second), n, 0.5)))


def compare(
    first: Sequence[Question],
    second: Sequence[Question],
    scoring: Scoring,
    confidence: float = 0.95,
) -> Comparison:
    """Compare two models on the questions that both were given.

    Args:
        first: the questions of one model.
        second: those of the other; they are matched by id.
        scoring: how attempts become one value per question.
        confidence: of each bound.

    Raises:
        ValueError: they share no question.
    """
    others = {question.id: question for question in second}
    pairs = [(question, others[question.id]) for question in first if question.id in others]
    if not pairs:
        raise ValueError("the two models share no question")
    values = [(scoring.values(a), scoring.values(b)) for a, b in pairs]
    least = [b[0] - a[1] for a, b in values]
    most = [b[1] - a[0] for a, b in values]
    seen = [b[0] - a[0] for a, b in values]
    clusters = [a.cluster or b.cluster for a, b in pairs]
    alpha = 1 - confidence
    together = units(seen, clusters)
    spread = together.weights * (together.values - together.mean) / together.weights.mean()
    binary = scoring.binary(q for pair in pairs for q in pair) and not together.clustered
    counts: tuple[int | None, int | None] = (None, None)
    if binary:
        # A missing attempt may count for either side, so the less telling table is tested.
        tables = [
            (sum(d < -0.5 for d in side), sum(d > 0.5 for d in side)) for side in (least, most)
        ]
        p = max(mcnemar(*table) for table in tables)
        if (tables[0][0] > tables[0][1]) != (tables[1][0] > tables[1][1]):
            p = 1.0  # either model may be the better one
        lower, upper = _exact(least, most, alpha)
        counts = (sum(d < -0.5 for d in seen), sum(d > 0.5 for d in seen))
    else:
        lower, upper, p = _betting(least, most, clusters, alpha)
    return Comparison(
        n=len(pairs),
        units=len(together.values),
        difference=float(np.mean(seen)),
        lower=lower,
        upper=upper,
        p_value=p,
        method="McNemar, exact" if binary else "betting",
        deviation=_root_mean(spread),
        only_first=counts[0],
        only_second=counts[1],
    )


def _root_mean(spread: bounded.Floats) -> float:
    """The standard deviation of deviations, by their number less one; not a number for one."""
    return math.sqrt((spread**2).sum() / (len(spread) - 1)) if len(spread) > 1 else math.nan


def _exact(least: Sequence[float], most: Sequence[float], alpha: float) -> tuple[float, float]:
    """Bounds of a difference where questions pass or fail: gains less losses, each exact."""
    n = len(least)

    def upper(differences: Sequence[float]) -> float:
        gained, lost = (sum(sign * d > 0.5 for d in differences) for sign in (1, -1))
        return bounds.upper(gained, n, alpha / 2) - bounds.lower(lost, n, alpha / 2)

    return -min(1.0, upper([-d for d in least])), min(1.0, upper(most))


def _betting(
    least: Sequence[float], most: Sequence[float], clusters: Sequence[str | None], alpha: float
) -> tuple[float, float, float]:
    """Bounds of a mean difference, and the two-sided p-value of none."""
    low, high = (units([(d + 1) / 2 for d in side], clusters) for side in (least, most))
    lower = bounded.lower(low.values, low.weights, alpha, any_time=True)
    upper = bounded.upper(high.values, high.weights, alpha, any_time=True)
    p = min(
        bounded.betting(1 - low.values, low.weights, 0.5),
        bounded.betting(high.values, high.weights, 0.5),
    )
    return 2 * lower - 1, 2 * upper - 1, min(1.0, 2 * p)


def adjusted(p_values: Mapping[str, float], control: str = "holm") -> dict[str, float]:
    """P-values of several comparisons, adjusted for their number.

    Args:
        p_values: by the name of the comparison.
        control: ``holm`` (any false rejection) or ``bh`` (share of false rejections).

    Raises:
        ValueError: another control.
    """
    methods = {"holm": holm, "bh": benjamini_hochberg}
    if control not in methods:
        raise ValueError(f"no control '{control}': holm or bh")
    return dict(zip(p_values, methods[control](list(p_values.values())), strict=True))


def needed(difference: float, deviation: float, alpha: float, power: float) -> int:
    """Questions needed to show a mean difference, two-sided, by the normal approximation.

    Args:
        difference: the difference to be shown.
        deviation: standard deviation of the differences per question, attempts included.
        alpha: two-sided error.
        power: the chance to show it.

    Raises:
        ValueError: a difference of zero cannot be shown.
    """
    if difference == 0:
        raise ValueError("a difference of zero cannot be shown")
    return max(2, math.ceil((_quantiles(alpha, power) * deviation / difference) ** 2))


def detectable(n: int, deviation: float, alpha: float, power: float) -> float:
    """The least mean difference that ``n`` questions show, by the normal approximation."""
    return _quantiles(alpha, power) * deviation / math.sqrt(n)


def mcnemar_power(only_first: float, only_second: float, n: int, alpha: float) -> float:
    """The exact power of McNemar's test.

    Args:
        only_first: chance that a question is passed by the first model alone.
        only_second: chance that it is passed by the second alone.
        n: questions.
        alpha: two-sided error.
    """
    discordant = only_first + only_second
    if discordant <= 0:
        return 0.0
    share = only_second / discordant
    total = 0.0
    for d in range(1, n + 1):
        k = np.arange(d + 1, dtype=float)
        p = np.minimum(1.0, 2 * special.bdtr(np.minimum(k, d - k), d, 0.5))
        chance = np.exp(_log_binomial(k, d, share))
        total += math.exp(
            float(_log_binomial(np.array([d], dtype=float), n, discordant)[0])
        ) * float(chance[p <= alpha].sum())
    return min(1.0, total)


def _log_binomial(k: bounded.Floats, n: int, rate: float) -> bounded.Floats:
    ways = special.gammaln(n + 1) - special.gammaln(k + 1) - special.gammaln(n - k + 1)
    chance: bounded.Floats = ways + special.xlogy(k, rate) + special.xlog1py(n - k, -rate)
    return chance


def _quantiles(alpha: float, power: float) -> float:
    return float(special.ndtri(1 - alpha / 2) + special.ndtri(power))
