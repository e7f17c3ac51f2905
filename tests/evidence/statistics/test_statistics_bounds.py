"""Bounds of proportions: exact over a grid, against peers, and by their laws."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from ifthen.evidence.statistics import bounds


@st.composite
def counts(draw: st.DrawFn) -> tuple[int, int]:
    n = draw(st.integers(1, 400))
    return draw(st.integers(0, n)), n


levels = st.sampled_from([0.2, 0.1, 0.05, 0.01, 0.001])


@given(counts(), levels)
def test_the_exact_bounds_are_those_of_scipy_and_statsmodels(
    count: tuple[int, int], alpha: float
) -> None:
    successes, n = count
    interval = stats.binomtest(successes, n).proportion_ci(1 - 2 * alpha, method="exact")
    assert bounds.upper(successes, n, alpha) == pytest.approx(interval.high, abs=1e-9)
    assert bounds.lower(successes, n, alpha) == pytest.approx(interval.low, abs=1e-9)
    low, high = proportion_confint(successes, n, 2 * alpha, method="beta")
    assert bounds.upper(successes, n, alpha) == pytest.approx(high, abs=1e-9)
    assert bounds.lower(successes, n, alpha) == pytest.approx(low, abs=1e-9)


@given(counts(), levels)
def test_wilson_and_jeffreys_are_those_of_statsmodels(count: tuple[int, int], alpha: float) -> None:
    successes, n = count
    wilson = proportion_confint(successes, n, 2 * alpha, method="wilson")[1]
    assert bounds.wilson_upper(successes, n, alpha) == pytest.approx(wilson, abs=1e-9)
    jeffreys = proportion_confint(successes, n, 2 * alpha, method="jeffreys")[1]
    found = bounds.posterior_upper(successes, n, alpha, prior=0.5)
    assert found == pytest.approx(jeffreys, abs=1e-9)


@pytest.mark.parametrize("alpha", [0.2, 0.1, 0.05, 0.01])
def test_the_exact_bound_never_misses_more_often_than_it_says(alpha: float) -> None:
    """Every rate on a grid, and the rates just above each bound, where it misses most."""
    for n in (*range(1, 31), 50, 100, 200, 500):
        uppers = np.array([bounds.upper(s, n, alpha) for s in range(n + 1)])
        rates = np.unique(np.concatenate([np.linspace(0.001, 0.999, 97), uppers + 1e-9]))
        rates = rates[rates < 1]
        chances = stats.binom.pmf(np.arange(n + 1)[:, None], n, rates[None, :])
        missed = np.where(uppers[:, None] < rates[None, :], chances, 0).sum(axis=0)
        assert missed.max() <= alpha + 1e-12
        assert missed.max() > alpha - 1e-6, "it is exact, not just wide"


def test_the_other_bounds_do_miss_more_often() -> None:
    """Which is why they do not decide."""
    uppers = np.array([bounds.wilson_upper(s, 5, 0.05) for s in range(6)])
    rates = uppers[:-1] + 1e-9
    missed = [stats.binom.pmf(np.arange(6), 5, rate)[uppers < rate].sum() for rate in rates]
    assert max(missed) > 0.2


@pytest.mark.parametrize("passed", range(4))
def test_the_five_tasks_of_the_first_policy(passed: int) -> None:
    upper = [0.369, 0.584, 0.753, 0.888][passed]
    assert bounds.upper(passed, 5, 0.1) == pytest.approx(upper, abs=5e-4)


@given(st.integers(1, 2000), levels)
def test_nothing_of_n_has_its_closed_form(n: int, alpha: float) -> None:
    assert bounds.upper(0, n, alpha) == pytest.approx(1 - alpha ** (1 / n), abs=1e-9)
    assert bounds.lower(0, n, alpha) == pytest.approx(0, abs=1e-9)
    assert bounds.upper(n, n, alpha) == 1


@given(counts(), levels)
def test_a_bound_rises_with_successes_and_confidence_and_falls_with_failures(
    count: tuple[int, int], alpha: float
) -> None:
    successes, n = count
    upper = bounds.upper(successes, n, alpha)
    assert bounds.upper(successes, n + 1, alpha) <= upper
    assert bounds.upper(successes + 1, n + 1, alpha) >= upper
    assert bounds.upper(successes, n, alpha / 2) >= upper
    assert bounds.lower(successes, n, alpha) <= successes / n <= upper


@given(counts(), levels)
def test_test_and_bound_agree(count: tuple[int, int], alpha: float) -> None:
    successes, n = count
    upper = bounds.upper(successes, n, alpha)
    if upper < 1:
        assert bounds.chance_of_at_most(successes, n, upper + 1e-9) <= alpha
        assert bounds.chance_of_at_most(successes, n, upper - 1e-6) >= alpha


def test_no_normal_bound_for_few_questions() -> None:
    assert bounds.normal_upper(0.1, 0.3, bounds.CLT_LEAST - 1, 0.05) is None
    found = bounds.normal_upper(0.1, 0.3, bounds.CLT_LEAST, 0.05)
    assert found == pytest.approx(0.1 + 1.6448536 * 0.3 / math.sqrt(bounds.CLT_LEAST))


@pytest.mark.parametrize(("successes", "n"), [(1, 0), (0, 0), (3, 2), (-1, 4)])
def test_what_is_no_proportion_is_refused(successes: int, n: int) -> None:
    with pytest.raises(ValueError, match="no proportion"):
        bounds.upper(successes, n, 0.05)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40), st.sampled_from([0.2, 0.1, 0.05, 0.01]))
def test_the_exact_bound_holds_for_a_fixed_set_of_unlike_tasks(
    rates: list[float], alpha: float
) -> None:
    """Each task with its own rate, enumerated: what is bounded is their mean (Hoeffding 1956)."""
    chances = np.ones(1)
    for rate in rates:
        chances = np.convolve(chances, [1 - rate, rate])
    mean = float(np.mean(rates))
    uppers = np.array([bounds.upper(s, len(rates), alpha) for s in range(len(rates) + 1)])
    assert chances[uppers < mean].sum() <= alpha + 1e-9


@pytest.mark.parametrize(("successes", "rate"), [(0, 0.5), (1, 0.5), (3, 0.2), (0, 0.01), (7, 0.9)])
def test_the_least_number_of_tasks_that_rules_a_rate_out(successes: int, rate: float) -> None:
    """One by one, by the tail of the binomial."""
    n = successes + 1
    while stats.binom.cdf(successes, n, rate) >= 0.05:
        n += 1
    assert bounds.least_tasks(successes, rate, 0.05) == n
    assert bounds.least_tasks(0, 1e-9, 0.05) is None
