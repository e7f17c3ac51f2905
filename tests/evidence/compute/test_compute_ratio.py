"""Growth since the last assessment: exact where it can be, never below where it is not known."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_compute_ledger import GOOD, parse

from ifthen.evidence.compute.ledger import Ledger, Reference, TrainingRun
from ifthen.evidence.compute.ratio import NothingToCompare, course, ratio
from ifthen.evidence.compute.rnd import BASE, LIMITS, acceleration, needed
from ifthen.evidence.compute.scaling import measured_ratio
from ifthen.evidence.compute.uncertain import Uncertain


def ledger(now: TrainingRun, base: TrainingRun | None = None) -> Ledger:
    return Ledger("Lab", (base or BASE_RUN, now))


BASE_RUN = TrainingRun("old", 100, Uncertain(1e25), Uncertain(1.0), Uncertain(1.0), assessed=True)


def run(flop: float, times: float = 1.0, **more) -> TrainingRun:
    quantity = Uncertain.within(flop, times)
    return replace(TrainingRun("new", 200, quantity, Uncertain(1.0), Uncertain(1.0)), **more)


def test_an_exact_ratio_is_exact() -> None:
    found = ratio(ledger(run(4e25)), triggers=(2, 4, 6))
    assert (found.interval.low, found.interval.high) == (4, 4)
    answers = [(t.answer, t.probability) for t in found.triggers]
    assert answers == [("crossed", 1), ("crossed", 1), ("below", 0)]


def test_multipliers_multiply_and_their_errors_add_up() -> None:
    now = run(2e25, 1.2, algorithms=Uncertain.within(1.5, 1.3), post_training=Uncertain(2.0))
    found = ratio(ledger(now))
    assert found.interval.value == pytest.approx(6)
    spread = math.hypot(math.log(1.2), math.log(1.3)) / 1.6448536
    assert found.spread == pytest.approx(spread, rel=1e-6)
    assert found.interval.high == pytest.approx(6 * math.exp(1.9599640 * spread), rel=1e-6)
    assert ratio(ledger(now), of="pretraining").interval.value == pytest.approx(3)
    assert ratio(ledger(now), of="training").interval.value == pytest.approx(2)


def test_the_probabilities_are_those_of_simulation() -> None:
    ledger_ = parse(GOOD)
    found = ratio(ledger_)
    rng = np.random.default_rng(1)
    drawn = np.ones(200_000)
    base, now = ledger_.runs
    for name in ("flop", "algorithms", "post_training"):
        for quantity, power in ((getattr(now, name), 1), (getattr(base, name), -1)):
            normal = rng.standard_normal(len(drawn))
            drawn *= (quantity.median * np.exp(quantity.spread * normal)) ** power
    for trigger in found.triggers:
        assert trigger.probability == pytest.approx((drawn >= trigger.factor).mean(), abs=0.005)
    low, high = np.quantile(drawn, (0.025, 0.975))
    assert found.interval.low == pytest.approx(low, rel=0.02)
    assert found.interval.high == pytest.approx(high, rel=0.02)


@given(flop=st.floats(1e24, 1e27), times=st.floats(1, 30), trigger=st.floats(1.1, 20))
def test_a_trigger_inside_the_interval_cannot_be_ruled_out(
    flop: float, times: float, trigger: float
) -> None:
    found = ratio(ledger(run(flop, times)), triggers=(trigger,))
    (mark,) = found.triggers
    if found.interval.low < trigger <= found.interval.high:
        assert mark.answer == "cannot_rule_out"
    assert (mark.answer == "below") == (found.interval.high < trigger)
    assert (mark.probability or 0) <= 0.025 + 1e-9 or mark.answer != "below"


@pytest.mark.parametrize("name", ["algorithms", "post_training"])
def test_a_multiplier_that_is_not_known_never_rules_out(name: str) -> None:
    small, large = (run(flop, **{name: None}) for flop in (1.1e25, 9e25))
    found = ratio(ledger(small))
    assert found.unknown == (name,)
    assert {mark.answer for mark in found.triggers} == {"cannot_rule_out"}
    assert {mark.probability for mark in found.triggers} == {None}
    assert {mark.answer for mark in ratio(ledger(large)).triggers} == {"crossed"}
    assert ratio(ledger(small), of="training").triggers[0].answer == "below"


def test_an_estimate_without_a_grade_decides_nothing() -> None:
    now = replace(run(1e28), flop=Uncertain(1e28, math.inf))
    found = ratio(ledger(now))
    assert {mark.answer for mark in found.triggers} == {"cannot_rule_out"}
    json.dumps(found.as_json(), allow_nan=False)


def test_the_snapshot_last_assessed_is_the_one_to_compare_with() -> None:
    newer = replace(BASE_RUN, model="newer", day=150, flop=Uncertain(2e25))
    found = ratio(Ledger("Lab", (BASE_RUN, newer, run(4e25))))
    assert (found.since, found.interval.value) == ("newer", 2)
    assert ratio(Ledger("Lab", (BASE_RUN, newer, run(4e25))), since="old").interval.value == 4
    with pytest.raises(NothingToCompare, match="marked assessed"):
        ratio(Ledger("Lab", (replace(BASE_RUN, assessed=False), run(4e25))))
    with pytest.raises(NothingToCompare, match="no model 'x'"):
        ratio(ledger(run(1e25)), model="x")


def test_a_run_in_flight_reaches_a_trigger_when_arithmetic_says() -> None:
    now = run(2e25, flop_per_day=Uncertain(1e24), ends=230)
    found = ratio(ledger(now), triggers=(2, 4, 6))
    by_factor = {arrival.factor: arrival for arrival in found.arrivals}
    assert by_factor[2].from_day == by_factor[2].surely_day == 200
    assert by_factor[4].from_day == by_factor[4].likely_day == by_factor[4].surely_day == 220
    assert by_factor[4].by_end == 1
    assert by_factor[6].from_day is None
    assert by_factor[6].by_end == 0


def test_an_uncertain_run_in_flight_cannot_be_ruled_out_before_it_is_crossed() -> None:
    found = ratio(parse(GOOD), seed=3)
    assert found == ratio(parse(GOOD), seed=3)
    for arrival in found.arrivals:
        days = [d for d in (arrival.from_day, arrival.likely_day, arrival.surely_day) if d]
        assert days == sorted(days)
    base, now = found.runs
    bands = course(base, now, "effective", 0.95, range(now.day, now.ends, 10))
    assert [i.value for i in bands] == sorted(i.value for i in bands)


# --- the scaling law, turned around ------------------------------------------------------------

SIZES = np.geomspace(1e20, 1e25, 9)


def loss(compute, floor: float = 1.7, factor: float = 400.0, exponent: float = 0.13):
    return floor + factor * np.asarray(compute) ** -exponent


def score(compute):
    return 1 / (1 + np.exp(-(np.log(compute) - 54) / 2))


def measured(reference: Reference, *values: float) -> Ledger:
    name = "loss" if reference.measure == "loss" else "bench"
    runs = [
        TrainingRun(f"m{n}", n, Uncertain(1.0), measured=((name, value),), assessed=n == 0)
        for n, value in enumerate(values)
    ]
    return Ledger("Lab", tuple(runs), reference)


def test_exact_losses_give_back_the_compute_that_made_them() -> None:
    reference = Reference("loss", (), tuple(zip(SIZES, loss(SIZES), strict=True)))
    found = measured_ratio(measured(reference, float(loss(1e24)), float(loss(7e24))))
    assert found.law["floor"] == pytest.approx(1.7, rel=1e-4)
    assert found.law["exponent"] == pytest.approx(0.13, rel=1e-4)
    assert found.base.interval.value == pytest.approx(1e24, rel=1e-3)
    assert found.ratio.value == pytest.approx(7, rel=1e-3)
    assert found.ratio.low == pytest.approx(found.ratio.high, rel=0.01)
    assert not found.now.extrapolated


def test_exact_scores_give_back_the_compute_that_made_them() -> None:
    points = tuple(zip(SIZES, score(SIZES), strict=True))
    reference = Reference("score", (("bench", 1.0),), points)
    found = measured_ratio(measured(reference, float(score(1e23)), float(score(5e25))))
    assert found.ratio.value == pytest.approx(500, rel=1e-6)
    assert found.now.extrapolated


def test_a_loss_at_the_floor_is_out_of_the_baselines_reach() -> None:
    reference = Reference("loss", (), tuple(zip(SIZES, loss(SIZES), strict=True)))
    found = measured_ratio(measured(reference, float(loss(1e24)), 1.6))
    assert found.now.unreachable == 1
    assert found.ratio.low == math.inf
    both = measured_ratio(measured(reference, 1.6, 1.5))
    assert {mark.answer for mark in both.triggers} == {"cannot_rule_out"}
    assert (both.ratio.low, both.ratio.high) == (0, math.inf)
    json.dumps(both.as_json(), allow_nan=False)


def test_the_interval_of_a_measured_ratio_holds_the_truth_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(11)
    held, tables = 0, 80
    for seed in range(tables):
        noisy = loss(SIZES) + rng.normal(0, 0.01, len(SIZES))
        pair = loss(np.array([3e23, 2.4e24])) + rng.normal(0, 0.01, 2)
        reference = Reference("loss", (), tuple(zip(SIZES, noisy, strict=True)))
        found = measured_ratio(measured(reference, *map(float, pair)), replicates=400, seed=seed)
        held += found.ratio.low <= 8 <= found.ratio.high
    assert held >= 68


def test_models_that_were_not_measured_are_not_compared() -> None:
    reference = Reference("loss", (), tuple(zip(SIZES, loss(SIZES), strict=True)))
    unmeasured = replace(ledger(run(1e25)), reference=reference)
    with pytest.raises(NothingToCompare, match="'old' has no 'loss'"):
        measured_ratio(unmeasured)
    with pytest.raises(NothingToCompare, match="no reference family"):
        measured_ratio(ledger(run(1e25)))


# --- two years of progress in one --------------------------------------------------------------


def test_the_arithmetic_of_the_threshold() -> None:
    assert math.prod(BASE.values()) == pytest.approx(35.28)
    assert [limit for _, limit in LIMITS] == pytest.approx([1_000, 1_225, 1_244.6784])
    found = needed(1_225, ("algorithms", "post-training"))
    assert found.growth == pytest.approx(1_225 / 4.2)
    assert found.faster == pytest.approx(2.667, abs=0.001)
    assert needed(35.28**2, tuple(BASE)).faster == pytest.approx(2)


def test_the_trend_is_far_below_and_twice_its_rate_lies_between_the_meanings() -> None:
    assert acceleration({}).answer == "below"
    assert acceleration({}).growth.value == pytest.approx(35.28)
    between = acceleration({"algorithms": Uncertain(1_100 / 12.6)})
    assert [answer for *_, answer in between.limits] == ["crossed", "below", "below"]
    assert between.answer == "cannot_rule_out"
    twice = {name: Uncertain(base**2 * 1.0001) for name, base in BASE.items()}
    assert acceleration(twice).answer == "crossed"


def test_the_shares_say_which_factor_to_measure() -> None:
    factors = {"compute": Uncertain.within(4.2, 1.2), "algorithms": Uncertain.within(2.8, 1.44)}
    shares = dict(acceleration(factors, basis="projected").shares)
    assert shares == pytest.approx({"compute": 0.2, "algorithms": 0.8, "post-training": 0})
    with pytest.raises(ValueError, match="no factor 'chips'"):
        acceleration({"chips": Uncertain(2.0)})


def snapshots() -> Ledger:
    """Model b was assessed in flight, and went on."""
    first = replace(BASE_RUN, model="a")
    second = replace(BASE_RUN, model="b", day=150)
    later = [replace(run(flop), model="b", day=day) for day, flop in ((200, 3e25), (300, 9e25))]
    return Ledger("Lab", (first, second, *later))


def test_a_snapshot_is_compared_with_one_before_it_of_the_same_model_too() -> None:
    assert ratio(snapshots(), "b", "b").interval.value == 9
    assert ratio(snapshots().until(250), "b", "b").interval.value == 3
    assert ratio(snapshots().until(250), "b", "a").runs[0].model == "a"
    unmarked = [replace(each, assessed=False) for each in snapshots().runs]
    assert ratio(Ledger("Lab", tuple(unmarked)), "b", "b").interval.value == 3


def test_what_was_assessed_later_is_no_base() -> None:
    """Turned around, a growth of nine is a ninth, and every trigger is far away."""
    with pytest.raises(NothingToCompare, match="no snapshot of 'b' before that of 'a'"):
        ratio(snapshots(), "a", "b")
    with pytest.raises(NothingToCompare, match="before"):
        ratio(Ledger("Lab", (BASE_RUN,)), "old", "old")
