"""Beside Inspect's own data frames: every field that both give is the same."""

from __future__ import annotations

import math
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ifthen.evidence.load import Choices, load
from ifthen.evidence.logs.read import scores_of
from ifthen.evidence.rows import Status
from ifthen.evidence.scores import number

DATA = Path(__file__).parent / "data"
SHARED = Path(__file__).parents[4] / "shared" / "data" / "inspect-logs"

WITHOUT_SUMMARY = {"crashed.eval": {("q3", 2)}}
"""Samples that are whole in the log, and which Inspect leaves out for want of a summary."""

RUN = """
import sys
from make import run, sometimes, graded
from pathlib import Path
folder = Path(sys.argv[1])
run(folder / "plain")
run(folder / "errored", fails=("q2", 2))
run(folder / "stopped", fails=("q2", 1), fail_on_error=True)
run(folder / "nan", scorer=sometimes(), epochs=3)
run(folder / "mapping", scorer=graded(), epochs=1)
"""


def logs_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix in (".eval", ".json"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Logs written just now by the Inspect that is installed."""
    folder = tmp_path_factory.mktemp("made")
    command = [sys.executable, "-c", RUN, str(folder)]
    done = subprocess.run(
        command, cwd=Path(__file__).parent, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return folder


def compare(path: Path) -> int:
    """Compare one log; the number of rows that both have."""
    from inspect_ai.analysis import evals_df, samples_df

    [theirs] = evals_df([str(path)], quiet=True).to_dict("records")
    frame = samples_df([str(path)], quiet=True)
    samples = {(row["id"], row["epoch"]): row for row in frame.to_dict("records")}
    names: tuple[str | None, ...] = scores_of(str(path)) or (None,)
    seen = 0
    for name in names:
        rows = load([str(path)], Choices(scorer=name))
        [log] = rows.logs
        assert log.task.rsplit("/", 1)[-1] == theirs["task_name"]
        assert log.task_version == str(theirs["task_version"])
        assert (log.model, log.status) == (theirs["model"], theirs["status"])
        assert log.created == theirs["created"].strftime("%Y-%m-%dT%H:%M:%SZ")
        if "/" not in (log.run or ""):  # older logs have no id of their own
            assert log.run == theirs["eval_id"]
        columns = (
            column.tolist() for column in (rows.question, rows.epoch, rows.status, rows.score)
        )
        ours = {(question, epoch): rest for question, epoch, *rest in zip(*columns, strict=True)}
        assert samples.keys() <= ours.keys()
        never_run = ours.keys() - samples.keys() - WITHOUT_SUMMARY.get(path.name, set())
        assert all(ours[key][0] == Status.UNSCORED for key in never_run)
        total = theirs.get("total_samples")
        if total is not None and not math.isnan(total):
            assert len(ours) == total
        for key, row in samples.items():
            status, score = ours[key]
            value = their_score(row, name)
            assert (status == Status.ERRORED) == bool(row["error"])
            if status == Status.SCORED:
                assert score == number(value)
            elif status == Status.UNSCORED:
                assert value is None or math.isnan(number(value))
            seen += 1
    return seen


def their_score(row: dict[str, Any], name: str | None) -> Any:
    import json

    if name is None:
        return None
    if f"score_{name}" in row:
        value = row[f"score_{name}"]
        return None if isinstance(value, float) and math.isnan(value) else value
    scorer, key = name.split(".")
    value = row[f"score_{scorer}"]
    return json.loads(value)[key] if isinstance(value, str) else value[key]


@pytest.mark.parametrize("path", logs_of(DATA), ids=lambda path: path.name)
def test_on_the_small_logs(path: Path, tmp_path: Path) -> None:
    if path.suffix == ".json":  # Inspect knows them only by a date
        path = shutil.copy(path, tmp_path / f"2025-01-01T00-00-00_{path.name}")
    assert compare(path) > 0


def test_on_logs_written_just_now(made: Path) -> None:
    paths = logs_of(made)
    assert len(paths) == 5
    assert sum(compare(path) for path in paths) >= 8 * 3 + 12


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared logs are not beside this repository")
def test_on_real_logs() -> None:
    paths = logs_of(SHARED)
    assert len(paths) == 14
    assert sum(compare(path) for path in paths) >= 33


def test_the_mean_of_a_whole_run_is_inspects_accuracy(made: Path) -> None:
    from inspect_ai.analysis import evals_df

    from ifthen.evidence.attempts import mean, resolve

    [path] = logs_of(made / "plain")
    [row] = evals_df([str(path)], quiet=True).to_dict("records")
    found = mean(resolve(load([str(path)])).rows)
    assert found.mean == pytest.approx(row["score_match_accuracy"])
    assert found.low == found.high == found.mean
