"""Forecasts: closed forms where nothing is random, and the table they must reproduce."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ifthen.evidence.forecast import TREND, forecast, horizon_growth
from ifthen.evidence.futures import MONTH, Cadence, Growth

ALL = tuple(replace(each, counted=True) for each in TREND)
SMOOTH = tuple(replace(each, lumps=0) for each in TREND)


def sure(months: float = 0.0, growth: float | None = None, **more) -> Cadence:
    """A cadence whose assessment always takes a month."""
    every = months * MONTH if months else None
    return Cadence(every, growth, assessment_high_days=MONTH, **more)


TEN = (Growth("all", 10, 10),)


def test_without_chance_it_is_arithmetic() -> None:
    found = forecast(sure(6), TEN, runs=100)
    assert found.median_days == pytest.approx(7 * MONTH)
    assert found.median == found.quantile == pytest.approx(10 ** (7 / 12))
    assert found.worst_growth == pytest.approx(10 ** (7 / 12))
    late = forecast(sure(6, clock="completion"), TEN, runs=100)
    assert late.median == pytest.approx(10 ** (8 / 12))


def test_a_growth_trigger_fires_when_growth_is_reached() -> None:
    found = forecast(sure(growth=4), TEN, runs=100)
    assert found.median == pytest.approx(4 * 10 ** (1 / 12))
    assert forecast(sure(3, growth=4), TEN, runs=100).median == pytest.approx(10 ** (4 / 12))
    from_completion = forecast(sure(growth=4, clock="completion"), TEN, runs=100)
    assert from_completion.median == pytest.approx(4 * 10 ** (2 / 12))


def test_what_is_not_counted_goes_on_growing_unseen() -> None:
    two = (Growth("seen", 10, 10), Growth("unseen", 2, 2, counted=False))
    fired = 12 * np.log(4) / np.log(10)
    expected = 4 * 10 ** (1 / 12) * 2 ** ((fired + 1) / 12)
    assert forecast(sure(growth=4), two, runs=100).median == pytest.approx(expected)
    with pytest.raises(ValueError, match="counts none"):
        forecast(sure(growth=4), (replace(TEN[0], counted=False),), runs=100)


def test_jumps_have_the_mean_and_spread_of_their_law() -> None:
    lumpy = (Growth("all", 10, 10, lumps=4),)
    logs = np.log(forecast(sure(11), lumpy, runs=40_000, seed=4).futures)
    # A compound Poisson process over one year: mean ln 10, variance 2 (ln 10)^2 / 4.
    assert logs.mean() == pytest.approx(np.log(10), rel=0.02)
    assert logs.var() == pytest.approx(np.log(10) ** 2 / 2, rel=0.04)


def test_a_growth_trigger_on_jumps_is_never_missed() -> None:
    lumpy = (Growth("all", 5, 20, lumps=3),)
    found = forecast(sure(growth=4), lumpy, runs=4_000)
    assert found.futures.min() >= 4 * (1 - 1e-9)


@settings(max_examples=15, deadline=None)
@given(
    months=st.floats(1, 12),
    poll=st.floats(0, 60),
    delay=st.floats(0, 60),
    seed=st.integers(0, 1_000),
)
def test_more_delay_never_helps_and_a_larger_buffer_does(
    months: float, poll: float, delay: float, seed: int
) -> None:
    prompt = Cadence(months * MONTH, 4.0)
    slow = replace(prompt, poll_days=poll, delay_days=delay)
    quick, late = (
        forecast(each, TREND, buffers=(4, 6, 10), runs=500, seed=seed) for each in (prompt, slow)
    )
    assert late.quantile >= quick.quantile * (1 - 1e-12)
    assert np.all(late.futures >= quick.futures * (1 - 1e-12))
    shares = [probability for _, probability in late.crossings]
    assert shares == sorted(shares, reverse=True)


def test_the_answer_follows_the_share_of_futures() -> None:
    def answer(buffer: float) -> str | None:
        return forecast(Cadence(3 * MONTH, 4.0), ALL, buffers=(buffer,), runs=4_000).answer

    assert [answer(buffer) for buffer in (4.0, 30.0)] == [
        "cannot_rule_out",
        "below",
    ]


def test_a_share_within_the_error_of_so_few_futures_is_not_below() -> None:
    cadence = Cadence(3 * MONTH, 4.0)
    (_, share), *_ = forecast(cadence, ALL, buffers=(8.0,), runs=1_000).crossings
    for spare, answer in ((0.001, "cannot_rule_out"), (0.05, "below")):
        found = forecast(cadence, ALL, buffers=(8.0,), runs=1_000, tolerated=share + spare)
        assert found.answer == answer


def test_a_result_says_how_it_was_found() -> None:
    found = forecast(Cadence(3 * MONTH, 4.0), runs=500, seed=9)
    assert found == forecast(Cadence(3 * MONTH, 4.0), runs=500, seed=9)
    filed = json.loads(json.dumps(found.as_json(), allow_nan=False))
    assert (filed["seed"], filed["futures"], filed["cadence"]["clock"]) == (9, 500, "start")
    assert filed["buffer_between"][0] <= filed["buffer"] <= filed["buffer_between"][1]


def test_a_horizon_grows_as_it_doubles() -> None:
    growth = horizon_growth(107.3, 161.4, 0.95)
    assert 2 ** (365.25 / 161.4) < growth.low < growth.high < 2 ** (365.25 / 107.3)
    narrow = horizon_growth(107.3, 161.4, 0.90)
    assert narrow.low == pytest.approx(2 ** (365.25 / 161.4))
    assert narrow.high == pytest.approx(2 ** (365.25 / 107.3))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Cadence(),
        lambda: Cadence(every_growth=1.0),
        lambda: Cadence(30, poll_days=-1),
        lambda: Cadence(30, assessment_days=50, assessment_high_days=40),
        lambda: Growth("x", 3, 2),
        lambda: Growth("x", 2, 3, lumps=-1),
        lambda: forecast(Cadence(30), ()),
        lambda: forecast(Cadence(30), tolerated=0),
    ],
)
def test_what_makes_no_sense_is_refused(wrong) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        wrong()


# The table of a separate prototype: its assumptions, 40,000 futures of its own random numbers.
# Months and growth at trend; middle growth, buffer, and percent crossing a 4x, 6x, 10x buffer.
TABLE = {
    "v1.0, start": (Cadence(3 * MONTH, 4), ALL, 4.0, 3.3, 2.8, 7.5, (25, 9, 3)),
    "v1.0, completion": (
        Cadence(3 * MONTH, 4, "completion"),
        ALL,
        5.0,
        4.4,
        3.9,
        13,
        (48, 23, 8),
    ),
    "v2.0, no delay": (Cadence(6 * MONTH, 4), TREND, 7.0, 8.0, 6.7, 32, (91, 58, 28)),
    "v2.0, monthly": (
        Cadence(6 * MONTH, 4, "start", MONTH, 14),
        TREND,
        8.5,
        12,
        8.3,
        43,
        (97, 74, 39),
    ),
    "v2.0, every two": (
        Cadence(6 * MONTH, 4, "start", 2 * MONTH, MONTH),
        TREND,
        10,
        19,
        10,
        59,
        (99, 86, 53),
    ),
    "v2.0, completion": (
        Cadence(6 * MONTH, 4, "completion", 2 * MONTH, MONTH),
        TREND,
        11,
        26,
        14,
        95,
        (100, 94, 70),
    ),
    "2x, in a month": (
        Cadence(None, 2, "start", 0, MONTH),
        TREND,
        5.4,
        4.9,
        3.7,
        14,
        (42, 21, 9),
    ),
    "2x, all, prompt": (Cadence(None, 2), ALL, 3.3, 2.7, 2.6, 6.2, (14, 5, 2)),
    "6x or 3 months": (Cadence(3 * MONTH, 6), TREND, 4.0, 3.3, 2.8, 9.4, (25, 12, 5)),
    "6x": (Cadence(None, 6), TREND, 9.7, 18, 15, 97, (100, 100, 76)),
}


@pytest.mark.parametrize("name", TABLE)
def test_the_table_of_overshoot_is_reproduced(name: str) -> None:
    """Within rounding of the table and the Monte-Carlo error of both sides."""
    cadence, growth, months, at_trend, middle, buffer, crossing = TABLE[name]
    found = forecast(cadence, growth, buffers=(4, 6, 10), seed=1)
    assert found.worst_days / MONTH == pytest.approx(months, abs=0.06)
    assert found.worst_growth == pytest.approx(at_trend, rel=0.045)
    assert found.median == pytest.approx(middle, rel=0.07)
    assert found.quantile == pytest.approx(buffer, rel=0.07)
    for (_, probability), percent in zip(found.crossings, crossing, strict=True):
        assert 100 * probability == pytest.approx(percent, abs=0.5 + 1.5)


@pytest.mark.parametrize(
    ("cadence", "growth", "buffer"),
    [
        (Cadence(3 * MONTH, 4), SMOOTH, 4.8),
        (Cadence(6 * MONTH, 4), SMOOTH, 14),
        (Cadence(6 * MONTH, 4, "start", 2 * MONTH, MONTH), SMOOTH, 27),
    ],
)
def test_smooth_post_training_needs_smaller_buffers(
    cadence: Cadence, growth: tuple[Growth, ...], buffer: float
) -> None:
    assert forecast(cadence, growth, seed=1).quantile == pytest.approx(buffer, rel=0.06)
