"""Two models on the same questions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar as peer

from ifthen.evidence.questions import Question
from ifthen.evidence.statistics.attempts import Scoring
from ifthen.evidence.statistics.paired import (
    adjusted,
    compare,
    detectable,
    mcnemar,
    mcnemar_power,
    needed,
)

ONCE, MEAN = Scoring(), Scoring(None)


def asked(scores: list[float | None], cluster: int = 1) -> list[Question]:
    """One attempt a question; None is missing."""
    return [
        Question(
            str(number),
            () if score is None else (score,),
            int(score is None),
            None if cluster == 1 else str(number // cluster),
        )
        for number, score in enumerate(scores)
    ]


@given(st.integers(0, 200), st.integers(0, 200))
def test_mcnemar_is_that_of_statsmodels(first: int, second: int) -> None:
    theirs = peer([[7, first], [second, 9]], exact=True).pvalue if first + second else 1.0
    assert mcnemar(first, second) == pytest.approx(min(1, theirs))


pairs = st.lists(st.tuples(st.sampled_from([0.0, 1.0]), st.sampled_from([0.0, 1.0])), min_size=1)


@given(pairs)
def test_questions_that_pass_or_fail(found: list[tuple[float, float]]) -> None:
    first, second = (asked([pair[side] for pair in found]) for side in (0, 1))
    result = compare(first, second, ONCE)
    assert result.only_first == sum(a > b for a, b in found)
    assert result.only_second == sum(a < b for a, b in found)
    assert result.p_value == mcnemar(result.only_first, result.only_second)
    assert result.difference == pytest.approx(np.mean([b - a for a, b in found]))
    assert -1 <= result.lower <= result.difference <= result.upper <= 1
    back = compare(second, first, ONCE)
    assert back.p_value == result.p_value
    assert (back.lower, back.upper) == pytest.approx((-result.upper, -result.lower), abs=1e-6)


@given(pairs, st.data())
def test_missing_attempts_never_make_a_difference_surer(
    found: list[tuple[float, float]], data: st.DataObject
) -> None:
    holes = data.draw(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=len(found)))
    full = [asked([pair[side] for pair in found]) for side in (0, 1)]
    kept = [
        asked(
            [None if hole[side] else pair[side] for pair, hole in zip(found, holes, strict=False)]
        )
        for side in (0, 1)
    ]
    for scoring in (ONCE, MEAN):
        whole, rest = compare(*full, scoring), compare(*kept, scoring)
        assert rest.p_value >= whole.p_value - 1e-9
        assert rest.lower <= whole.lower + 1e-6
        assert rest.upper >= whole.upper - 1e-6


@given(
    st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=2, max_size=20),
    st.integers(2, 5),
)
def test_clusters_make_it_less_sure(found: list[tuple[float, float]], copies: int) -> None:
    """Copies of a question, declared as one cluster, tell what one of them tells."""
    sides = [[pair[side] for pair in found] for side in (0, 1)]
    once = compare(*(asked(side) for side in sides), MEAN)
    often = compare(
        *(asked([s for s in side for _ in range(copies)], cluster=copies) for side in sides), MEAN
    )
    assert often.units == once.units == len(found)
    assert often.p_value == pytest.approx(once.p_value)
    assert (often.lower, often.upper) == pytest.approx((once.lower, once.upper), abs=1e-6)


def test_only_shared_questions_count() -> None:
    result = compare(asked([1.0, 0.0, 1.0]), asked([0.0, 1.0]), ONCE)
    assert result.n == 2
    with pytest.raises(ValueError, match="share no question"):
        compare(asked([1.0]), [Question("other", (1.0,), 0)], ONCE)


def test_pairing_shows_what_two_separate_rates_do_not() -> None:
    """The complaint about the unpaired z-test: here 8 questions of 100 differ, all one way."""
    first = [1.0] * 50 + [0.0] * 50
    second = [1.0] * 58 + [0.0] * 42
    assert compare(asked(first), asked(second), ONCE).p_value == pytest.approx(2 / 2**8)
    pooled = 1.08 / 2
    z = 0.08 / math.sqrt(pooled * (1 - pooled) * 2 / 100)
    assert 2 * stats.norm.sf(z) > 0.25


def test_power_is_the_chance_of_a_small_p_value() -> None:
    """Against every table of 12 questions, one by one."""
    only_first, only_second, n = 0.05, 0.6, 12
    expected = sum(
        stats.multinomial.pmf([a, b, n - a - b], n, [only_first, only_second, 0.35])
        for a in range(n + 1)
        for b in range(n + 1 - a)
        if mcnemar(a, b) <= 0.05
    )
    assert mcnemar_power(only_first, only_second, n, 0.05) == pytest.approx(expected)
    assert mcnemar_power(0, 0, n, 0.05) == 0


@given(
    st.floats(0.01, 0.5),
    st.floats(0.05, 0.7),
    st.sampled_from([0.05, 0.01]),
    st.sampled_from([0.5, 0.8, 0.95]),
)
def test_needed_and_detectable_are_inverse(
    difference: float, deviation: float, alpha: float, power: float
) -> None:
    n = needed(difference, deviation, alpha, power)
    assert detectable(n, deviation, alpha, power) <= difference * (1 + 1e-9)
    if n > 2:
        assert detectable(n - 1, deviation, alpha, power) > difference * (1 - 1e-9)


def test_the_formula_of_miller() -> None:
    """(z_{a/2} + z_b)^2 w^2 / d^2, with w = 1/3 and d = 0.03: 969 questions."""
    assert needed(0.03, 1 / 3, 0.05, 0.8) == 969
    with pytest.raises(ValueError, match="zero"):
        needed(0.0, 0.3, 0.05, 0.8)


@given(pairs)
def test_bounds_of_a_difference_are_gains_less_losses_at_half_the_error(
    found: list[tuple[float, float]],
) -> None:
    result = compare(*(asked([pair[side] for pair in found]) for side in (0, 1)), ONCE, 0.9)
    ends = [
        stats.binomtest(count, len(found)).proportion_ci(0.9, method="exact")
        for count in (sum(a < b for a, b in found), sum(a > b for a, b in found))
    ]
    assert result.lower == pytest.approx(ends[0].low - ends[1].high, abs=1e-9)
    assert result.upper == pytest.approx(ends[0].high - ends[1].low, abs=1e-9)


def test_the_error_of_the_bounds_of_a_difference() -> None:
    """Exact, over every table of 12 questions: both bounds hold at their level."""
    n, rates = 12, (0.2, 0.3)
    difference = rates[1] - rates[0]
    above = below = 0.0
    for a in range(n + 1):
        for b in range(n + 1 - a):
            chance = stats.multinomial.pmf([a, b, n - a - b], n, [*rates, 1 - sum(rates)])
            first = asked([1.0] * a + [0.0] * (n - a))
            second = asked([0.0] * a + [1.0] * b + [0.0] * (n - a - b))
            result = compare(first, second, ONCE, 0.9)
            above += chance * (result.lower > difference)
            below += chance * (result.upper < difference)
    assert max(above, below) <= 0.1


def test_bounds_and_p_values_of_scores_agree() -> None:
    rng = np.random.default_rng(3)
    for shift in (0.0, 0.1, 0.25, 0.5):
        first = rng.uniform(0, 0.5, 30)
        second = np.clip(first + shift + rng.normal(0, 0.05, 30), 0, 1)
        result = compare(asked(list(first)), asked(list(second)), MEAN, 0.975)
        assert (result.p_value <= 0.05) == (result.lower > 0 or result.upper < 0)


def test_the_deviation_is_that_of_the_standard_error_clusters_included() -> None:
    """Against the textbook double sum over pairs of questions of a cluster."""
    rng = np.random.default_rng(5)
    first, second = rng.random((2, 24))
    for cluster in (1, 4):
        result = compare(asked(list(first), cluster), asked(list(second), cluster), MEAN)
        d = second - first - (second - first).mean()
        total = sum(
            d[i] * d[j] for i in range(24) for j in range(24) if i // cluster == j // cluster
        )
        groups = 24 // cluster
        error = math.sqrt(total) / 24 * math.sqrt(groups / (groups - 1))
        assert result.deviation == pytest.approx(error * math.sqrt(result.units))


def test_several_comparisons() -> None:
    assert adjusted({"a": 0.01, "b": 0.04}) == pytest.approx({"a": 0.02, "b": 0.04})
    assert adjusted({"a": 0.01, "b": 0.04}, "bh") == pytest.approx({"a": 0.02, "b": 0.04})
    with pytest.raises(ValueError, match="no control"):
        adjusted({}, "none")
