"""The checkpoint, the trend, and what a decision depends on."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up_runs import ABSENT, SHARED, row, rows, write

from ifthen.dates import parse_day
from ifthen.evidence.horizon.checkpoint import checkpoint
from ifthen.evidence.horizon.dependence import dependence
from ifthen.evidence.horizon.estimate import time_horizons
from ifthen.evidence.horizon.runs import RunTable
from ifthen.evidence.horizon.runs_file import read_runs
from ifthen.evidence.horizon.trend import read_release_dates, trend
from ifthen.evidence.interval import Interval, standing, together
from ifthen.policy.source import InputError


def made(tmp_path: Path, found: list[dict]) -> RunTable:
    return read_runs(write(tmp_path / "runs.jsonl", found))


ends = st.floats(0.01, 1e6) | st.just(math.nan) | st.just(math.inf)


@given(low=ends, high=ends, limit=st.floats(0.1, 1e5))
def test_an_answer_needs_the_whole_interval(low: float, high: float, limit: float) -> None:
    answer = standing(low, high, limit)
    if answer == "below":
        assert high < limit
    if answer == "crossed":
        assert low >= limit or not high >= limit
    if math.isnan(low) and math.isnan(high):
        assert answer == "cannot_rule_out"


def test_answers_that_differ_are_no_answer() -> None:
    assert together(("below", "below")) == "below"
    assert together(("below", "crossed")) == "cannot_rule_out"
    assert Interval(1, 2, 3, 0.95).against(2) == "cannot_rule_out"


CURVES = {"weak": (5.0, 1.0), "middling": (240.0, 1.0), "strong": (8_000.0, 1.0)}


def test_the_checkpoint_is_ruled_out_only_if_the_horizon_is_surely_under_two_hours(
    tmp_path: Path,
) -> None:
    table = made(tmp_path, rows(CURVES, families=40, tasks=2, runs=6))
    horizons = time_horizons(table, replicates=400)
    answers = {agent: checkpoint(horizons, agent) for agent in CURVES}
    assert {agent: found.answer for agent, found in answers.items()} == {
        "weak": "below",
        "middling": "cannot_rule_out",
        "strong": "crossed",
    }
    for found in answers.values():
        chances = [interval.value for _, interval in found.chances]
        assert chances == sorted(chances, reverse=True)
        assert all(i.low <= i.value <= i.high for _, i in found.chances)
        json.dumps(found.as_json(), allow_nan=False)


def test_an_agent_never_tried_on_long_tasks_is_not_ruled_out(tmp_path: Path) -> None:
    found = [each for each in rows({"weak": (5.0, 1.0)}, families=40) if each["human_minutes"] < 60]
    horizons = time_horizons(made(tmp_path, found), replicates=200)
    judged = checkpoint(horizons, "weak")
    assert judged.horizon.high < 120
    assert judged.answer == "cannot_rule_out"
    assert "rule nothing in or out" in judged.says


def test_failing_everywhere_rules_out_only_with_enough_families(tmp_path: Path) -> None:
    def judge(short: int, long: int) -> str:
        found = [row(f"s{n}", "a", f"s{n}/t", 100.0, 0) for n in range(short)]
        found += [row(f"l{n}", "a", f"l{n}/t", 300.0, 0) for n in range(long)]
        return checkpoint(time_horizons(made(tmp_path, found), replicates=20), "a").answer

    assert judge(6, 6) == "below"
    assert judge(5, 6) == "cannot_rule_out"
    assert judge(6, 5) == "cannot_rule_out"


def test_a_decision_depends_on_neither_one_or_both(tmp_path: Path) -> None:
    weak = made(tmp_path, rows({"a": (5.0, 1.0)}, families=40, runs=6))
    strong = made(tmp_path, rows({"a": (8_000.0, 1.0)}, families=40, runs=6))

    def decide(horizons, agent: str):
        return checkpoint(horizons, agent).answer

    def by_ridge(horizons, agent: str):
        return "below" if horizons.ridge < 0.01 else "crossed"

    def by_both(horizons, agent: str):
        return "crossed" if decide(horizons, agent) == "crossed" else by_ridge(horizons, agent)

    def ask(tables, decision):
        return dependence(tables, (1e-5, 0.1), "a", decision, replicates=100)

    alike, unlike = {"one": weak, "two": weak}, {"one": weak, "two": strong}
    assert ask(alike, decide).depends_on == "neither"
    assert ask(unlike, decide).depends_on == "data"
    assert ask(alike, by_ridge).depends_on == "lambda"
    both = ask(unlike, by_both)
    assert (both.depends_on, both.answer, len(both.cases)) == ("both", "cannot_rule_out", 4)


def test_a_trend_of_doublings_is_found_again(tmp_path: Path) -> None:
    days = {f"m{n}": parse_day("2023-01-01") + 200 * n for n in range(5)}
    curves = {name: (4.0 * 2**n, 0.9) for n, name in enumerate(days)}
    table = made(tmp_path, rows(curves | {"human": (500.0, 0.9)}, families=60, tasks=2, runs=10))
    found = trend(time_horizons(table, replicates=300), days)
    assert found is not None
    assert found.left_out == (("human", "no release date"),)
    assert found.doubling.low < 200 < found.doubling.high
    assert found.doubling.value == pytest.approx(200, rel=0.25)
    reached = found.reaches(found.at(days["m4"]).value)
    assert reached.value == pytest.approx(days["m4"])
    assert reached.low <= reached.value <= reached.high
    json.dumps(found.as_json(), allow_nan=False)


def test_a_trend_needs_three_models_and_only_the_best_make_it(tmp_path: Path) -> None:
    table = made(tmp_path, rows({"a": (4.0, 1.0), "b": (32.0, 1.0), "c": (16.0, 1.0)}, families=60))
    horizons = time_horizons(table, replicates=50)
    first = parse_day("2024-01-01")
    days = {"a": first, "b": first + 100, "c": first + 200}
    assert trend(horizons, days) is None
    found = trend(horizons, {"a": first, "c": first + 100, "b": first + 200})
    assert found is not None
    assert [point.agent for point in found.points if point.frontier] == ["a", "c", "b"]
    assert trend(horizons, days | {"b": first + 300}, since=first + 50) is None


def test_release_dates_are_read_with_places(tmp_path: Path) -> None:
    path = tmp_path / "dates.yaml"
    path.write_text("date:\n  o1: 2024-12-05\n")
    assert read_release_dates(path) == {"o1": parse_day("2024-12-05")}
    path.write_text("o1: 2024-12-05\no3: soon\n")
    with pytest.raises(InputError, match=r"dates.yaml:2:5"):
        read_release_dates(path)


REAL = pytest.mark.skipif(not SHARED.exists(), reason=ABSENT)


@REAL
def test_the_correction_of_february_2025_undoes_a_ruling_out() -> None:
    """359 runs were o1's, not o1-preview's: without them 2 hours can no longer be excluded."""
    tables = {
        day: read_runs(SHARED / f"metr_all_runs_{day}.jsonl").only(["o1-preview"])
        for day in ("2025-01-28", "2025-02-27")
    }
    found = dependence(
        tables,
        (1e-5, 0.1),
        "o1-preview",
        lambda horizons, agent: checkpoint(horizons, agent).answer,
        replicates=2_000,
    )
    assert found.depends_on == "data"
    assert [case.answer for case in found.cases] == ["below"] * 2 + ["cannot_rule_out"] * 2
    assert found.cases[0].horizon.value == pytest.approx(32.6, rel=0.005)
    assert found.cases[2].horizon.value == pytest.approx(38.2, rel=0.005)


@REAL
def test_the_real_trend_doubles_in_months() -> None:
    table = read_runs(SHARED / "metr_all_runs_2025-02-27.jsonl")
    days = read_release_dates(SHARED / "metr_release_dates.yaml")
    found = trend(time_horizons(table, replicates=500), days, since=parse_day("2023-01-01"))
    assert found is not None
    assert 80 < found.doubling.low < found.doubling.value < found.doubling.high < 420
    assert np.log2(found.at(days["o1"]).value) > 4
