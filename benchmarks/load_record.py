"""How long it takes to load a record, by number of facts: seconds, facts per second, memory.

    python benchmarks/load_record.py            # 10^3 to 10^6 facts of JSONL, 10^3 and 10^4 of YAML
    python benchmarks/load_record.py --quick    # up to 10^5 and 10^3

The facts are made up from a fixed seed and written to a temporary folder. Each run is a fresh
process, so that peak memory is that of one load; seconds are the processor's.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

RUNS = 3
FIRST_DAY = date(2023, 1, 1)


def fields(count: int) -> Iterator[dict[str, object]]:
    """Facts of five common kinds, in order of date; one in a hundred corrects an earlier one."""
    random_source = random.Random(1)
    for number in range(count):
        day = (FIRST_DAY + timedelta(days=number * 1000 // count)).isoformat()
        model = f"model-{random_source.randrange(50)}"
        fact: dict[str, object] = {"id": f"f-{number}", "date": day, "model": model}
        match number % 5:
            case 0:
                compute = random_source.randrange(1, 10_000)
                fact |= {"kind": "training_progress", "effective_compute": compute * 1e22}
            case 1:
                rate = random_source.randrange(1000) / 1000
                value = {"measure": "pass_rate", "value": rate, "unit": "fraction", "n": 50}
                fact |= {"kind": "evaluation_result", "threshold": "cbrn-3", "values": [value]}
            case 2:
                source = {"title": "Report", "url": f"https://example.org/{number}"}
                fact |= {"kind": "assessment_completed", "assessment": "comprehensive"}
                fact |= {"by": ["rso"], "sources": [source]}
            case 3:
                fact |= {"kind": "threshold_decision", "by": ["ceo", "rso"], "known": day}
                fact |= {"findings": {"cbrn-3": "below", "ai-rd-4": "alert"}}
            case _:
                fact |= {"kind": "model_released", "date": f"{day}T12:00:00Z"}
                fact |= {"stage": "general", "market": ["eu", "us"]}
        if number % 100 == 99:
            fact |= {"kind": "model_released", "amends": f"f-{number - 5}"}
            del fact["model"]
        yield fact


def write(folder: Path, form: str, count: int) -> Path:
    """A record file of that many facts."""
    path = folder / f"{count}.{form}"
    with path.open("w", encoding="utf-8") as file:
        if form == "jsonl":
            file.write('{"record": "Benchmark"}\n')
            file.writelines(json.dumps(fact) + "\n" for fact in fields(count))
        else:
            file.write("record: Benchmark\nfacts:\n")
            file.writelines(as_yaml(fact) for fact in fields(count))
    return path


def as_yaml(fact: dict[str, object]) -> str:
    """One fact as a person would lay it out: a line per field."""
    lines = [
        f"  {name}: {value if isinstance(value, str) else json.dumps(value)}"
        for name, value in fact.items()
    ]
    return "- " + "\n".join(lines)[2:] + "\n"


def measure(path: Path) -> tuple[float, float]:
    """Seconds of the processor and peak MiB of one load, in this process."""
    from ifthen.record.load import load_record

    start = time.process_time()
    load_record(path)
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return seconds, peak / (2**20 if sys.platform == "darwin" else 2**10)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="leave out the largest of each form")
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one)))
        return
    counts = {"jsonl": [10**3, 10**4, 10**5, 10**6], "yaml": [10**3, 10**4]}
    print(f"{'form':<6} {'facts':>9} {'seconds':>9} {'facts/s':>9} {'peak MiB':>9}")
    with tempfile.TemporaryDirectory() as folder:
        for form, sizes in counts.items():
            for count in sizes[:-1] if options.quick else sizes:
                path = write(Path(folder), form, count)
                command = [sys.executable, __file__, "--one", str(path)]
                runs = [
                    json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
                    for _ in range(RUNS)
                ]
                seconds = statistics.median(run[0] for run in runs)
                peak = statistics.median(run[1] for run in runs)
                row = f"{form:<6} {count:>9,} {seconds:>9.3f} {count / seconds:>9,.0f} {peak:>9.0f}"
                print(row, flush=True)
                path.unlink()


if __name__ == "__main__":
    main()
