"""Many futures: the same from the same seed whoever lives through them, counted with intervals."""

from __future__ import annotations

import json
import math
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small import CADENCE, EXACT, GATES, HEAD, STEADY, live, policy, world

from ifthen import InputError, load_policy, policy_ids
from ifthen.evidence.forecast import TREND
from ifthen.review.stress.derive import derive
from ifthen.review.stress.draws import BLOCK
from ifthen.review.stress.estimate import LEVEL, estimate, quantile, share
from ifthen.review.stress.houses import load_houses
from ifthen.review.stress.plan import ACTIONS, Change, make_plan
from ifthen.review.stress.run import Futures, Workers
from ifthen.review.stress.study import Study, stress
from ifthen.review.stress.under import Level, changes, parse_level, remedies

PACKAGED = load_houses()
HONEST, HURRIED, LITERAL = PACKAGED.houses
FEW = Futures(PACKAGED.setting, TREND, 1.0, 300, 7)
WORDY = HEAD.replace(
    "thresholds:",
    "terms:\n"
    "  soon: {phrase: soon, type: duration, literal: any, charitable: at most 40 days, source: s}\n"
    "thresholds:",
)
LINGERING = (CADENCE % "soon" + GATES).replace("action: deploy,", "action: deploy, grace: soon,")


def studied(name: str, futures: Futures, **more: Any) -> Study:
    return stress([load_policy(name)], PACKAGED.houses, futures, **more)


# --- the same from the same seed -----------------------------------------------------------------


@pytest.fixture(scope="module")
def alone() -> dict[str, Any]:
    """Three blocks in this process, the last of them short."""
    return studied("deepmind/fsf@1.0", MANY).as_json()


MANY = replace(FEW, count=2 * BLOCK + 100, years=0.5)


@pytest.mark.parametrize("backend", ["threading", "loky"])
def test_workers_change_nothing(alone: dict[str, Any], backend: str) -> None:
    shared = studied("deepmind/fsf@1.0", MANY, workers=Workers(2, backend))
    assert shared.as_json() == alone


@pytest.mark.parametrize("connected", [True, False])
def test_a_dask_cluster_changes_nothing(alone: dict[str, Any], connected: bool) -> None:
    """With a client at hand, or by the address of its scheduler alone."""
    distributed = pytest.importorskip("distributed", reason="distributed is not installed")
    import dask

    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None
        ) as cluster,
        dask.config.set({"scheduler-address": cluster.scheduler_address}),
        distributed.Client(cluster) if connected else nullcontext(),
    ):
        shared = studied("deepmind/fsf@1.0", MANY, workers=Workers(-1, "dask"))
    assert shared.as_json() == alone


def test_seeds_differ_and_repeat() -> None:
    first, again, other = (
        studied("anthropic/rsp@1.0", replace(FEW, seed=seed)).as_json()["policies"]
        for seed in (1, 1, 2)
    )
    assert first == again != other


def test_more_futures_begin_with_the_fewer() -> None:
    text = CADENCE % "60 days" + GATES
    few, many = (live(text, HURRIED, growth=TREND, count=count, years=1) for count in (150, 400))
    for name in ("trained", "overshoot", "false_alarms", "paused"):
        assert np.array_equal(getattr(few, name), getattr(many, name)[:150], equal_nan=True)


def test_policies_and_houses_live_through_the_same_futures() -> None:
    """Whoever promises nothing is exposed the same days, under any name."""
    both = stress(
        [policy(GATES), policy(GATES)], (EXACT, replace(EXACT, id="other", finding_days=9.0)), FEW
    )
    found = [kept.estimates for one in both.policies for kept in one.kept]
    assert len(found) == 4
    assert all(one == found[0] == both.baseline for one in found)


def test_progress_reaches_the_end() -> None:
    seen: list[tuple[int, int]] = []
    studied("anthropic/rsp@1.0", FEW, progress=lambda *done: seen.append(done))
    assert seen[-1] == (100, 100)
    assert seen == sorted(seen)


# --- houses --------------------------------------------------------------------------------------


def test_a_literal_house_takes_every_word_as_far_as_it_goes() -> None:
    known = policy(LINGERING, WORDY)
    plans = [make_plan(known, derive(known), house, aims=True) for house in PACKAGED.houses]
    assert [plan.looks.start_days for plan in plans] == [40, 40, math.inf]
    assert [plan.stops["deploy"][3] for plan in plans] == [0.25 * 40, 40, math.inf]
    assert [plan.stops["train"][3] for plan in plans] == [0, 0, 0]


def test_aims_are_kept_in_as_many_futures_as_a_house_keeps_them_in() -> None:
    aims = GATES.replace("kind: forbid,", "kind: forbid, force: aim,")
    shares = []
    for kept in (0.0, 0.4, 1.0):
        outcome = live(CADENCE % "30 days" + aims, replace(EXACT, aims=kept), count=2000, years=1)
        shares.append(float((outcome.paused > 0).mean()))
    assert shares[0] == 0
    assert abs(shares[1] - 0.4) < 0.04
    assert shares[2] == 1


def test_margins_bind_a_literal_house_only_where_a_commitment_states_them() -> None:
    plans = {}
    for name in ("anthropic/rsp@1.0", "anthropic/rsp@2.0", "deepmind/fsf@1.0"):
        known = load_policy(name)
        plans[name] = [
            math.exp(make_plan(known, derive(known), house, aims=house.aims > 0).margin)
            for house in (HONEST, LITERAL)
        ]
    assert plans["anthropic/rsp@1.0"] == pytest.approx([6, 1])  # an aim
    assert plans["anthropic/rsp@2.0"] == pytest.approx([4, 1])  # its interval, read charitably
    assert plans["deepmind/fsf@1.0"] == pytest.approx([6, 6])  # a commitment


def test_every_packaged_policy_has_an_answer_or_a_reason() -> None:
    names = policy_ids()
    study = stress([load_policy(name) for name in names], PACKAGED.houses, replace(FEW, count=100))
    assert [one.policy for one in study.policies] == list(names)
    for one in study.policies:
        assert bool(one.kept) == (one.promises.nothing is None)
        assert len(one.kept) in (0, 3)
        for kept in one.kept:
            worst = study.baseline.exposed.mean.value
            assert 0 <= kept.estimates.exposed.mean.value <= worst + 1e-9
    json.dumps(study.as_json(), allow_nan=False)


# --- figures -------------------------------------------------------------------------------------


def test_figures_are_per_simulated_year() -> None:
    outcome = live(GATES, setting=world(1.0001), count=100, years=2.0)
    found = estimate(outcome, 2.0)
    assert found.trained.mean.value == pytest.approx(365.25, abs=0.5)
    assert found.trained.any.value == 1
    assert found.false_alarms.value == 0
    assert found.overshoot.unseen.value == 1
    assert math.isinf(found.overshoot.median.value)
    assert found.overshoot.as_json()["quantile_95"]["value"] == "inf"


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=300), st.sampled_from([0.5, LEVEL]))
def test_the_interval_of_a_quantile_holds_it(values: list[float], at: float) -> None:
    ordered = np.sort(np.array(values))
    found = quantile(ordered, at)
    assert found.low <= found.value <= found.high
    assert (ordered <= found.value).mean() >= at
    assert (ordered < found.value).mean() <= at


def test_intervals_hold_as_often_as_they_say() -> None:
    rng = np.random.default_rng(1)
    draws = np.sort(rng.exponential(1.0, (2000, 400)), axis=1)
    truth = -math.log(1 - LEVEL)
    found = [quantile(row, LEVEL) for row in draws]
    assert np.mean([one.low <= truth <= one.high for one in found]) >= LEVEL - 0.01
    counts = rng.binomial(400, 0.03, 2000)
    parts = [share(int(count), 400) for count in counts]
    assert np.mean([one.low <= 0.03 <= one.high for one in parts]) >= LEVEL - 0.02


# --- under a level -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("1 day", Level(days=1.0)),
        ("2 weeks", Level(days=14.0)),
        ("5 %", Level(share=0.05)),
        ("0.5%", Level(share=0.005)),
    ],
)
def test_levels_are_days_or_probabilities(text: str, level: Level) -> None:
    assert parse_level(text) == level


@pytest.mark.parametrize("text", ["", "soon", "100 %", "-1 day", "5"])
def test_other_levels_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_level(text)


def test_the_loosest_value_that_suffices_is_what_a_run_of_it_shows() -> None:
    """With 10x a year, a threshold at 20x and assessments of 30 days, all can be reckoned."""
    known = policy(CADENCE % "360 days" + GATES)
    futures = replace(FEW, setting=world(20.0), growth=STEADY, years=2.0)
    level = Level(days=1.0)
    [found] = remedies(known, derive(known), [EXACT], level, futures)
    by_kind = {one.kind: one for one in found}
    buffer = by_kind["buffer"]
    assert buffer.suffices is not None
    assert buffer.suffices.value == 4.0  # seen on day 360, at 9.7x, if 2.07x ahead or more
    assert [one.value for one in buffer.tried] == [2.0, 4.0]
    assert by_kind["cadence"].verdict == "over"  # 30 days pass before any finding
    for one in found:
        for tried in one.tried:
            change = Change(buffer=tried.value) if one.kind == "buffer" else None
            if change is not None:
                again = live(known, setting=world(20.0), count=300, seed=7, change=change)
                assert level.of(estimate(again, 2.0).exposed) == tried.figure


def test_a_word_is_bound_for_whoever_takes_it() -> None:
    known = policy(LINGERING, WORDY)
    kinds = changes(derive(known))
    assert [(kind.kind, kind.word) for kind, _ in kinds][-1] == ("word", "soon")
    bound = Change(words={"soon": 7.0})
    plan = make_plan(known, derive(known), LITERAL, aims=False, change=bound)
    assert plan.looks.start_days == plan.stops["deploy"][3] == 7.0
    assert set(plan.stops) == set(ACTIONS)


# --- files of houses -----------------------------------------------------------------------------

GOOD = """\
houses:
  - {id: mine, title: T, words: literal, aims: 0.5, uses: 1, prepares: held, elicits: 2x,
     noise: 1.5x, finding: 1 day, assessment: 10 days, assessment_high: 20 days}
world: {threshold: 35x, release: 2 months, safeguards: 1 month, safeguards_high: 2 months}
"""


def test_an_author_can_write_a_house(tmp_path: Path) -> None:
    path = tmp_path / "houses.yaml"
    path.write_text(GOOD, encoding="utf-8")
    read = load_houses(path)
    assert [house.id for house in read.houses] == ["mine"]
    assert read.houses[0].assessment_high_days == 20
    assert read.setting.release_days == pytest.approx(60.875)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("aims: 0.5", "aims: 2", "'aims' is a share from 0 to 1"),
        ("elicits: 2x", "elicits: 0.5x", "'elicits' is a factor of 1x or more"),
        ("elicits: 2x", "elicits: much", "'elicits' is a factor of 1x or more"),
        ("words: literal", "words: loose", "unknown words 'loose'"),
        ("finding: 1 day", "finding: soon", "'finding' is a length of time"),
        ("assessment_high: 20 days", "assessment_high: 5 days", "'assessment_high' is no shorter"),
        ("prepares: held, ", "", "lacks 'prepares'"),
        ("threshold: 35x, ", "", "lacks 'threshold'"),
        ("uses: 1,", "uses: 1, wings: 2,", "unknown key 'wings'"),
        ("release: 2 months", "release: 1 hour", "no two releases on one day"),
    ],
)
def test_what_is_wrong_with_a_house_is_said_with_its_place(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    path = tmp_path / "houses.yaml"
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_houses(path)
    found = caught.value.diagnostics
    assert any(message in one.message for one in found), [one.message for one in found]
    assert all(str(path) in one.render() for one in found)
