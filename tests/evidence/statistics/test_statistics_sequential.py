"""Looking more than once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from ifthen.evidence.statistics import bounded, bounds
from ifthen.evidence.statistics.sequential import Looks, Shape, spend

shapes = st.sampled_from(["even", "late"])
plans = st.lists(st.integers(1, 500), min_size=1, max_size=8, unique=True).map(
    lambda found: tuple(sorted(found))
)


@given(plans, st.sampled_from([0.1, 0.05, 0.01]), shapes)
def test_the_parts_add_up_to_the_error(looks: tuple[int, ...], alpha: float, shape: Shape) -> None:
    parts = spend(looks, alpha, shape)
    assert sum(parts) == pytest.approx(alpha)
    assert all(part >= 0 for part in parts)
    assert Looks(looks, shape).alpha(looks[-1], alpha) == pytest.approx(parts[-1])


def test_late_spending_is_that_of_obrien_and_fleming() -> None:
    """Cumulative errors 2 - 2 Phi(z / sqrt(t)), as Lan and DeMets give them."""
    found = np.cumsum(spend((1, 2, 3, 4), 0.05, "late"))
    z = stats.norm.ppf(0.975)
    assert found == pytest.approx([2 * stats.norm.sf(z / np.sqrt(t)) for t in (0.25, 0.5, 0.75, 1)])


def crossing(rate: float, looks: tuple[int, ...], ruled_out) -> float:
    """The exact chance that any look rules the rate out, step by step over the number passed."""
    alive = {0: 1.0}
    crossed, before = 0.0, 0
    for look in looks:
        step = stats.binom.pmf(np.arange(look - before + 1), look - before, rate)
        after: dict[int, float] = {}
        for passed, chance in alive.items():
            for more, part in enumerate(step):
                after[passed + more] = after.get(passed + more, 0.0) + chance * float(part)
        alive = {}
        for passed, chance in after.items():
            if ruled_out(passed, look):
                crossed += chance
            else:
                alive[passed] = chance
        before = look
    return crossed


@pytest.mark.parametrize("rate", [0.1, 0.3, 0.5, 0.8])
@pytest.mark.parametrize("shape", ["even", "late"])
def test_planned_looks_keep_the_error_exactly(rate: float, shape: Shape) -> None:
    looks = (10, 20, 30, 40, 60)
    plan = Looks(looks, shape)
    error = crossing(rate, looks, lambda s, n: bounds.upper(s, n, plan.alpha(n, 0.1)) < rate)
    assert error <= 0.1
    naive = crossing(rate, looks, lambda s, n: bounds.upper(s, n, 0.1) < rate)
    assert naive > 0.1, "unplanned looks do not"


@pytest.mark.parametrize("rate", [0.1, 0.5])
def test_looks_at_any_time_keep_the_error_exactly(rate: float) -> None:
    def ruled_out(passed: int, n: int) -> bool:
        values = np.array([1.0] * passed + [0.0] * (n - passed))
        return bounded.p_value(values, np.ones(n), rate, any_time=True) < 0.1

    assert crossing(rate, tuple(range(1, 81)), ruled_out) <= 0.1


@pytest.mark.parametrize("planned", [(), (0, 5), (10, 5), (5, 5)])
def test_plans_that_are_none(planned: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="planned looks"):
        Looks(planned)


def test_a_look_that_was_not_planned() -> None:
    with pytest.raises(ValueError, match="no look was planned at 15 questions, only at 10, 20"):
        Looks((10, 20)).alpha(15, 0.05)
