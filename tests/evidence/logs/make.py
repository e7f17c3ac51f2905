"""Makes the small logs in ``data/``: run by hand, with Inspect; the tests read what it made.

    python tests/evidence/logs/make.py

Every log begins as a run of Inspect on its mock model. What one version of Inspect does not write
any more (deflated members, version 3), and what only an accident writes (a run that crashed), is
made from that by writing the members again. Paths, revisions and tracebacks of the machine that
made them are taken out.
"""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from backports.zstd import zipfile
from inspect_ai import Task, eval
from inspect_ai.dataset import Sample
from inspect_ai.log import (
    EvalLog,
    ProvenanceData,
    invalidate_samples,
    read_eval_log,
    write_eval_log,
)
from inspect_ai.model import ModelOutput, ModelUsage, get_model
from inspect_ai.scorer import Score, Scorer, Target, accuracy, match, mean, scorer
from inspect_ai.solver import Generate, Solver, TaskState, generate, solver

DATA = Path(__file__).parent / "data"
QUESTIONS = ("q1", "q2", "q3", "q4")
Members = dict[str, bytes]


@solver
def fails_on(question: str, epoch: int) -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        if (state.sample_id, state.epoch) == (question, epoch):
            raise RuntimeError("the sandbox went away")
        return state

    return solve


@scorer(metrics={"speed": [mean()], "style": [mean()]})
def graded() -> Scorer:
    async def score(state: TaskState, target: Target) -> Score:
        return Score(value={"speed": 0.25 * state.epoch, "style": 1.0})

    return score


@scorer(metrics=[accuracy()])
def sometimes() -> Scorer:
    async def score(state: TaskState, target: Target) -> Score:
        missing = state.sample_id == "q2" and state.epoch == 2
        return Score(value=math.nan if missing else state.sample_id in ("q1", "q2"))

    return score


def answers() -> Iterator[ModelOutput]:
    for word in ["yes", "yes", "no", "yes", "no", "yes", "yes", "no"] * 10:
        output = ModelOutput.from_content("mockllm/model", word)
        output.usage = ModelUsage(input_tokens=10, output_tokens=1, total_tokens=11)
        yield output


def run(folder: Path, *, fails: tuple[str, int] = ("none", 0), **task: Any) -> EvalLog:
    """A run of four questions, twice each."""
    samples = [
        Sample(id=name, input="Is it so?", target="yes", metadata={"topic": f"t{place // 2}"})
        for place, name in enumerate(QUESTIONS)
    ]
    made: dict[str, Any] = {
        "dataset": samples,
        "solver": [fails_on(*fails), generate()],
        "scorer": match(),
        "epochs": 2,
        "name": "small",
        "version": "1-a",
        "fail_on_error": False,
    } | task
    model = get_model("mockllm/model", custom_outputs=answers(), memoize=False)
    [log] = eval(Task(**made), model, log_dir=str(folder), display="none", max_samples=1)
    return log


def members_of(log: EvalLog) -> Members:
    with zipfile.ZipFile(log.location.removeprefix("file://")) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def cleared(value: Any) -> Any:
    """Without what tells of the machine."""
    if isinstance(value, dict):
        gone = ("revision", "task_file", "packages", "traceback_ansi")
        kept = {name: cleared(item) for name, item in value.items() if name not in gone}
        if "traceback" in kept:
            kept |= {"traceback": "left out", "traceback_ansi": "left out"}
        return kept
    if isinstance(value, list):
        return [cleared(item) for item in value]
    return value


def write(
    name: str,
    members: Members,
    method: int = zipfile.ZIP_ZSTANDARD,
    change: Callable[[str, Any], Any] = lambda name, data: data,
) -> None:
    with zipfile.ZipFile(DATA / name, "w", method) as archive:
        for member, data in members.items():
            changed = change(member, cleared(json.loads(data)))
            archive.writestr(member, json.dumps(changed))


def version_3(name: str, data: Any) -> Any:
    return data | {"version": 3} if name.endswith(("header.json", "start.json")) else data


def dated(date: str) -> Callable[[str, Any], Any]:
    def change(name: str, data: Any) -> Any:
        if name.endswith(("header.json", "start.json")):
            data["eval"]["created"] = date
        return data

    return change


def main() -> None:
    DATA.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plain = run(folder)
        errored = run(folder, fails=("q3", 1))
        write("zstd-2.eval", members_of(plain), change=dated("2025-03-01T10:00:00+00:00"))
        write("deflate-3.eval", members_of(plain), zipfile.ZIP_DEFLATED, version_3)
        write("errored.eval", members_of(errored), change=dated("2025-03-02T10:00:00+01:00"))
        write("retry.eval", members_of(run(folder)), change=dated("2025-03-03T10:00:00+00:00"))
        write("nan.eval", members_of(run(folder, scorer=sometimes())))
        write("two-scores.eval", members_of(run(folder, scorer=[match(), graded()])))
        stopped = run(folder, fails=("q3", 1), fail_on_error=True)
        write("error.eval", members_of(stopped))
        crashed = members_of(errored)
        journal = sorted(each for each in crashed if each.startswith("_journal/summaries/"))
        never_run = "samples/q4_epoch_2.json"
        for gone in ("header.json", "summaries.json", "reductions.json", journal[-1], never_run):
            crashed.pop(gone, None)
        write("crashed.eval", crashed, change=dated("2025-03-02T08:00:00+00:00"))
        whole = read_eval_log(plain.location)
        uuids = [sample.uuid for sample in whole.samples or [] if sample.id == "q1"]
        why = ProvenanceData(author="tester", reason="the answer leaked")
        withdrawn = invalidate_samples(whole, [each for each in uuids if each], why)
        write_eval_log(withdrawn, str(folder / "invalidated.eval"))
        withdrawn.location = str(folder / "invalidated.eval")
        write("invalidated.eval", members_of(withdrawn))
        write_eval_log(withdrawn, str(folder / "invalidated.json"))
        document = cleared(json.loads((folder / "invalidated.json").read_text()))
        (DATA / "invalidated.json").write_text(json.dumps(document))
        cancelled = read_eval_log(run(folder, scorer=sometimes()).location)
        cancelled.status = "cancelled"
        cancelled.samples = (cancelled.samples or [])[:5]
        write_eval_log(cancelled, str(folder / "cancelled.json"))
        document = cleared(json.loads((folder / "cancelled.json").read_text()))
        (DATA / "cancelled.json").write_text(json.dumps(document))


if __name__ == "__main__":
    main()
