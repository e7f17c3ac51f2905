"""How long it takes to read the logs of evaluations, beside Inspect's own data frame.

    python benchmarks/read_logs.py            # 50 logs of 1,000 samples; then up to 10^6 samples
    python benchmarks/read_logs.py --quick    # 3 logs of 20 samples

One log is made by running Inspect on its mock model. The others are the same members written again
with other ids, dates and scores (a run of 1,000 samples takes Inspect ten seconds). Each reading is
a fresh process. What both read is compared: run, sample, epoch and score of every row. The sizes
beyond the 50 logs link to them many times over and are read by us only.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

RUNS = 3
TASK = "benchmark"


def make_logs(folder: Path, logs: int, samples: int) -> None:
    """Logs of the same task by different runs."""
    from backports.zstd import zipfile

    source = _run_inspect(folder / "source", samples)
    numbers = random.Random(1)
    with zipfile.ZipFile(source) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for log in range(logs):
        header = json.loads(members["header.json"])
        header["eval"] |= {
            "eval_id": f"run-{log}",
            "created": f"2025-01-{log % 28 + 1:02}T00:00:00Z",
        }
        summaries = json.loads(members["summaries.json"])
        for summary in summaries:
            summary["uuid"] = f"{log}-{summary['id']}-{summary['epoch']}"
            summary["scores"]["match"]["value"] = "CI"[numbers.randrange(2)]
        written = {
            **members,
            "header.json": json.dumps(header, indent=2).encode(),
            "summaries.json": json.dumps(summaries, indent=2).encode(),
        }
        path = folder / f"log-{log:03}.eval"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_ZSTANDARD) as archive:
            for name, data in written.items():
                archive.writestr(name, data)


def _run_inspect(folder: Path, samples: int) -> Path:
    """One log of Inspect itself, of a mock model."""
    from inspect_ai import Task, eval
    from inspect_ai.dataset import Sample
    from inspect_ai.model import ModelOutput, ModelUsage, get_model
    from inspect_ai.scorer import match

    def answers() -> Iterable[ModelOutput]:
        while True:
            output = ModelOutput.from_content("mockllm/model", "yes")
            output.usage = ModelUsage(input_tokens=100, output_tokens=10, total_tokens=110)
            yield output

    asked = [
        Sample(id=f"q{number}", input="Is it so? " * 30, target="yes", metadata={"topic": "t"})
        for number in range(samples)
    ]
    model = get_model("mockllm/model", custom_outputs=answers())
    task = Task(dataset=asked, scorer=match(), name=TASK)
    [log] = eval(task, model, log_dir=str(folder), display="none", log_format="eval")
    return Path(log.location.removeprefix("file://"))


def read_ours(folder: Path) -> list[str]:
    """Every row, by us."""
    from ifthen.evidence.load import load

    rows = load([str(path) for path in folder.glob("*.eval")])
    runs = [log.run for log in rows.logs]
    return [
        f"{runs[log]} {question} {epoch} {score}"
        for log, question, epoch, score in zip(
            rows.log, rows.question, rows.epoch, rows.score.tolist(), strict=True
        )
    ]


def read_inspect(folder: Path) -> list[str]:
    """Every row, by Inspect."""
    from inspect_ai.analysis import samples_df

    frame = samples_df([str(path) for path in folder.glob("*.eval")], quiet=True)
    columns = (frame[name] for name in ("eval_id", "id", "epoch", "score_match"))
    return [
        f"{run} {question} {epoch} {float(value == 'C')}"
        for run, question, epoch, value in zip(*columns, strict=True)
    ]


READERS = {"ours": read_ours, "samples_df": read_inspect}


def child(reader: str, folder: Path) -> None:
    """Read once, and print what it took; importing the reader is not counted, save in memory."""
    if reader == "samples_df":
        import inspect_ai.analysis  # noqa: F401
        import pandas  # noqa: F401
        import pyarrow  # noqa: F401
    else:
        import ifthen.evidence.load
        import ifthen.evidence.logs.read  # noqa: F401
    wall, own = time.perf_counter(), time.process_time()
    rows: Any = READERS[reader](folder) if reader in READERS else load_only(folder)
    wall, own = time.perf_counter() - wall, time.process_time() - own
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    digest = None
    if reader in READERS:
        digest = hashlib.sha256("\n".join(sorted(rows)).encode()).hexdigest()
    print(json.dumps([wall, own, peak, len(rows), digest]))


def load_only(folder: Path) -> Any:
    """Every row, as columns."""
    from ifthen.evidence.load import load

    return load([str(path) for path in folder.glob("*.eval")])


def measure(reader: str, folder: Path, runs: int) -> tuple[float, float, float, int, str | None]:
    """Medians of wall and CPU seconds and of peak memory in MiB, the rows and their digest."""
    command = [sys.executable, __file__, "--child", reader, str(folder)]
    found = []
    for _ in range(runs):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(done.stderr)
        found.append(json.loads(done.stdout.splitlines()[-1]))
    wall, own, peak = (statistics.median(run[place] for run in found) for place in range(3))
    return wall, own, peak, found[0][3], found[0][4]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--child", nargs=2, metavar=("READER", "FOLDER"), help=argparse.SUPPRESS)
    parser.add_argument(
        "--make", nargs=3, metavar=("FOLDER", "LOGS", "SAMPLES"), help=argparse.SUPPRESS
    )
    asked = parser.parse_args()
    if asked.make:
        make_logs(Path(asked.make[0]), int(asked.make[1]), int(asked.make[2]))
        return
    if asked.child:
        child(asked.child[0], Path(asked.child[1]))
        return
    logs, samples, runs = (3, 20, 1) if asked.quick else (50, 1000, RUNS)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # In a process of its own: one that starts others passes its peak memory on to them.
        subprocess.run(
            [sys.executable, __file__, "--make", name, str(logs), str(samples)], check=True
        )
        size = sum(path.stat().st_size for path in folder.glob("*.eval")) / 1e6
        print(f"data: {logs} logs of {samples:,} samples, {size:.1f} MB, made from one mockllm log")
        print(f"machine: {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
        named = ("inspect-ai", "pandas", "numpy", "msgspec")
        said = ", ".join(f"{each} {version(each)}" for each in named)
        print(f"versions: Python {sys.version.split()[0]}, {said}")
        print(f"{'reader':<12}{'samples':>10}{'wall s':>9}{'CPU s':>9}{'peak MiB':>10}")
        digests = set()
        results = {}
        for reader in READERS:
            results[reader] = measure(reader, folder, runs)
            digests.add(results[reader][4])
            show(reader, results[reader])
        assert len(digests) == 1, "the two read different values"
        ours, theirs = results["ours"], results["samples_df"]
        print(
            f"same values; ours: {theirs[0] / ours[0]:.1f} times faster (wall), "
            f"{theirs[1] / ours[1]:.1f} (CPU), {ours[2] / theirs[2]:.2f} of the memory"
        )
        for times in (1, 2) if asked.quick else (2, 20):
            linked = folder / f"times-{times}"
            linked.mkdir()
            for path in folder.glob("*.eval"):
                for copy in range(times):
                    (linked / f"{path.stem}-{copy}.eval").symlink_to(path)
            show("columns", measure("columns", linked, 1))


def show(reader: str, result: tuple[float, float, float, int, str | None]) -> None:
    wall, own, peak, rows, _ = result
    print(f"{reader:<12}{rows:>10,}{wall:>9.2f}{own:>9.2f}{peak:>10.0f}", flush=True)


if __name__ == "__main__":
    main()
