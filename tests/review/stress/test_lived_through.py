"""Futures against what can be reckoned by hand, against the forecast, and against laws."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small import CADENCE, EXACT, GATES, STEADY, live, reached, world

from ifthen.evidence.forecast import TREND, forecast
from ifthen.evidence.futures import YEAR, Cadence, Growth
from ifthen.review.stress.draws import draw
from ifthen.review.stress.plan import Change

QUARTERLY = CADENCE % "90 days" + GATES


def only(values: np.ndarray) -> float:
    """The one value that all futures share."""
    assert len(set(values.tolist())) == 1
    return float(values[0])


def test_overshoot_and_exposure_can_be_reckoned_by_hand() -> None:
    """Assessments start on days 90, 180, 270; the third sees what was crossed on day 220."""
    outcome = live(QUARTERLY)
    crossed, found = reached(4.0), 270 + 30
    assert 180 < crossed <= 270
    growth = math.log(10) / YEAR
    assert only(outcome.overshoot) == pytest.approx(found * growth - math.log(4))
    assert only(outcome.trained) == found - crossed + 1
    assert only(outcome.used_inside) == found - crossed + 1
    # Safeguards take 100 days from the finding.
    assert only(outcome.paused) == only(outcome.withdrawn) == 100 - 1
    assert only(outcome.early) == only(outcome.false_alarms) == 0


def test_a_released_model_is_exposed_once_what_was_released_is_past() -> None:
    """Releases lie 120 days apart; what was released before the crossing stays harmless."""
    setting = world(4.0)
    outcome = live(QUARTERLY, setting=setting, count=500)
    crossed, found = reached(4.0), 300
    first = np.ceil(draw(setting, STEADY, 2.0, 0, 0).release[:500])
    harmful = first + 120 * np.maximum(0, np.ceil((crossed - first) / 120))
    expected = np.maximum(0, found - harmful)
    assert 0 < (expected == 0).sum() < 500
    assert outcome.deployed.tolist() == expected.tolist()


def test_a_margin_finds_it_before_it_is_crossed() -> None:
    """With 6x ahead, a threshold at 10x is near at 1.67x, which the assessment of day 90 sees."""
    outcome = live(QUARTERLY, setting=world(10.0), change=Change(buffer=6.0), years=3)
    assert reached(10 / 6) <= 90
    assert only(outcome.paused) == only(outcome.early) == 99
    # Found on day 120; the safeguards are there before training has come to the threshold.
    assert only(outcome.exposed) == 0
    assert only(outcome.overshoot) == 0


def test_growth_triggers_count_only_what_they_are_to_count() -> None:
    growth = (Growth("compute", 4.0, 4.0), Growth("other", 2.5, 2.5, counted=False))
    clauses = """\
  - {id: cadence, kind: cadence, for_each: model, title: assess, source: s.3, encodes: [],
     do: assessment_started, growth: ">= 4x"}
"""
    outcome = live(clauses + GATES, growth=growth, setting=world(9.0), years=3)
    # Fourfold growth in compute takes a year, in which ten times is reached in all.
    found = reached(4.0, 4.0) + 30
    assert found - 30 == 366
    assert only(outcome.trained) == found - reached(9.0) + 1


@pytest.mark.parametrize("lumps", [0.0, 4.0])
def test_it_agrees_with_the_forecast_for_the_same_cadence(lumps: float) -> None:
    """The probability of crossing 4x unseen before the next assessment of a cadence is done."""
    growth = (*TREND[:2], Growth("post-training", 1.5, 6.0, lumps=lumps, counted=False))
    cadence = Cadence(every_days=90, assessment_days=30, assessment_high_days=30)
    predicted = forecast(cadence, growth, buffers=(4.0,), runs=20_000).crossings[0][1]
    outcome = live(QUARTERLY, growth=growth, count=6_000, years=120 / YEAR)
    crossed = 1 - float(np.isnan(outcome.overshoot).mean())
    error = math.sqrt(predicted * (1 - predicted) * (1 / 20_000 + 1 / 6_000))
    assert 0.05 < predicted < 0.6
    assert abs(crossed - predicted) < 4 * error


def test_nobody_looks_nobody_stops() -> None:
    outcome = live(GATES, count=300)
    crossed, last = reached(4.0), math.ceil(2 * YEAR)
    assert only(outcome.trained) == last - crossed + 1
    assert np.isinf(outcome.overshoot).all()
    assert only(outcome.paused) == 0


def test_noise_raises_false_alarms_and_a_shortfall_lowers_them() -> None:
    noisy = replace(EXACT, noise=4.0)
    blind = replace(noisy, elicits=3.0)
    counts = [live(QUARTERLY, house).false_alarms.sum() for house in (EXACT, noisy, blind)]
    assert counts[0] == 0 < counts[2] < counts[1]


@settings(max_examples=12, deadline=None)
@given(
    days=st.integers(40, 150), parts=st.integers(2, 4), ahead=st.floats(2, 100), seed=st.integers(0)
)
def test_looking_in_between_never_exposes_more(
    days: int, parts: int, ahead: float, seed: int
) -> None:
    """Without error, a schedule that holds all days of another finds nothing later."""
    quick = replace(EXACT, assessment_days=5.0, assessment_high_days=5.0)
    setting = world(ahead)
    loose, tight = (
        live(CADENCE % f"{every} days" + GATES, quick, setting, TREND, seed=seed % 1000, years=1.5)
        for every in (days * parts, days)
    )
    for name in ("trained", "used_inside", "deployed", "exposed"):
        assert (getattr(tight, name) <= getattr(loose, name)).all()
    assert (_past(tight.overshoot) <= _past(loose.overshoot) + 1e-9).all()


@settings(max_examples=12, deadline=None)
@given(
    ahead=st.floats(1, 50),
    buffers=st.tuples(st.floats(1, 20), st.floats(1, 20)),
    noise=st.floats(1, 4),
    seed=st.integers(0),
)
def test_a_larger_margin_never_finds_it_later(
    ahead: float, buffers: tuple[float, float], noise: float, seed: int
) -> None:
    """Whatever the errors, for they are the same: up to the first finding nothing differs."""
    setting = world(ahead, safeguards_days=1e6, safeguards_high_days=1e6)
    house = replace(EXACT, noise=noise, elicits=1.5)
    small, large = (
        live(QUARTERLY, house, setting, TREND, seed=seed % 1000, change=Change(buffer=buffer))
        for buffer in sorted(buffers)
    )
    assert (_past(large.overshoot) <= _past(small.overshoot) + 1e-9).all()
    assert (large.trained <= small.trained).all()


def _past(overshoot: np.ndarray) -> np.ndarray:
    """Nothing is overshot where nothing is crossed."""
    return np.where(np.isnan(overshoot), 0.0, overshoot)


@settings(max_examples=8, deadline=None)
@given(rates=st.tuples(st.floats(1.5, 60), st.floats(1.5, 60)))
def test_faster_growth_is_crossed_no_later(rates: tuple[float, float]) -> None:
    slow, fast = (
        live(GATES, growth=(Growth("all", rate, rate),), count=100) for rate in sorted(rates)
    )
    assert (fast.trained >= slow.trained).all()


def test_exposure_is_any_of_the_three_and_pauses_leave_none_of_training() -> None:
    outcome = live(QUARTERLY, replace(EXACT, noise=2.0, elicits=2.0), growth=TREND, count=800)
    parts = np.stack([outcome.trained, outcome.used_inside, outcome.deployed])
    assert (outcome.exposed >= parts.max(axis=0)).all()
    assert (outcome.exposed <= parts.sum(axis=0)).all()
    assert (outcome.early <= outcome.paused).all()
    assert (outcome.trained + outcome.paused <= math.ceil(2 * YEAR)).all()


def test_what_grows_in_steps_grows_as_much_as_smoothly() -> None:
    """By the middle of many futures, jumps and a steady rate come as far in a year."""
    smooth = live(GATES, growth=(Growth("g", 3.0, 3.0),), setting=world(3.0), count=2000, years=1)
    jumpy = (Growth("g", 3.0, 3.0, lumps=50),)
    lumpy = live(GATES, growth=jumpy, setting=world(3.0), count=2000, years=1)
    assert 0.4 < 1 - np.isnan(lumpy.overshoot).mean() < 0.6
    assert not np.isnan(smooth.overshoot).any()
