"""Reading runs: what real tables get wrong is refused with its place, or repaired by a rule."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from made_up_runs import ABSENT, SHARED, row, write

from ifthen.evidence.horizon.runs_file import read_runs
from ifthen.policy.source import InputError


def read(tmp_path: Path, *found: dict, **options: str):
    return read_runs(write(tmp_path / "runs.jsonl", list(found)), **options)


def refusal(tmp_path: Path, *found: dict) -> str:
    with pytest.raises(InputError) as caught:
        read(tmp_path, *found)
    return str(caught.value)


def repairs(table) -> dict[str, int]:
    return {repair.name: repair.count for repair in table.repairs}


def test_runs_are_counted_by_agent_and_task(tmp_path: Path) -> None:
    table = read(
        tmp_path,
        row("1", "b", "f/x", 4, 1),
        row("2", "b", "f/x", 4, 0),
        row("3", "a", "f/y", 8, 1),
        row("4", "b", "g/z", 2, 1),
    )
    assert table.agents == ("a", "b")
    assert table.tasks == ("f/x", "f/y", "g/z")
    assert table.families == ("f", "g")
    assert table.minutes.tolist() == [4, 8, 2]
    assert table.runs.tolist() == [[0, 1, 0], [2, 0, 1]]
    assert table.successes.tolist() == [[0, 1, 0], [1, 0, 1]]
    assert table.runs.sum() == 4


def test_weights_follow_their_rule_and_sum_to_one(tmp_path: Path) -> None:
    table = read(
        tmp_path,
        *(row(f"x{n}", "a", "f/x", 4, 1) for n in range(3)),
        row("y", "a", "f/y", 8, 1),
        row("z", "a", "g/z", 2, 1),
    )
    raw = np.array([1 / 3 / np.sqrt(2), 1 / np.sqrt(2), 1])
    total = (raw * [3, 1, 1]).sum()
    assert table.weights("invsqrt")[0] == pytest.approx(raw / total)
    assert table.weights("equal")[0] == pytest.approx([1 / 9, 1 / 3, 1 / 3])
    for weighting in ("equal", "invsqrt"):
        assert (table.weights(weighting) * table.runs).sum() == pytest.approx(1)


def test_a_run_given_twice_alike_counts_once(tmp_path: Path) -> None:
    table = read(tmp_path, row("1", "a", "f/x", 4, 1), row("1", "a", "f/x", 4, 1))
    assert table.runs.sum() == 1
    assert repairs(table) == {"repeated": 1}


def test_a_file_given_twice_counts_once(tmp_path: Path) -> None:
    path = write(tmp_path / "runs.jsonl", [row("1", "a", "f/x", 4, 1), row("2", "a", "f/x", 4, 0)])
    table = read_runs(path, path)
    assert table.runs.sum() == 2
    assert repairs(table) == {"repeated": 2}


def test_a_run_given_twice_differently_is_refused_at_its_place(tmp_path: Path) -> None:
    message = refusal(tmp_path, row("1", "a", "f/x", 4, 1), row("1", "b", "f/x", 4, 1))
    assert "runs.jsonl:2:2: error: the run '1' is given twice, and the two rows differ" in message
    assert "runs.jsonl:1:2" in message
    assert "^^^^^^^^" in message


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"human_minutes": 0}, "takes more than no time"),
        ({"human_minutes": -3}, "takes more than no time"),
        ({"human_minutes": "long"}, "'human_minutes' must be a number"),
        ({"score_binarized": -0.5}, "a score is from 0 to 1"),
        ({"score_binarized": None}, "has no 'score_binarized'"),
        ({"task_family": "g"}, "is elsewhere of the family 'f'"),
        ({"invsqrt_task_weight": -1}, "a weight is not below zero"),
    ],
)
def test_what_cannot_be_used_is_refused(tmp_path: Path, change: dict, said: str) -> None:
    message = refusal(tmp_path, row("1", "a", "f/x", 4, 1), row("2", "a", "f/x", 4, 1) | change)
    assert said in message
    assert "runs.jsonl:2:" in message


def test_a_task_has_one_length(tmp_path: Path) -> None:
    message = refusal(tmp_path, row("1", "a", "f/x", 4, 1), row("2", "a", "f/x", 5, 1))
    assert "is elsewhere 4 minutes long" in message


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "runs.jsonl"
    lacking = row("1", "a", "f/x", 4, 1)
    del lacking["alias"]
    path.write_text(f"{json.dumps(lacking)}\nnot json\n[]\n{{}}\n")
    with pytest.raises(InputError) as caught:
        read_runs(path)
    lines = [found.span.line for found in caught.value.diagnostics]
    assert lines == [1, 2, 3, 4]
    assert "the row lacks 'alias'" in str(caught.value)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "runs.jsonl"
    path.write_text("\n")
    with pytest.raises(InputError, match="there is no run in this file"):
        read_runs(path)


def test_scores_above_one_count_as_one(tmp_path: Path) -> None:
    table = read(
        tmp_path,
        row("1", "a", "f/x", 4, 1, score=15.8),
        row("2", "a", "f/x", 4, 0, score=0.2),
        measure="score",
    )
    assert table.successes[0, 0] == pytest.approx(1.2)
    assert repairs(table) == {"score above 1": 1}


def test_times_are_read_in_seconds_and_milliseconds_and_zero_is_no_time(tmp_path: Path) -> None:
    table = read(
        tmp_path,
        row("1", "a", "f/x", 4, 1, started_at=1_734_070_031),
        row("2", "a", "f/x", 4, 1, started_at=1_734_070_032_500),
        row("3", "human", "f/x", 4, 1, started_at=0, completed_at=28_800_000),
    )
    assert table.periods == ((1_734_070_031, 1_734_070_032), None)
    assert repairs(table) == {"no start": 1, "seconds": 1}


def test_weights_that_are_wrong_are_said_and_not_used(tmp_path: Path) -> None:
    table = read(
        tmp_path,
        row("1", "a", "f/x", 4, 1, equal_task_weight=0.9),
        row("2", "a", "f/y", 4, 0, equal_task_weight=0.9),
    )
    assert table.weights("equal")[0] == pytest.approx([0.5, 0.5])
    assert repairs(table) == {
        "'equal_task_weight' does not sum to 1 for a": 2,
        "'equal_task_weight' differs from its rule": 2,
    }


def test_a_table_of_some_agents_keeps_their_runs(tmp_path: Path) -> None:
    table = read(
        tmp_path,
        row("1", "a", "f/x", 4, 0.5),
        row("2", "b", "f/x", 4, 0.25),
        row("3", "b", "f/x", 4, 1),
    )
    only = table.only(["b"])
    assert only.agents == ("b",)
    assert only.successes.tolist() == [[1.25]]
    assert list(only.partial) == [(0, 0)]
    with pytest.raises(KeyError):
        table.only(["c"])


@pytest.mark.skipif(not SHARED.exists(), reason=ABSENT)
def test_the_traps_of_the_real_tables_are_named() -> None:
    found = {
        day: repairs(read_runs(SHARED / f"metr_all_runs_{day}.jsonl"))
        for day in ("2025-01-28", "2025-02-27")
    }
    assert found["2025-01-28"] == {"score above 1": 94, "no start": 211, "ended early": 1908}
    assert found["2025-02-27"] == {"no start": 211, "ended early": 1912}


@pytest.mark.skipif(not SHARED.exists(), reason=ABSENT)
def test_two_versions_of_a_table_are_not_one_table() -> None:
    paths = [SHARED / f"metr_all_runs_{day}.jsonl" for day in ("2025-01-28", "2025-02-27")]
    with pytest.raises(InputError, match="two versions of a table are read apart"):
        read_runs(*paths)
