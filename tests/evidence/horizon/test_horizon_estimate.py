"""Horizons with their bootstrap: the law of the draws, degenerate agents, workers, real rows."""

from __future__ import annotations

import json
import math
import sys
import types
from pathlib import Path

import numpy as np
import pytest
from made_up_runs import ABSENT, SHARED, row, rows, write

from ifthen.evidence.horizon.bootstrap import RISING, SOUND, Replicates
from ifthen.evidence.horizon.estimate import point_horizons, time_horizons
from ifthen.evidence.horizon.fit import fit
from ifthen.evidence.horizon.runs import RunTable
from ifthen.evidence.horizon.runs_file import read_runs

CURVES = {"weak": (6.0, 0.7), "strong": (90.0, 0.7)}


def made(tmp_path: Path, found: list[dict] | None = None, **options) -> RunTable:
    return read_runs(write(tmp_path / "runs.jsonl", found or rows(CURVES, **options)))


def test_the_same_seed_gives_the_same_and_another_gives_another(tmp_path: Path) -> None:
    table = made(tmp_path)
    first, again, other = (time_horizons(table, replicates=300, seed=s) for s in (1, 1, 2))
    assert first == again
    assert first.of("weak").at(0.5).low != other.of("weak").at(0.5).low


def test_more_replicates_begin_with_the_fewer(tmp_path: Path) -> None:
    table = made(tmp_path)
    few, many = (time_horizons(table, replicates=count) for count in (100, 250))
    assert np.array_equal(few.draws.slope, many.draws.slope[:, :100], equal_nan=True)


@pytest.mark.parametrize("backend", ["threading", "loky"])
def test_workers_change_nothing(tmp_path: Path, backend: str) -> None:
    table = made(tmp_path)
    alone = time_horizons(table, replicates=400)
    shared = time_horizons(table, replicates=400, jobs=2, backend=backend)
    assert alone == shared
    assert np.array_equal(alone.draws.slope, shared.draws.slope, equal_nan=True)


def test_a_dask_cluster_changes_nothing(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed", reason="distributed is not installed")
    table = made(tmp_path)
    alone = time_horizons(table, replicates=300)
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster),
    ):
        shared = time_horizons(table, replicates=300, jobs=-1, backend="dask")
    assert np.array_equal(alone.draws.slope, shared.draws.slope, equal_nan=True)


def test_rays_backend_is_made_known_to_joblib(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ray itself is not installed: another backend takes its name, in Ray's own way."""
    joblib = pytest.importorskip("joblib", reason="joblib is not installed")
    threads = joblib.parallel.BACKENDS["threading"]
    stand_in = types.ModuleType("ray.util.joblib")
    stand_in.register_ray = lambda: joblib.register_parallel_backend("ray", threads)  # type: ignore[attr-defined]
    for name in ("ray", "ray.util"):
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
    monkeypatch.setitem(sys.modules, "ray.util.joblib", stand_in)
    table = made(tmp_path)
    shared = time_horizons(table, replicates=150, jobs=2, backend="ray")
    assert shared == time_horizons(table, replicates=150)


def test_progress_reaches_the_end(tmp_path: Path) -> None:
    seen = []
    time_horizons(made(tmp_path), replicates=150, progress=lambda *done: seen.append(done))
    assert seen[-1] == (150, 150)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def _slow_replicate(found: list[dict], rng: np.random.Generator) -> list[dict]:
    """METR's resampling, row by row, as its description says."""
    families = sorted({each["task_family"] for each in found})
    pooled: dict[tuple[str, str], list[dict]] = {}
    for family in rng.choice(families, len(families)):
        tasks = sorted({each["task_id"] for each in found if each["task_family"] == family})
        for task in rng.choice(tasks, len(tasks)):
            for each in found:
                if each["task_id"] == task:
                    pooled.setdefault((each["alias"], task), []).append(each)
    return [pool[i] for pool in pooled.values() for i in rng.integers(0, len(pool), len(pool))]


def test_the_replicates_follow_the_law_of_drawing_rows(tmp_path: Path) -> None:
    """Refitted curves have the same mean, spread and correlation as when rows are copied."""
    found = rows({"a": (30.0, 0.6), "b": (5.0, 0.6)}, families=8, tasks=3, runs=3, seed=3)
    # Families of unequal size, tasks of unequal numbers of runs, one task of one agent alone.
    found = [each for n, each in enumerate(found) if n % 7 and n % 5 != 3]
    table = made(tmp_path, found)
    fast = time_horizons(table, ridge=1.0, replicates=6_000).draws.slope
    rng = np.random.default_rng(5)
    weights, x = table.weights("invsqrt"), np.log2(table.minutes)
    places = {
        (agent, task): (a, t)
        for a, agent in enumerate(table.agents)
        for t, task in enumerate(table.tasks)
    }
    draws = 600
    weight, success = np.zeros((2, draws, 2, len(x)))
    for number in range(draws):
        for each in _slow_replicate(found, rng):
            place = places[each["alias"], each["task_id"]]
            weight[number][place] += weights[place]
            success[number][place] += weights[place] * each["score_binarized"]
    flat = (draws * 2, len(x))
    slow = fit(x, weight.reshape(flat), success.reshape(flat), 1.0).slope.reshape(draws, 2).T
    error = slow.std(axis=1) / math.sqrt(draws)
    assert np.all(np.abs(np.nanmean(fast, axis=1) - slow.mean(axis=1)) < 4.5 * error)
    assert np.nanstd(fast, axis=1) == pytest.approx(slow.std(axis=1), rel=0.13)
    both = ~np.isnan(fast).any(axis=0)
    together = np.corrcoef(fast[:, both])[0, 1]
    assert together == pytest.approx(np.corrcoef(slow)[0, 1], abs=0.13)


def test_partial_scores_are_redrawn_whole(tmp_path: Path) -> None:
    found = [
        row(f"{task}-{n}", "a", f"f{task}/t", 2.0 ** (task + 1), score)
        for task in range(8)
        for n, score in enumerate((0.3, 0.9, 1.0 if task < 4 else 0.0))
    ]
    table = made(tmp_path, found)
    horizons = time_horizons(table, replicates=300)
    agent = horizons.of("a")
    assert agent.outcomes == "both"
    assert agent.at(0.5).low < agent.at(0.5).value < agent.at(0.5).high
    assert horizons.converged


def test_an_agent_that_only_failed_is_bounded_by_its_families_not_by_the_bootstrap(
    tmp_path: Path,
) -> None:
    found = [row(f"{n}", "a", f"f{n}/t", 10.0 * (n + 1), 0) for n in range(8)]
    half = time_horizons(made(tmp_path, found), replicates=50).of("a")
    assert half.outcomes == "all failed"
    # Six failures in a row exclude a half at 97.5 % (1/64 < 0.025); three exclude 0.8.
    assert (half.at(0.5).low, half.at(0.5).value, half.at(0.5).high) == (0, 0, 60)
    assert half.at(0.8).high == 30
    few = time_horizons(made(tmp_path, found[:5]), replicates=50).of("a")
    assert math.isnan(few.at(0.5).high)


def test_an_agent_that_only_succeeded_is_bounded_from_below(tmp_path: Path) -> None:
    found = [row(f"{n}", "a", f"f{n}/t", 10.0 * (n + 1), 1) for n in range(8)]
    half = time_horizons(made(tmp_path, found), replicates=50).of("a").at(0.5)
    assert (half.low, half.value, half.high) == (30, math.inf, math.inf)


def test_what_a_replicate_cannot_tell_only_widens_the_interval() -> None:
    slope = np.full((1, 100), -1.0)
    intercept = np.linspace(1, 2, 100)[None]
    code = np.full((1, 100), SOUND, dtype=np.int8)
    low, high = Replicates(intercept, slope, code).ends(0.5, 0.9)
    for bad in range(1, 5):
        worse = code.copy()
        worse[0, 40:60] = bad
        wide_low, wide_high = Replicates(intercept, slope, worse).ends(0.5, 0.9)
        # Leaving out middling replicates moves an end outwards too.
        assert wide_low[0] <= low[0] * (1 + 1e-12)
        assert wide_high[0] >= high[0] * (1 - 1e-12)
    rising = np.full((1, 100), RISING, dtype=np.int8)
    assert [float(end[0]) for end in Replicates(intercept, slope, rising).ends(0.5, 0.9)] == [
        0,
        math.inf,
    ]


def test_a_result_says_how_it_was_found(tmp_path: Path) -> None:
    horizons = time_horizons(made(tmp_path), ridge=0.1, replicates=100, seed=7)
    filed = json.loads(json.dumps(horizons.as_json(), allow_nan=False))
    assert (filed["lambda"], filed["bootstrap"], filed["seed"]) == (0.1, 100, 7)
    assert filed["converged"] is True
    assert len(filed["inputs"][0]["digest"]) == len("sha256:") + 64
    assert set(filed["versions"]) == {"ifthen", "numpy"}
    assert sum(filed["agents"][0]["replicates"].values()) == 100


@pytest.mark.parametrize(
    "wrong",
    [{"ridge": -1}, {"ridge": math.nan}, {"quantiles": (1.0,)}, {"replicates": 1}, {"level": 1.0}],
)
def test_arguments_out_of_range_are_refused(tmp_path: Path, wrong: dict) -> None:
    with pytest.raises(ValueError, match=r"lambda|chance|replicates|level"):
        time_horizons(made(tmp_path), **wrong)


def test_the_interval_holds_the_truth_at_least_as_often_as_it_says(tmp_path: Path) -> None:
    """A small, fixed calibration; docs/evidence.md has the large one."""
    held = 0
    tables = 60
    for seed in range(tables):
        found = rows(
            {"a": (30.0, 0.7)},
            families=30,
            tasks=2,
            runs=4,
            seed=1_000 + seed,
            family_spread=0.5,
            task_spread=0.5,
        )
        half = time_horizons(made(tmp_path, found), replicates=300, seed=seed).of("a").at(0.5)
        held += half.low <= 30.0 <= half.high
    # Resampling at all three levels makes the interval wider than it must be: it holds the truth
    # more often than 95 % of the time. Fewer than 52 of 60 would come by chance once in a hundred.
    assert held >= 52


REAL = pytest.mark.skipif(not SHARED.exists(), reason=ABSENT)
PUBLISHED = {
    "Claude 3 Opus": 4.050,
    "Claude 3.5 Sonnet (New)": 60.52,
    "Claude 3.5 Sonnet (Old)": 22.07,
    "GPT-4 0314": 3.669,
    "GPT-4 Turbo": 3.445,
    "GPT-4o": 6.982,
    "o1": 42.45,
    "o1-preview": 37.89,
    "human": 1161.0,
    "davinci-002": 0.0,
}
"""METR's own code on the rows of February 2025, lambda 0.1, which stops short of convergence."""


@REAL
def test_it_reproduces_metrs_table_of_february_2025() -> None:
    table = read_runs(SHARED / "metr_all_runs_2025-02-27.jsonl")
    found = point_horizons(table, 0.5, ridge=0.1)
    for agent, minutes in PUBLISHED.items():
        assert found[agent] == pytest.approx(minutes, rel=0.005), agent
    assert found["Claude 3 Opus"] == pytest.approx(4.0471, rel=2e-5)
    assert found["GPT-4 0314"] == pytest.approx(3.6571, rel=2e-5)


@REAL
def test_lambda_moves_the_result_as_metrs_correction_says() -> None:
    table = read_runs(SHARED / "metr_all_runs_2025-02-27.jsonl")
    strong, none = (point_horizons(table, 0.5, ridge=ridge) for ridge in (0.1, 1e-5))
    assert none["human"] / strong["human"] == pytest.approx(1 - 0.206, abs=0.001)
    assert none["Claude 3 Opus"] / strong["Claude 3 Opus"] == pytest.approx(1.17, abs=0.005)
    assert none["GPT-4 0314"] / strong["GPT-4 0314"] == pytest.approx(1.19, abs=0.005)


@REAL
def test_its_interval_is_that_of_metrs_resampler_with_many_seeds() -> None:
    """METR's code with 12,000 fresh seeds gives 16.35 to 217.8 for this agent."""
    table = read_runs(SHARED / "metr_all_runs_2025-02-27.jsonl")
    half = time_horizons(table, ridge=0.1, replicates=4_000).of("Claude 3.5 Sonnet (New)").at(0.5)
    assert half.low == pytest.approx(16.0, abs=1.5)
    assert half.high == pytest.approx(214.0, rel=0.07)
