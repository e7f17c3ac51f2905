"""The curve: exact, and the same as scikit-learn's taken to convergence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ifthen.evidence.horizon.fit import fit


def data(seed: int, tasks: int, curves: int):
    rng = np.random.default_rng(seed)
    x = rng.uniform(-2, 11, tasks)
    weight = rng.gamma(1, 1, (curves, tasks))
    weight /= weight.sum(axis=1, keepdims=True)
    success = weight * rng.integers(0, 5, (curves, tasks)) / 4
    return x, weight, success


def test_a_curve_that_made_the_data_is_found_again() -> None:
    x = np.linspace(0, 11, 30)
    intercept, slope = np.array([3.0, 1.0, -2.0]), np.array([-0.6, -1.2, -0.1])
    weight = np.full((3, 30), 1 / 30)
    success = weight / (1 + np.exp(-(intercept[:, None] + slope[:, None] * x)))
    found = fit(x, weight, success, 0.0)
    assert found.converged.all()
    assert found.intercept == pytest.approx(intercept, abs=1e-9)
    assert found.slope == pytest.approx(slope, abs=1e-9)
    assert found.horizon(0.5) == pytest.approx(2 ** (-intercept / slope), rel=1e-8)
    chance = 1 / (1 + np.exp(-(found.intercept + found.slope * np.log2(found.horizon(0.8)))))
    assert chance == pytest.approx([0.8] * 3)


@pytest.mark.parametrize("ridge", [1e-5, 0.1])
def test_it_is_scikit_learns_at_tolerance_1e_10(ridge: float) -> None:
    linear = pytest.importorskip("sklearn.linear_model", reason="scikit-learn is not installed")
    x, weight, success = data(1, 25, 6)
    found = fit(x, weight, success, ridge)
    assert found.converged.all()
    stacked = np.concatenate([x, x])[:, None]
    outcome = np.concatenate([np.ones(25), np.zeros(25)])
    for row in range(6):
        model = linear.LogisticRegression(C=1 / ridge, tol=1e-10, max_iter=100_000)
        weights = np.concatenate([success[row], weight[row] - success[row]])
        model.fit(stacked, outcome, sample_weight=weights)
        assert found.intercept[row] == pytest.approx(model.intercept_[0], rel=1e-5, abs=1e-6)
        assert found.slope[row] == pytest.approx(model.coef_[0, 0], rel=1e-5, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    tasks=st.integers(2, 12),
    ridge=st.sampled_from([1e-6, 1e-3, 0.1, 10.0]),
    start=st.tuples(st.floats(-20, 20), st.floats(-5, 5)),
)
def test_the_gradient_is_zero_where_it_says_converged_and_the_start_does_not_matter(
    seed: int, tasks: int, ridge: float, start: tuple[float, float]
) -> None:
    x, weight, success = data(seed, tasks, 5)
    found = fit(x, weight, success, ridge)
    p = 1 / (1 + np.exp(-(found.intercept[:, None] + found.slope[:, None] * x)))
    gradient = (weight * p - success).sum(axis=1), (weight * p - success) @ x + ridge * found.slope
    for part in gradient:
        assert np.abs(part[found.converged]).max(initial=0) < 1e-6
    constant = (success.sum(axis=1) <= 0) | (success.sum(axis=1) >= weight.sum(axis=1))
    assert found.converged[~constant].all()
    again = fit(x, weight, success, ridge, tuple(np.full(5, v) for v in start))
    same = found.converged & again.converged
    assert again.slope[same] == pytest.approx(found.slope[same], rel=1e-4, abs=1e-5)


def test_outcomes_that_separate_have_no_curve_without_a_penalty() -> None:
    x = np.array([0.0, 1.0, 2.0, 3.0])
    weight = np.full((1, 4), 0.25)
    success = np.array([[0.25, 0.25, 0.0, 0.0]])
    assert not fit(x, weight, success, 0.0).converged[0]
    with_penalty = fit(x, weight, success, 1e-5)
    assert with_penalty.converged[0]
    assert with_penalty.horizon(0.5)[0] == pytest.approx(2**1.5)
