"""The Inspect hook, in real runs of Inspect on its mock model, in a process of their own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ifthen.evidence.filing.replay import replay
from ifthen.evidence.filing.work import work_of
from ifthen.record.load import load_record
from ifthen.record.model import Fact, Record

MAKE = Path(__file__).parent.parent / "logs"
LATER = 4_000_000_000
BAD = ["record.yaml", "no-such-folder/results.jsonl", "broken.jsonl"]
"""Records that cannot be written."""

RUNS = """
import logging, os, sys
from pathlib import Path

from inspect_ai import Task, eval
from inspect_ai.dataset import Sample
from inspect_ai.model import get_model
from inspect_ai.scorer import match

from make import answers, graded, run, sometimes

folder = Path(sys.argv[1])
logging.getLogger("ifthen").addHandler(logging.FileHandler(folder / "warnings.txt"))

run(folder / "unnamed")

os.environ["IFTHEN_RECORD"] = str(folder / "plain.jsonl")
names = {"ifthen_model": "example-1", "ifthen_threshold": ["cbrn-3", "ai-rd-4"]}
run(folder / "plain", fails=("q3", 1), metadata=names)

os.environ["IFTHEN_RECORD"] = str(folder / "environment.jsonl")
named = {"ifthen_record": str(folder / "metadata.jsonl")}
log = run(folder / "graded", scorer=graded(), metadata=named)
run(folder / "sometimes", scorer=sometimes())
from ifthen.evidence.hook import file_result
again = file_result(named["ifthen_record"], log.location, log.stats.completed_at, {})
assert again == (), again

os.environ["IFTHEN_RECORD"] = str(folder / "failed.jsonl")
# Goes on to the end, so that Inspect tells of it, and is marked as an error then.
failing = {"fails": ("q3", 1), "fail_on_error": True, "continue_on_fail": True}
assert run(folder / "failed", **failing).status == "error"

os.environ["IFTHEN_RECORD"] = str(folder / "several.jsonl")
sample = Sample(id="q", input="?", target="yes")
tasks = [Task(dataset=[sample], scorer=match(), name=f"t{number}") for number in range(4)]
model = get_model("mockllm/model", custom_outputs=answers(), memoize=False)
eval(tasks, model, log_dir=str(folder / "several"), display="none", max_tasks=4)

(folder / "broken.jsonl").write_text("{broken\\n")
for name in sys.argv[2:]:
    os.environ["IFTHEN_RECORD"] = str(folder / name)
    assert run(folder / "bad", name=name.split("/")[-1]).status == "success"
"""


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which Inspect ran."""
    folder = tmp_path_factory.mktemp("runs")
    command = [sys.executable, "-c", RUNS, str(folder), *BAD]
    done = subprocess.run(command, cwd=MAKE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (folder / "head.jsonl").write_text('{"record": "Example Lab"}\n')
    return folder


def record_of(path: Path) -> Record:
    return load_record(path.with_name("head.jsonl"), path)


def facts_of(path: Path) -> tuple[Fact, ...]:
    return record_of(path).facts


def test_the_result_of_a_run_is_filed_and_can_be_made_again(runs: Path) -> None:
    path = runs / "plain.jsonl"
    [fact] = facts_of(path)
    assert (fact.kind, fact.models) == ("evaluation_result", ("example-1",))
    assert fact.attributes["threshold"] == ("cbrn-3", "ai-rd-4")
    assert fact.attributes["what"] == "small"
    [log] = (runs / "plain").glob("*.eval")
    found = work_of(fact.attributes["values"])
    assert found is not None
    [measure] = found.outcome.measures
    assert (measure["measure"], measure["value"]) == ("match", 0.75)
    assert (measure["low"], measure["high"], measure["errored"]) == (0.625, 0.75, 1)
    assert "match 0.75 (0.625 to 0.75 whatever is missing)" in str(fact.attributes["summary"])
    assert [each.location for each in found.inputs] == [str(log)]
    [again] = replay(record_of(path), LATER, LATER)
    assert again.state == "same"


def test_metadata_goes_before_the_environment_and_a_run_is_filed_once(runs: Path) -> None:
    [named] = facts_of(runs / "metadata.jsonl")
    values = named.attributes["values"]
    assert isinstance(values, tuple)
    assert [value["measure"] for value in values] == ["graded.speed", "graded.style", "evidence"]
    [other] = facts_of(runs / "environment.jsonl")
    assert other.models == ("mockllm/model",)
    ends = "(0.375 to 0.5 whatever is missing)"
    assert other.attributes["summary"] == f"mockllm/model on small: sometimes 0.5 {ends}."


def test_runs_that_failed_are_not_filed(runs: Path) -> None:
    assert list((runs / "failed").glob("*.eval"))
    assert not (runs / "failed.jsonl").exists()


def test_without_a_record_nothing_is_filed(runs: Path) -> None:
    assert list((runs / "unnamed").glob("*"))
    assert all(path.suffix == ".eval" for path in (runs / "unnamed").iterdir())


def test_several_tasks_at_once_are_all_filed(runs: Path) -> None:
    found = [fact.attributes["what"] for fact in facts_of(runs / "several.jsonl")]
    assert sorted(map(str, found)) == ["t0", "t1", "t2", "t3"]


@pytest.mark.parametrize("name", BAD)
def test_what_goes_wrong_is_a_warning_and_the_run_goes_on(runs: Path, name: str) -> None:
    task = name.split("/")[-1]
    said = (runs / "warnings.txt").read_text()
    assert f"ifthen did not file the result of {task}: {runs / name}" in said
    assert (runs / "broken.jsonl").read_text() == "{broken\n"
    assert not (runs / "record.yaml").exists()
