"""Bounds of mean scores: valid by exact enumeration, and by their laws."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from ifthen.evidence.statistics import bounded, bounds
from ifthen.evidence.statistics.clusters import units

scores = st.floats(0, 1) | st.sampled_from([0.0, 0.5, 1.0])
samples = st.lists(scores, min_size=1, max_size=30).map(np.array)
levels = st.sampled_from([0.2, 0.1, 0.05, 0.01])
means = st.floats(0.02, 0.98)


Test: TypeAlias = Callable[[bounded.Floats, bounded.Floats, float], float]


def even(values: bounded.Floats) -> bounded.Floats:
    return np.ones(len(values))


SUPPORTS = (((0.0, 1.0), 40), ((0.0, 0.5, 1.0), 14), ((0.02, 0.3, 1.0), 14), ((0.0, 0.6), 40))
"""Points on which scores may lie, and how many scores."""


def distributions(points: tuple[float, ...], mean: float) -> list[dict[float, float]]:
    """Chances of the points with this mean, the middle one from never to as often as it can."""
    low, *middle, high = points
    if not middle:
        top = (mean - low) / (high - low)
        return [{low: 1 - top, high: top}]
    centre = middle[0]
    most = (high - mean) / (high - centre) if centre < mean else (mean - low) / (centre - low)
    found = []
    for part in (0.0, 0.4, 0.8):
        top = (mean - low - part * most * (centre - low)) / (high - low)
        found.append({low: 1 - part * most - top, centre: part * most, high: top})
    return found


def hinge(values: bounded.Floats, weights: bounded.Floats, mean: float) -> float:
    return bounded.hinge(values, mean)


@pytest.mark.parametrize("test", [hinge, bounded.betting, bounded.p_value])
@pytest.mark.parametrize(("points", "n"), SUPPORTS)
def test_each_test_holds_its_level_exactly(test: Test, points: tuple[float, ...], n: int) -> None:
    """Every outcome of scores on two or three points, each with its chance; no simulation."""
    for mean in (0.05, 0.2, 0.37, 0.5, 0.8):
        if not points[0] < mean < points[-1]:
            continue
        for chances_of in distributions(points, mean):
            outcomes = [
                counts
                for counts in itertools.product(range(n + 1), repeat=len(points))
                if sum(counts) == n
            ]
            chances = stats.multinomial.pmf(outcomes, n, list(chances_of.values()))
            p = np.array([test(v, even(v), mean) for v in (np.repeat(points, o) for o in outcomes)])
            for alpha in (0.2, 0.1, 0.05, 0.01):
                assert chances[p <= alpha].sum() <= alpha + 1e-9


@given(samples, means)
def test_each_test_pays_for_its_part_of_the_error(values: bounded.Floats, mean: float) -> None:
    """Of the smallest of two p-values only that is valid: each over its share, shares of one."""
    parts = bounded.hinge(values, mean), bounded.betting(values, even(values), mean)
    shares = bounded.HINGE_SHARE, 1 - bounded.HINGE_SHARE
    least = min(p / share for p, share in zip(parts, shares, strict=True))
    assert bounded.p_value(values, even(values), mean) == pytest.approx(min(1, least))


@given(st.integers(1, 60), st.data(), means)
def test_the_hinge_is_the_exact_test_where_nothing_succeeded_and_near_it_elsewhere(
    n: int, data: st.DataObject, mean: float
) -> None:
    successes = data.draw(st.integers(0, n))
    values = np.array([1.0] * successes + [0.0] * (n - successes))
    exact = bounds.chance_of_at_most(successes, n, mean)
    found = bounded.hinge(values, mean)
    if successes == 0:
        assert found == pytest.approx(exact)
    assert exact - 1e-12 <= found <= min(1, math.e * exact) + 1e-12


@given(samples, levels, st.integers())
def test_the_order_of_the_questions_does_not_matter(
    values: bounded.Floats, alpha: float, seed: int
) -> None:
    shuffled = list(values)
    random.Random(seed).shuffle(shuffled)
    other = np.array(shuffled)
    assert bounded.upper(values, even(values), alpha) == pytest.approx(
        bounded.upper(other, even(other), alpha), abs=1e-6
    )


@settings(max_examples=60)
@given(samples, levels, st.booleans())
def test_the_laws_of_a_bound(values: bounded.Floats, alpha: float, any_time: bool) -> None:
    def upper(found: bounded.Floats, at: float = alpha) -> float:
        return bounded.upper(found, even(found), at, any_time=any_time)

    bound = upper(values)
    assert values.mean() - 1e-12 <= bound <= 1
    assert upper(values, alpha / 2) >= bound - 1e-6, "more confidence, higher bound"
    assert upper(np.append(values, 0.0)) <= bound + 1e-6, "one more failure never raises it"
    assert upper(np.append(values, 1.0)) >= bound - 1e-6, "one more success never lowers it"
    assert upper(np.minimum(1, values + 0.1)) >= bound - 1e-6, "higher scores, higher bound"
    assert bounded.lower(values, even(values), alpha, any_time=any_time) == pytest.approx(
        1 - upper(1 - values), abs=1e-12
    )


@settings(max_examples=60)
@given(samples, st.data())
def test_the_p_value_falls_as_the_mean_in_question_rises(
    values: bounded.Floats, data: st.DataObject
) -> None:
    """So that a test at the limit and a bound below it say the same."""
    weights = np.array(
        data.draw(st.lists(st.integers(1, 9), min_size=len(values), max_size=len(values))), float
    )
    weights /= weights.max()
    grid = np.linspace(0.02, 0.98, 49)
    p = np.array([bounded.p_value(values, weights, mean) for mean in grid])
    assert (np.diff(p) <= 1e-12).all()


@given(samples, levels, st.booleans())
def test_test_and_bound_agree(values: bounded.Floats, alpha: float, any_time: bool) -> None:
    upper = bounded.upper(values, even(values), alpha, any_time=any_time)
    if upper < 1 - 1e-6:
        p = bounded.p_value(values, even(values), upper, any_time=any_time)
        assert p <= alpha


@given(st.lists(scores, min_size=1, max_size=12), st.integers(1, 5), levels)
def test_copies_within_a_cluster_tell_nothing_new(
    values: list[float], copies: int, alpha: float
) -> None:
    """The worst case, and so where nothing succeeded the bound keeps its width."""
    once = units(values, [None] * len(values))
    names = [str(number) for number in range(len(values)) for _ in range(copies)]
    often = units([value for value in values for _ in range(copies)], names)
    assert often.clustered == (copies > 1)
    assert len(often.values) == len(values)
    assert often.mean == pytest.approx(once.mean)
    assert bounded.upper(often.values, often.weights, alpha) == pytest.approx(
        bounded.upper(once.values, once.weights, alpha), abs=1e-6
    )


def test_no_success_in_ten_clusters_is_no_success_in_ten_questions() -> None:
    found = units([0.0] * 200, [str(i // 20) for i in range(200)])
    upper = bounded.upper(found.values, found.weights, 0.05)
    assert upper == pytest.approx(bounds.upper(0, 10, 0.05 * bounded.HINGE_SHARE), abs=1e-6)


def test_the_mean_is_over_questions_not_clusters() -> None:
    found = units([1.0, 0.0, 0.0, 0.0], ["a", "b", "b", "b"])
    assert found.mean == pytest.approx(0.25)


@pytest.mark.parametrize("mean", [0.1, 0.35, 0.7])
def test_unequal_clusters_hold_their_level_exactly_however_they_lean(mean: float) -> None:
    """Every outcome of eight clusters, small ones and large ones with different rates."""
    sizes = np.array([1, 1, 1, 1, 4, 4, 4, 4], float)
    for small in (0.0, mean, min(1.0, 5 * mean)):
        large = (20 * mean - 4 * small) / 16
        rates = np.array([small] * 4 + [large] * 4)
        assert (sizes * rates).sum() / 20 == pytest.approx(mean)
        if not 0 <= large <= 1:
            continue
        missed = 0.0
        for outcome in itertools.product((0.0, 1.0), repeat=8):
            values = np.array(outcome)
            chance = np.where(values == 1, rates, 1 - rates).prod()
            missed += chance * (bounded.p_value(values, sizes / 4, mean) <= 0.1)
        assert missed <= 0.1 + 1e-9


def test_no_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="no questions"):
        units([], [])
